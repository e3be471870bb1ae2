"""A record as a card: the same shape that card_schema reads, with nothing that is empty."""

import base64
from collections import defaultdict
from pathlib import PurePath

from hub.actions.card_parts import EVIDENCE, WHOLE_TEXT
from hub.actions.card_values import LANGUAGE_CODES
from hub.models import RecordFile

_PRECISION = {"year": 4, "month": 7, "day": 10}


def dump(record, *, with_files=True) -> dict:
    """Everything the record's card says, as JSON values."""
    card = {
        "code": record.code,
        "kind": record.kind,
        "status": record.status,
        "visibility": record.visibility,
        "groups": sorted(group.code for group in record.groups.all()),
        "embargo_until": _moment(record.embargo_until),
        "original_language": record.original_language,
        "is_fictional": record.is_fictional,
        "from_public_record": record.from_public_record,
        "start_date": _start(record),
        "end_date": _day(record.end_date),
        "is_ongoing": record.is_ongoing,
        "lead_organization": record.lead_organization,
        "internet_dependence": record.internet_dependence,
        "conflict_affected": record.conflict_affected,
        "cost_amount": _amount(record.cost_amount),
        "cost_currency": record.cost_currency,
        "staff_fte": _amount(record.staff_fte),
        "funders": record.funders,
        "licence": record.licence.code if record.licence else None,
        "cover": str(record.cover.uid) if record.cover else None,
        "codes": _codes(record),
        "cities": [
            {"slug": place.city.slug, "role": place.role}
            for place in _sorted(record.cities, "role", "pk")
        ],
        "texts": {text.language: _text(text) for text in _sorted(record.texts, "language")},
        "links": [_link(link) for link in _sorted(record.links, "position", "pk")],
        "contacts": [
            filled({name: getattr(contact, name) for name in ("name", "function", "email")})
            for contact in _sorted(record.contacts, "position", "pk")
        ],
        "relations": [_relation(each) for each in _relations(record)],
        "evaluations": [_evaluation(each) for each in _sorted(record.evaluations, "pk")],
        "evidence": _evidence(record),
        "files": [file_card(file, with_content=with_files) for file in clean_files(record)],
        "revision": record.revision,
        "text_revision": record.text_revision,
        "created_at": _moment(record.created_at),
        "updated_at": _moment(record.updated_at),
        "published_at": _moment(record.published_at),
        "last_confirmed_on": _day(record.last_confirmed_on),
        "review_due": _day(record.review_due),
    }
    return filled(card)


def clean_files(record) -> list[RecordFile]:
    """The files that its card names, in their order there."""
    return [file for file in _sorted(record.files, "pk") if file.scan == RecordFile.Scan.CLEAN]


def file_card(file, *, with_content=False) -> dict:
    """What a card says of one file."""
    card = {
        "name": PurePath(file.file.name).name,
        "title": file.title,
        "language": file.language,
        "licence": file.licence.code if file.licence else None,
        "visibility": file.visibility,
        "transcript": file.transcript,
        "sha256": file.sha256,
    }
    if with_content:
        with file.file.open("rb") as content:
            card["content"] = base64.b64encode(content.read()).decode()
    return filled(card)


def filled(card) -> dict:
    """The same without what is empty."""
    return {name: value for name, value in card.items() if value not in (None, "", [], {})}


def _sorted(things, *names):
    """The things of a record in this order, sorted here: they may have been read for many records at once."""
    return sorted(things.all(), key=lambda thing: [getattr(thing, name) for name in names])


def _moment(moment):
    return moment.isoformat() if moment else None


def _day(day):
    return day.isoformat() if day else None


def _amount(amount):
    return None if amount is None else str(amount)


def _start(record):
    if not record.start_date:
        return None
    return record.start_date.isoformat()[: _PRECISION[record.start_precision]]


def _codes(record):
    codes = defaultdict(list)
    for term in _sorted(record.terms, "vocabulary", "position", "code"):
        codes[term.vocabulary].append(term.code)
    return dict(codes)


def _text(text):
    return filled({name: getattr(text, name) for name in WHOLE_TEXT})


def _link(link):
    said = {name: getattr(link, name) for name in ("kind", "title", "url", "doi", "language")}
    return filled(said | {"accessed_on": _day(link.accessed_on)})


def _relations(record):
    return sorted(record.relations.all(), key=lambda each: (each.kind, each.target.code))


def _relation(relation):
    return filled({"kind": relation.kind, "target": relation.target.code, "note": relation.note})


def _evaluation(evaluation):
    return filled(
        {
            "evaluator_kind": evaluation.evaluator_kind,
            "evaluator": evaluation.evaluator,
            "city": evaluation.city.slug if evaluation.city else None,
            "method": _words(evaluation, "method"),
            "date": _day(evaluation.date),
            "record_revision": evaluation.record_revision,
            "overall_comment": _words(evaluation, "overall_comment"),
            "reply": _words(evaluation, "reply"),
            "replied_at": _moment(evaluation.replied_at),
            "published": evaluation.published,
            "decided_at": _moment(evaluation.decided_at),
            "shown_to_city_at": _moment(evaluation.shown_to_city_at),
            "ratings": {
                rating.criterion.code: filled(
                    {"rating": rating.rating, "assessment": _words(rating, "assessment")}
                )
                for rating in sorted(
                    evaluation.ratings.all(), key=lambda each: each.criterion.position
                )
            },
        }
    )


def _words(thing, name):
    return filled({language: getattr(thing, f"{name}_{language}") for language in LANGUAGE_CODES})


def _evidence(record):
    """Of each kind the day; with the version it speaks of, where that is known."""
    said = {}
    for name in EVIDENCE:
        day, revision = getattr(record, f"{name}_on"), getattr(record, f"{name}_revision")
        if day:
            said[name] = {"on": _day(day), "revision": revision} if revision else _day(day)
    return said
