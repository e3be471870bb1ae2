"""The columns of a table of records: each says where in the card its cell belongs and how it is written.

A cell holds text, except where a spreadsheet has made a number, a date or a truth of it. What a list cell cannot
say with semicolons, and what is nested, it says in JSON, so that nothing is lost on the way.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Term
from hub.actions.card_parts import EVIDENCE
from hub.actions.card_schema import CODED
from hub.actions.card_values import LANGUAGE_CODES
from hub.models import Evaluation, EvaluationRating, Record, RecordLink, RecordRelation, RecordText
from hub.models.visibility import Visibility

TRUE = {"true", "yes", "1", "oui", "vrai", "نعم", "صحيح"}
FALSE = {"false", "no", "0", "non", "faux", "لا", "خطأ"}
NESTED = ["links", "contacts", "relations", "evaluations", "files"]
# What an empty cell takes away; elsewhere it leaves things as they are.
MAY_BE_NONE = {
    "embargo_until", "start_date", "end_date", "conflict_affected", "cost_amount", "staff_fte", "cover",
    "licence", "last_confirmed_on", "review_due",
}  # fmt: skip
RATED = ["relevance", "impact", "effectiveness", "efficiency", "inclusiveness", "sustainability"]


class Misread(Exception):
    """A cell holds what its column cannot take; the message says why."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, the way to its value inside the card, its kind, and what people need to know."""

    name: str
    path: tuple
    kind: str = "text"
    help: str | Promise = ""
    codes: tuple = ()

    def cell(self, card):
        """What stands in the cell for this card; empty where the card says nothing."""
        return _CELLS.get(self.kind, _plain_cell)(_follow(card, self.path))

    def put(self, card, cell):
        """Let the card say what the cell says. Raises Misread."""
        value = _VALUES[self.kind](cell)
        if value is None and self.name not in MAY_BE_NONE:
            return
        for step in self.path[:-1]:
            card = card.setdefault(step, {})
        card[self.path[-1]] = value


def _follow(card, path):
    for step in path:
        if not isinstance(card, dict) or step not in card:
            return None
        card = card[step]
    return card


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


# --- from the cell to the card; None leaves the field out


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


# --- the columns themselves


def _choice(name, choices, about: str | Promise = ""):
    return Column(name, (name,), "code", about, tuple(map(str, choices)))


def _of_texts():
    parts = ["title", "summary", *RecordText.BODY, "keywords"]
    columns = []
    for language in LANGUAGE_CODES:
        where = ("texts", language)
        columns += [
            Column(
                f"{part}_{language}", (*where, part), "text" if part in ("title", "keywords") else "long",
                gettext_lazy("In this language. Long texts may use Markdown."),
            )
            for part in parts
        ]  # fmt: skip
        columns += [
            Column(
                f"translation_{language}", (*where, "status"), "code", "", tuple(RecordText.Status.values)
            ),
            Column(
                f"made_from_version_{language}", (*where, "source_revision"), "number",
                gettext_lazy("The version of the original that this text was made from."),
            ),
        ]  # fmt: skip
    return columns


def _of_evidence():
    columns = []
    for name in EVIDENCE:
        columns += [
            Column(f"{name}_on", ("evidence", name, "on"), "day", gettext_lazy("A date.")),
            Column(f"{name}_version", ("evidence", name, "revision"), "number"),
        ]
    return columns


_SLUGS = gettext_lazy("Addresses (slugs) of cities; several with semicolons between them.")
_MANY = gettext_lazy("Several with semicolons between them.")
_DATE = gettext_lazy("2015, 2015-01 or 2015-01-30.")
_YES_NO = gettext_lazy("Yes or no.")
_MOMENT = gettext_lazy("A moment, for example 2026-03-12T10:00:00+00:00.")

RECORD_COLUMNS = [
    Column(
        "code", ("code",), "code",
        gettext_lazy("The record’s code; left empty, the next free one is given."),
    ),
    _choice("kind", Record.Kind.values),
    _choice("status", Record.Status.values),
    _choice("visibility", Visibility.values, gettext_lazy("Who may read it.")),
    Column("groups", ("groups",), "list", gettext_lazy("Codes of the groups that may read it.")),
    Column("embargo_until", ("embargo_until",), "moment", _MOMENT),
    _choice("original_language", LANGUAGE_CODES),
    Column("owner_cities", ("cities", "owner"), "list", _SLUGS),
    Column("partner_cities", ("cities", "partner"), "list", _SLUGS),
    Column("lead_organization", ("lead_organization",)),
    Column("start_date", ("start_date",), "day", _DATE),
    Column("end_date", ("end_date",), "day", _DATE),
    Column("is_ongoing", ("is_ongoing",), "truth", _YES_NO),
    *(Column(name, ("codes", name), "list", _MANY) for name in CODED),
    Column("cost_amount", ("cost_amount",), "amount"),
    Column("cost_currency", ("cost_currency",), "text", gettext_lazy("Three letters (ISO 4217).")),
    Column("staff_fte", ("staff_fte",), "amount", gettext_lazy("Full-time posts.")),
    Column("funders", ("funders",), "list", _MANY),
    Column("internet_dependence", ("internet_dependence",), "text", "", ("none", "low", "high")),
    Column("conflict_affected", ("conflict_affected",), "truth", _YES_NO),
    Column("licence", ("licence",), "code"),
    *_of_texts(),
    *_of_evidence(),
    Column("last_confirmed_on", ("last_confirmed_on",), "day", _DATE),
    Column("review_due", ("review_due",), "day", _DATE),
    Column("is_fictional", ("is_fictional",), "truth", _YES_NO),
    Column("from_public_record", ("from_public_record",), "truth", _YES_NO),
    Column("cover", ("cover",), "code", gettext_lazy("The key of a picture that is here already.")),
    Column("revision", ("revision",), "number"),
    Column("text_revision", ("text_revision",), "number"),
    *(Column(name, (name,), "moment", _MOMENT) for name in ("created_at", "updated_at", "published_at")),
]  # fmt: skip


def _words_columns(name):
    return [Column(f"{name}_{code}", (name, code), "long") for code in LANGUAGE_CODES]


def _of_ratings():
    columns = []
    for criterion in RATED:
        where = ("ratings", criterion)
        columns.append(
            Column(criterion, (*where, "rating"), "code", "", tuple(EvaluationRating.Rating.values))
        )
        columns += [
            Column(f"{criterion}_why_{code}", (*where, "assessment", code), "long")
            for code in LANGUAGE_CODES
        ]
    return columns


# The lists of a record: in a workbook each is a sheet of its own, in CSV one cell holds it as JSON.
NESTED_COLUMNS = {
    "links": [
        _choice("kind", RecordLink.Kind.values),
        Column("title", ("title",)),
        Column("url", ("url",)),
        Column("doi", ("doi",)),
        Column("accessed_on", ("accessed_on",), "day", _DATE),
        _choice("language", LANGUAGE_CODES),
    ],
    "contacts": [
        Column("name", ("name",)),
        Column("function", ("function",)),
        Column("email", ("email",)),
    ],
    "relations": [
        _choice("kind", RecordRelation.Kind.values),
        Column("target", ("target",), "code", gettext_lazy("The code of the other record.")),
        Column("note", ("note",)),
    ],
    "evaluations": [
        _choice("evaluator_kind", Evaluation.Evaluator.values),
        Column("evaluator", ("evaluator",)),
        Column("city", ("city",), "code", gettext_lazy("The address (slug) of a city.")),
        *_words_columns("method"),
        Column("date", ("date",), "day", _DATE),
        Column("record_revision", ("record_revision",), "number"),
        *_of_ratings(),
        *_words_columns("overall_comment"),
        *_words_columns("reply"),
        Column("replied_at", ("replied_at",), "moment", _MOMENT),
        Column("published", ("published",), "truth", _YES_NO),
        Column("decided_at", ("decided_at",), "moment", _MOMENT),
        Column("shown_to_city_at", ("shown_to_city_at",), "moment", _MOMENT),
    ],
    "files": [
        Column("name", ("name",)),
        Column("title", ("title",)),
        _choice("language", LANGUAGE_CODES),
        Column("licence", ("licence",), "code"),
        _choice("visibility", Visibility.values),
        Column("transcript", ("transcript",), "long"),
        Column(
            "sha256", ("sha256",), "code",
            gettext_lazy("The fingerprint of the file. Files themselves travel in JSON only."),
        ),
    ],
}  # fmt: skip
CSV_COLUMNS = [
    *RECORD_COLUMNS,
    *(Column(name, (name,), "json", gettext_lazy("A list in JSON.")) for name in NESTED),
]


def codes_of(column) -> list[tuple[str, str]]:
    """The codes a column takes, each with what it is called in the reader's language."""
    if column.name in CODED or column.name == "licence":
        terms = Term.objects.of(column.name)
        return [(term.code, term.label) for term in terms]
    return [(code, code.replace("_", " ")) for code in column.codes]
