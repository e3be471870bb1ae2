"""Where a search finds nothing, and beside a record: what comes near."""

from math import log

from django.db import connection

from hub.models import Record, SearchCount, SearchRow
from hub.search import asking
from hub.search.hits import Hit
from hub.search.page import Wanted, search
from hub.search.spelling import suggest
from hub.search.terms import level_of, understand
from hub.search.typed import parse

_MOST_KIN = 400
_ALIKE = """
SELECT record_id, (SELECT coalesce(sum(weight), 0) FROM unnest(%s::int[], %s::float8[]) AS own (code, weight)
    WHERE code = ANY(facets)) AS alike
FROM ({visible}) AS r WHERE facets && %s::int[] AND record_id <> %s ORDER BY alike DESC, shown_at DESC LIMIT %s
"""


def near(user, text, number=5) -> list[Hit]:
    """Near misses: records with some of the words, whatever was quoted or left out, else with words spelled alike."""
    plain = " ".join(word for each in parse(text).wanted for word in each.words)
    for words in filter(None, [plain, suggest(user, plain)]):
        if hits := search(user, Wanted(text=words)).hits:
            return hits[:number]
    return []


def related(user, record, number=4) -> list[Record]:
    """The records most like this one, by their codes and their words, among those the visitor may read."""
    row = SearchRow.objects.visible_to(user).filter(record=record).first()
    if row is None:
        return []
    alike = _by_codes(user, row)
    worded = _by_words(user, record)
    scores = {pk: alike.get(pk, 0) + worded.get(pk, 0) for pk in alike.keys() | worded.keys()}
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[:number]
    found = Record.objects.visible_to(user).with_card().in_bulk(best)
    return [found[pk] for pk in best if pk in found]


def _by_codes(user, row):
    """Records that share codes, from 0 to 1: a code that few records have tells more."""
    counts = dict(
        SearchCount.objects.filter(level=level_of(user), facet__in=[0, *row.facets]).values_list(
            "facet", "n"
        )
    )
    rows = max(counts.get(0, 1), 1)
    own = {code: log(1 + rows / max(counts.get(code, 1), 1)) for code in row.facets if code > 0}
    if not own:
        return {}
    visible = asking.visible_to(user)
    codes, weights = list(own), list(own.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _ALIKE.format(visible=visible.text),
            [codes, weights, *visible.params, codes, row.record_id, _MOST_KIN],
        )
        return {pk: alike / sum(weights) for pk, alike in cursor.fetchall()}


def _by_words(user, record):
    """Records that answer this one's title and summary best, from 0 to 1."""
    text = record.text_for(record.original_language)
    if text is None:
        return {}
    terms = understand(user, parse(f"{text.title} {text.summary}"), text.language)
    if not terms.wanted:
        return {}
    rows = [row for row in asking.ranked(user, terms, {}, limit=50) if row[1] != record.pk]
    best = max((row[3] for row in rows), default=0) or 1
    return {row[1]: row[3] / best for row in rows}
