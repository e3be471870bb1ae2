"""Answers chosen from a vocabulary."""

from django import forms
from django.utils.translation import get_language

from core.folding import Fold
from core.models import Term


class OfVocabulary(forms.ModelChoiceField):
    """Terms in force, by code, read anew for every form."""

    def __init__(self, vocabulary, **options):
        self.vocabulary = vocabulary
        super().__init__(Term.objects.none(), to_field_name="code", **options)

    def load(self):
        terms = Term.objects.current().of(self.vocabulary)
        if self.vocabulary == "country":
            terms = terms.order_by(Fold(f"label_{get_language()}"), "code")
        self.queryset = terms


class TermField(OfVocabulary):
    """One term."""


class TermsField(OfVocabulary, forms.ModelMultipleChoiceField):
    """Any number of terms."""

    widget = forms.CheckboxSelectMultiple


def one_of(vocabulary, **options) -> TermField:
    """One term, with all of them in view."""
    return TermField(vocabulary, empty_label=None, widget=forms.RadioSelect, **options)
