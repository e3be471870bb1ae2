"""One step of becoming a Strong City.

A form knows what is stored (`application`) and what was typed and does not pass yet. `answers()` is what may be
stored whether or not the whole step is valid; `unfit()` is the rest, as it was typed.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Term
from members.forms.terms import OfVocabulary, TermsField
from members.models import MembershipApplication

LONGEST_TYPED = 5000
MOST_TYPED = 200


def longest(field) -> int | None:
    """How much of an answer the application holds: one rule in one place."""
    return getattr(MembershipApplication._meta.get_field(field), "max_length", None)


class StepForm(forms.Form):
    """One step; a subclass says which, and how its answers stand in an application."""

    step: str
    title: Any

    def __init__(self, data=None, files=None, *, application=None):
        super().__init__(data, files)
        for field in self.fields.values():
            if isinstance(field, OfVocabulary):
                field.load()
            if str(field.error_messages["required"]) == str(
                forms.Field.default_error_messages["required"]
            ):
                field.error_messages["required"] = _say_what(field)
        if application and application.pk:
            self.initial = self.stored(application) | application.typed.get(self.step, {})

    def stored(self, application):
        """What the application holds, as the form shows it."""
        return {
            name: self._stored(field, getattr(application, name))
            for name, field in self.fields.items()
            if hasattr(application, name)
        }

    def answers(self):
        """{field of the application: value}, for every answer that passes or was emptied."""
        empty = {name: self._emptied(name) for name in self.errors if self._is_emptied(name)}
        return self.cleaned_data | empty

    def unfit(self):
        """{field: what was typed}, for what does not pass yet."""
        return {
            name: self._typed(name)
            for name in self.errors
            if name in self.fields and not self._is_emptied(name)
        }

    def _stored(self, field, value):
        if isinstance(field, TermsField):
            return [term.code for term in value.all()]
        return value.code if isinstance(value, Term) else value

    def _typed(self, name):
        typed = [
            value[:LONGEST_TYPED].replace("\x00", "") for value in self._raw(name)[:MOST_TYPED]
        ]
        return typed if isinstance(self.fields[name], TermsField) else typed[0]

    def _is_emptied(self, name):
        return name in self.fields and not any(value.strip() for value in self._raw(name))

    def _raw(self, name) -> list[str]:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        return value if isinstance(value, list) else [value or ""]

    def _emptied(self, name):
        if isinstance(self.fields[name], TermsField):
            return []
        return None if MembershipApplication._meta.get_field(name).null else ""


def _say_what(field):
    """What to do about an empty answer, rather than that it is "required"."""
    if isinstance(field, TermsField):
        return _("Choose at least one.")
    return _("Choose one.") if isinstance(field, forms.ChoiceField) else _("Write an answer.")
