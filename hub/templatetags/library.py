"""How the library's pages write texts, marks and sizes."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.folding import fold
from core.markdown import to_html

register = template.Library()

_WORD = re.compile(r"\w+")
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "ال", "لل", "و", "ب", "ل", "ف", "ك")


@register.filter
def markdown(text: str | None) -> SafeString:
    """What was written in Markdown, as safe HTML."""
    return to_html(text or "")


@register.filter
def marked(text: str, words: list[str]) -> SafeString:
    """The text, escaped, with every word marked that is kin to one of the (folded) words looked for."""
    parts, at = [], 0
    for found in _WORD.finditer(text):
        if any(_are_kin(fold(found[0]), word) for word in words):
            parts += [
                conditional_escape(text[at : found.start()]),
                format_html("<mark>{}</mark>", found[0]),
            ]
            at = found.end()
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))


@register.filter
def rating_words(rating) -> str:
    """What a rating is called for its criterion: "very inclusive", "positive impact"."""
    words = rating.criterion.data.get("words", {}).get(rating.rating, {})
    return words.get(get_language()) or words.get("en") or rating.get_rating_display()


@register.filter
def rating_steps(rating) -> list[bool]:
    """Four steps, each on or off; none is on where there was not enough information."""
    reached = int(rating.rating) if rating.rating.isdecimal() else 0
    return [step <= reached for step in range(1, 5)]


@register.filter
def file_kind(file) -> str:
    """PDF, DOCX …: what people call the type of a file."""
    return file.file.name.rpartition(".")[2].upper()


def _are_kin(word, wanted):
    """Whether two folded words share their stem, near enough for a mark: mediation, mediators."""
    return any(_share_stem(a, b) for a in _bare(word) for b in _bare(wanted))


def _bare(word):
    """The word, and for Arabic also without an article or a joined particle."""
    yield word
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            yield word[len(prefix) :]


def _share_stem(a, b):
    if a == b:
        return True
    shared = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return shared >= 4 and shared >= 0.65 * max(len(a), len(b))
