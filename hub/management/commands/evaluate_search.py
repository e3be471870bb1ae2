import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from core.words import folded
from hub.management import smart
from hub.management.measuring import Bm25, by_ts_rank, means
from hub.models import Record, RecordText, SearchRow
from hub.models.search_writing import CONFIGS
from hub.search import learn
from hub.search.page import codes_of_best
from members.models import User

_DEPTH = 1_000
_BATCH = 500
_LONGEST_TITLE = 300


class Command(BaseCommand):
    help = """Measure the library's search on a test collection in the SMART format (files docs, queries, qrels).

    The documents become records of a scratch database, are searched as the library's page searches, and the database
    goes again. Prints MAP (to a depth of 1,000) and nDCG@10 of ours, of BM25 and of ts_rank."""

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--here", action="store_true", help="in this database, which must hold no record"
        )

    def handle(self, *, folder, here, **options):
        try:
            collection = smart.read(folder)
        except (OSError, smart.BadCollectionError) as error:
            raise CommandError(str(error)) from error
        if here:
            self._evaluate(collection)
        else:
            self._apart(folder)

    def _apart(self, folder):
        """Do it in a database that exists only for this, by a process that knows no other."""
        name = f"evaluate_search_{os.getpid()}_{secrets.token_hex(3)}"
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 (the one way to reach the server itself)
            cursor.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
        try:
            done = subprocess.run(  # noqa: S603
                [
                    sys.executable,
                    sys.argv[0] if sys.argv[0].endswith("manage.py") else "manage.py",
                    "evaluate_search",
                    str(folder.resolve()),
                    "--here",
                ],
                env=os.environ | {"DATABASE_URL": _address(name)},
                cwd=Path(__file__).resolve().parents[3],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            with connection._nodb_cursor() as cursor:  # noqa: SLF001
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        if done.returncode:
            raise CommandError(done.stderr.strip()[-2000:])
        self.stdout.write(done.stdout, ending="")

    def _evaluate(self, collection):
        call_command("migrate", verbosity=0)
        if Record.objects.exists():
            raise CommandError("There are records in this database: measure in an empty one.")
        started = time.monotonic()
        numbers = load(collection)
        self.stdout.write(
            f"collection  {len(collection.documents)} documents  {len(collection.judged)} judged queries"
            f"  loaded in {time.monotonic() - started:.0f} s"
        )
        reader = User.objects.create(
            email="reader@example.org", is_staff=True, password=make_password(None)
        )
        documents = {
            number: f"{entry.title} {entry.words} {entry.keywords}"
            for number, entry in collection.documents.items()
        }
        queries = {
            number: f"{e.title} {e.words}".strip() for number, e in collection.queries.items()
        }
        queries = {number: queries[number] for number in collection.judged}

        def say(name, rank):
            started = time.monotonic()
            rankings = {number: rank(text) for number, text in queries.items()}
            precision, gain = means(rankings, collection.judged)
            took = (time.monotonic() - started) / len(queries)
            self.stdout.write(
                f"{name}  MAP {precision:.4f}  nDCG@10 {gain:.4f}  {took * 1000:.0f} ms a query"
            )

        def named(codes):
            return [numbers[code] for code in codes]

        say("ours", lambda text: named(codes_of_best(reader, text, _DEPTH)))
        try:
            for name, stemmed in [("bm25", False), ("bm25 stemmed", True)]:
                say(name, Bm25(documents, stemmed=stemmed).rank)
        except ImportError:
            self.stdout.write("bm25  not measured: the package bm25s is not installed")
        say("ts_rank", lambda text: named(by_ts_rank(text)))


def load(collection) -> dict[str, str]:
    """The documents as published records in English, with their search rows: their numbers by the codes of records."""
    now = timezone.now()
    same = {"status": "published", "visibility": "public"}
    numbers = {f"Doc{place}": number for place, number in enumerate(collection.documents, 1)}
    records = Record.objects.bulk_create(
        [Record(code=code, published_at=now, **same) for code in numbers],
        batch_size=_BATCH,
    )
    texts = [
        _text(record, entry)
        for record, entry in zip(records, collection.documents.values(), strict=True)
    ]
    RecordText.objects.bulk_create(texts, batch_size=_BATCH)
    SearchRow.objects.refresh()
    _leave_out_codes(texts)
    learn()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hub_searchrow")
    return numbers


def _leave_out_codes(texts):
    """Take the code of the record and the name of its kind out of the rows: a document has neither."""
    parts = [
        [folded(part) for part in column]
        for column in zip(
            *[(text.title, text.keywords, text.description) for text in texts], strict=True
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE hub_searchrow SET fts_fr = NULL, fts_ar = NULL,
                fts_en = hub_search_vector(%s::regconfig, title, '', keywords, body, '')
            FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[])
                AS said (id, title, keywords, body) WHERE record_id = said.id
            """,
            [CONFIGS["en"], [text.record_id for text in texts], *parts],
        )


def _text(record, entry):
    title, body, keywords = entry.title, entry.words, entry.keywords
    if len(title) > _LONGEST_TITLE:
        title, body = "", f"{title} {body}"
    if len(keywords) > _LONGEST_TITLE:
        body, keywords = f"{body} {keywords}", ""
    return RecordText(
        record=record,
        language="en",
        title=title,
        description=body,
        keywords=keywords,
    )


def _address(name):
    settings = connection.settings_dict
    user = quote(settings["USER"] or "", safe="")
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    host, port = settings["HOST"] or "", f":{settings['PORT']}" if settings["PORT"] else ""
    if host.startswith("/"):
        host = quote(host, safe="")
    return f"postgres://{user}{password}@{host}{port}/{name}"
