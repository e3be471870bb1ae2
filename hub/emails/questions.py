"""Letters that carry a question to a record's city, or a problem to staff."""

from hub.emails import owners
from hub.models.owners import cities_of


def asked(record, *, purpose, text, by, key):
    """The question reaches the record's people, or staff where nobody speaks for it; their answer goes to the asker."""
    person = by.person
    facts = {"purpose": purpose, "text": text, "asker": person.name, "asker_email": by.email}
    readers = owners.speakers(record)
    for reader in readers:
        owners.write(
            "question",
            reader,
            key=f"question:{key}:{reader.pk}",
            record=record,
            reply_to=by.email,
            asker_cities=_cities(by, reader.language),
            **facts,
        )
    if not readers:
        owners.write_to_staff(
            "question_to_staff",
            key=f"question:{key}:staff",
            record=record,
            reply_to=by.email,
            asker_cities=_cities(by, "en"),
            **facts,
        )


def reported(record, *, reason, text, email, key):
    """Staff know what somebody thinks is wrong with the record."""
    owners.write_to_staff(
        "report",
        key=f"report:{key}",
        record=record,
        reply_to=email,
        reason=reason,
        text=text,
        email=email,
    )


def _cities(by, language):
    return [owners.in_language(city, language) for city in cities_of(by)]
