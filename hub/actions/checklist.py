"""What a contribution needs before it can be sent, in plain words, each with the part of the form it stands in."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from hub.actions.card_fields import TEXT, flat, label
from hub.actions.card_schema import CardReader, Known
from hub.models import RecordFile

# The parts of the form, and the fields of a card that each holds.
SECTIONS = {
    "about": ["kind", "original_language", "start_date", "end_date", "is_ongoing", "lead_organization"],
    "story": ["texts"],
    "codes": ["codes"],
    "context": [
        "cost_amount", "cost_currency", "staff_fte", "funders", "internet_dependence",
        "conflict_affected",
    ],
    "links": ["links", "contacts"],
    "files": ["files"],
    "audience": ["visibility", "groups", "licence"],
}  # fmt: skip
# Codes that are asked among the costs and the context.
CONTEXT_CODES = ["cost_band", "population_band", "sector", "delivery_channel"]


class Missing(NamedTuple):
    """One thing to do: which part of the form, which field of the card, and why."""

    section: str
    path: str
    label: str
    message: str


def missing(contribution) -> list[Missing]:
    """Everything that keeps it from being sent, in the order of the form; empty when it is ready."""
    fields = flat(contribution.card)
    lacking = list(_lacking(contribution, fields))
    told = {"texts", *(item.path for item in lacking)}
    faults = [item for item in _faults(contribution) if item.path not in told]
    found = [*lacking, *faults, *_files(contribution)]
    return sorted(found, key=lambda item: list(SECTIONS).index(item.section))


def section_of(path) -> str:
    """The part of the form a field stands in."""
    names = path.split(".")
    if names[0] == "codes" and names[1:] and names[1] in CONTEXT_CODES:
        return "context"
    return next((name for name, parts in SECTIONS.items() if names[0] in parts), "about")


def _lacking(contribution, fields):
    language = contribution.language
    original = fields.get("original_language", language)
    if f"texts.{language}.title" not in fields:
        yield _item(f"texts.{language}.title", _("It needs a title."))
    if f"texts.{language}.summary" not in fields:
        message = _("Say in two or three sentences what it is about.")
        yield _item(f"texts.{language}.summary", message)
    if original != language and f"texts.{original}.title" not in fields:
        yield _item(f"texts.{original}.title", _("The text in the original language is missing."))
    if "codes.theme" not in fields:
        yield _item("codes.theme", _("Choose at least one theme."))
    if "codes.country" not in fields:
        yield _item("codes.country", _("Choose at least one country."))


def _faults(contribution):
    """What is there but cannot be read."""
    reader = CardReader(1, contribution.card, Known.load())
    return [_item(problem.field, problem.message) for problem in reader.problems]


def _files(contribution):
    for file in contribution.files_in_it().filter(licence__isnull=True):
        message = _("“%(file)s” needs a licence: may others copy it?") % {"file": file.title}
        yield Missing("files", f"files.{file.pk}", _("Files"), message)
    for file in contribution.files_in_it().filter(scan=RecordFile.Scan.REFUSED):
        message = _("“%(file)s” was refused by the scanner. Remove it.") % {"file": file.title}
        yield Missing("files", f"files.{file.pk}", _("Files"), message)


def _item(path, message):
    names = path.split(".")
    plain = path if names[0] in ("codes", "texts") else names[0]
    known = names[0] != "texts" or (len(names) == 3 and names[2] in TEXT)
    return Missing(section_of(path), path, label(plain) if known else names[0], message)
