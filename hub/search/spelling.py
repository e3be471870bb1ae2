"""Did you mean: what was typed with its words put right, out of words that this visitor may read."""

import re

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
# Only what stands in no record as it was typed is looked for by its bones.
_ALIKE = """
SELECT typed, word, spelled, {level} FROM unnest(%s::text[], %s::int[], %s::int[]) AS near (bones, typed, letters)
JOIN hub_searchword USING (bones)
WHERE {level} > 0 AND length(word) BETWEEN letters - 2 AND letters + 2 AND typed <> ALL (ARRAY(
    SELECT i FROM unnest(%s::text[], %s::int[]) AS form (word, i) JOIN hub_searchword USING (word) WHERE {level} > 0))
"""
# The words a visitor may read change by the hour, their list by the night: what is offered is looked for once more.
_READABLE = """
SELECT (SELECT i FROM unnest(%s::int[], %s::text[], %s::text[]) WITH ORDINALITY AS offered (meant, word, stem, i)
    WHERE meant = typed AND EXISTS (
        SELECT FROM ({visible}) AS r WHERE fts_en @@ plainto_tsquery('pg_catalog.english', word)
        OR fts_fr @@ plainto_tsquery('pg_catalog.french', word) OR fts_ar @@ plainto_tsquery('pg_catalog.simple', stem))
    LIMIT 1)
FROM unnest(%s::int[]) AS typed
"""
# What people mix up most in Arabic and folding keeps apart: half a slip.
_ALIKE_LETTERS = {
    frozenset(pair) for pair in ("ئي", "ؤو", "ءا", "ضظ", "ذد", "تط", "سص", "هت", "قك", "ئء")
}


def suggest(user, text, language=None) -> str | None:
    """The whole query with its unknown words put right; None where nothing better is known."""
    visitor = Visitor.of(user)
    typed = [word for word in _typed(text) if len(word) >= _SHORTEST][:_MOST_WORDS]
    right = _readable(visitor, _candidates(typed, visitor.level))
    if not right:
        return None
    return _WORD.sub(lambda found: right.get(fold(found[0]), found[0]), text)


def _typed(text):
    return list(dict.fromkeys(fold(found)[:LONGEST_WORD] for found in _WORD.findall(text)))


def _forms(word):
    """How the word may stand in records: as it was typed; an Arabic one also with another particle."""
    if not is_arabic(word):
        return [word]
    return [word, *arabic_forms(word), *("ال" + form for form in arabic_forms(word)[:1])]


def _readable(visitor, candidates):
    """For each word typed the nearest that this visitor can find something by, as it is written."""
    offered = [
        (i, *nearest) for i, (_word, all_near) in enumerate(candidates) for nearest in all_near
    ]
    if not offered:
        return {}
    meant, words, spelled = zip(*offered, strict=True)
    found = fetched(
        _READABLE.format(visible=visitor.rows.text),
        [
            *[list(meant), list(words), [arabic_forms(each)[0] for each in words]],
            *[*visitor.rows.params, sorted(set(meant))],
        ],
    )
    return {candidates[meant[i - 1]][0]: spelled[i - 1] for (i,) in found if i}


def _candidates(typed, level):
    """For each unknown word those known that lie one slip away (two from a long one), the nearest and most frequent."""
    forms = [(form, i) for i, word in enumerate(typed) for form in _forms(word)]
    near = [
        (bones, i, len(word))
        for i, word in enumerate(typed)
        for bones in sorted(near_skeletons(skeleton(word)))
    ]
    if not near:
        return []
    columns = [list(column) for rows in (near, forms) for column in zip(*rows, strict=True)]
    found: dict[int, list[tuple]] = {}
    for i, word, spelled, number in fetched(_ALIKE.format(level=level), columns):
        found.setdefault(i, []).append((word, spelled, number))
    return [(typed[i], _nearest(typed[i], known)) for i, known in found.items()]


def _nearest(word, known):
    """The (word, spelled) out of known words that lie near enough, the nearest first."""
    at_most, letters, bones = (1 if len(word) < _LONG else 2), set(word), skeleton(word)
    scored = []
    for candidate, spelled, number in known:
        if len(letters ^ set(candidate)) > 2 * at_most:
            continue
        slips = distance(word, candidate, at_most=at_most)
        if slips <= at_most:
            scored.append((_slips(word, candidate, slips, bones), -number, candidate, spelled))
    return [(candidate, spelled) for _slips_, _number, candidate, spelled in sorted(scored)][
        :_MOST_TRIED
    ]


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
