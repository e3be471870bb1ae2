"""How the library's pages write texts, marks and sizes."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.markdown import to_html
from core.words import is_kin
from hub.models import EvaluationRating, Record, Visibility

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

_WORD = re.compile(r"\w+")
_BADGES: dict[str, tuple[str, StrPromise]] = {
    Record.Status.DRAFT: ("attention", _("Draft")),
    Record.Status.ARCHIVED: ("plain", _("Archived")),
    Visibility.TEASER: ("members", _("Members read it in full")),
    Visibility.MEMBERS: ("members", _("Members only")),
    Visibility.GROUP: ("members", _("For a group")),
    Visibility.STAFF: ("members", _("Network staff only")),
}


@register.filter
def markdown(text: str | None) -> SafeString:
    """What was written in Markdown, as safe HTML."""
    return to_html(text or "")


@register.filter
def marked(text: str, words: list[str]) -> SafeString:
    """The text, escaped, with every word marked that is kin to one of the (folded) words looked for."""
    parts, at, wanted = [], 0, tuple(words)
    for found in _WORD.finditer(text):
        if is_kin(found[0], wanted):
            parts += [
                conditional_escape(text[at : found.start()]),
                format_html("<mark>{}</mark>", found[0]),
            ]
            at = found.end()
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))


_BOX = '<label><input type="checkbox" form="library" name="{}" value="{}"><span>{}</span><i>{}</i></label>'
_TICKED = _BOX.replace('"><span>', '" checked><span>')

_STEP, _DONE = "<li>{}</li>", '<li class="done">{}</li>'


@register.filter
def boxes(facet) -> SafeString:
    """A box to tick for each value of a filter: a template would take half of its time for the page over these."""
    choices = facet["choices"]
    if not choices:
        return SafeString()
    pieces = "\n".join(_TICKED if choice.on else _BOX for choice in choices)
    said = [(facet["name"], each.value, capfirst(each.label), each.count) for each in choices]
    return format_html(pieces, *chain.from_iterable(said))


@register.filter
def steps(evidence) -> SafeString:
    """What is known of a record, each as an item of a list; marked where it is more than "not yet"."""
    pieces = "".join(_DONE if is_there else _STEP for _said, is_there in evidence)
    return format_html(pieces, *(said for said, _is_there in evidence))


@register.filter
def badges(record) -> list[tuple[str, StrPromise]]:
    """Look and words of what sets a record apart: that it is not published, or not for everybody."""
    return [_BADGES[code] for code in (record.status, record.visibility) if code in _BADGES]


@register.filter
def rating_words(rating) -> str:
    """What a rating is called for its criterion: "very inclusive", "positive impact"."""
    return rating.words(rating.criterion, rating.rating)


@register.filter
def rating_steps(rating) -> list[bool]:
    """Four steps, each on or off; none is on where there was not enough information."""
    reached = int(rating.rating) if rating.rating.isdecimal() else 0
    return [step <= reached for step in range(1, 5)]


@register.filter
def mean_words(mean) -> str:
    """The word nearest to a mean: 3.2 of 4 is "plain"."""
    return str(EvaluationRating.Rating(str(int(mean.value + 0.5))).label)


@register.filter
def file_kind(file) -> str:
    """PDF, DOCX …: what people call the type of a file."""
    return file.file.name.rpartition(".")[2].upper()
