from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hub.models import Visibility
from members.models import Body

MOST_MEGABYTES = 20
_FOR_FILES = [each for each in Visibility.values if each != Visibility.TEASER]


class AudienceForm(forms.Form):
    """Who may read a record and each of its files. The confirmation page sends the same again, confirmed."""

    visibility = forms.ChoiceField(label=_("Who may read the record"), choices=Visibility.choices)
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups that may read it"),
        queryset=Body.objects.order_by("code"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only where it is for a group."),
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        self.fields["visibility"].initial = record.visibility
        self.fields["groups"].initial = record.groups.all()
        for file in record.files.order_by("pk"):
            self.fields[f"file_{file.pk}"] = forms.ChoiceField(
                label=_("Who may read the file “%(title)s”") % {"title": file.title},
                # A file is read whole or not at all: "in short" is for records.
                choices=[
                    choice
                    for choice in Visibility.choices
                    if choice[0] in (file.visibility, *_FOR_FILES)
                ],
                initial=file.visibility,
                help_text=_("Nobody reads a file who may not read the record."),
            )

    def clean(self):
        facts = super().clean() or {}
        if facts.get("visibility") == Visibility.GROUP and not facts.get("groups"):
            self.add_error("groups", _("Choose at least one group."))
        return facts

    def audience(self) -> dict:
        """What hub.actions.records.change_audience wants to know."""
        facts = self.cleaned_data
        return {
            "visibility": facts["visibility"],
            "groups": list(facts["groups"]),
            "files": {int(name[5:]): facts[name] for name in facts if name.startswith("file_")},
        }


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File of records (XLSX, CSV or JSON)"),
        help_text=_("At most 20 MB. All its records are taken, or none, and every fault is named."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(_("This file is larger than 20 MB. Send it in parts."))
        return file
