"""Longer answers."""

from django import forms
from django.utils.text import normalize_newlines


class WordsField(forms.CharField):
    """Some sentences. A line break counts as one character, as it does in the browser."""

    def __init__(self, *, rows=4, max_length=4000, required=False, **options):
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}),
            max_length=max_length,
            required=required,
            **options,
        )

    def to_python(self, value):
        return normalize_newlines(super().to_python(value) or "").replace("\x00", "")
