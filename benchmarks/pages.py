"""The library page and the member's start page: how many queries for one row and for thirty, and how long.

    python benchmarks/pages.py

Works in a database of its own on the server of DATABASE_URL, and removes it. Ends non-zero when a figure misses
its target.
"""

import sys
import time
from statistics import median

from _frame import Figures, database

MOST_QUERIES = 12
PAGES = {
    "member_home": "/me/",
    "library": "/hub/",
    "library_search": "/hub/?q=night+buses",
    "library_soft": "/hub/?q=buses+nowhere&theme=youth",
}
TIMES = 20


figures = Figures()


def main():
    with database("pages"):
        from core import vocabularies

        vocabularies.load()
        _measure(_member())
    return bool(figures.missed)


def _measure(client):
    counts = {}
    for records in (1, 30):
        _shelve(records)
        for name, url in PAGES.items():
            counts[name, records], milliseconds = _page(client, url)
            most = [counts[name, records]]
            figures.at_most(f"{name}_queries_{records}", MOST_QUERIES, most, digits=0)
            figures.tell(f"{name}_{records}", [milliseconds], unit="ms")
    for name in PAGES:
        added = counts[name, 30] - counts[name, 1]
        figures.at_most(f"{name}_queries_added", 0, [added], digits=0)


def _member():
    """The browser of a member, logged in and once on the page, as the first request writes its session."""
    from django.test import Client

    from tests import factories

    client = Client()
    client.force_login(factories.member(factories.city("Aarhus", slug="aarhus"), focal=True))
    client.get("/hub/")
    return client


def _shelve(up_to):
    from hub.models import Record, SearchRow
    from members.models import City
    from tests import factories

    city, home = factories.city(), City.objects.get(slug="aarhus")
    for number in range(Record.objects.count(), up_to):
        record = factories.record(f"SCN-P-{number:04d}", title=f"Night buses {number}")
        record.terms.set([factories.term("theme", "youth"), factories.term("country", "DK")])
        record.cities.create(city=city)
        factories.application("awaiting_city", route="join_city", city=home)
    SearchRow.objects.refresh()


def _page(client, url):
    """How many queries a page takes, and its median in milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    queries = len(captured)  # now: the log is emptied with the next request
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    return queries, median(times)


if __name__ == "__main__":
    sys.exit(main())
