"""What members write for the library, until it is sent: begun, saved over and over, sent, withdrawn, taken up again."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from hub.actions import revisions
from hub.actions.card_dump import dump
from hub.actions.card_fields import card_of, fingerprint, flat
from hub.actions.checklist import missing
from hub.emails import contributions as letters
from hub.models import Contribution, Record, Visibility
from members.models.standing import standing

Status = Contribution.Status
# Pressing "propose" twice within this time opens what the first press began.
_SAME_PRESS = timedelta(minutes=2)


class LostUpdate(Exception):
    """A colleague has saved the same fields meanwhile; `theirs` is what stands there now, as {path: value}."""

    def __init__(self, contribution, theirs):
        self.contribution, self.theirs = contribution, theirs
        super().__init__("Somebody else has saved these fields.")


class Incomplete(Exception):
    """It cannot be sent yet; `missing` says what it needs (hub.actions.checklist)."""

    def __init__(self, missing):
        self.missing = missing
        super().__init__("Something is missing.")


@transaction.atomic
def begin(*, kind, city, language, by) -> Contribution:
    """An empty draft that its writer, and the colleagues of the city, find in their list."""
    fields = {
        "kind": kind,
        "original_language": language,
        "visibility": Visibility.MEMBERS,
        "is_ongoing": False,
    }
    if city:
        fields["codes.country"] = [city.country.code]
    return _begin("began", by, city=city, language=language, card=card_of(fields))


@transaction.atomic
def propose(record, *, city, language, by) -> Contribution:
    """A draft that starts from the record as it is; readers see nothing of it until staff publish it."""
    record = Record.objects.select_for_update().get(pk=record.pk)
    just_begun = Contribution.objects.filter(
        record=record, created_by=by, language=language, status=Status.DRAFT, version=1,
        created_at__gt=timezone.now() - _SAME_PRESS,
    ).first()  # fmt: skip
    if just_begun:
        return just_begun
    revisions.keep(record)
    return _begin(
        "proposed a change",
        by,
        city=city,
        language=language,
        record=record,
        base_revision=record.revision,
        card=card_of(flat(dump(record, with_files=False))),
    )


@transaction.atomic
def save(contribution, *, fields, paths, version, seen, by) -> Contribution:
    """Keep what was typed, finished or not. `fields` are the new values of `paths`; a path without one is emptied.

    `version` is the version the writer started from, `seen` the fingerprint of these paths then. Raises LostUpdate when
    a colleague has saved the same fields since, and IllegalMove when it is being read by others now.
    """
    contribution = _locked(contribution)
    if not contribution.is_writable:
        raise IllegalMove(contribution, Status.DRAFT)
    now = flat(contribution.card)
    theirs = {path: now[path] for path in paths if path in now}
    if theirs == fields:
        return contribution
    if contribution.version != version and fingerprint(theirs) != seen:
        raise LostUpdate(contribution, theirs)
    others = {path: value for path, value in now.items() if path not in paths}
    contribution.card = card_of(others | fields)
    contribution.version += 1
    contribution.updated_at, contribution.updated_by = timezone.now(), by
    contribution.save(update_fields=["card", "version", "updated_at", "updated_by"])
    return contribution


@transaction.atomic
def send(contribution, *, by) -> Contribution:
    """Hand it in: the city's focal point is asked to sign it off; without one, or from one, it goes to staff.

    Raises Incomplete with what it needs first.
    """
    contribution = _locked(contribution)
    lacking = missing(contribution)
    if lacking:
        raise Incomplete(lacking)
    focal_point = _focal_point(contribution, by)
    if focal_point:
        _ask_city(contribution, focal_point, by)
    else:
        hand_to_staff(contribution, by=by)
        letters.received(contribution)
    return contribution


@transaction.atomic
def withdraw(contribution, *, by) -> Contribution:
    """Nobody looks at it any more; its writers still find it and can take it up again."""
    contribution = _locked(contribution)
    return _moved(contribution, Status.WITHDRAWN, "withdrew", by, ended_at=timezone.now())


@transaction.atomic
def resume(contribution, *, by) -> Contribution:
    """A draft again, as it was when it was withdrawn."""
    contribution = locked_in(Status.WITHDRAWN, contribution, to=Status.DRAFT)
    return _moved(contribution, Status.DRAFT, "resumed", by, ended_at=None)


@transaction.atomic
def take_back(contribution, *, by) -> Contribution:
    """Its writers fetch it from the focal point to change something; a letter asks again once it is sent."""
    contribution = locked_in(Status.CITY_REVIEW, contribution, to=Status.DRAFT)
    return _moved(contribution, Status.DRAFT, "took back", by)


@transaction.atomic
def settle(comment, *, by) -> None:
    """The remark is crossed off: its writers say that they have dealt with it."""
    comment.settled_at, comment.settled_by = timezone.now(), by
    comment.save(update_fields=["settled_at", "settled_by"])


def hand_to_staff(contribution, *, by) -> Contribution:
    """It waits for network staff from now on. The caller holds the lock."""
    contribution.move_to(Status.SUBMITTED)
    contribution.submitted_at = timezone.now()
    contribution.save(update_fields=["status", "submitted_at", "signed_off_at", "signed_off_by"])
    journal.record("sent", contribution, by=by)
    return contribution


def locked_in(status, contribution, *, to) -> Contribution:
    """The row on its way to another status, if it still has this one: somebody may have been faster."""
    contribution = _locked(contribution)
    if contribution.status != status:
        raise IllegalMove(contribution, to)
    return contribution


def _begin(verb, by, **fields):
    contribution = Contribution.objects.create(created_by=by, updated_by=by, **fields)
    journal.record(verb, contribution, by=by)
    return contribution


def _focal_point(contribution, by):
    """Who has to sign off before staff see it: None when nobody can, or when the sender is the one who would."""
    if contribution.city is None or standing(by).kind == "staff":
        return None
    if contribution.city_id in standing(by).focal_cities:
        contribution.signed_off_at, contribution.signed_off_by = timezone.now(), by
        return None
    contribution.signed_off_at = contribution.signed_off_by = None
    return contribution.focal_point()


def _ask_city(contribution, focal_point, by):
    contribution.move_to(Status.CITY_REVIEW)
    contribution.city_asked_at, contribution.reminded_at = timezone.now(), None
    contribution.save(
        update_fields=["status", "city_asked_at", "reminded_at", "signed_off_at", "signed_off_by"]
    )
    journal.record("handed to the city", contribution, by=by, city=contribution.city_id)
    letters.sign_off_waits(contribution, focal_point)


def _moved(contribution, status, verb, by, **fields):
    contribution.move_to(status)
    for name, value in fields.items():
        setattr(contribution, name, value)
    contribution.save(update_fields=["status", *fields])
    journal.record(verb, contribution, by=by)
    return contribution


def _locked(contribution):
    return Contribution.objects.select_for_update().get(pk=contribution.pk)
