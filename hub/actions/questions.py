"""What readers want to know from a record's city, and what they tell staff about it."""

import hashlib

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import questions as letters
from hub.models import Record


@transaction.atomic
def ask(record, *, purpose, text, by) -> None:
    """The record's city has a letter with the question and who asks; the same twice in a day is one letter.

    The journal keeps that somebody asked, never what.
    """
    key = _key(record, purpose, text, by.pk)
    if _is_new(record, key):
        journal.record("asked the city", record, by=by, purpose=purpose, key=key)
        letters.asked(record, purpose=purpose, text=text, by=by, key=key)


@transaction.atomic
def report(record, *, reason, text, email, by) -> None:
    """Staff have a letter; `by` is None for a stranger, who may leave an address."""
    key = _key(record, reason, text, by.pk if by else email)
    if _is_new(record, key):
        journal.record("reported", record, by=by, reason=reason, key=key)
        letters.reported(record, reason=reason, text=text, email=email, key=key)


def _key(record, what, text, who):
    """The same words by the same person on the same day are the same letter, however often they are sent."""
    said = repr([record.pk, what, text, who, timezone.now().date().isoformat()])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _is_new(record, key):
    Record.objects.select_for_update().get(pk=record.pk)
    return not journal.of(record).filter(facts__key=key).exists()
