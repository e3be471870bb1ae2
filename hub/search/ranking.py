"""How well a row answers: the SQL of matches and scores.

BM25 (S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) over weighted fields,
each language version a text of its own, of which the best counts. `ts_rank_cd` of a query of one word is the sum
of the weights of its places: just the term frequency that BM25F asks for, at the price of one look into the vector.
"""

import math
from itertools import combinations

from hub.models.search_facets import LANGUAGE_NUMBERS
from hub.search.sql import Sql, all_of, any_of
from hub.search.terms import LANGUAGES, Term, Terms

K1, B = 1.2, 0.75
# Files, body and codes, summary, title. ts_rank_cd takes weights up to 1, so they are shares of the title's.
_TITLE = 2.5
_WEIGHTS = "{0.12, 0.4, 0.88, 1.0}"
# So many rows may be scored for one search; where more match, the most promising are.
MOST_SCORED = 4_000
# And so many looks into a vector, one for each word in each row.
MOST_READ = 160_000
# Of a single word, title, summary and length say enough to choose by.
MOST_OF_ONE = 1_000
# So many with words in title or summary are scored as they come; of more the best: one in 25 of all, so many at least
# and at most.
MOST_UNRANKED = 400
_SHARE_OF_HEAD, _LEAST_OF_HEAD, _MOST_OF_HEAD = 25, 500, 1_200
MOST_WITH_ALL = 3_000
_MOST_PAIRED = 4


def matching(terms: Terms) -> Sql:
    """The rows that are found: with all the words, with two rare ones, or with one of those that tell most.

    None that has a word which is left out.
    """
    found = with_all(terms)
    if not terms.has_or and (telling := with_telling(terms)) != found:
        several = [with_two(terms)] if len(terms.wanted) > 2 and not _tell_all(terms) else []
        found = any_of([found, telling, *several])
    required = [_has(term) for term in terms.wanted if term.is_quoted and not terms.has_or]
    unwanted = [
        Sql(f"({_has(term).text}) IS NOT TRUE", _has(term).params) for term in terms.excluded
    ]
    return all_of([*([found] if terms.alternatives else []), *required, *unwanted])


def with_all(terms: Terms, languages=LANGUAGES) -> Sql:
    """The rows in which one version has every word of one alternative."""
    return any_of(
        _matches(language, _joined(" & ", (term.queries[language] for term in alternative)))
        for alternative in terms.alternatives
        for language in languages
        if any(term.queries[language] for term in alternative)
    )


def _tell_all(terms):
    """Whether whoever has any of the words is found already."""
    return all(
        len(_telling(terms, language)) == len(_by_rarity(terms, language)) for language in LANGUAGES
    )


def with_two(terms: Terms) -> Sql:
    """The rows in which one version has two of the rarest words, as many pairs as there is room for."""
    return any_of(
        _matches(language, _joined(" | ", pairs))
        for language in LANGUAGES
        if (pairs := _pairs(terms, language))
    )


def _pairs(terms, language):
    rarest = _by_rarity(terms, language)[:_MOST_PAIRED]
    both = [
        (one.frequency[language] * other.frequency[language] / max(terms.rows, 1), one, other)
        for one, other in combinations(rarest, 2)
    ]
    pairs, room = [], float(MOST_SCORED)
    for expected, one, other in sorted(both, key=lambda pair: pair[0]):
        room -= expected
        if room < 0:
            break
        pairs.append(f"({one.queries[language]}) & ({other.queries[language]})")
    return pairs


def _by_rarity(terms, language):
    known = [term for term in terms.wanted if term.queries[language]]
    return sorted(known, key=lambda term: term.frequency[language])


def spoken(terms: Terms) -> list[str]:
    """The languages in which some of the words are known: the others need not be scored."""
    known = [code for code in LANGUAGES if any(term.frequency[code] for term in terms.wanted)]
    return known or list(LANGUAGES)


def with_telling(terms: Terms) -> Sql:
    """The rows with one of the rarest words, as many words as there is room for; the rarest in any case."""
    return any_of(
        _matches(language, _joined(" | ", (term.queries[language] for term in chosen)))
        for language in LANGUAGES
        if (chosen := _telling(terms, language))
    )


def with_any(terms: Terms, column: str) -> Sql:
    """The rows of which one column has any of the words, in whatever language."""
    return Sql(f"{column} @@ %s::tsquery", [_any_word(terms)])


def frequency(terms: Terms, column: str) -> Sql:
    """How often the words stand in one column, a title for more than a summary."""
    return Sql(f"ts_rank_cd('{_WEIGHTS}', {column}, %s::tsquery)", [_any_word(terms)])


def is_bounded(terms: Terms) -> bool:
    """Whether more rows may match than are scored."""
    most = MOST_SCORED if len(terms.wanted) > 1 else MOST_OF_ONE
    return sum(_most(terms, language) for language in LANGUAGES) > most


def most_of_head(terms: Terms) -> int:
    """How many of those with words in title or summary are scored, where there are very many."""
    share = sum(_most(terms, language) for language in LANGUAGES) // _SHARE_OF_HEAD
    return int(min(max(share, _LEAST_OF_HEAD), _MOST_OF_HEAD))


def _most(terms, language):
    return _rows_with_any(_telling(terms, language), language, terms.rows)


def score(terms: Terms) -> Sql:
    """What the best version of a row comes to. The vectors are read as en, fr and ar."""
    scores = [piece for language in spoken(terms) if (piece := _score(terms, language))]
    if not scores:
        return Sql("0.0", [])
    text = ", ".join(piece.text for piece in scores)
    return Sql(f"greatest({text})", [param for piece in scores for param in piece.params])


def _score(terms, language):
    known = [term for term in terms.wanted if term.queries[language] and _may_stand(term, language)]
    if not known:
        return None
    parts, params = [], []
    for term in known:
        gain = term.telling(language, terms.rows) * term.times
        parts.append(f"{gain:.6f} * ({_saturated(language)})")
        params.append(term.queries[language])
    return Sql(f"coalesce({' + '.join(parts)}, 0)", params)


def _saturated(language):
    """tf / (tf + K), written so that tf is read once; {language}_k is K for the length of this version."""
    tf = f"{_TITLE} * ts_rank_cd('{_WEIGHTS}', fts_{language}, %s::tsquery)"
    return f"1 - {language}_k / ({tf} + {language}_k)"


def norm(terms: Terms, language: str) -> str:
    """K: what a version's length makes of its term frequencies."""
    average = max(terms.lengths[language], 1.0)
    # A version that is only the labels of codes counts as one of average length.
    length = f"CASE WHEN {LANGUAGE_NUMBERS[language]} = ANY(facets) THEN length_{language} END"
    return f"{K1} * ({1 - B} + {B} * coalesce({length}, {average:.3f}) / {average:.3f})"


def _may_stand(term, language):
    """A word of one language is looked for in the others only if it is known there (or was never counted)."""
    known_anywhere = any(term.frequency.values())
    return term.frequency[language] > 0 or not known_anywhere


def _telling(terms, language) -> list[Term]:
    known = _by_rarity(terms, language)
    # Of a paragraph every word would be read in every row: the more words, the fewer rows.
    most = min(MOST_SCORED, MOST_READ // max(len(known), 1))
    chosen: list[Term] = []
    for term in known:
        is_any = any(term.frequency[language] for term in chosen)
        if is_any and _rows_with_any([*chosen, term], language, terms.rows) > most:
            break
        chosen.append(term)
    return chosen


def _rows_with_any(chosen, language, rows) -> float:
    """How many rows have one of these words at least, if words stood in rows independently of each other."""
    without = math.prod(1 - min(term.frequency[language] / max(rows, 1), 1) for term in chosen)
    return rows * (1 - without)


def _any_word(terms):
    queries = (query for term in terms.wanted for query in term.queries.values() if query)
    return _joined(" | ", dict.fromkeys(queries))


def _has(term):
    return any_of(
        _matches(language, term.queries[language])
        for language in LANGUAGES
        if term.queries[language]
    )


def _matches(language, query):
    return Sql(f"fts_{language} @@ %s::tsquery", [query])


def _joined(sign, queries):
    return sign.join(f"({query})" for query in queries if query)
