"""Records on their way out: each as much of its card as one reader may read, and no more."""

import json
import tempfile
from typing import cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import FileField, Model
from django.db.models.fields.files import FieldFile

from hub import rules
from hub.actions.card_dump import clean_files, dump, file_card, filled
from hub.actions.cards import FORMAT
from hub.actions.sheets import csv_lines
from hub.actions.workbooks import Writer
from hub.models import Record, RecordFile
from members.rules import standing

TOGETHER = 50
# Of a record "in short" everybody may read this much.
_IN_SHORT = [
    "code", "kind", "visibility", "original_language", "is_fictional", "from_public_record", "licence",
    "published_at", "updated_at",
]  # fmt: skip
_CODES_IN_SHORT = ["theme", "country", "region", "language"]
_OF_TEXT_IN_SHORT = ["title", "summary", "status", "source_revision"]
# What only those who look after an evaluation know of it.
_INNER = ["decided_at", "shown_to_city_at"]


def cards_for(user, keys):
    """The cards of these records in this order, one by one; those that the reader may not open are left out."""
    for start in range(0, len(keys), TOGETHER):
        yield from _cards(user, keys[start : start + TOGETHER])


def as_csv(user, keys):
    """A CSV file in pieces."""
    yield from csv_lines(cards_for(user, keys))


def as_json(user, keys):
    """A JSON file in pieces, of the shape that an import takes; what is in the files is left out."""
    yield f'{{"format": {json.dumps(FORMAT)}, "records": ['
    between = "\n"
    for card in cards_for(user, keys):
        yield between + json.dumps(card, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def write_workbook(file, user, keys, progress=lambda done, total: None) -> int:
    """Write a workbook of these records into an open file; says how many there are in it."""
    writer, number = Writer(file), 0
    for number, card in enumerate(cards_for(user, keys), 1):
        writer.add(card)
        progress(number, len(keys))
    writer.close()
    return number


def keep_workbook(job, keys, progress) -> int:
    """Write a workbook for the owner of a job and keep it where nobody else comes, for a day.

    Says how many records there are in it.
    """
    with tempfile.TemporaryFile() as file:
        number = write_workbook(file, job.owner, keys, progress)
        file.seek(0)
        default_storage.delete(place_of(job))
        default_storage.save(place_of(job), File(file))
    return number


def place_of(job) -> str:
    """Where the workbook of a job is kept."""
    return f"exports/{job.uid}.xlsx"


def made(job) -> FieldFile | None:
    """The workbook of a job, ready to be sent; None when it is no longer kept."""
    place = place_of(job)
    if not default_storage.exists(place):
        return None
    return FieldFile(cast(Model, None), FileField(storage=default_storage), place)


def clear_away(*, before) -> int:
    """Exports that were made, and files for an import that were sent, before a moment are no longer kept."""
    cleared = 0
    for folder in ("exports", "imports"):
        for name in _names_in(folder):
            place = f"{folder}/{name}"
            if default_storage.get_modified_time(place) < before:
                default_storage.delete(place)
                cleared += 1
    return cleared


def _names_in(folder):
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _cards(user, keys):
    open_ = Record.objects.visible_to(user).filter(pk__in=keys)
    records = {record.pk: record for record in open_.with_card_parts()}
    see = _Sight(user, list(records))
    for key in keys:
        if key in records:
            yield see.card(records[key])


class _Sight:
    """What one reader may read of some records."""

    def __init__(self, user, keys):
        self.user, self.who = user, standing(user)
        if self.who.kind == "staff":
            return
        self.in_full = set(
            Record.objects.readable_in_full(user).filter(pk__in=keys).values_list("pk", flat=True)
        )
        files = RecordFile.objects.filter(record__in=keys).visible_to(user)
        self.files = set(files.values_list("pk", flat=True))
        targets = Record.objects.visible_to(user).filter(related_from__source__in=keys)
        self.targets = set(targets.values_list("code", flat=True))

    def card(self, record):
        card = dump(record, with_files=False)
        if self.who.kind == "staff":
            return card
        if record.pk not in self.in_full:
            return self._in_short(record, card)
        return filled(card | self._narrowed(record, card))

    def _narrowed(self, record, card):
        """The parts of a card that say less to some of its readers than to others."""
        languages = {text.language for text in record.readable_texts()}
        return {
            "groups": [],
            "cities": self._cities(record),
            "contacts": card.get("contacts", []) if self.who.is_inside else [],
            "texts": {code: text for code, text in card["texts"].items() if code in languages},
            "evaluations": [
                self._evaluation(record, each)
                for each in card.get("evaluations", [])
                if each.get("published")
            ],
            "files": [file_card(file) for file in clean_files(record) if file.pk in self.files],
            "relations": [
                each for each in card.get("relations", []) if each["target"] in self.targets
            ],
        }

    def _cities(self, record):
        places = sorted(record.cities.all(), key=lambda place: (place.role, place.pk))
        return [
            {"slug": place.city.slug, "role": place.role}
            for place in places
            if rules.may_name(self.user, place.city)
        ]

    def _evaluation(self, record, said):
        cities = {each.city.slug: each.city for each in record.evaluations.all() if each.city}
        hidden = [*_INNER]
        if "city" in said and not rules.may_name(self.user, cities[said["city"]]):
            hidden += ["city", "evaluator"]
        return {name: value for name, value in said.items() if name not in hidden}

    def _in_short(self, record, card):
        languages = {text.language for text in record.readable_texts()}
        short = {name: card[name] for name in _IN_SHORT if name in card}
        short["codes"] = {
            name: card["codes"][name] for name in _CODES_IN_SHORT if name in card.get("codes", {})
        }
        short["texts"] = {
            code: {name: text[name] for name in _OF_TEXT_IN_SHORT if name in text}
            for code, text in card["texts"].items()
            if code in languages
        }
        if "start_date" in card:
            short["start_date"] = card["start_date"][:4]
        return filled(short)
