"""The one door to the outbox: a letter is a row, written in the transaction of what it tells."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now

from core import wakeup
from core.journal import record
from core.lifecycle import IllegalMove
from outbox.delivery import LANES
from outbox.letters import check_links
from outbox.models import Message

_TEMPLATE = re.compile(r"[a-z_]+/emails/[a-z0-9_/]+\.txt")


def queue(
    template,
    *,
    to,
    key,
    language="en",
    params=None,
    links=None,
    kind="transactional",
    user=None,
    reply_to="",
):
    """Have a letter sent once the caller's transaction commits; the same key twice is one letter.

    `template` is "members/emails/welcome.txt" (first line: the subject). `params` are JSON values for the
    template; dates and times in ISO form become dates there. `links` maps a name to [dotted path of a function
    in an app's emails, *arguments], called when the letter is sent so that one-time links are never stored.
    A bulk letter goes at most once and only to people who may still receive it; a transactional one at least
    once. The link "stop" of a bulk letter is also named in its List-Unsubscribe header, so its page must take a POST
    of mail programs, without a session or a token (RFC 8058). Returns the Message, new or already there. Raises
    ValidationError for an address that cannot be one.
    """
    if not _TEMPLATE.fullmatch(template):
        raise ValueError(f"{template} is not a letter of an app.")
    check_links(links or {})
    letter = Message(
        key=key,
        template=template,
        to=_address(to),
        reply_to=_address(reply_to) if reply_to else "",
        language=language,
        params=params or {},
        links=links or {},
        kind=Message.Kind(kind),
        user=user,
        created_at=Now(),
        next_try_at=Now(),
    )
    # One statement without a savepoint: a letter that is already there does not disturb the transaction.
    Message.objects.bulk_create([letter], ignore_conflicts=True)
    wakeup.after_commit(LANES[letter.kind])
    return Message.objects.get(key=key)


@transaction.atomic
def retry(message, *, by=None):
    """Send the letter again, or now: it is due at once and starts with a clean slate."""
    message = _lock(message, Message.Status.QUEUED)
    if message.status != Message.Status.QUEUED:
        message.move_to(Message.Status.QUEUED)
    message.failures, message.next_try_at = 0, Now()
    message.lease = message.leased_until = message.sent_at = None
    message.save(
        update_fields=["status", "failures", "next_try_at", "lease", "leased_until", "sent_at"]
    )
    record("sent again", message, by=by)
    wakeup.after_commit(LANES[message.kind])
    return message


@transaction.atomic
def cancel(message, *, by=None):
    """Do not send the letter (any more)."""
    message = _lock(message, Message.Status.CANCELLED)
    message.move_to(Message.Status.CANCELLED)
    message.save(update_fields=["status"])
    record("cancelled", message, by=by)
    return message


def _lock(message, target):
    """The letter's row, held until the end of the transaction; refused while a worker has it in hand."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.status == Message.Status.SENDING or message.is_held:
        message.status = Message.Status.SENDING
        raise IllegalMove(message, target)
    if message.erased_at and target == Message.Status.QUEUED:
        raise IllegalMove(message, target)
    return message


def _address(address):
    """One address without a name, or ValidationError."""
    address = address.strip()
    validate_email(address)
    if not address.isprintable():
        raise ValidationError("An e-mail address holds no control characters.", code="invalid")
    return address
