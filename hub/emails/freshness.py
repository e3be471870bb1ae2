"""Letters that ask whether a record still holds."""

from django.conf import settings

from hub.emails import owners
from outbox import mail


def readers(record):
    """Whom to ask: the owner's focal points and the author; nobody about what the public record tells."""
    return [] if record.from_public_record else owners.speakers(record)


def asked(record):
    """The record's people are asked to say that it still holds; the third time they hear what comes next."""
    for person in readers(record):
        owners.write(
            "confirm",
            person,
            key=f"confirm:{record.pk}:{record.review_due}:{record.times_asked}:{person.pk}",
            record=record,
            page="confirm",
            due=record.review_due.isoformat(),
            time=record.times_asked,
        )


def archived(record):
    """The record's people know that it has left the shelf, and how it comes back."""
    for person in readers(record):
        mail.queue(
            "hub/emails/archived.txt",
            to=owners.address(person),
            key=f"archived:{record.pk}:{record.review_due}:{person.pk}",
            language=person.language,
            params={
                "name": person.name,
                "code": record.code,
                "title": owners.title(record, person.language),
                "contact": settings.STAFF_EMAIL,
            },
            user=person.user,
        )


def staff_digest(*, asked, archived, on):
    """Staff see in one letter what nobody else can be asked about."""
    mail.queue(
        "hub/emails/confirm_digest.txt",
        to=settings.STAFF_EMAIL,
        key=f"confirm-digest:{on}:{min(record.pk for record in [*asked, *archived])}",
        params={"asked": _lines(asked), "archived": _lines(archived)},
        links={"button": ["hub.emails.owners.staff_list_link"]},
    )


def _lines(records):
    return [f"{record.code} {owners.title(record, 'en')}" for record in records]
