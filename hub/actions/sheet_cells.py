"""One cell of a table: how a value of a card is written into it, and read out of it again.

A cell holds text, except where a spreadsheet has made a number, a date or a truth of it. What a list cell cannot
say with semicolons, and what is nested, it says in JSON, so that nothing is lost on the way.
"""

import json
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

TRUE = {"true", "yes", "1", "oui", "vrai", "نعم", "صحيح"}
FALSE = {"false", "no", "0", "non", "faux", "لا", "خطأ"}


class Misread(Exception):
    """A cell holds what its column cannot take; the message says why."""


def written(kind, value) -> str:
    """The cell for a value of this kind; empty for none."""
    return _CELLS.get(kind, _plain_cell)(value)


def read(kind, cell):
    """The value that a cell of this kind holds; None leaves the field out. Raises Misread."""
    return _VALUES[kind](cell)


# --- from the card to the cell


def _plain_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _list_cell(values):
    values = values or []
    simple = all(
        value == value.strip() and value and ";" not in value and "\n" not in value
        for value in values
    )
    if simple and not (values and values[0].startswith("[")):
        return "; ".join(values)
    return json.dumps(values, ensure_ascii=False)


def _json_cell(value):
    return json.dumps(value, ensure_ascii=False) if value else ""


def _text_cell(value):
    return (value or "").replace("\r\n", "\n").replace("\r", "\n")


_CELLS = {"list": _list_cell, "json": _json_cell, "text": _text_cell, "long": _text_cell}


# --- from the cell to the card


def _text(cell):
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return _day(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")


def _word(cell):
    return _text(cell).strip() or None


def _list(cell):
    text = _text(cell).strip()
    if text.startswith("["):
        return _json(text)
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


def _json(cell):
    text = _text(cell).strip()
    if not text:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Misread(_("This is no JSON: %(error)s.") % {"error": error}) from error
    return value


def _nested(cell):
    value = _json(cell)
    return [] if value is None else value


def _truth(cell):
    word = _text(cell).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    if word:
        raise Misread(_("This must be yes or no."))
    return None


def _number(cell):
    word = _text(cell).strip()
    if not word:
        return None
    try:
        return int(word)
    except ValueError as error:
        raise Misread(_("This must be a whole number from 1.")) from error


def _amount(cell):
    if isinstance(cell, float):
        return str(Decimal(repr(cell)))
    return _word(cell)


def _day(cell):
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return _word(cell)


def _moment(cell):
    return cell.isoformat() if isinstance(cell, datetime) else _word(cell)


_VALUES = {
    "text": _text, "long": _text, "code": _word, "list": _list, "truth": _truth, "number": _number,
    "amount": _amount, "day": _day, "moment": _moment, "json": _nested,
}  # fmt: skip
