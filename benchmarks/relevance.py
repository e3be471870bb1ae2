"""The ranking on judged queries in three languages over the demonstration records: ours, ts_rank and plain BM25.

    python benchmarks/relevance.py

Works in a database of its own on the server of DATABASE_URL, and removes it. Ends non-zero when a figure misses
its target.
"""

import json
import sys
from io import StringIO
from pathlib import Path

from _frame import Figures, database

JUDGED = Path(__file__).with_name("relevance.json")
LEAST = 0.85


figures = Figures()


def main():
    with database("relevance"):
        _load_demo()
        _measure()
    return bool(figures.missed)


def _load_demo():
    """The records of the demonstration, and the cities they name."""
    from django.core.management import call_command

    from core import vocabularies
    from hub.management.commands.load_demo_records import DEMO
    from tests import factories

    vocabularies.load()
    cards = json.loads(DEMO.read_text(encoding="utf-8"))["records"]
    for slug in sorted({place["slug"] for card in cards for place in card.get("cities", [])}):
        factories.city(slug.capitalize(), slug=slug, listing="public")
    call_command("load_demo_records", stdout=StringIO())


def _measure():
    from hub.management.measuring import Bm25, by_ts_rank, ndcg
    from hub.search.page import codes_of_best
    from tests import factories

    staff = factories.staff(everywhere=True)
    queries = json.loads(JUDGED.read_text())["queries"]
    rivals = {
        "ours": lambda query: codes_of_best(staff, query["q"], 10, query["language"]),
        "bm25": _ranked(Bm25(_documents())),
        "bm25_stemmed": _ranked(Bm25(_documents(), stemmed=True)),
        "ts_rank": lambda query: by_ts_rank(query["q"], 10),
    }
    gains = {
        name: {i: ndcg(rank(query), query["relevant"]) for i, query in enumerate(queries)}
        for name, rank in rivals.items()
    }
    for language in ("en", "fr", "ar"):
        own = [i for i, query in enumerate(queries) if query["language"] == language]
        said = "  ".join(f"{name} {_mean(gains[name], own):.3f}" for name in rivals)
        print(f"relevance_{language}  {said}  -  for information (n={len(own)})")
    means = {name: _mean(gains[name], range(len(queries))) for name in rivals}
    said = {"note": f"n={len(queries)}", "digits": 4}
    figures.at_least("relevance_ndcg10", LEAST, [means["ours"]], **said)
    for name in ("bm25", "bm25_stemmed", "ts_rank"):
        figures.at_least(f"relevance_over_{name}", means[name], [means["ours"]], **said)


def _ranked(rival):
    return lambda query: rival.rank(query["q"], 10)


def _documents():
    """Everything a record says, all versions and the labels of its codes, as one text."""
    from hub.models import Record, RecordText

    return {
        record.code: " ".join(
            [
                *(getattr(t, name) for t in record.texts.all() for name in _fields(RecordText)),
                *(
                    f"{term.label_en} {term.label_fr} {term.label_ar}"
                    for term in record.terms.all()
                ),
            ]
        )
        for record in Record.objects.prefetch_related("texts", "terms")
    }


def _fields(model):
    return ["title", "summary", *model.BODY]


def _mean(gains, chosen):
    return sum(gains[i] for i in chosen) / len(chosen)


if __name__ == "__main__":
    sys.exit(main())
