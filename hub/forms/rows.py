"""Things of which there may be several, as rows of a form: those there are, and three empty ones."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.models import RecordLink
from members.models.people import LANGUAGES

EMPTY_ROWS = 3


class Row(forms.Form):
    """One of several things. Nothing in it is required; a row without any text is not there."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def said(self):
        """What was typed, by name, without what was left empty; {} for an empty row."""
        typed = {name: value for name, value in self.cleaned_data.items() if value}
        return typed if typed.keys() - self.chosen else {}

    # Fields that always have a value, and so do not make a row.
    chosen: frozenset[str] = frozenset()


class LinkRow(Row):
    kind = forms.ChoiceField(label=_("Kind"), choices=RecordLink.Kind.choices)
    title = forms.CharField(label=_("Title"))
    url = forms.CharField(label=_("Address"), widget=forms.TextInput(attrs={"dir": "ltr"}))
    doi = forms.CharField(label=_("DOI"), widget=forms.TextInput(attrs={"dir": "ltr"}))
    accessed_on = forms.CharField(
        label=_("Seen on"),
        help_text=_("As 2026-01-30."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("", "–"), *LANGUAGES])

    chosen = frozenset({"kind", "language"})


class ContactRow(Row):
    name = forms.CharField(label=_("Name"))
    function = forms.CharField(label=_("Function"))
    email = forms.CharField(label=_("E-mail"), widget=forms.TextInput(attrs={"dir": "ltr"}))


class FunderRow(Row):
    name = forms.CharField(label=_("Who paid"))


class Rows:
    """The rows of one field of a card: `path`, a legend, and the forms."""

    def __init__(self, form, path, legend, *, help_text="", more=False):
        self.row, self.path, self.legend, self.help_text = form, path, legend, help_text
        self.extra = EMPTY_ROWS * (2 if more else 1)

    def bind(self, data, value):
        """Filled from what was sent, or else from the card.

        Never from both: a row that was sent as it stands in the card would count as untouched, and be left out.
        """
        formset = forms.formset_factory(self.row, extra=self.extra, max_num=100)
        initial = [item if isinstance(item, dict) else {"name": item} for item in value or []]
        self.formset = formset(data, prefix=self.path, initial=initial if data is None else None)
        return self

    def said(self):
        """The rows that say something, as the card holds them."""
        rows = [form.said() for form in self.formset.forms if form.is_valid() or form.cleaned_data]
        rows = [row for row in rows if row]
        return [row["name"] for row in rows] if self.path == "funders" else rows
