"""How good a ranking is, and the rivals it is measured against: BM25 (the package bm25s) and ts_rank."""

import logging
import math
from statistics import fmean

from django.db import connection

from core.words import words

_DEPTH = 1_000


def average_precision(ranking, relevant) -> float:
    """The mean of the precision at each relevant document; relevant maps documents to grades above zero."""
    found, total = 0, 0.0
    for place, document in enumerate(ranking[:_DEPTH], 1):
        if document in relevant:
            found += 1
            total += found / place
    return total / len(relevant)


def ndcg(ranking, relevant, depth=10) -> float:
    """Normalised discounted cumulative gain with the grades as gains, as trec_eval's ndcg_cut."""
    gained = _discounted(relevant.get(document, 0) for document in ranking[:depth])
    return gained / _discounted(sorted(relevant.values(), reverse=True)[:depth])


def _discounted(gains):
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def means(rankings, judged) -> tuple[float, float]:
    """MAP and nDCG@10 over all judged queries; `rankings` maps each query to its documents in order."""
    return (
        fmean(average_precision(rankings[query], relevant) for query, relevant in judged.items()),
        fmean(ndcg(rankings[query], relevant) for query, relevant in judged.items()),
    )


class Bm25:
    """BM25 as the package bm25s has it (Lucene's variant); stemmed by Postgres' English stemmer if asked."""

    def __init__(self, documents: dict[str, str], *, stemmed=False):
        import bm25s  # noqa: PLC0415 (a package of developers only)

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self.names = list(documents)
        self.tokenize = lambda texts: bm25s.tokenize(
            texts,
            stopwords="en",
            stemmer=_english_stems if stemmed else None,
            show_progress=False,
        )
        self.index = bm25s.BM25(method="lucene", k1=1.2 if stemmed else 1.5, b=0.75)
        self.index.index(self.tokenize(list(documents.values())), show_progress=False)

    def rank(self, query: str, number=_DEPTH) -> list[str]:
        places, scores = self.index.retrieve(
            self.tokenize([query]), k=min(number, len(self.names)), show_progress=False
        )
        return [
            self.names[place]
            for place, score in zip(places[0], scores[0], strict=True)
            if score > 0
        ]


def by_ts_rank(query: str, number=_DEPTH) -> list[str]:
    """The codes of records in the order of ts_rank over or-ed words of all three languages: what Postgres offers."""
    ored = " or ".join(dict.fromkeys(words(query)))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT code FROM (SELECT record_id, greatest(
                ts_rank(fts_en, en), ts_rank(fts_fr, fr), ts_rank(fts_ar, ar)) AS rank
                FROM hub_searchrow, websearch_to_tsquery('pg_catalog.english', %s) AS en,
                    websearch_to_tsquery('pg_catalog.french', %s) AS fr,
                    websearch_to_tsquery('pg_catalog.simple', %s) AS ar
                WHERE fts_en @@ en OR fts_fr @@ fr OR fts_ar @@ ar) AS ranked
            JOIN hub_record ON hub_record.id = record_id ORDER BY rank DESC NULLS LAST, record_id LIMIT %s
            """,
            [ored, ored, ored, number],
        )
        return list(dict.fromkeys(code for (code,) in cursor.fetchall()))


def _english_stems(tokens):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce((ts_lexize('pg_catalog.english_stem', word))[1], word)
            FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, i) ORDER BY i""",
            [list(tokens)],
        )
        return [stem for (stem,) in cursor.fetchall()]
