import uuid

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core.models import Term
from hub.management.synthetic import SPOKEN, Writer
from hub.management.synthetic_rows import COLUMNS, STAGED, SearchRows
from hub.models import Record, RecordCity, RecordText, SearchRow, SearchWord
from hub.models.search_writing import CONFIGS
from hub.search.learning import count_lexemes
from members.models import Body, City

_CODED = ["theme", "country", "target_audience", "practice_type", "point_of_intervention"]
_BATCH = 5_000
_MANY = 5_000
_STAGE = f"""
CREATE TEMP TABLE staged (record_id bigint, readers text, status text, visibility text, groups int[],
    embargo_until timestamptz, facets int[], counted bytea, shown_at timestamptz, evidence smallint, digests bytea,
    {", ".join(f"{name} text" for name in STAGED)}) ON COMMIT DROP
"""
_VECTORS = ", ".join(
    f"hub_search_vector('{CONFIGS[code]}', title_{code}, summary_{code}, codes_{code}, body_{code}, '')"
    for code in SPOKEN
)
_FILL = f"""
INSERT INTO hub_searchrow ({", ".join(COLUMNS)}, {", ".join(f"fts_{code}" for code in SPOKEN)})
SELECT {", ".join(COLUMNS)}, {_VECTORS} FROM staged ORDER BY record_id
"""  # noqa: S608 (names of our own)


class Command(BaseCommand):
    help = """Fill the library with made-up records, the same for the same seed: to measure and to try out.

    Not for a library in use: refuses to run where there are other records, unless told to --append."""

    def add_arguments(self, parser):
        parser.add_argument("number", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--append", action="store_true", help="beside the records that are there"
        )

    def handle(self, *, number, seed, append, **options):
        others = Record.objects.exclude(code__startswith="SYN-")
        if others.exists() and not append:
            raise CommandError(
                "There are other records here. Say --append to put made-up ones beside them."
            )
        start = Record.objects.filter(code__startswith="SYN-").count() + 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SET jit = off; SET statement_timeout = 0; SET maintenance_work_mem = '256MB'"
            )
        Loader(seed + start).load(start, number)
        with connection.cursor() as cursor:
            for model in (Record, RecordText, SearchRow, SearchWord):
                cursor.execute(f"ANALYZE {model._meta.db_table}")
            cursor.execute("RESET jit; RESET statement_timeout; RESET maintenance_work_mem")
        self.stdout.write(f"{number} made-up records, {Record.objects.count()} records in all")


class Loader:
    """Writes made-up records and their search rows as the search itself would, only many at a time."""

    def __init__(self, seed):
        terms = {
            term.pk: term
            for term in Term.objects.filter(vocabulary__in=_CODED).select_related(
                "broader__broader__broader"
            )
        }
        cities = {
            city.pk: city
            for city in City.objects.filter(risk_flag=False, listing="public").select_related(
                "country__broader__broader__broader"
            )
        }
        self.group = Body.objects.order_by("pk").first() or Body.objects.create(
            code="synthetic",
            kind=Body.Kind.FOCAL_POINTS,
            name_en="Synthetic",
            name_fr="Synthetic",
            name_ar="Synthetic",
        )
        by_vocabulary = {
            name: [pk for pk, term in terms.items() if term.vocabulary == name] for name in _CODED
        }
        self.writer = Writer(seed, by_vocabulary, list(cities))
        self.search_rows = SearchRows(terms, cities, self.group)

    def load(self, start, number):
        indexes = SearchRow._meta.indexes if number >= _MANY else []
        self._each_index(indexes, "remove_index")
        for first in range(start, start + number, _BATCH):
            made = [self.writer.make(n) for n in range(first, min(first + _BATCH, start + number))]
            with transaction.atomic():
                self._write(made)
        self._each_index(indexes, "add_index")
        with transaction.atomic():
            count_lexemes()

    def _each_index(self, indexes, change):
        """Written in one go at the end, the indexes take a tenth of the time."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with connection.schema_editor() as editor:
            for index in indexes:
                getattr(editor, change)(SearchRow, index)

    def _write(self, batch):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('hub_record', 'id')) FROM generate_series(1, %s)",
                [len(batch)],
            )
            keys = [key for (key,) in cursor.fetchall()]
            pairs = list(zip(keys, batch, strict=True))
            self._copy(cursor, Record, [self._record(key, made) for key, made in pairs])
            texts = [row for key, made in pairs for row in self._texts(key, made)]
            self._copy(cursor, RecordText, texts)
            self._copy(
                cursor,
                Record.terms.through,
                [{"record_id": key, "term_id": pk} for key, made in pairs for pk in made.terms],
            )
            self._copy(
                cursor,
                Record.groups.through,
                [
                    {"record_id": k, "body_id": self.group.pk}
                    for k, m in pairs
                    if m.visibility == "group"
                ],
            )
            self._copy(
                cursor,
                RecordCity,
                [{"record_id": k, "city_id": m.city, "role": "owner"} for k, m in pairs if m.city],
            )
            rows = [row for key, made in pairs for row in self.search_rows.of(key, made)]
            cursor.execute(_STAGE)
            self._copy_rows(cursor, "staged", [*COLUMNS, *STAGED], [row.values for row in rows])
            cursor.execute(_FILL)
            cursor.execute("DROP TABLE staged")
        SearchWord.objects.learn(rows)

    def _copy(self, cursor, model, rows):
        """Copy rows given as dicts; what they leave out has its default."""
        fields = [
            f
            for f in model._meta.concrete_fields
            if not f.primary_key or f.name in (rows or [{}])[0]
        ]
        names = [field.column for field in fields]
        blank = model()
        defaults = {
            f.column: f.get_db_prep_save(f.pre_save(blank, True), connection)
            for f in fields
            if f.column != "record_id"
        }
        self._copy_rows(
            cursor,
            model._meta.db_table,
            names,
            [[{**defaults, **row}[name] for name in names] for row in rows],
        )

    def _copy_rows(self, cursor, table, names, rows):
        columns = ", ".join(f'"{name}"' for name in names)
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _record(self, key, made):
        return {
            "id": key,
            "uid": uuid.UUID(int=self.writer.random.getrandbits(128), version=4),
            "code": made.code,
            "kind": made.kind,
            "status": "published",
            "visibility": made.visibility,
            "original_language": made.language,
            "is_fictional": True,
            "start_date": made.start,
            "internet_dependence": made.internet,
            "published_at": made.published_at,
            "staff_checked_on": made.checked,
        }

    def _texts(self, key, made):
        for language, (title, summary, body) in made.texts.items():
            yield {
                "record_id": key,
                "language": language,
                "title": " ".join(title).capitalize(),
                "summary": " ".join(summary).capitalize() + ".",
                "description": " ".join(body).capitalize() + ".",
            }
