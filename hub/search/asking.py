"""The one statement behind a page: the best rows, and the counts of every filter."""

# ruff: noqa: S608 (only pieces written here are put together; what people typed travels as parameters)

from hub.models.search_facets import LENGTHS
from hub.search import ranking
from hub.search.sql import Sql, all_of, fetched
from hub.search.terms import LANGUAGES, Terms

# Deeper pages of a very long list are put together from all that matches, after the scored ones.
_DEEP = 200

_COUNTED = """
SELECT 'facets'::text, {bits}::bigint, count(*), 0.0::float8, NULL::int[], NULL::text, string_agg(counted, ''::bytea)
FROM (SELECT {fails} counted FROM ({visible}) AS r WHERE {matching}) AS counted {group}
"""
# What a count made beforehand cannot know is added: rows of the visitor's groups, and rows once under embargo.
_STORED = """
SELECT 'facet'::text, {fails}::bigint, facet::bigint, sum(n)::float8, NULL::int[], NULL::text, NULL::bytea FROM (
    SELECT facet, n FROM hub_searchcount WHERE level = %s AND facet <> ALL(%s)
    UNION ALL SELECT unnest(facets), 1 FROM ({visible}) AS r WHERE %s <> 'staff' AND id IN (
        SELECT id FROM hub_searchrow WHERE visibility = 'group' AND groups && %s::int[]
        UNION SELECT id FROM hub_searchrow WHERE visibility = 'group' AND record_id IN (
            SELECT record_id FROM hub_accessgrant WHERE grantee_id = %s)
        UNION SELECT id FROM hub_searchrow WHERE embargo_until IS NOT NULL)
) AS counted GROUP BY facet
"""
_SCORED = """
WITH candidates AS MATERIALIZED ({candidates}),
scored AS MATERIALIZED (
    SELECT id, record_id, shown_at, evidence, facets, {strict} AS has_all, {score} AS score
    FROM (
        SELECT id, record_id, shown_at, evidence, facets, ARRAY[{vectors}] AS v, {norms}
        FROM hub_searchrow WHERE id = ANY(ARRAY(SELECT id FROM candidates)) OFFSET 0
    ) AS r
),
best AS MATERIALIZED (SELECT * FROM scored ORDER BY {order} LIMIT %s OFFSET %s)
SELECT 'hit'::text, best.record_id, best.has_all::int, best.score, best.facets, {places}, NULL::bytea
FROM best JOIN hub_searchrow AS r USING (id) ORDER BY {best_order}
"""
_LISTED = """
SELECT 'hit'::text, record_id, 1::bigint, 0.0::float8, facets, ''::text, NULL::bytea FROM ({visible}) AS r
WHERE {matching} ORDER BY {order} LIMIT %s OFFSET %s
"""
_PLACE = """
coalesce(CASE WHEN {vector} @@ %s::tsquery THEN '{language}'
    || CASE WHEN ts_filter({vector}, '{{a}}') @@ %s::tsquery THEN 'a' ELSE '' END
    || CASE WHEN ts_filter({vector}, '{{b}}') @@ %s::tsquery THEN 'b' ELSE '' END
    || CASE WHEN ts_filter({vector}, '{{c}}') @@ %s::tsquery THEN 'c' ELSE '' END
    || CASE WHEN ts_filter({vector}, '{{d}}') @@ %s::tsquery THEN 'd' ELSE '' END || ' ' END, '')
"""
_HEADS, _STRICT = "(SELECT count(*) FROM head)", "(SELECT count(*) FROM strict)"
_TIES = "evidence DESC, shown_at DESC, record_id DESC"
_BEST = f"has_all DESC, score DESC, {_TIES}"
_NEWEST = "shown_at DESC, record_id DESC"


def ask(
    visitor, terms: Terms, filters: dict[str, list[int]], *, order, limit, offset, nearness=None
):
    """Rows of (what, a, b, c, facets, places, counted): the counts of the filters, and the hits in their order."""
    pieces = [
        counts(visitor, terms, filters),
        _hits(visitor.rows, terms, filters, order=order, nearness=nearness, page=[limit, offset]),
    ]
    text = " UNION ALL ".join(f"(SELECT * FROM ({p.text}) AS p{i})" for i, p in enumerate(pieces))
    return fetched(text, [param for piece in pieces for param in piece.params])


def ranked(visitor, terms: Terms, filters: dict[str, list[int]], *, limit, offset=0, **asked):
    """The hits alone, best first unless `order` (and `nearness`) say otherwise."""
    asked = {"order": "best", "nearness": None} | asked
    hits = _hits(visitor.rows, terms, filters, page=[limit, offset], **asked)
    return fetched(hits.text, hits.params)


def counts(visitor, terms, filters) -> Sql:
    """The counts of all the filters, the first rows of `ask`."""
    if terms or len(filters) > 1:
        return _counted(visitor.rows, terms, filters)
    stored = _stored(visitor, fails=0 if not filters else -1)
    if not filters:
        return stored
    # One filter and no words: its own counts are those of the whole library.
    narrowed = _counted(visitor.rows, terms, filters, only_hits=True)
    return Sql(f"{narrowed.text} UNION ALL {stored.text}", [*narrowed.params, *stored.params])


def _counted(visible, terms, filters, *, only_hits=False):
    """Each row with the filters it fails, as bits: one that fails a single filter counts for that filter."""
    fails = " + ".join(
        f"(CASE WHEN facets && %s::int[] THEN 0 ELSE {1 << i} END)" for i in range(len(filters))
    )
    chosen = list(filters.values())
    conditions = [ranking.matching(terms)]
    if only_hits:
        conditions.append(_filtered(filters))
    elif len(filters) > 1:
        # Whoever fails one filter at most passes the first or the second.
        conditions.append(Sql("facets && %s::int[]", [chosen[0] + chosen[1]]))
        bits = [0, *(1 << i for i in range(len(filters)))]
        conditions.append(Sql(f"({fails}) = ANY(%s)", [*chosen, bits]))
    matching = all_of(conditions)
    text = _COUNTED.format(
        bits="fails" if fails else "0",
        fails=f"{fails} AS fails," if fails else "",
        group="GROUP BY fails" if fails else "",
        visible=visible.text,
        matching=matching.text,
    )
    return Sql(text, [*chosen, *visible.params, *matching.params])


def _stored(visitor, *, fails):
    level, visible, groups = visitor.level, visitor.rows, sorted(visitor.standing.groups)
    own = [level, groups, visitor.user.pk]
    text = _STORED.format(fails=fails, visible=visible.text)
    return Sql(text, [level, list(LENGTHS.values()), *visible.params, *own])


def _hits(visible, terms, filters, *, order, nearness, page):
    matching = all_of([ranking.matching(terms), _filtered(filters)])
    if not terms.wanted or order == "newest":
        by = f"{nearness.text} DESC, {_NEWEST}" if nearness and order == "closest" else _NEWEST
        params = nearness.params if nearness and order == "closest" else []
        source = visible
        if terms:
            # Kept apart from the ordering, or the planner walks the dates for a rare word.
            source = Sql(
                f"WITH m AS MATERIALIZED (SELECT * FROM ({visible.text}) AS r WHERE {matching.text}) SELECT * FROM m",
                [*visible.params, *matching.params],
            )
            matching = Sql("TRUE", [])
        text = _LISTED.format(visible=source.text, matching=matching.text, order=by)
        return Sql(text, [*source.params, *matching.params, *params, *page])
    return _scored(
        visible, terms, filters, matching, nearness if order == "closest" else None, page
    )


def _scored(visible, terms, filters, matching, nearness, page):
    candidates = _candidates(visible, terms, filters, matching, deep=sum(page) > _DEEP)
    languages = ranking.spoken(terms)
    strict = _of_vectors(ranking.with_all(terms, languages), languages)
    score = _of_vectors(ranking.score(terms), languages)
    norms = ", ".join(f"{ranking.norm(terms, code)} AS {code}_k" for code in LANGUAGES)
    order, best_order, order_params = _BEST, _BEST, []
    if nearness:
        order = f"has_all DESC, {nearness.text} DESC, score DESC, {_NEWEST}"
        order_params = nearness.params
        best_order = order
    places = _places(terms)
    text = _SCORED.format(
        candidates=candidates.text,
        strict=f"({strict.text})",
        score=score.text,
        vectors=", ".join(f"fts_{code}" for code in languages),
        norms=norms,
        order=order,
        best_order=_qualified(best_order),
        places=places.text,
    )
    params = [*candidates.params, *strict.params, *score.params, *order_params, *page]
    return Sql(text, [*params, *places.params, *order_params])


def _qualified(order):
    for name in ("has_all", "score", "evidence", "shown_at", "record_id", "facets"):
        order = order.replace(f"{name} ", f"best.{name} ")
    return order


def _candidates(visible, terms, filters, matching, *, deep):
    """Which rows are scored: all that match; of very many those with words in title or summary, and rare ones."""
    everything = Sql(
        f"SELECT id FROM ({visible.text}) AS r WHERE {matching.text}",
        [*visible.params, *matching.params],
    )
    if deep or not ranking.is_bounded(terms):
        return everything
    return _promising(visible, terms, filters, matching)


def _promising(visible, terms, filters, matching):
    """The best with words in title or summary, and those with all the words; where these are few, others."""
    allowed = all_of([_filtered(filters), matching])
    in_head = all_of([ranking.with_any(terms, "head"), allowed])
    head = _rows(visible, in_head, f"LIMIT {ranking.MOST_UNRANKED + 1}")
    pieces = [
        Sql(f"SELECT id FROM head WHERE {_HEADS} <= {ranking.MOST_UNRANKED}", []),
        _best_of_head(visible, terms, in_head),
    ]
    # A word of codes alone stands as often in each record: the shortest texts score best.
    norms = ", ".join(ranking.norm(terms, language) for language in ranking.spoken(terms))
    shortest = f"ORDER BY least({norms}), {_TIES} LIMIT {ranking.MOST_SCORED}"
    pieces.append(_rows(visible, allowed & Sql(f"{_HEADS} < 200", []), shortest))
    strict = Sql("SELECT NULL::bigint AS id WHERE FALSE", [])
    if len(terms.wanted) > 1:
        all_words = all_of([ranking.with_all(terms), allowed])
        strict = _rows(visible, all_words, f"LIMIT {ranking.MOST_WITH_ALL}")
        pieces.append(Sql("SELECT id FROM strict", []))
    if len(terms.wanted) > 2:
        two_words = all_of([ranking.with_two(terms), allowed, Sql(f"{_STRICT} < 200", [])])
        pieces.append(_rows(visible, two_words, shortest))
    union = " UNION ".join(
        f"(SELECT id FROM ({piece.text}) AS x{i})" for i, piece in enumerate(pieces)
    )
    return Sql(
        f"WITH head AS MATERIALIZED ({head.text}), strict AS MATERIALIZED ({strict.text}) {union}",
        [*head.params, *strict.params, *(param for piece in pieces for param in piece.params)],
    )


def _best_of_head(visible, terms, in_head):
    """Of too many with words in title or summary those with most of them for their length; each read once."""
    size = "0.3::float8 + coalesce(length_en, length_fr, length_ar, 300) / 1000.0::float8"
    tf = ranking.frequency(terms, "head")
    return _rows(
        visible,
        in_head & Sql(f"{_HEADS} > {ranking.MOST_UNRANKED}", []),
        f"ORDER BY ({size}) / ({tf.text} + {size}), {_TIES} LIMIT {ranking.most_of_head(terms)}",
        tf.params,
    )


def _rows(visible, condition, rest, params=()):
    text = f"SELECT id FROM ({visible.text}) AS r WHERE {condition.text} {rest}"
    return Sql(text, [*visible.params, *condition.params, *params])


def _places(terms):
    """In which versions the words stand, and where there: "en" and a letter for title, summary, body, files."""
    parts, params = [], []
    for language in LANGUAGES:
        query = " | ".join(
            f"({term.queries[language]})" for term in terms.wanted if term.queries[language]
        )
        if query:
            parts.append(_PLACE.format(vector=f"r.fts_{language}", language=language))
            params += [query] * 5
    return Sql(" || ".join(parts) or "''", params)


def _filtered(filters):
    return all_of(Sql("facets && %s::int[]", [numbers]) for numbers in filters.values())


def _of_vectors(piece, languages):
    """The same for vectors that were unpacked once."""
    text = piece.text
    for i, language in enumerate(languages, 1):
        text = text.replace(f"fts_{language}", f"v[{i}]")
    return Sql(text, piece.params)
