"""Load the gazetteer: `manage.py load_gazetteer [FILE]`."""

import json
import lzma
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from members.models import Place, PlaceName

FILE = Path(__file__).resolve().parents[2] / "data" / "gazetteer.jsonl.xz"
FIELDS = [
    *("geoname_id", "name", "country", "admin1", "lat", "lon"),
    *("population", "time_zone", "names"),
]


class Command(BaseCommand):
    help = "Load or update the gazetteer, all of it or nothing. No place is ever deleted."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", type=Path, default=FILE, help="made by tools/build_gazetteer.py"
        )
        parser.add_argument(
            "--again", action="store_true", help="write every name again: the folding has changed"
        )

    def handle(self, *args, file, again, **options):
        started = time.monotonic()
        places = read(file)
        with transaction.atomic():
            new, changed = _write_places(places)
            _forget_names(changed | ({place.pk for place in places} if again else set()))
            names = _write_names([p for p in places if again or p.pk in new or p.pk in changed])
        _analyze()
        self.stdout.write(
            f"Gazetteer: {len(places)} places, {len(new)} new, {len(changed)} changed;"
            f" {names} names written; {time.monotonic() - started:.1f} s"
        )


def read(file):
    """The places of a gazetteer file, unsaved. A broken file stops with one sentence."""
    try:
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            promised = _promised(file, next(lines, ""))
            places = [_place(file, number, line) for number, line in enumerate(lines, 2)]
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error
    if len(places) != promised:
        raise CommandError(f"{file} is not whole: {len(places)} of {promised} places are there.")
    if len({place.pk for place in places}) != promised:
        raise CommandError(f"{file} has a GeoNames number twice.")
    return places


def _promised(file, line):
    """How many places the first line announces."""
    try:
        head = json.loads(line)
        if head["fields"] == FIELDS:
            return int(head["places"])
    except (ValueError, KeyError, TypeError):
        pass
    raise CommandError(f"{file} is not a gazetteer: its first line must name fields and places.")


def _place(file, number, line):
    try:
        place = Place(**dict(zip(FIELDS, json.loads(line), strict=True)))
        names = [place.name, *place.names]
        is_sound = (
            place.pk > 0
            and place.population >= 0
            and abs(place.lat) <= 90
            and abs(place.lon) <= 180
            and len(place.country) == 2
            and all(0 < len(name) <= 200 and "\0" not in name for name in names)
        )
    except (ValueError, TypeError) as error:
        raise CommandError(f"{file}, line {number} is not a place: {error}.") from error
    if not is_sound:
        raise CommandError(f"{file}, line {number} is not a place: a value is out of range.")
    return place


def _write_places(places):
    """Insert the new places and update those that differ; the ids of both, as two sets."""
    columns = ", ".join(FIELDS)
    with connection.cursor() as cursor:
        # This may take longer than a page is allowed to, and two loads take turns.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("LOCK TABLE members_place IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("CREATE TEMPORARY TABLE incoming (LIKE members_place)")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for place in places:
                copy.write_row([getattr(place, field) for field in FIELDS])
        cursor.execute(
            f"INSERT INTO members_place AS old ({columns}) SELECT {columns} FROM incoming"  # noqa: S608
            f" ON CONFLICT (geoname_id) DO UPDATE SET ({columns}) = (SELECT EXCLUDED.*)"
            " WHERE old.* IS DISTINCT FROM EXCLUDED.* RETURNING geoname_id, xmax = 0"
        )
        written = cursor.fetchall()
        cursor.execute("DROP TABLE incoming")
    new = {pk for pk, is_new in written if is_new}
    return new, {pk for pk, _is_new in written} - new


def _forget_names(places):
    if places:
        PlaceName.objects.filter(place_id__in=places).delete()


def _write_names(places):
    """Write the spellings of these places; how many there are."""
    names = 0
    into = f"COPY members_placename ({', '.join(PlaceName.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for place in places:
            for row in place.spellings():
                copy.write_row(row)
                names += 1
    return names


def _analyze():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_place, members_placename")
