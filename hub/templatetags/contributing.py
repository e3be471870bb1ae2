"""How the pages of contributions show codes in groups, and what changed between two texts."""

from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.models import Term

register = template.Library()


@register.filter
def grouped(field) -> list[dict]:
    """The boxes of a field of codes as {"label", "choices", "chosen"}: countries by region, others in one group."""

    def region(choice):
        term = field.field.terms[choice.data["value"]]
        is_country = term.vocabulary == Term.Vocabulary.COUNTRY
        return term.broader.label if is_country and term.broader else ""

    return [
        {
            "label": label,
            "choices": choices,
            "chosen": sum(choice.data["selected"] for choice in choices),
        }
        for label, run in groupby(sorted(field, key=region), key=region)
        for choices in [list(run)]
    ]


@register.filter
def marked_changes(difference) -> SafeString:
    """The words of both versions in one text: what went and what came, said aloud too."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in difference.pieces()))


def _piece(piece):
    if piece.kind == "taken":
        return format_html(
            '<del><span class="hidden-words">{}</span>{}</del>', _("removed: "), piece.text
        )
    if piece.kind == "added":
        return format_html(
            '<ins><span class="hidden-words">{}</span>{}</ins>', _("added: "), piece.text
        )
    return piece.text
