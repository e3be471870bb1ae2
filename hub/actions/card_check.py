"""What can be wrong with a card beyond its fields, and whether a record says already what a card says."""

import base64
import binascii
from collections import Counter

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from core import files
from hub.actions.card_dump import dump
from hub.actions.card_schema import CardReader
from hub.actions.card_values import Problem
from hub.models import RecordFile


def bad_files(reader, record=None) -> list[Problem]:
    """What is wrong with the files of a card; from here on those that are well hold their bytes.

    A file without content must be one that the record has already, told by its fingerprint; of two with the same
    content each needs its own.
    """
    there = Counter(file.sha256 for file in record.files.all()) if record else Counter()
    problems = []
    for number, file in enumerate(reader.values.get("files", []), 1):
        where = f"files.{number}.content"
        if file["content"] or not file["sha256"]:
            problems += _unpacked(file, reader.row, where)
        elif there[file["sha256"]] < 1:
            message = _("This file is not on the record yet. Files travel in JSON only.")
            problems.append(Problem(reader.row, where, message))
        there[file["sha256"]] -= 1
    return problems


def differing(record, values, known) -> list[str]:
    """The names of the fields in which the record does not say what the card says; none: it says all of it."""
    now = CardReader(0, dump(record, with_files=False), known).values
    return [
        name
        for name, value in values.items()
        if _plainly(name, now.get(name)) != _plainly(name, value)
    ]


def _unpacked(file, row, where):
    try:
        file |= _looked_into(file)
    except (binascii.Error, ValidationError) as error:
        message = error.message if isinstance(error, ValidationError) else _("This is not base64.")
        params = getattr(error, "params", None) or {}
        return [Problem(row, where, str(message) % params)]
    return []


def _looked_into(file):
    """What the file is, read from its content, and that content as it is kept."""
    sent = ContentFile(base64.b64decode(file["content"], validate=True), name=file["name"])
    kind = files.inspect_upload(sent, RecordFile.KINDS, megabytes=RecordFile.MOST_MEGABYTES)
    kept = files.without_metadata(sent, kind)
    fingerprint = files.sha256(kept)
    return {"bytes": kept.read(), "type": files.KINDS[kind][1], "sha256": fingerprint}


def _plainly(name, value):
    if name in ("groups", "codes"):
        return {each.pk for each in value or []}
    if name == "files":
        said = ("sha256", "title", "language", "licence", "visibility", "transcript")
        return [tuple(file[part] for part in said) for file in value or []]
    if name == "relations":
        return sorted((each["kind"], each["target"], each["note"]) for each in value or [])
    if name in ("start_date", "end_date"):
        return value if value and value[0] else None
    return value or None
