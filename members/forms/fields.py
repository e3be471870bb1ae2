"""Answers people type: trimmed, on one line or several, and never a place to hide a link or a trick."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from core.files import inspect_upload, without_metadata

LETTER_KINDS = ("pdf", "docx", "jpg", "png")
_JOINERS = "\u200c\u200d"  # Persian and Indic spelling needs them
_LOOKS_LIKE_AN_ADDRESS = re.compile(r"://|(?i:www\.)|[\w-]\.[a-z]{2,}\b|@|[<>{}\[\]|\\]")


def one_line(text: str) -> str:
    """Without control and direction characters, and with single spaces."""
    kept = (
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) != "Cf" or character in _JOINERS
    )
    return " ".join("".join(kept).split())


def refuse_addresses(value: str) -> None:
    """A name stands in our letters, so it must not be an advertisement."""
    if _LOOKS_LIKE_AN_ADDRESS.search(value):
        raise ValidationError(
            _(
                "Write the name alone, without web or e-mail addresses and without signs such as < or {."
            ),
            code="address",
        )


class LineField(forms.CharField):
    """A short answer on one line."""

    def to_python(self, value):
        return one_line(super().to_python(value) or "")


class NameField(LineField):
    """The name of a person or a city, in any script."""

    default_validators = [refuse_addresses]


class PageField(forms.URLField):
    """A public web page; `www.` alone is understood."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {
        "invalid": _("Write the whole address of the page, for example https://www.city.example."),
    }

    def __init__(self, **options):
        super().__init__(assume_scheme="https", max_length=300, **options)


class WorkEmailField(forms.EmailField):
    """An e-mail address; spaces around it and capital letters in it do not matter."""

    default_error_messages = {
        "invalid": _("Write the whole e-mail address, with the part after the @."),
    }

    def to_python(self, value):
        return (super().to_python(value) or "").strip().lower()


class LetterField(forms.FileField):
    """A letter with a signature: what it is, is read from its content and kept as `kind`."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.jpg,.jpeg,.png"})

    def clean(self, data, initial=None):
        letter = super().clean(data, initial)
        if letter:
            kind = inspect_upload(letter, LETTER_KINDS)
            letter = without_metadata(letter, kind)
            letter.kind = kind
        return letter
