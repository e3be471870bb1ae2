"""The filters beside the results, and those that are on."""

from django.utils.translation import gettext as _

from hub.search import FACETS
from hub.views.cards import listed

SHOWN = 5  # of a facet's values, the most frequent, before one asks for all of them
_OPEN = {"kind": 9, "theme": 9}  # unfolded from the start, with so many values


def facets(form, found) -> list[dict]:
    """Each facet that has something to choose, with the values to show and how to see the others."""
    shown = [_facet(form, name, facet, found.choices(name)) for name, facet in FACETS.items()]
    return [facet for facet in shown if facet["choices"]]


def chips(form, found) -> list[dict]:
    """One link for each filter that is on: the same list without it."""
    return [
        {
            "label": choice.label,
            "facet": facet.label,
            "url": form.address_of(chosen=form.without(name, choice.value)),
        }
        for name, facet in FACETS.items()
        if name in form.chosen
        for choice in found.choices(name)
        if choice.on
    ]


def name_of(form, found) -> str:
    """What the search is called when it is kept: its words and filters, as the reader sees them now."""
    words = [form.q] if form.q else []
    return listed([*words, *(chip["label"] for chip in chips(form, found))]) or _("Everything new")


def _facet(form, name, facet, choices):
    most = _OPEN.get(name, SHOWN)
    # Never a link that brings only one or two more.
    folded = len(choices) > most + 2 and form.unfolded != name
    return {
        "name": name,
        "label": facet.label,
        "choices": _most_frequent(choices, most) if folded else choices,
        "open": name in _OPEN or form.unfolded == name or any(choice.on for choice in choices),
        "total": len(choices),
        "all_url": form.address_of(all=name) if folded else "",
    }


def _most_frequent(choices, most):
    """The values with the most records, and those chosen, in the order the facet has."""
    by_count = sorted(choices, key=lambda choice: (not choice.on, -choice.count))
    kept = {choice.value for choice in by_count[:most]} | {c.value for c in choices if c.on}
    return [choice for choice in choices if choice.value in kept]
