"""Record cards in and out: a file of cards becomes records, and records become such a file again."""

import base64
import binascii
import json
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, journal
from core.lifecycle import IllegalMove
from hub.actions.card_dump import dump
from hub.actions.card_schema import CardReader, Known
from hub.actions.card_values import BadCards, Problem
from hub.actions.records import next_code
from hub.models import (
    Evaluation,
    EvaluationRating,
    Record,
    RecordCity,
    RecordFile,
    RecordLink,
    RecordText,
    SearchRow,
)

FORMAT = "strong-cities-records/1"
UPLOADS = ("pdf", "docx", "jpg", "png")
_PLAIN = [
    "kind", "visibility", "embargo_until", "original_language", "is_fictional", "from_public_record",
    "lead_organization", "internet_dependence", "licence", "revision", "text_revision", "created_at", "updated_at",
    "published_at",
]  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What an import did, or would do."""

    new: int
    changed: int
    unchanged: int


def read_cards(source: str, *, progress=lambda done, total: None) -> list[CardReader]:
    """The cards of a file, complete and without fault. Raises BadCards with every problem found."""
    try:
        content = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise BadCards(
            [Problem(0, "", _("This is no JSON: %(error)s.") % {"error": error})]
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        message = _("This is no file of records: it must say “format”: “%(format)s”.")
        raise BadCards([Problem(0, "format", message % {"format": FORMAT})])
    cards = content.get("records")
    if not isinstance(cards, list) or not cards:
        raise BadCards([Problem(0, "records", _("There is no record in this file."))])
    return _read(cards, progress)


def import_cards(source: str, *, by, dry_run=False, progress=lambda done, total: None) -> Summary:
    """Take every record of a file, or none: new ones are added, those whose code is known are brought up to date.

    A record that already says what its card says is left alone. With `dry_run` everything is tried and nothing
    kept. Raises BadCards.
    """
    readers = read_cards(source, progress=progress)
    with transaction.atomic():
        done = Counter(_take(reader, by) for reader in readers)
        transaction.set_rollback(dry_run)
    return Summary(done["new"], done["changed"], done["unchanged"])


def with_files(source: str, folder: Path) -> str:
    """The same file of cards with every file that it names by `path` put inside, read from beside it."""
    try:
        content = json.loads(source)
        for card in content["records"]:
            for file in card.get("files", []):
                if "path" in file:
                    file["content"] = _encoded(folder, file.pop("path"))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return source  # what is wrong with it, reading says
    return json.dumps(content, ensure_ascii=False)


def export_cards(records, *, contents=True) -> str:
    """These records as a file that import_cards takes; files travel inside it unless left out."""
    cards = [dump(record, with_files=contents) for record in records]
    return json.dumps({"format": FORMAT, "records": cards}, ensure_ascii=False, indent=1) + "\n"


def _encoded(folder, path):
    """What is in a file of that folder, as base64; nothing for one that is not there or lies outside."""
    place = (folder / path).resolve()
    if place.is_relative_to(folder.resolve()) and place.is_file():
        return base64.b64encode(place.read_bytes()).decode()
    return ""


def _read(cards, progress):
    known = Known.load()
    readers, problems, seen = [], [], {}
    for row, card in enumerate(cards, 1):
        reader = CardReader(row, card, known)
        problems += reader.problems or _twice(reader, seen) or _bad_files(reader)
        readers.append(reader)
        progress(row, len(cards))
    if problems:
        raise BadCards(problems)
    return readers


def _twice(reader, seen):
    code = reader.values.get("code")
    if code and code in seen:
        message = _("Record %(row)s has this code already.") % {"row": seen[code]}
        return [Problem(reader.row, "code", message)]
    seen[code] = reader.row
    return []


def _bad_files(reader):
    problems = []
    for number, file in enumerate(reader.values.get("files", []), 1):
        try:
            file["bytes"] = base64.b64decode(file["content"], validate=True)
            file["type"] = _type(file)
            file["sha256"] = files.sha256(BytesIO(file["bytes"]))
        except (binascii.Error, ValidationError) as error:
            message = (
                error.message if isinstance(error, ValidationError) else _("This is not base64.")
            )
            params = getattr(error, "params", None) or {}
            problems.append(Problem(reader.row, f"files.{number}.content", str(message) % params))
    return problems


def _type(file):
    content = ContentFile(file["bytes"], name=file["name"])
    return files.KINDS[files.inspect_upload(content, UPLOADS)][1]


def _take(reader, by):
    values = reader.values
    code = values.get("code")
    record = Record.objects.select_for_update().filter(code=code).first() if code else None
    if record and _says(record, values, reader.known):
        return "unchanged"
    done = "changed" if record else "new"
    if record:
        _move(record, reader)
    else:
        record = _new(values, by)
    _write(record, values)
    SearchRow.objects.refresh(record)
    journal.record("imported", record, by=by, new=done == "new")
    return done


def _new(values, by):
    """A record as its card finds it: a new one may come in at any status."""
    return Record(
        code=values.get("code") or next_code(values.get("kind", Record.Kind.PRACTICE)),
        status=values.get("status", Record.Status.DRAFT),
        created_by=by,
    )


def _move(record, reader):
    """A known record goes only where its status allows."""
    status = reader.values.get("status", record.status)
    if status != record.status:
        try:
            record.move_to(status)
        except IllegalMove as error:
            raise BadCards([Problem(reader.row, "status", str(error))]) from error


def _says(record, values, known):
    """Whether the record says all that the card says; files are told by their fingerprint."""
    now = CardReader(0, dump(record, with_files=False), known).values
    return all(
        _plainly(name, now.get(name)) == _plainly(name, value) for name, value in values.items()
    )


def _plainly(name, value):
    if name in ("groups", "codes"):
        return {each.pk for each in value or []}
    if name == "files":
        said = ("sha256", "title", "language", "licence", "visibility")
        return [tuple(file[part] for part in said) for file in value or []]
    return value or None


def _write(record, values):
    for name in _PLAIN:
        if name in values:
            setattr(record, name, values[name])
    if "start_date" in values:
        record.start_date, record.start_precision = values["start_date"]
    if "end_date" in values:
        record.end_date = values["end_date"][0]
    for name, day in values.get("evidence", {}).items():
        setattr(record, f"{name}_on", day)
    if record.status == Record.Status.PUBLISHED and not record.published_at:
        record.published_at = timezone.now()
    record.save()
    for name, write in _PARTS.items():
        if name in values:
            write(record, values[name])


def _write_texts(record, texts):
    for language, text in texts.items():
        RecordText.objects.update_or_create(record=record, language=language, defaults=text)
    record.texts.exclude(language__in=texts).delete()


def _write_cities(record, cities):
    record.cities.all().delete()
    RecordCity.objects.bulk_create(
        RecordCity(record=record, city=city, role=role) for city, role in cities
    )


def _write_links(record, links):
    record.links.all().delete()
    RecordLink.objects.bulk_create(
        RecordLink(record=record, position=position, **link)
        for position, link in enumerate(links, 1)
    )


def _write_evaluations(record, evaluations):
    record.evaluations.all().delete()
    for evaluation in evaluations:
        _write_evaluation(record, dict(evaluation))


def _write_evaluation(record, evaluation):
    ratings = evaluation.pop("ratings")
    method, reply = evaluation.pop("method"), evaluation.pop("reply")
    made = Evaluation.objects.create(
        record=record, **evaluation, **_translated("method", method), **_translated("reply", reply)
    )
    EvaluationRating.objects.bulk_create(
        EvaluationRating(
            evaluation=made,
            criterion=rating["criterion"],
            rating=rating["rating"],
            **_translated("assessment", rating["assessment"]),
        )
        for rating in ratings
    )


def _translated(name, words):
    return {f"{name}_{language}": text for language, text in words.items()}


def _write_files(record, files_said):
    for file in files_said:
        _write_file(record, file)


def _write_file(record, file):
    """A file that the record already has keeps its place; only what is said about it changes."""
    known = record.files.filter(sha256=file["sha256"]).first()
    found = known or RecordFile(record=record, sha256=file["sha256"])
    for name in ("title", "language", "licence", "visibility"):
        setattr(found, name, file[name])
    if not known:
        found.content_type, found.size = file["type"], len(file["bytes"])
        found.file.save(files.clean_name(file["name"]), ContentFile(file["bytes"]), save=False)
    found.save()


# The parts of a record that are rows of their own. A part that the card does not name stays as it is.
_PARTS = {
    "groups": lambda record, groups: record.groups.set(groups),
    "codes": lambda record, terms: record.terms.set(terms),
    "texts": _write_texts,
    "cities": _write_cities,
    "links": _write_links,
    "evaluations": _write_evaluations,
    "files": _write_files,
}
