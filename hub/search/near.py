"""Where a search finds nothing, and beside a record: what comes near."""

from hub.models import Record
from hub.search import asking
from hub.search.hits import Hit
from hub.search.page import Wanted, search
from hub.search.spelling import suggest
from hub.search.sql import fetched
from hub.search.terms import understand
from hub.search.typed import parse
from hub.search.visitor import Visitor

_MOST_KIN = 400
# A code that half the library has says little, and reading so many rows takes long: only rows with a rarer one count.
_MOST_WITH_CODE = 2_000
# Of title and summary the words that tell most are enough to know what is alike.
_MOST_WORDS = 8
_ALIKE = """
WITH seen AS NOT MATERIALIZED ({visible}),
own AS MATERIALIZED (
    SELECT code, ln(1 + greatest(total, 1)::float8 / greatest(n, 1)) AS weight, coalesce(n, 0) AS n
    FROM (SELECT unnest(facets) AS code FROM seen WHERE record_id = %s) AS codes
    LEFT JOIN hub_searchcount AS counted ON counted.level = %s AND counted.facet = code,
        (SELECT coalesce(max(n), 1) AS total FROM hub_searchcount WHERE level = %s AND facet = 0) AS whole
    WHERE code > 0
)
SELECT record_id, 0 AS alike FROM seen WHERE record_id = %s
UNION ALL (SELECT record_id, (SELECT sum(weight) FROM own WHERE code = ANY(facets)) / (SELECT sum(weight) FROM own)
FROM seen
WHERE record_id <> %s AND facets && (SELECT coalesce(array_agg(code), '{{}}') FROM own
    WHERE n <= greatest(%s, (SELECT min(n) FROM own)))
ORDER BY 2 DESC, shown_at DESC LIMIT %s)
"""


def near(user, text, number=5, *, meant=None, found=None) -> list[Hit]:
    """Near misses: records with some of the words, whatever was quoted or left out, else with words spelled alike.

    What was asked already is not asked again: `meant` is what the spelling suggests, "" where it knows nothing
    better; `found` is what the text finds without filters, the best first.
    """
    plain = _plain(text)
    if not plain:
        return []
    if found is None or parse(plain) != parse(text):
        found = search(user, Wanted(text=plain))
    hits = found.hits
    if not hits:
        better = suggest(user, plain) if meant is None else _plain(meant)
        hits = search(user, Wanted(text=better)).hits if better else []
    return hits[:number]


def _plain(text):
    """The words to look for, without quotes and without what was to be left out."""
    return " ".join(word for each in parse(text).wanted for word in each.words)


def related(user, record, number=4) -> list[Record]:
    """The records most like this one, by their codes and their words, among those the visitor may read."""
    visitor = Visitor.of(user)
    alike = _by_codes(visitor, record)
    if record.pk not in alike:  # not for this visitor to search
        return []
    worded = _by_words(visitor, record)
    scores = {pk: alike.get(pk, 0) + worded.get(pk, 0) for pk in alike.keys() | worded.keys()}
    del scores[record.pk]
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[:number]
    found = Record.objects.visible_to(user).prefetch_related("texts").in_bulk(best)
    return [found[pk] for pk in best if pk in found]


def _by_codes(visitor, record):
    """Records that share codes, from 0 to 1: a code that few records have tells more; and the record itself."""
    visible, level = visitor.rows, visitor.level
    asked = [record.pk, level, level, record.pk, record.pk, _MOST_WITH_CODE, _MOST_KIN]
    found = fetched(_ALIKE.format(visible=visible.text), [*visible.params, *asked])
    return {pk: float(alike) for pk, alike in found}


def _by_words(visitor, record):
    """Records that answer the most telling words of its title and summary best, from 0 to 1."""
    text = record.text_for(record.original_language)
    if text is None:
        return {}
    terms = understand(visitor, parse(f"{text.title} {text.summary}"), text.language)
    if not terms.wanted:
        return {}
    rarest = sorted(terms.wanted, key=lambda term: term.frequency[text.language])
    terms.alternatives = [rarest[:_MOST_WORDS]]
    rows = [row for row in asking.ranked(visitor, terms, {}, limit=50) if row[1] != record.pk]
    best = max((row[3] for row in rows), default=0) or 1
    return {row[1]: row[3] / best for row in rows}
