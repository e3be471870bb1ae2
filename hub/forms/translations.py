"""A record's texts in another language, beside the original."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hub.forms.words import WordsField, script
from hub.models import RecordText

_SHORT = {"title", "keywords"}
_LABELS = {
    "title": _("title"),
    "summary": _("summary"),
    "keywords": _("keywords"),
} | RecordText.BODY


class TranslationForm(forms.Form):
    """One field for each text that the original or the translation has."""

    made_from = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data=None, *, language, source, target, with_status, **kwargs):
        initial = {name: getattr(target, name) for name in _LABELS} if target else {}
        super().__init__(data, initial=initial | kwargs.pop("initial", {}), **kwargs)
        for name, label in _LABELS.items():
            if getattr(source, name) or (target and getattr(target, name)) or name == "title":
                self.fields[name] = self._field(name, label, language)
        if with_status:
            self.fields["status"] = forms.ChoiceField(
                label=_("How it stands"),
                choices=RecordText.Status.choices,
                widget=forms.RadioSelect,
                initial=target.status if target else RecordText.Status.DRAFT,
                help_text=_(
                    "Readers are not offered a draft. A machine translation says that it is one."
                ),
            )

    def words(self) -> dict[str, str]:
        """The texts as they were written."""
        return {name: self.cleaned_data[name] for name in _LABELS if name in self.fields}

    @property
    def texts(self):
        """The fields of texts, in the order of the article."""
        return [self[name] for name in _LABELS if name in self.fields]

    def _field(self, name, label, language):
        options = {
            "label": capfirst(label),
            "required": name == "title",
            "max_length": getattr(RecordText._meta.get_field(name), "max_length", None),
        }
        if name in _SHORT:
            field = forms.CharField(**options)
        else:
            field = WordsField(rows=4 if name == "summary" else 9, **options)
        field.widget.attrs |= script(language)
        return field
