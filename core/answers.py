"""Answers of several lines, the same however a browser sends them."""

from django import forms
from django.utils.text import normalize_newlines


class LinesField(forms.CharField):
    """A long answer. A line break counts as one character, as it does in the browser."""

    widget = forms.Textarea

    def to_python(self, value):
        return normalize_newlines(super().to_python(value) or "").replace("\x00", "")
