"""Taking many cards at once: all of them, or none with every fault named.

The rows of a file are read twice: once to find what is wrong, before anything is locked, and once to write, in
one transaction. Both times only a part is in memory.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from core import journal
from core.lifecycle import IllegalMove
from hub.actions.card_check import bad_files, differing
from hub.actions.card_dump import dump
from hub.actions.card_schema import CardReader, Known
from hub.actions.card_values import NO_TEXT, BadCards, Problem
from hub.actions.card_write import write_all, write_relations
from hub.actions.records import LETTERS, next_code
from hub.actions.revisions import keep
from hub.actions.sheet_columns import CSV_COLUMNS
from hub.actions.sheet_rows import changed_columns, completed, place_of
from hub.models import Record, SearchRow

TOGETHER = 200
MOST_NAMED = 500  # changes and problems that are told one by one


@dataclass(frozen=True)
class Change:
    """What an import does to one record; `fields` is empty for a new one."""

    row: int
    code: str
    title: str
    fields: list[str]


@dataclass
class Summary:
    """What an import did, or would do."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)

    def note(self, reader, record, fields):
        """Count what becomes of a card; `fields` is None for a new record, empty where nothing changes."""
        if fields == []:
            self.unchanged += 1
            return
        if fields is None:
            self.new += 1
        else:
            self.changed += 1
        if len(self.changes) < MOST_NAMED:
            now = dump(record, with_files=False) if fields else {}
            columns = changed_columns(now, reader.card, fields) if fields else []
            title = _title(reader.values)
            self.changes.append(Change(reader.row, record.code, title, columns))


def take_rows(rows, *, by, dry_run=False, progress=lambda done, total: None) -> Summary:
    """Every record of a file is here as its card says, or nothing has changed; with `dry_run` nothing changes.

    `progress(done, total)` is called in between, from inside the transaction too. Raises BadCards.
    """
    work = _Work(rows, by, dry_run, progress)
    work.check()
    with transaction.atomic():
        work.write()
        transaction.set_rollback(dry_run)
    return work.summary


class _Work:
    """One import: what it knows, what it found wrong, what it has done."""

    def __init__(self, rows, by, dry_run, progress):
        self.rows, self.by, self.dry_run, self.progress = rows, by, dry_run, progress
        self.known = Known.load()
        self.known.codes |= rows.codes
        self.summary = Summary()
        self.relations: list[tuple[int, list]] = []
        self.last_numbers: dict[str, int] = {}
        self.steps = 0

    # --- what is wrong

    def check(self):
        """Read everything once and raise BadCards when anything is wrong."""
        problems, seen = [], {}
        for chunk in self.rows.chunks(TOGETHER):
            there = self._there(Record.objects.all(), chunk)
            for row in chunk:
                if len(problems) <= MOST_NAMED:
                    problems += self._problems(row, there, seen)
            self._step(len(chunk))
        if problems:
            raise BadCards(problems)

    def _problems(self, row, there, seen):
        if row.faults:
            return [Problem(row.number, column, message) for column, message in row.faults]
        reader, record = self._reader(row, there)
        problems = reader.problems or _twice(reader, seen) or _unfit(reader, record)
        return self._placed(problems, row)

    def _placed(self, problems, row):
        """The problems by the row and column in which people find them."""
        if self.rows.header is None:
            return problems
        places = [place_of(problem.field, row) for problem in problems]
        return [
            Problem(number, column, problem.message)
            for (number, column), problem in zip(places, problems, strict=True)
        ]

    def _there(self, records, chunk):
        """The records that the cards of a chunk are about, by code, with all their parts."""
        codes = [row.card.get("code") for row in chunk if isinstance(row.card, dict)]
        wanted = [code for code in codes if isinstance(code, str) and not NO_TEXT.search(code)]
        return {record.code: record for record in records.filter(code__in=wanted).with_card_parts()}

    def _reader(self, row, there):
        card = row.card
        record = there.get(card.get("code")) if isinstance(card, dict) else None
        if record and self.rows.header is not None:
            now = dump(record, with_files=False)
            card = completed(card, now, CSV_COLUMNS, self.rows.header)
        return CardReader(row.number, card, self.known), record

    # --- what is done

    def write(self):
        """Write everything, part by part; relations last, as a card may name one further down in its file."""
        for chunk in self.rows.chunks(TOGETHER):
            self._write_chunk(chunk)
            self._step(len(chunk))
        if self.relations:
            write_relations(self.relations)

    def _write_chunk(self, chunk):
        there = self._there(Record.objects.select_for_update(of=("self",)), chunk)
        pairs = []
        for row in chunk:
            reader, record = self._reader(row, there)
            problems = _unfit(reader, record)  # somebody may have changed it since it was checked
            if problems:
                raise BadCards(self._placed(problems, row))
            record, fields = self._taken(reader, record)
            self.summary.note(reader, record, fields)
            if fields != []:
                pairs.append((record, reader.values, fields is None))
        if not pairs:
            return
        write_all([(record, values) for record, values, _is_new in pairs])
        self.relations += [
            (record.pk, values["relations"])
            for record, values, _n in pairs
            if "relations" in values
        ]
        if not self.dry_run:
            SearchRow.objects.refresh(*(record for record, _values, _is_new in pairs))
        journal.record_each(
            "imported", [(record, {"new": is_new}) for record, _v, is_new in pairs], by=self.by
        )

    def _taken(self, reader, record):
        """The record of a card and the fields that change; None for a new one."""
        if record is None:
            return self._new(reader.values), None
        fields = differing(record, reader.values, self.known)
        if fields and not self.dry_run:
            keep(record, by=self.by)  # as it was
        if "status" in fields:
            record.move_to(reader.values["status"])
        return record, fields

    def _new(self, values):
        """A record as its card finds it: a new one may come in at any status."""
        kind = values.get("kind", Record.Kind.PRACTICE)
        return Record(
            code=values.get("code") or self._free_code(kind),
            status=values.get("status", Record.Status.DRAFT),
            created_by=self.by,
        )

    def _free_code(self, kind):
        """The next code of a kind, after all that the library and the file have."""
        start = f"SCN-{LETTERS[kind]}-"
        if kind not in self.last_numbers:
            named = [code.removeprefix(start) for code in self.rows.codes if code.startswith(start)]
            free = int(next_code(kind).removeprefix(start))
            self.last_numbers[kind] = max(free - 1, *map(int, filter(str.isdecimal, named)), 0)
        self.last_numbers[kind] += 1
        return f"{start}{self.last_numbers[kind]:04d}"

    def _step(self, number):
        self.steps += number
        self.progress(self.steps // 2, self.rows.total)


def _twice(reader, seen):
    code = reader.values.get("code")
    if code and code in seen:
        message = _("Record %(row)s has this code already.") % {"row": seen[code]}
        return [Problem(reader.row, "code", message)]
    seen[code] = reader.row
    return []


def _unfit(reader, record):
    """What keeps the record, as it is now, from becoming what its card says."""
    return _bad_move(reader, record) or bad_files(reader, record)


def _bad_move(reader, record):
    """A known record goes only where its status allows."""
    status = reader.values.get("status")
    if record is None or status in (None, record.status) or record.may_move_to(status):
        return []
    return [Problem(reader.row, "status", str(IllegalMove(record, status)))]


def _title(values):
    texts = values.get("texts", {})
    original = texts.get(values.get("original_language", "en")) or next(iter(texts.values()), {})
    return original.get("title", "")
