"""A record as a card: the same shape that card_schema reads, with nothing that is empty."""

import base64
from collections import defaultdict
from pathlib import PurePath

from hub.actions.card_schema import EVIDENCE
from hub.actions.card_values import LANGUAGE_CODES
from hub.models import RecordText

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
        "end_date": record.end_date.isoformat() if record.end_date else None,
        "lead_organization": record.lead_organization,
        "internet_dependence": record.internet_dependence,
        "licence": record.licence.code if record.licence else None,
        "codes": _codes(record),
        "cities": [
            {"slug": place.city.slug, "role": place.role}
            for place in record.cities.select_related("city").order_by("role", "pk")
        ],
        "texts": {text.language: _text(text) for text in record.texts.order_by("language")},
        "links": [_link(link) for link in record.links.order_by("position", "pk")],
        "evaluations": [_evaluation(each) for each in record.evaluations.order_by("pk")],
        "evidence": _evidence(record),
        "files": [_file(file, with_files) for file in record.files.order_by("pk")],
        "revision": record.revision,
        "text_revision": record.text_revision,
        "created_at": _moment(record.created_at),
        "updated_at": _moment(record.updated_at),
        "published_at": _moment(record.published_at),
    }
    return _filled(card)


def _filled(card):
    return {name: value for name, value in card.items() if value not in (None, "", [], {})}


def _moment(moment):
    return moment.isoformat() if moment else None


def _start(record):
    if not record.start_date:
        return None
    return record.start_date.isoformat()[: _PRECISION[record.start_precision]]


def _codes(record):
    codes = defaultdict(list)
    for term in record.terms.order_by("vocabulary", "position", "code"):
        codes[term.vocabulary].append(term.code)
    return dict(codes)


def _text(text):
    names = ["status", "source_revision", "title", "summary", *RecordText.BODY]
    return _filled({name: getattr(text, name) for name in names})


def _link(link):
    return _filled({name: getattr(link, name) for name in ("kind", "title", "url", "language")})


def _evaluation(evaluation):
    return _filled(
        {
            "evaluator_kind": evaluation.evaluator_kind,
            "evaluator": evaluation.evaluator,
            "method": _words(evaluation, "method"),
            "date": evaluation.date.isoformat() if evaluation.date else None,
            "record_revision": evaluation.record_revision,
            "reply": _words(evaluation, "reply"),
            "published": evaluation.published,
            "ratings": {
                rating.criterion.code: _filled(
                    {"rating": rating.rating, "assessment": _words(rating, "assessment")}
                )
                for rating in evaluation.ratings.select_related("criterion").order_by(
                    "criterion__position"
                )
            },
        }
    )


def _words(thing, name):
    return _filled({language: getattr(thing, f"{name}_{language}") for language in LANGUAGE_CODES})


def _evidence(record):
    days = {name: getattr(record, f"{name}_on") for name in EVIDENCE}
    return {name: day.isoformat() for name, day in days.items() if day}


def _file(file, with_content):
    card = {
        "name": PurePath(file.file.name).name,
        "title": file.title,
        "language": file.language,
        "licence": file.licence.code if file.licence else None,
        "visibility": file.visibility,
        "sha256": file.sha256,
    }
    if with_content:
        with file.file.open("rb") as content:
            card["content"] = base64.b64encode(content.read()).decode()
    return _filled(card)
