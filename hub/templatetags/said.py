"""What somebody wrote in one language, for readers of another."""

from typing import NamedTuple

from django import template
from django.utils.translation import get_language

from members.models.people import LANGUAGES

register = template.Library()


class Said(NamedTuple):
    """A text and the language it is in; the language is empty where it is the page's own."""

    text: str
    language: str

    def __bool__(self):
        return bool(self.text)


@register.simple_tag
def said(thing, name: str) -> Said:
    """The translated field `name` of a thing in the reader's language, else in the first it was written in."""
    own = get_language()
    for language in [own, *(code for code, _ in LANGUAGES)]:
        text = getattr(thing, f"{name}_{language}")
        if text:
            return Said(text, "" if language == own else language)
    return Said("", "")
