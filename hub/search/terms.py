"""What each word typed is in the three languages, in how many records it stands, and how much a match tells."""

import math
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from core.words import arabic_forms, arabic_stem
from hub.models.search_facets import LANGUAGE_NUMBERS, LENGTHS
from hub.search.typed import Typed, is_empty_arabic

LANGUAGES = ("en", "fr", "ar")
# Below so many rows each word is counted when it is asked for; above, every night (hub.search.learning).
COUNTED_LIVE = 2_000
_USUAL_LENGTH = 300


@dataclass
class Term:
    """One word or phrase with its query in each language ("" where it is a stop word)."""

    queries: dict[str, str]
    frequency: dict[str, int]
    times: int = 1
    is_phrase: bool = False
    is_quoted: bool = False

    def telling(self, language, rows):
        """Inverse document frequency, as Lucene's BM25 has it: never below zero."""
        frequency = min(max(self.frequency[language], 1), rows)
        return math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5))


@dataclass
class Terms:
    """All that was typed, ready to be asked for."""

    alternatives: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    rows: int = 0
    lengths: dict[str, float] = field(default_factory=dict)
    has_or: bool = False

    @property
    def wanted(self):
        """Each term once, however often it was typed."""
        return list({id(term): term for terms in self.alternatives for term in terms}.values())

    def __bool__(self):
        return bool(self.alternatives or self.excluded)


def understand(visitor, typed: Typed, language: str) -> Terms:
    """Look the words up, in one query."""
    typed_words = [*typed.wanted, *typed.excluded]
    if not typed_words:
        return Terms()
    found, sizes = _look_up(visitor, typed_words)
    stops = _stops(typed_words, found, language)
    made: dict[tuple, Term] = {}
    alternatives = []
    position = 0
    for alternative in typed.alternatives:
        terms = []
        for word in alternative:
            term = _term(made, word, found[position])
            if position not in stops and term not in terms:
                terms.append(term)
            position += 1
        if terms:
            alternatives.append(terms)
    if typed.is_sentence_like and stops and not any(word.is_quoted for word in typed.wanted):
        alternatives = [list({id(term): term for each in alternatives for term in each}.values())]
    excluded = [
        _term({}, word, found[position + i])
        for i, word in enumerate(typed.excluded)
        if any(found[position + i][0].values())
    ]
    rows = max([sizes.get(0, 0), *(n for term in made.values() for n in term.frequency.values())])
    return Terms(
        alternatives=alternatives or ([[]] if typed.wanted else []),
        excluded=excluded,
        rows=rows,
        lengths={code: _length(sizes, code) for code in LANGUAGES},
        has_or=typed.has_or and len(alternatives) > 1,
    )


def _term(made, word, found):
    queries, frequency = found
    key = (word.is_phrase, word.is_quoted, *queries.values())
    if key in made:
        made[key].times += 1
    else:
        made[key] = Term(queries, frequency, is_phrase=word.is_phrase, is_quoted=word.is_quoted)
    return made[key]


def _stops(typed_words, found, language):
    """Which words say nothing in the language of the query: the one most of whose empty words it has.

    Never all of them: of "who" or "the" alone the other languages may still know something.
    """
    hits = Counter({language: 0.5})
    for code in LANGUAGES:
        hits[code] += sum(not queries[code] for queries, _ in found)
    spoken = hits.most_common(1)[0][0]
    stops = {
        i
        for i, (word, (queries, _)) in enumerate(zip(typed_words, found, strict=True))
        if not queries[spoken] or is_empty_arabic(word) or not any(queries.values())
    }
    if len(stops) < len(typed_words):
        return stops
    return {i for i, (queries, _) in enumerate(found) if not any(queries.values())}


def _length(sizes, language):
    number = sizes.get(LANGUAGE_NUMBERS[language], 0)
    return sizes.get(LENGTHS[language], 0) / number if number else _USUAL_LENGTH


# A compound ("co-operation") is also found as one word; a stop word stays one.
_STEMMED = """
    CASE WHEN numnode(phraseto_tsquery('{config}', word)) = 0 THEN ''::tsquery
    ELSE phraseto_tsquery('{config}', word) || phraseto_tsquery('{config}', joined) END AS {language},
    tsvector_to_array(to_tsvector('{config}', word)) AS {language}_lexemes
"""
_LIVE = "(SELECT count(*) FROM ({visible}) AS seen WHERE fts_{language} @@ forms.{language})"
# Of a phrase its rarest word counts, of the forms of an Arabic word all do.
_NIGHTLY = """
    (SELECT coalesce({least}(n), 0) FROM (
        SELECT coalesce(max(kept.{level}), 0) AS n FROM unnest({language}_lexemes) AS one (lexeme)
        LEFT JOIN hub_searchlexeme AS kept ON kept.language = '{language}' AND kept.lexeme = one.lexeme
        GROUP BY one.lexeme) AS counted)
"""
_LOOK_UP = """
WITH forms AS MATERIALIZED (
    SELECT i, {en}, {fr}, ar::tsquery AS ar, string_to_array(ar_words, ' ') AS ar_lexemes
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY
        AS typed (word, joined, ar, ar_words, i)
),
sizes AS MATERIALIZED (
    SELECT array_agg(facet) AS facets, array_agg(n) AS n,
        coalesce((SELECT n FROM hub_searchcount WHERE level = 'staff' AND facet = 0), 0) < %s AS are_small
    FROM hub_searchcount WHERE level = %s AND facet = ANY(%s)
)
SELECT en::text, fr::text, ar::text,
    CASE WHEN are_small THEN {live_en} ELSE {nightly_en} END,
    CASE WHEN are_small THEN {live_fr} ELSE {nightly_fr} END,
    CASE WHEN are_small THEN {live_ar} ELSE {nightly_ar} END,
    sizes.facets, sizes.n
FROM forms, sizes ORDER BY i
"""


def _look_up(visitor, typed_words):
    """For each word its queries and the number of rows that match, and the sizes of the library."""
    level, visible = visitor.level, visitor.rows
    parts = {
        "en": _STEMMED.format(config="pg_catalog.english", language="en"),
        "fr": _STEMMED.format(config="pg_catalog.french", language="fr"),
    }
    for code in LANGUAGES:
        least = "sum" if code == "ar" else "min"
        parts[f"live_{code}"] = _LIVE.format(visible=visible.text, language=code)
        parts[f"nightly_{code}"] = _NIGHTLY.format(least=least, level=level, language=code)
    columns = [
        [" ".join(word.words) for word in typed_words],
        [word.joined for word in typed_words],
        [_arabic(word) for word in typed_words],
        [" ".join(_arabic_lexemes(word)) for word in typed_words],
    ]
    asked = [0, *LANGUAGE_NUMBERS.values(), *LENGTHS.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK_UP.format(**parts),
            [*columns, COUNTED_LIVE, level, asked, *visible.params * 3],
        )
        found = cursor.fetchall()
    sizes = dict(zip(found[0][6] or [], found[0][7] or [], strict=True))
    return [
        (dict(zip(LANGUAGES, row[:3], strict=True)), dict(zip(LANGUAGES, row[3:6], strict=True)))
        for row in found
    ], sizes


def _arabic(word):
    """The query for the Arabic vectors: one word in all its forms, or words side by side."""
    if is_empty_arabic(word):
        return ""
    if word.is_phrase:
        return " <-> ".join(_quoted(arabic_stem(each)) for each in word.words)
    forms = " | ".join(_quoted(form) for form in _arabic_lexemes(word))
    return f"({forms})"


def _arabic_lexemes(word):
    if word.is_phrase:
        return [arabic_stem(each) for each in word.words]
    return [*arabic_forms(word.words[0]), *([word.joined] if word.joined else [])]


def _quoted(lexeme):
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
