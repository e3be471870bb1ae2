"""The gazetteer: how long it takes to load, and to answer somebody who types the name of a city.

    python benchmarks/gazetteer.py

Works in a database of its own on the server of DATABASE_URL, and removes it. Prints a line a
figure, `name  figure  target  (min-max, n)  verdict`, and ends non-zero when one misses its target.
"""

import os
import sys
import time
from io import StringIO
from pathlib import Path
from statistics import median

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scn.settings")
os.environ.setdefault("DEMO", "1")

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


def main():
    django.setup()
    from django.db import connection

    from core import vocabularies

    connection.settings_dict["TEST"]["NAME"] = f"bench_gazetteer_{os.getpid()}"
    old_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        vocabularies.load()
        met = [load(), answer()]
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
    return 0 if all(met) else 1


def load():
    from django.core.management import call_command

    started = time.perf_counter()
    call_command("load_gazetteer", stdout=StringIO())
    seconds = time.perf_counter() - started
    return tell("load_gazetteer", [seconds], LOAD_SECONDS, "s")


def answer():
    from members.models import Place

    times = []
    for text in TYPED:
        for length in range(1, len(text) + 1):
            started = time.perf_counter()
            Place.objects.search(text[:length])
            times.append((time.perf_counter() - started) * 1000)
    return tell("autocomplete", times, ANSWER_MILLISECONDS, "ms")


def tell(name, figures, target, unit):
    """Print the line of one figure, the median of several; whether it meets its target."""
    figure = median(figures)
    met = figure <= target
    spread = f"({min(figures):.1f}-{max(figures):.1f}, n={len(figures)})"
    verdict = "ok" if met else "MISSED"
    print(f"{name:<20}{figure:>7.1f} {unit:<3} <= {target} {unit:<3} {spread:<22} {verdict}")
    return met


if __name__ == "__main__":
    sys.exit(main())
