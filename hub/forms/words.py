"""Answers of some sentences, answers of a few characters, and how the words of a language run."""

from django import forms
from django.utils.translation import get_language_info

from core.answers import LinesField


class WordsField(LinesField):
    """Some sentences."""

    def __init__(self, *, rows=4, max_length=4000, required=False, **options):
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}),
            max_length=max_length,
            required=required,
            **options,
        )


class ShortField(forms.CharField):
    """A day, a figure or a code: it runs from left to right in Arabic too."""

    def __init__(self, *, attrs=None, **options):
        short = {"class": "short", "dir": "ltr"}
        super().__init__(widget=forms.TextInput(attrs=short | (attrs or {})), **options)


def script(language) -> dict[str, str]:
    """What a field says of the language that is written in it, whatever the language of the page."""
    return {"lang": language, "dir": "rtl" if get_language_info(language)["bidi"] else "ltr"}
