"""Whether what a record tells still holds: who is asked, who says so, and what happens if nobody does."""

from django.db import transaction
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from hub.actions import records
from hub.emails import freshness as letters
from hub.models import Record, SearchRow
from hub.models.freshness import ASKED_AT, letters_due, may_be_archived


@transaction.atomic
def confirm(record, *, by) -> Record:
    """The record holds as of today: nobody is asked again for a year."""
    record = Record.objects.select_for_update().get(pk=record.pk)
    if record.status != Record.Status.PUBLISHED:
        raise IllegalMove(record, Record.Status.PUBLISHED)
    today = timezone.now().date()
    if record.last_confirmed_on != today or record.unconfirmed_since:
        record.last_confirmed_on = today
        record.renew(today)
        record.save(
            update_fields=["last_confirmed_on", "review_due", "times_asked", "last_asked_on"]
        )
        SearchRow.objects.refresh(record)
        journal.record("confirmed", record, by=by, next=record.review_due.isoformat())
    return record


def look_after(on, *, by=None) -> None:
    """Who should confirm a record is asked at three points; half a year after its day it leaves the shelf.

    Safe to run as often as one likes, and to have missed days: never two letters about one record at once. Records
    about which nobody can be written to go to staff, all in one letter.
    """
    unowned = []
    for record in Record.objects.waiting_for_confirmation(on):
        if letters.readers(record):
            _look_after_owned(record, on, by)
        else:
            unowned.append(record)
    _look_after_unowned(unowned, on, by)


@transaction.atomic
def _look_after_owned(record, on, by):
    record = Record.objects.select_for_update().get(pk=record.pk)
    step = _step(record, on, by)
    if step == "asked":
        letters.asked(record)
    elif step == "archived":
        letters.archived(record)


@transaction.atomic
def _look_after_unowned(chosen, on, by):
    steps = {"asked": [], "archived": [], "": []}
    for record in Record.objects.select_for_update().filter(pk__in=[each.pk for each in chosen]):
        steps[_step(record, on, by)].append(record)
    if steps["asked"] or steps["archived"]:
        letters.staff_digest(asked=steps["asked"], archived=steps["archived"], on=on)


def _step(record, on, by):
    """Ask, or archive, or neither; the record is locked. What changed since it was chosen is left alone."""
    if record.status != Record.Status.PUBLISHED or record.review_due is None:
        return ""
    due = letters_due(record.review_due, on)
    if due > record.times_asked:
        record.times_asked, record.last_asked_on = due, on
        record.save(update_fields=["times_asked", "last_asked_on"])
        journal.record("asked to confirm", record, by=by, letter=due)
        return "asked"
    if due == len(ASKED_AT) and may_be_archived(record.review_due, record.last_asked_on, on):
        records.archive(record, by=by)
        return "archived"
    return ""
