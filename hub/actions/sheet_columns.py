"""The columns of a table of records: each says where in the card its cell belongs and what stands in it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.models import Term
from hub.actions import sheet_cells
from hub.actions.card_fields import TEXT
from hub.actions.card_parts import EVIDENCE
from hub.actions.card_schema import CODED, NOTHING
from hub.actions.card_values import LANGUAGE_CODES
from hub.models import Evaluation, EvaluationRating, Record, RecordLink, RecordRelation, RecordText
from hub.models.visibility import Visibility

RATED = ["relevance", "impact", "effectiveness", "efficiency", "inclusiveness", "sustainability"]


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
        return sheet_cells.written(self.kind, _follow(card, self.path))

    def put(self, card, cell):
        """Let the card say what the cell says; an empty one takes away what can be taken away. Raises Misread."""
        value = sheet_cells.read(self.kind, cell)
        if value is None and self.name not in NOTHING:
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


def _choice(name, choices, about: str | Promise = ""):
    return Column(name, (name,), "code", about, tuple(map(str, choices)))


def _of_texts():
    columns = []
    for language in LANGUAGE_CODES:
        where = ("texts", language)
        columns += [
            Column(
                f"{part}_{language}", (*where, part), "text" if part in ("title", "keywords") else "long",
                gettext_lazy("In this language. Long texts may use Markdown."),
            )
            for part in TEXT
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
    *(Column(name, (name,), "json", gettext_lazy("A list in JSON.")) for name in NESTED_COLUMNS),
]


def codes_of(column) -> list[tuple[str, str]]:
    """The codes a column takes, each with what it is called in the reader's language."""
    if column.name in CODED or column.name == "licence":
        terms = Term.objects.of(column.name)
        return [(term.code, term.label) for term in terms]
    return [(code, code.replace("_", " ")) for code in column.codes]
