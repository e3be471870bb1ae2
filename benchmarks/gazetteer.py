"""The gazetteer: how long it takes to load, and to answer somebody who types the name of a city.

    python benchmarks/gazetteer.py

Works in a database of its own on the server of DATABASE_URL, and removes it. Ends non-zero when a figure misses
its target.
"""

import sys
import time
from io import StringIO

from _frame import Figures, database

LOAD_SECONDS = 30
ANSWER_MILLISECONDS = 25
# Typed letter by letter, as a browser asks: the network's cities, then what people really write.
TYPED = [
    *["New York", "London", "Beirut", "Aarhus", "Atlanta", "Rotterdam", "Victoria", "Stockholm"],
    *["Copenhagen", "Kano", "Montréal", "Palermo", "Mumbai", "Denver", "Mombasa", "Paris", "Dakar"],
    *["Tunis", "Medellín", "Antalya", "Minneapolis", "Oslo", "Puno", "Málaga", "Kolkata"],
    *["Kristiansand", "Prishtina", "بيروت", "كولكاتا", "مونتريال", "طرابلس", "Бейрут", "加尔各答"],
    *["Beyrouth", "Kolkatta", "Krisitansand", "paris france", "tripoli ly", "victoria bc"],
]


figures = Figures()


def main():
    with database("gazetteer"):
        from core import vocabularies

        vocabularies.load()
        load()
        answer()
    return bool(figures.missed)


def load():
    from django.core.management import call_command

    started = time.perf_counter()
    call_command("load_gazetteer", stdout=StringIO())
    figures.at_most("load_gazetteer", LOAD_SECONDS, [time.perf_counter() - started], unit="s")


def answer():
    from members.models import Place

    times = []
    for text in TYPED:
        for length in range(1, len(text) + 1):
            started = time.perf_counter()
            Place.objects.search(text[:length])
            times.append((time.perf_counter() - started) * 1000)
    figures.at_most("autocomplete", ANSWER_MILLISECONDS, times, unit="ms")


if __name__ == "__main__":
    sys.exit(main())
