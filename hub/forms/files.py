"""What is said of files that members send."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.models import Term
from hub.models import RecordFile, Visibility
from members.models.people import LANGUAGES

# A file has no "short": it is read or it is not.
AUDIENCES = [choice for choice in Visibility.choices if choice[0] != Visibility.TEASER]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; each is looked at on its own, later."""

    widget = ManyFiles(attrs={"accept": ",".join(f".{kind}" for kind in RecordFile.KINDS)})

    def clean(self, data, initial=None):
        sent = [file for file in data or [] if file]
        if not sent:
            raise ValidationError(self.error_messages["required"], code="required")
        return sent


class NeededLater(forms.ModelChoiceField):
    """Not called optional, as nothing can be sent without it; a file is taken all the same."""

    def validate(self, value):
        pass


class _SaidForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("No words, or several languages")), *LANGUAGES],
        required=False,
    )  # fmt: skip
    licence = NeededLater(
        label=_("Licence"),
        queryset=Term.objects.of("licence"),
        empty_label=_("Not said"),
        help_text=_("What others may do with it. Needed before the contribution can be sent."),
    )
    visibility = forms.ChoiceField(
        label=_("Who may read it"),
        choices=AUDIENCES,
        initial=Visibility.MEMBERS,
        help_text=_("Nobody reads a file who may not read the record."),
    )


class UploadForm(_SaidForm):
    """Files, and what holds for all of them; each can be described on its own afterwards."""

    files = FilesField(  # type: ignore[assignment]
        label=_("Files"),
        help_text=_(
            "PDF, DOCX, XLSX, PPTX, ODT, TXT, JPG or PNG; up to 10 at once, together at most 50 MB."
        ),
        error_messages={"required": _("Choose at least one file.")},
    )
    field_order = ["files"]


class DescriptionForm(_SaidForm):
    """One file: its name, its language, who may read it, and what it shows."""

    title = forms.CharField(label=_("Title"), max_length=200)
    transcript = forms.CharField(
        label=_("Description or transcript"),
        required=False,
        max_length=20_000,
        help_text=_("What somebody who cannot see or hear it needs to know."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    said = ["title", "language", "licence", "visibility", "transcript"]
    field_order = said

    def __init__(self, data=None, *, file):
        super().__init__(data, initial={name: getattr(file, name) for name in self.said})
