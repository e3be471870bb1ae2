"""The library page and the member's start page: how many queries for one row and for thirty, and how long.

    python benchmarks/pages.py

Works in a database of its own on the server of DATABASE_URL, and removes it. Prints a line a figure,
`name  figure  target  verdict`, and ends non-zero when one misses its target.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.setdefault("DEMO", "1")

MOST_QUERIES = 12
PAGES = {
    "member_home": "/me/",
    "library": "/hub/",
    "library_search": "/hub/?q=night+buses",
    "library_soft": "/hub/?q=buses+nowhere&theme=youth",
}
TIMES = 20


def main():
    django.setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = f"bench_pages_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return _measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _measure():
    from core import vocabularies

    vocabularies.load()
    client = _member()
    missed = 0
    counts = {}
    for records in (1, 30):
        _shelve(records)
        for name, url in PAGES.items():
            counts[name, records], milliseconds = _page(client, url)
            missed += _say(f"{name}_queries_{records}", counts[name, records], MOST_QUERIES)
            print(f"{name}_ms_{records}  {milliseconds:.1f}  -  for information")
    for name in PAGES:
        missed += _say(f"{name}_queries_added", counts[name, 30] - counts[name, 1], 0)
    return missed


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


def _say(name, figure, target):
    verdict = "ok" if figure <= target else "MISSED"
    print(f"{name}  {figure}  <= {target}  {verdict}")
    return verdict != "ok"


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
