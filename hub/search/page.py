"""One page of results with all that stands around it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language

from hub.models import Record
from hub.models.search_facets import tally
from hub.search import asking
from hub.search.facets import FACETS, Choice, Codes
from hub.search.hits import Hit, make_hits
from hub.search.nearness import nearness_to
from hub.search.terms import understand
from hub.search.typed import parse, wanted_words
from hub.search.visitor import Visitor

PAGE = 20
_LAST_PAGE = 100_000


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for: words, chosen values of the filters as in the address, order and page.

    `order` is "best", "newest" or "closest" (to the context of `city`). Without words the newest come first.
    """

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "best"
    page: int = 1
    city: object = None
    language: str = ""


@dataclass
class Found:
    """A page of results; `facets` counts by name and value, each filter's counts ignoring its own choice."""

    page: Page
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    words: list[str]
    is_partial: bool
    _chosen: Mapping[str, tuple[str, ...]]
    _codes: Codes
    _totals_without: Mapping[str, int]

    @property
    def total(self):
        return self.page.paginator.count

    def total_without(self, name) -> int:
        """How many records there would be with this filter taken off."""
        return self._totals_without.get(name, self.total)

    def choices(self, name) -> list[Choice]:
        """The values of a filter that lead somewhere or are on, in the order to show them."""
        counts, on = self.facets[name], set(self._chosen.get(name, ()))
        values = sorted(counts.keys() | on, key=lambda value: self._codes.order_of(name, value))
        return [
            Choice(value, self._codes.label_of(name, value), counts.get(value, 0), value in on)
            for value in values
        ]


def search(user, wanted: Wanted) -> Found:
    """The records this visitor may read that match, 20 a page.

    Those with every word come first, then those with the words that tell most; `is_partial` says that none has
    every word. Phrases in quotes, -words and `or` are taken strictly.
    """
    visitor, language = Visitor.of(user), wanted.language or get_language() or "en"
    terms = understand(visitor, parse(wanted.text), language)
    chosen, filters = _filters(user, wanted.chosen)
    number = min(max(wanted.page, 1), _LAST_PAGE)
    nearness = nearness_to(user, wanted.city, language) if wanted.order == "closest" else None
    asked = {"order": wanted.order, "nearness": nearness, "limit": PAGE}
    rows = asking.ask(visitor, terms, filters, offset=(number - 1) * PAGE, **asked)
    found = _found(user, rows, wanted, chosen, filters, language)
    if found.page.number < number:
        rows = asking.ask(visitor, terms, filters, offset=(found.page.number - 1) * PAGE, **asked)
        found = _found(user, rows, wanted, chosen, filters, language)
    return found


def keys(user, wanted: Wanted, most, *, strict=False) -> list[int]:
    """The keys of all the records that match, up to so many, in the order wanted: what an export writes.

    With `strict` those with every word alone, which can be told where the best come first; and none where a filter
    has only values that this visitor cannot know, which otherwise is left out.
    """
    visitor, language = Visitor.of(user), wanted.language or get_language() or "en"
    terms = understand(visitor, parse(wanted.text), language)
    chosen, filters = _filters(user, wanted.chosen)
    if strict and wanted.chosen.keys() - chosen.keys():
        return []
    nearness = nearness_to(user, wanted.city, language) if wanted.order == "closest" else None
    rows = asking.ranked(visitor, terms, filters, limit=most, order=wanted.order, nearness=nearness)
    return [row[1] for row in rows if row[2] or not strict]


def codes_of_best(user, text, number, language="en") -> list[str]:
    """The codes of the best records for some words, in order: what measurements read."""
    visitor = Visitor.of(user)
    terms = understand(visitor, parse(text), language)
    keys = [row[1] for row in asking.ranked(visitor, terms, {}, limit=number)]
    codes = dict(Record.objects.filter(pk__in=keys).values_list("pk", "code"))
    return [codes[pk] for pk in keys]


def _filters(user, chosen):
    """What is chosen and known, as values and as numbers."""
    asked = {name: tuple(values) for name, values in chosen.items() if name in FACETS and values}
    if not asked:
        return {}, {}
    codes = Codes(user, [], asked)
    known = {
        name: {value: number for value in values if (number := codes.number_of(name, value))}
        for name, values in asked.items()
    }
    known = {name: values for name, values in known.items() if values}
    return (
        {name: tuple(values) for name, values in known.items()},
        {name: list(values.values()) for name, values in known.items()},
    )


def _found(user, rows, wanted, chosen, filters, language):
    counted = list(_counted(rows))
    hits = [row for row in rows if row[0] == "hit"]
    numbers = {facet for _, facet, _ in counted} | {n for row in hits for n in row[4]}
    codes = Codes(user, numbers, chosen)
    failing = {fails: n for fails, facet, n in counted if facet == 0}
    words = wanted_words(wanted.text)
    return Found(
        page=Paginator(range(failing.get(0, 0)), PAGE).get_page(wanted.page),
        hits=make_hits(user, hits, codes, words, language),
        facets=_facets(counted, codes, list(filters)),
        words=words,
        is_partial=bool(hits) and not hits[0][2],
        _chosen=chosen,
        _codes=codes,
        _totals_without=_totals_without(failing, list(filters)),
    )


def _counted(rows):
    """The counts as (filters failed, facet, number); facet 0 counts the rows."""
    for what, fails, facet, n, *_rest, strung in rows:
        if what == "facet":
            yield fails, facet, int(n)
        elif what == "facets" and facet:
            yield fails, 0, facet
            yield from ((fails, each, n) for each, n in tally(strung).items())


def _totals_without(failing, names):
    """How many rows are left with each filter taken off: those that fail none, and those that fail it alone."""
    return {
        name: failing[-1] if -1 in failing else failing.get(0, 0) + failing.get(1 << i, 0)
        for i, name in enumerate(names)
    }


def _facets(counted, codes, names):
    """The counts by name and value; a filter that is on counts what only it would keep out."""
    bits = {name: 1 << i for i, name in enumerate(names)}
    whole = any(fails == -1 for fails, _, _ in counted)
    facets: dict[str, dict[str, int]] = {name: defaultdict(int) for name in FACETS}
    for fails, number, n in counted:
        named = codes.value_of(number) if number else None
        if named:
            name, value = named
            own = {-1} if whole and name in bits else {0, bits.get(name, 0)}
            if fails in own and n:
                facets[name][value] += n
    return {name: dict(counts) for name, counts in facets.items()}
