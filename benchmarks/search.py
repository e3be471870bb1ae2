"""The search at 10,000 and 100,000 records: pages, facets, growth, ranking, suggestions, saving (figures of speed).

    python benchmarks/search.py            SIZE=1000000 python benchmarks/search.py

A quick look takes SIZE=10000, which is the least that is counted as a large library is (its growth says little).

Works in a database of its own on the server of DATABASE_URL, and removes it. Each figure is a ratio to a floor
(_search_floors.py) measured in the same run, in turns. Ends non-zero when one misses its target.
"""

import math
import os
import random
import re
import sys
import time
from contextlib import contextmanager

import _search_floors as floors
from _frame import Figures, database
from _search_library import grow_to, look_for, member

SIZE = int(os.environ.get("SIZE", "100000"))
SMALL = min(10_000, max(SIZE // 3, 3_000))
TIMES = 9
figures = Figures()


def main():
    with database("search"):
        small = grow_to(SMALL, figures, first=True)
        times_small = _sql_times(small)
        large = grow_to(SIZE, figures)
        times_large = _sql_times(large)
        _growth(times_small, times_large)
        _against_naive(large)
        _facets(large)
        _pages(large)
        _overlap()
        _suggestions()
        _saving()
    return bool(figures.missed)


@contextmanager
def _clock():
    """Adds up what the statements of a block take, in milliseconds."""
    from django.db import connection

    spent = [0.0]

    def timed(execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += (time.perf_counter() - start) * 1000

    with connection.execute_wrapper(timed):
        yield spent


def _sql_times(words):
    """What all SQL behind a search takes at least, for each kind of word and for none.

    Two sizes cannot be measured in turns, so the least disturbed of all times counts.
    """
    user, times = member(), {}
    for name, word in [("empty", ""), *words.items()]:
        spent = []
        look_for(user, word)
        for _ in range(3 * TIMES):
            with _clock() as clock:
                found = look_for(user, word)
            spent.append(clock[0])
        times[name] = min(spent)
        figures.tell(f"search_sql_{name}_ms", [times[name]], note=f"{found.total} found")
    return times


def _growth(small, large):
    for name, target in [("rare", 0.75), ("medium", 0.75), ("broad", 1.0), ("empty", 0.05)]:
        exponent = math.log(large[name] / small[name]) / math.log(SIZE / SMALL)
        figures.at_most(f"growth_{name}", target, [exponent])


def _against_naive(words):
    """Figure 2: all of a search against the same asked of the ORM plainly, with four facets."""
    user = member()
    for name in ("medium", "broad"):
        ratios = _ratios(
            lambda word=words[name]: _search_sql(user, word),
            lambda word=words[name]: _naive_sql(user, word),
        )
        figures.at_most(f"search_to_naive_{name}", 0.2 if SIZE < 10**6 else 0.125, ratios)


def _search_sql(user, word):
    with _clock() as clock:
        look_for(user, word)
    return clock[0]


def _naive_sql(user, word):
    with _clock() as clock:
        floors.ask_naively(user, word)
    return clock[0]


def _facets(words):
    """Figure 3: all counts of all facets against the bare count of the same rows."""
    from hub.search import asking, ranking
    from hub.search.terms import understand
    from hub.search.typed import parse
    from hub.search.visitor import Visitor

    visitor = Visitor.of(member())
    visible = visitor.rows
    for name, word in words.items():
        terms = understand(visitor, parse(word), "en")
        counts = asking.counts(visitor, terms, {})
        match = ranking.matching(terms)
        bare = f"SELECT count(*) FROM ({visible.text}) AS r WHERE {match.text}"
        ratios = _ratios(
            lambda counts=counts: floors.raw(counts.text, counts.params),
            lambda bare=bare, match=match: floors.raw(bare, [*visible.params, *match.params]),
        )
        if name != "rare":
            figures.at_most(f"facets_to_count_{name}", 2.0, ratios)


def _pages(words):
    """Figures 1 and 19: the page, logged in, against its own SQL; and what it weighs."""
    from django.test import Client

    client = Client()
    client.force_login(member())
    client.get("/hub/")
    for name, target in [("medium", 2.0), ("broad", 1.4)]:
        pages, statements = [], []
        for _ in range(TIMES):
            start = time.perf_counter()
            with _clock() as clock:
                page = client.get("/hub/", {"q": words[name]})
            pages.append((time.perf_counter() - start) * 1000)
            statements.append(clock[0])
        both = list(zip(pages, statements, strict=True))
        figures.at_most(f"page_to_sql_{name}", target, [whole / sql for whole, sql in both])
        figures.tell(f"page_beside_sql_{name}_ms", [whole - sql for whole, sql in both])
        cards = re.findall(rb"<article.*?</article>", page.content, re.DOTALL)
        figures.at_most(f"html_{name}", 45, [len(page.content) / 1024], unit="kB")
        weight = sum(map(len, cards)) / max(len(cards), 1) / 1024
        figures.at_most(f"html_a_row_{name}", 1.5, [weight], unit="kB")


def _overlap():
    """Figure 6: of the first twenty, how many the same ranking finds when it scores every match."""
    from hub.models import SearchLexeme, SearchRow
    from hub.search import ranking
    from hub.search.page import codes_of_best

    user, pick, rows = member(), random.Random(7), SearchRow.objects.count()
    lexemes = list(
        SearchLexeme.objects.filter(language="en", staff__range=(rows * 0.01, rows * 0.5))
        .order_by("lexeme")
        .values_list("lexeme", flat=True)
    )
    queries = [" ".join(pick.sample(lexemes, k)) for k in [1] * 25 + [2] * 15 + [3] * 10]
    most, same = (ranking.MOST_SCORED, ranking.MOST_OF_ONE), []
    for query in queries:
        bounded = codes_of_best(user, query, 20)
        ranking.MOST_SCORED = ranking.MOST_OF_ONE = 10**9
        whole = codes_of_best(user, query, 20)
        ranking.MOST_SCORED, ranking.MOST_OF_ONE = most
        same.append(len(set(bounded) & set(whole)) + 20 - len(whole))
    worst = min(range(len(same)), key=same.__getitem__)
    note = f"17 of 20 at least in so many queries; min {same[worst]}: {queries[worst]}"
    good = sum(n >= 17 for n in same)
    figures.at_least("overlap_at_20", len(same), [good], note=note, digits=0)


def _suggestions():
    """Figure 7: a misspelt word put right, against the same in bare SQL where there is pg_trgm.

    That is the words alike in the same list, and whether this member may read a record with the right one.
    """
    from hub.models import SearchWord
    from hub.search import suggest
    from hub.search.visitor import Visitor

    user, pick = member(), random.Random(3)
    words = list(
        SearchWord.objects.filter(members__gt=5).order_by("word").values_list("word", flat=True)
    )
    words = [word for word in words if word.isascii() and len(word) > 5]
    typed = {_misspelt(word, pick): word for word in pick.sample(words, min(len(words), 60))}
    has_floor, spent, ratios, right = floors.index_trigrams(), [], [], 0
    visible = Visitor.of(user).rows
    for wrong, word in typed.items():
        start = time.perf_counter()
        right += suggest(user, wrong) == word
        spent.append((time.perf_counter() - start) * 1000)
        if has_floor:
            ratios.append(spent[-1] / floors.suggest_barely(visible, wrong, word))
    figures.at_most("suggestion_ms", 15, spent)
    figures.at_most("suggestions_wrong", 0.1, [1 - right / len(typed)])
    if has_floor:
        figures.at_most("suggestion_to_trigrams", 1.5, ratios)
    else:
        print("suggestion_to_trigrams  not measured: this server has no pg_trgm")


def _misspelt(word, pick):
    at = pick.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _saving():
    """Figure 18: a changed record found by its new words, against the bare UPDATE of a body in a wide row."""
    from django.db import transaction
    from django.db.models import F

    from hub.models import Record, RecordText, SearchRow

    english = RecordText.objects.filter(language="en").order_by("pk")
    texts = list(english.values_list("pk", "record_id", "description")[: 8 * TIMES])
    floors.widen()

    def saved(pk, record, body):
        start = time.perf_counter()
        with transaction.atomic():
            RecordText.objects.filter(pk=pk).update(description=body)
            Record.objects.filter(pk=record).update(revision=F("revision") + 1)
            SearchRow.objects.refresh(Record(pk=record))
        return (time.perf_counter() - start) * 1000

    def turns(bodies):
        return [
            (saved(pk, record, body), floors.update_wide(pk, body))
            for (pk, record, _), body in zip(texts, bodies, strict=True)
        ]

    bodies = [body for *_, body in texts]
    # What was written since the last checkpoint is written again for less: only the floor's table just was.
    turns(reversed(bodies))
    times = turns([*bodies[TIMES:], *bodies[:TIMES]])
    for name, spent in zip(("save_ms", "update_ms"), zip(*times, strict=True), strict=True):
        figures.tell(name, spent)
    figures.at_most("save_to_update", 6, [ours / floor for ours, floor in times])


def _ratios(ours, floor):
    """Our figure over the floor's, measured in turns."""
    ours(), floor()
    return [ours() / floor() for _ in range(TIMES)]


if __name__ == "__main__":
    sys.exit(main())
