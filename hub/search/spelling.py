"""Did you mean: what was typed with its words put right, out of words that this visitor may read."""

import re

from django.db import connection

from core.folding import fold
from core.spelling import distance, near_skeletons, skeleton
from core.words import LONGEST_WORD, arabic_forms, is_arabic
from hub.search.sql import fetched
from hub.search.visitor import Visitor

# Shorter words are taken as they are; a long one may hold two slips.
_SHORTEST, _LONG = 3, 5
_MOST_WORDS = 12
_MOST_TRIED = 3
_WORD = re.compile(r"[^\W\d_]+")
KNOWN = "SELECT word FROM hub_searchword WHERE word = ANY(%s) AND {level} > 0"
ALIKE = """
SELECT word, spelled, {level} FROM hub_searchword
WHERE bones = ANY(%s) AND {level} > 0 AND length(word) BETWEEN %s AND %s
"""
# The words a visitor may read change by the hour, their list by the night: what is offered is looked for once more.
_READABLE = """
SELECT i FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS offered (word, stem, i)
WHERE EXISTS (SELECT FROM ({visible}) AS r WHERE fts_en @@ plainto_tsquery('pg_catalog.english', word)
    OR fts_fr @@ plainto_tsquery('pg_catalog.french', word) OR fts_ar @@ plainto_tsquery('pg_catalog.simple', stem))
ORDER BY i LIMIT 1
"""
# What people mix up most in Arabic and folding keeps apart: half a slip.
_ALIKE_LETTERS = {
    frozenset(pair) for pair in ("ئي", "ؤو", "ءا", "ضظ", "ذد", "تط", "سص", "هت", "قك", "ئء")
}


def suggest(user, text, language=None) -> str | None:
    """The whole query with its unknown words put right; None where nothing better is known."""
    visitor = Visitor.of(user)
    typed = [word for word in _typed(text) if len(word) >= _SHORTEST][:_MOST_WORDS]
    known = _known(typed, visitor.level)
    right = {}
    for word in typed:
        if word not in known and (better := _best(visitor, word)):
            right[word] = better
    if not right:
        return None
    return _WORD.sub(lambda found: right.get(fold(found[0]), found[0]), text)


def _typed(text):
    return list(dict.fromkeys(fold(found)[:LONGEST_WORD] for found in _WORD.findall(text)))


def _known(typed, level):
    """Which words stand in records as they were typed; an Arabic one also with another particle."""
    forms = {word: {word, *_with_particles(word)} for word in typed}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN.format(level=level), [sorted(set().union(*forms.values()))])
        found = {word for (word,) in cursor.fetchall()}
    return {word for word, own in forms.items() if own & found}


def _with_particles(word):
    if not is_arabic(word):
        return []
    return [*arabic_forms(word), *("ال" + form for form in arabic_forms(word)[:1])]


def _best(visitor, word):
    """The known word that lies nearest and that this visitor can find something by."""
    candidates = _candidates(word, visitor.level)[:_MOST_TRIED]
    if not candidates:
        return None
    nearest = [candidate for candidate, _spelled in candidates]
    found = fetched(
        _READABLE.format(visible=visitor.rows.text),
        [nearest, [arabic_forms(each)[0] for each in nearest], *visitor.rows.params],
    )
    return candidates[found[0][0] - 1][1] if found else None


def _candidates(word, level):
    """Known words one slip away (two in a long word), the nearest and most frequent first."""
    at_most, letters = (1 if len(word) < _LONG else 2), set(word)
    bones = skeleton(word)
    with connection.cursor() as cursor:
        cursor.execute(
            ALIKE.format(level=level),
            [sorted(near_skeletons(bones)), len(word) - 2, len(word) + 2],
        )
        found = cursor.fetchall()
    scored = []
    for candidate, spelled, number in found:
        if len(letters ^ set(candidate)) > 2 * at_most:
            continue
        slips = distance(word, candidate, at_most=at_most)
        if slips <= at_most:
            scored.append((_slips(word, candidate, slips, bones), -number, candidate, spelled))
    return [(candidate, spelled) for _slips_, _number, candidate, spelled in sorted(scored)]


def _slips(word, candidate, slips, bones):
    """The distance, made less where the words sound alike or only letters that are mixed up differ."""
    weight = float(slips)
    if skeleton(candidate) == bones:
        weight -= 0.3
    if word[:1] != candidate[:1]:
        weight += 0.4
    if len(word) == len(candidate):
        differ = [
            frozenset(pair) for pair in zip(word, candidate, strict=True) if len(set(pair)) > 1
        ]
        weight -= 0.5 * sum(pair in _ALIKE_LETTERS for pair in differ)
        if sorted(word) == sorted(candidate):
            weight -= 0.3
    return weight
