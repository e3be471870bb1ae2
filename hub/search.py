"""Finding records: what people type, the two facets with their counts, and one page of results.

One statement answers the whole page: the rows the visitor may read and the words match, then the hits, the
total and the counts of each facet, which ignore that facet's own choice.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQueryField
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import BooleanField, F, FloatField, Func, Value
from django.db.models.expressions import RawSQL

from core.folding import fold
from hub.models import Record, SearchRow
from hub.models.search import KIND_NUMBERS

PAGE = 20
MOST_TERMS = 16
_KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}
_OR = {"or", "ou", fold("أو")}
_TERM = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class Term:
    """One word or phrase to look for, or to leave out."""

    text: str
    excluded: bool = False
    is_phrase: bool = False


@dataclass
class Found:
    """A page of results with all that stands around it."""

    page: Page
    records: list[Record]
    facets_of: dict[int, list[int]]
    kinds: Counter = field(default_factory=Counter)
    terms: Counter = field(default_factory=Counter)
    is_partial: bool = False

    @property
    def total(self):
        return self.page.paginator.count


def search(user, text="", *, kinds=(), themes=(), newest=False, page=1) -> Found:
    """The records this visitor may read that match, best first (or newest first), 20 a page.

    `kinds` are values of Record.Kind, `themes` keys of terms; several in one facet widen, the facets narrow each
    other. Where no record has every word, records with some of them come, and `is_partial` says so.
    """
    alternatives = parse(text)
    found = _ask(
        user, alternatives, [KIND_NUMBERS[kind] for kind in kinds], list(themes), newest, page
    )
    hits = [(value, facets) for what, value, _, facets in found if what == "hit"]
    total = next(n for what, _, n, _ in found if what == "total")
    records = Record.objects.visible_to(user).with_card().in_bulk([pk for pk, _ in hits])
    return Found(
        page=Paginator(range(total), PAGE).get_page(page),
        records=[records[pk] for pk, _ in hits if pk in records],
        facets_of=dict(hits),
        kinds=Counter({_KINDS[value]: n for what, value, n, _ in found if what == "kind"}),
        terms=Counter({value: n for what, value, n, _ in found if what == "term"}),
        is_partial=bool(alternatives and hits)
        and next(n for what, _, n, _ in found if what == "strict") == 0,
    )


def parse(text) -> list[list[Term]]:
    """What was typed, as alternatives (split by `or`) of terms that must all match: words, "phrases", -not."""
    alternatives: list[list[Term]] = [[]]
    for minus, phrase, word in _TERM.findall(text.replace("\0", " "))[:MOST_TERMS]:
        if word and fold(word) in _OR:
            alternatives.append([])
        elif phrase.strip():
            alternatives[-1].append(Term(phrase.strip(), excluded=bool(minus), is_phrase=True))
        elif word.lstrip("-"):
            alternatives[-1].append(Term(word.lstrip("-"), excluded=word.startswith("-")))
    return [terms for terms in alternatives if terms]


def wanted_words(text) -> list[str]:
    """The folded words a reader hopes to see: what the results mark."""
    wanted = [term.text for terms in parse(text) for term in terms if not term.excluded]
    return [word for term in wanted for word in re.findall(r"\w+", fold(term)) if len(word) > 1]


class _Matches(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Counted(Func):
    """1 where it is so, else 0."""

    template = "(%(expressions)s)::int"
    output_field = FloatField()


def _rank(query):
    """ts_rank with its default weights, scaled (32) to stay below 1: less than one more word that matches."""
    return Func(F("fts"), query, Value(32), function="ts_rank", output_field=FloatField())


# The visible rows come from the ORM, so that visible_to() stays the only place that says who may read what.
# Soft matches are looked for only where nothing matches strictly.
_PAGE_SQL = """
WITH strict AS MATERIALIZED ({strict}),
soft AS MATERIALIZED (SELECT * FROM ({soft}) AS s WHERE NOT EXISTS (SELECT FROM strict)),
found AS MATERIALIZED (
    SELECT record_id, facets, shown_at, max(score) AS score,
        (cardinality(%s::int[]) = 0 OR facets && %s::int[]) AS in_kinds,
        (cardinality(%s::int[]) = 0 OR facets && %s::int[]) AS in_themes
    FROM (SELECT * FROM strict UNION ALL SELECT * FROM soft) AS matched
    GROUP BY record_id, facets, shown_at
),
hits AS (SELECT * FROM found WHERE in_kinds AND in_themes)
(SELECT 'hit' AS what, record_id AS value, 0 AS n, facets FROM hits
    ORDER BY {order} LIMIT %s
    OFFSET (SELECT least(%s, greatest(0, (count(*) - 1) / %s * %s)) FROM hits))
UNION ALL SELECT 'total', 0, count(*), NULL FROM hits
UNION ALL SELECT 'strict', 0, count(*), NULL FROM (SELECT FROM strict LIMIT 1) AS any_strict
UNION ALL SELECT 'kind', facet, count(*), NULL
    FROM (SELECT unnest(facets) AS facet FROM found WHERE in_themes) AS f WHERE facet < 0 GROUP BY facet
UNION ALL SELECT 'term', facet, count(*), NULL
    FROM (SELECT unnest(facets) AS facet FROM found WHERE in_kinds) AS f WHERE facet > 0 GROUP BY facet
"""


def _ask(user, alternatives, kinds, themes, newest, page):
    strict, soft = _strict_rows(user, alternatives), _soft_rows(user, alternatives)
    statement = _PAGE_SQL.format(
        strict=strict[0],
        soft=soft[0],
        order="shown_at DESC, record_id DESC"
        if newest
        else "score DESC, shown_at DESC, record_id DESC",
    )
    offset = (min(max(page, 1), 1_000_000) - 1) * PAGE
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [*strict[1], *soft[1], kinds, kinds, themes, themes, PAGE, offset, PAGE, PAGE],
        )
        return cursor.fetchall()


def _strict_rows(user, alternatives):
    """SQL and parameters for the rows that have every word of one of the alternatives; without words, all."""
    rows = SearchRow.objects.visible_to(user)
    if not alternatives:
        return _compiled(rows, Value(0.0, output_field=FloatField()))
    query = _any(_all(terms) for terms in alternatives)
    return _compiled(rows.filter(_Matches(F("fts"), query)), _rank(query))


def _soft_rows(user, alternatives):
    """SQL and parameters for the rows that have any of the words and none of those left out; most words first."""
    terms = [term for alternative in alternatives for term in alternative]
    wanted = [_one(term) for term in terms if not term.excluded]
    if len(wanted) < 2:
        return _compiled(SearchRow.objects.none(), Value(0.0, output_field=FloatField()))
    query = _any(wanted)
    rows = SearchRow.objects.visible_to(user).filter(_Matches(F("fts"), query))
    for term in terms:
        if term.excluded:
            rows = rows.filter(_Matches(F("fts"), _one(term)))
    score = sum((_Counted(_Matches(F("fts"), word)) for word in wanted), start=_rank(query))
    return _compiled(rows, score)


def _compiled(rows, score):
    columns = (
        rows.annotate(score=score).values("record_id", "facets", "shown_at", "score").order_by()
    )
    compiled = columns.query.get_compiler(connection=connection)
    compiled.elide_empty = False
    return compiled.as_sql()


def _one(term):
    sign = "!!" if term.excluded else ""
    return RawSQL(f"{sign}hub_search_term(%s)", [term.text], output_field=SearchQueryField())  # noqa: S611


def _all(terms):
    return _joined("&&", [_one(term) for term in terms])


def _any(queries):
    return _joined("||", list(queries))


def _joined(operator, queries):
    sql = f" {operator} ".join(f"({query.sql})" for query in queries)
    params = [param for query in queries for param in query.params]
    return RawSQL(f"({sql})", params, output_field=SearchQueryField())  # noqa: S611
