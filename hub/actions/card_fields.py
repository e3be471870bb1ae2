"""A card field by field: what of it its authors write, and how two cards differ."""

import json
from hashlib import sha256
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.difference import Piece, words
from core.models import Term
from hub.models import Record, RecordLink, RecordText, Visibility

# The fields a city writes itself. Status, evidence, dates of the shelf, evaluations and files have ways of their own.
WRITTEN = [
    "kind", "original_language", "start_date", "end_date", "is_ongoing", "lead_organization",
    "internet_dependence", "conflict_affected", "cost_amount", "cost_currency", "staff_fte",
    "funders", "licence", "codes", "texts", "links", "contacts", "visibility", "groups",
]  # fmt: skip
# What such a field is when a card does not name it, as CardReader would have read it.
EMPTY: dict[str, Any] = {
    "start_date": (None, "month"), "end_date": (None, "day"), "is_ongoing": False,
    "lead_organization": "", "internet_dependence": "", "conflict_affected": None, "cost_amount": None,
    "cost_currency": "", "staff_fte": None, "funders": [], "licence": None, "codes": [], "links": [],
    "contacts": [], "groups": [],
}  # fmt: skip
TEXT = ["title", "summary", *RecordText.BODY, "keywords"]
_UNORDERED = {"codes", "groups"}


class Difference(NamedTuple):
    """One field of two cards: its path, what it is called, its language, and the words of both."""

    path: str
    label: str
    language: str
    before: str
    after: str

    def pieces(self) -> list[Piece]:
        return words(self.before, self.after)


def flat(card) -> dict[str, Any]:
    """What its authors write, as {path: value}: texts.fr.title, codes.theme, links. Nothing that is empty."""
    found = {}
    for name in WRITTEN:
        value = card.get(name)
        if name == "texts":
            found |= {
                f"texts.{language}.{part}": text[part].strip()
                for language, text in (value or {}).items()
                for part in TEXT
                if text.get(part, "").strip()
            }
        elif name == "codes":
            found |= {f"codes.{of}": sorted(codes) for of, codes in (value or {}).items() if codes}
        elif value not in (None, "", [], {}) and (name, value) != ("is_ongoing", False):
            found[name] = sorted(value) if name in _UNORDERED else value
    return found


def card_of(fields) -> dict[str, Any]:
    """The card that these fields make: the way back from `flat`."""
    card: dict[str, Any] = {}
    for path, value in fields.items():
        *places, name = path.split(".")
        place = card
        for step in places:
            place = place.setdefault(step, {})
        place[name] = value
    return card


def fingerprint(fields) -> str:
    """A short word that is the same as long as these fields are."""
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def differences(before, after) -> list[Difference]:
    """The fields in which two cards differ, in the order of the article, in words of the reader's language."""
    old, new = flat(before), flat(after)
    return told([path for path in {**old, **new} if old.get(path) != new.get(path)], old, new)


def told(paths, old, new) -> list[Difference]:
    """These fields of two flat cards, in words and in the order of the article."""
    paths = sorted(paths, key=_place)
    labels = _labels(path for path in paths if path.startswith(("codes.", "licence")))
    return [
        Difference(
            path,
            label(path),
            path.split(".")[1] if path.startswith("texts.") else "",
            _shown(path, old.get(path), labels),
            _shown(path, new.get(path), labels),
        )
        for path in paths
    ]


def label(path) -> str:
    """What a field is called, for example "Title" or "Theme"."""
    names = path.split(".")
    if names[0] == "texts":
        return str(capfirst(_TEXT_LABELS.get(names[2]) or RecordText.BODY[names[2]]))
    if names[0] == "codes":
        return str(capfirst(Term.Vocabulary(names[1]).label))
    named = _LABELS.get(names[0]) or getattr(Record, names[0]).field.verbose_name
    return str(capfirst(named))


def _place(path):
    names = path.split(".")
    inside = TEXT.index(names[2]) if names[0] == "texts" else 0
    return WRITTEN.index(names[0]) if names[0] != "texts" else -1, names[1:2], inside


def _labels(paths):
    vocabularies = {path.split(".")[-1] for path in paths}
    terms = Term.objects.filter(vocabulary__in=vocabularies)
    return {(term.vocabulary, term.code): term.label for term in terms}


def _shown(path, value, labels):
    name = path.split(".")[-1]
    if value is None:
        return ""
    if path.startswith("codes."):
        return _lines(labels.get((name, code), code) for code in value)
    if name == "licence":
        return labels.get((name, value), value)
    if name in _CHOICES:
        return str(dict(_CHOICES[name]).get(value, value))
    if name in ("links", "contacts"):
        return _lines(_row(row) for row in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _lines(value) if isinstance(value, list) else str(value)


def _row(row):
    kinds = dict(RecordLink.Kind.choices)
    parts = [str(kinds.get(text, text)) if part == "kind" else text for part, text in row.items()]
    return _(", ").join(parts)


def _lines(values):
    return "\n".join(str(value) for value in values)


_TEXT_LABELS = {
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "keywords": gettext_lazy("keywords"),
}
_LABELS = {
    "links": gettext_lazy("links"),
    "contacts": gettext_lazy("people to ask"),
}
_CHOICES: dict[str, Any] = {
    "kind": Record.Kind.choices,
    "visibility": Visibility.choices,
    "original_language": Record._meta.get_field("original_language").choices,
    "internet_dependence": Record._meta.get_field("internet_dependence").choices,
}
