"""How a letter goes to the people who speak for a record, and to staff about it."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from hub.models import Record
from hub.models.owners import focal_points_of, speakers_of
from outbox import mail

_HERE = "hub.emails.owners"


def focal_points(record):
    """Those of the owner's focal points whom a letter reaches."""
    return [person for person in focal_points_of(record) if address(person)]


def speakers(record):
    """The same with the record's author, while he or she acts for the city."""
    return [person for person in speakers_of(record) if address(person)]


def address(person) -> str:
    return person.user.email if person.user else person.email


def in_language(thing, language) -> str:
    """What a thing is called in the language of a letter's reader."""
    with override(language):
        return str(thing)


def title(record, language) -> str:
    """The record's title in this language, else as it was written; its code while it has none."""
    text = record.text_for(language)
    return text.title if text else record.code


def write(letter, person, *, key, record, reply_to="", page="record", more=(), **params):
    """A letter about a record to one person, with a button to a page of the record."""
    mail.queue(
        f"hub/emails/{letter}.txt",
        to=address(person),
        key=key,
        language=person.language,
        params={"name": person.name, "code": record.code, "title": title(record, person.language)}
        | params,
        links={"button": [f"{_HERE}.page_link", page, record.code, *more]},
        user=person.user,
        reply_to=reply_to,
    )


def write_to_staff(letter, *, key, record, reply_to="", **params):
    """A letter about a record to network staff, with a button to its page in the admin."""
    mail.queue(
        f"hub/emails/{letter}.txt",
        to=settings.STAFF_EMAIL,
        key=key,
        params={"code": record.code, "title": title(record, "en")} | params,
        links={"button": [f"{_HERE}.staff_link", record.code]},
        reply_to=reply_to,
    )


# --- Links, called by the outbox under the reader's language


def page_link(page: str, code: str, *more) -> str:
    """A page of the record; what it shows depends on who opens it."""
    return settings.SITE_ORIGIN + reverse(f"hub:{page}", args=[code, *more])


def staff_link(code: str) -> str:
    """Where staff work on the record."""
    record = Record.objects.get(code=code)
    return settings.SITE_ORIGIN + reverse("admin:hub_record_change", args=[record.pk])


def staff_list_link() -> str:
    """The staff's list of what has to be confirmed."""
    return settings.SITE_ORIGIN + reverse("admin:hub_record_changelist") + "?fresh=due"
