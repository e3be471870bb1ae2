"""The vocabularies as published, and how they get into the database.

One file a vocabulary, `core/data/<vocabulary>.jsonl`, one term a line, in the order people see:

    {"code": "LB", "en": "Lebanon", "fr": "Liban", "ar": "لبنان", "broader": "region:145",
     "hub": "MENA", "exact_match": "http://...", "data": {...}, "note": "...",
     "definition": {"en": "...", "fr": "...", "ar": "..."}}

`code` and the three labels are required. `broader` names a term of any vocabulary, `exact_match`
the same term in a published list. Regions, countries and languages are made by
tools/build_countries.py, the others by hand.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.models import Term

DATA = Path(__file__).resolve().parent / "data"
LANGUAGES = ["en", "fr", "ar"]
_REQUIRED = {"code", *LANGUAGES}
_ALLOWED = _REQUIRED | {"definition", "broader", "hub", "exact_match", "data", "note"}
_FIELDS = [
    *(f"label_{language}" for language in LANGUAGES),
    *(f"definition_{language}" for language in LANGUAGES),
    *("position", "exact_match", "data", "note", "valid_to", "broader", "hub"),
]


@lru_cache(maxsize=1)
def terms_at(token: UUID) -> dict[int, Term]:
    """All terms by key, each with its broader ones, in the state that VocabularyState calls `token`.

    This process keeps them until it is asked for another state: they are for reading only.
    """
    terms = Term.objects.in_bulk()
    for term in terms.values():
        term.broader = terms.get(term.broader_id)
    return terms


class BadVocabularyError(Exception):
    """A vocabulary file cannot be loaded; the message names the file, the line and the fault."""


@dataclass(frozen=True)
class Summary:
    """What a load did: how many terms are new, changed, ended, and left as staff edited them."""

    created: int
    updated: int
    ended: int
    kept: int


@transaction.atomic
def load(data: Path = DATA) -> Summary:
    """Bring the terms in line with the published lists. Loading again changes nothing.

    A term that staff edited stays as it is. A term that left its list is not deleted, as records
    may use it: it ends today. Raises BadVocabularyError, and loads nothing, if any file is wrong.
    """
    rows = {(row["vocabulary"], row["code"]): row for row in _read_all(data)}
    terms = {(term.vocabulary, term.code): term for term in Term.objects.select_for_update()}
    new = [Term(vocabulary=key[0], code=key[1]) for key in rows if key not in terms]
    terms |= {(term.vocabulary, term.code): term for term in Term.objects.bulk_create(new)}
    ours = {key: term for key, term in terms.items() if not term.edited}

    changed = [
        term for key, term in ours.items() if key in rows and _update(term, rows[key], terms)
    ]
    vanished = [term for key, term in ours.items() if key not in rows and term.valid_to is None]
    for term in vanished:
        term.valid_to = timezone.now().date()
    Term.objects.bulk_create(
        [*changed, *vanished],
        update_conflicts=True,
        unique_fields=["vocabulary", "code"],
        update_fields=_FIELDS,
    )
    return Summary(
        created=len(new),
        updated=len(changed) - len(new),
        ended=len(vanished),
        kept=len(terms) - len(ours),
    )


def _read_all(data):
    """Every term of every file; the links between them lead somewhere."""
    rows = [
        row for vocabulary in Term.Vocabulary.values for row in _read(data / f"{vocabulary}.jsonl")
    ]
    known = {f"{row['vocabulary']}:{row['code']}" for row in rows}
    for row in rows:
        for link in filter(None, [row.get("broader"), row.get("hub") and f"hub:{row['hub']}"]):
            if link not in known:
                raise BadVocabularyError(f"{row['where']}: there is no term {link}.")
    return rows


def _read(file):
    """The terms of one file, each with its vocabulary, position and where it stands."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadVocabularyError(f"{file.name} cannot be read: {error}.") from error
    rows = [_row(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    seen = set()
    for row in rows:
        if row["code"] in seen:
            raise BadVocabularyError(f"{row['where']}: the code {row['code']} is there twice.")
        seen.add(row["code"])
    return rows


def _row(file, number, line):
    where = f"{file.name}, line {number}"
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadVocabularyError(f"{where}: not JSON ({error}).") from error
    if not isinstance(row, dict):
        raise BadVocabularyError(f"{where}: not a term.")
    if missing := sorted(name for name in _REQUIRED if not row.get(name)):
        raise BadVocabularyError(f"{where}: {', '.join(missing)} is missing.")
    if unknown := sorted(row.keys() - _ALLOWED):
        raise BadVocabularyError(f"{where}: {', '.join(unknown)} is not a field of a term.")
    return row | {"vocabulary": file.stem, "position": number, "where": where}


def _update(term, row, terms):
    """Give the term what its row says; whether that changes anything."""
    says = {
        **{f"label_{language}": row[language] for language in LANGUAGES},
        **{
            f"definition_{language}": row.get("definition", {}).get(language, "")
            for language in LANGUAGES
        },
        "position": row["position"],
        "exact_match": row.get("exact_match", ""),
        "data": row.get("data", {}),
        "note": row.get("note", ""),
        "valid_to": None,
        "broader_id": _id(terms, row.get("broader")),
        "hub_id": _id(terms, row.get("hub") and f"hub:{row['hub']}"),
    }
    changes = {name: value for name, value in says.items() if getattr(term, name) != value}
    for name, value in changes.items():
        setattr(term, name, value)
    return bool(changes)


def _id(terms, link):
    """The id of the term that "vocabulary:code" names; None for no link."""
    return terms[tuple(link.split(":", 1))].pk if link else None
