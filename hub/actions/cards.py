"""Record cards in and out: a file of cards becomes records, and records become such a file again."""

import base64
import json
from pathlib import Path

from django.utils.translation import gettext as _

from hub.actions.card_dump import dump
from hub.actions.card_import import Summary, take_rows
from hub.actions.card_rows import Rows
from hub.actions.card_values import BadCards, Problem

FORMAT = "strong-cities-records/1"


def rows_of(source: str) -> Rows:
    """The cards of a JSON file. Raises BadCards when it is none."""
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
    return Rows(cards)


def import_cards(source: str, *, by, dry_run=False, progress=lambda done, total: None) -> Summary:
    """Take every record of a file, or none: new ones are added, those whose code is known are brought up to date.

    A record that already says what its card says is left alone. With `dry_run` everything is tried and nothing
    kept. Raises BadCards.
    """
    return take_rows(rows_of(source), by=by, dry_run=dry_run, progress=progress)


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
