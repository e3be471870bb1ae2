"""Asking to read what is for a group, and letting one member read it until a day."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import access as letters
from hub.models import AccessGrant, AccessRequest, Record
from hub.models.owners import focal_points_of

Status = AccessRequest.Status


@transaction.atomic
def invite(record, *, email, reason, language, by=None) -> AccessRequest:
    """A stranger who asks for a record "in short" gets a letter that says how to join; staff see who asked.

    Asking again within a day changes nothing.
    """
    record = _locked(record)
    since = timezone.now() - timedelta(days=1)
    known = record.access_requests.filter(
        email__iexact=email, status=Status.INVITED, asked_at__gt=since
    ).first()
    if known:
        return known
    request = AccessRequest(record=record, email=email, reason=reason, language=language)
    request.move_to(Status.INVITED)
    request.decided_at = request.asked_at
    request.save()
    journal.record("invited to join", request, by=by)
    letters.invited(request)
    return request


@transaction.atomic
def ask(record, *, reason, by) -> AccessRequest:
    """The member's request waits for network staff and the focal points of the record's cities, who get a letter.

    Who has asked already and waits for the answer asks nothing new.
    """
    record = _locked(record)
    waiting = record.access_requests.filter(by=by, status=Status.OPEN).first()
    if waiting:
        return waiting
    request = AccessRequest.objects.create(
        record=record, by=by, reason=reason, language=by.language
    )
    journal.record("asked to read", request, by=by)
    letters.asked_staff(request)
    for person in focal_points_of(record).filter(user__isnull=False):
        if AccessRequest.objects.visible_to(person.user).filter(pk=request.pk).exists():
            letters.asked_city(request, person)
    return request


@transaction.atomic
def grant(request, *, reason, until, by) -> AccessGrant:
    """The member reads the record and its files until the day, and gets a letter. Who decides later is refused."""
    request = _decided(request, Status.GRANTED, by)
    request.save(update_fields=["status", "decided_at", "decided_by"])
    journal.record("granted", request, by=by, until=until.isoformat())
    return _give(
        request.record, grantee=request.by, reason=reason, until=until, by=by, request=request
    )


@transaction.atomic
def decline(request, *, answer, by) -> AccessRequest:
    """The member may not read the record; a letter says why. Who decides later is refused."""
    request = _decided(request, Status.DECLINED, by)
    request.answer = answer
    request.save(update_fields=["status", "decided_at", "decided_by", "answer"])
    journal.record("declined", request, by=by)
    letters.declined(request)
    return request


@transaction.atomic
def grant_directly(record, *, grantee, reason, until, by) -> AccessGrant:
    """The member reads the record and its files until the day, without having asked, and gets a letter."""
    return _give(record, grantee=grantee, reason=reason, until=until, by=by)


@transaction.atomic
def end(grant, *, by) -> AccessGrant:
    """The member reads the record no more, from this moment on, and is told. Ending it twice changes nothing."""
    grant = AccessGrant.objects.select_for_update(of=["self"]).get(pk=grant.pk)
    if grant.is_live:
        _close(grant, by)
        letters.ended(grant)
    return grant


@transaction.atomic
def remind(grant, *, by=None) -> None:
    """Two weeks before the last day a letter says so, once; a shorter grant says its day when it is given."""
    days = (grant.until - grant.created_at.date()).days
    if grant.is_live and days > AccessGrant.REMINDED_DAYS_BEFORE:
        letters.ends_soon(grant)


def _locked(record):
    return Record.objects.select_for_update().get(pk=record.pk)


def _decided(request, status, by):
    request = AccessRequest.objects.select_for_update().get(pk=request.pk)
    request.move_to(status)
    request.decided_at, request.decided_by = timezone.now(), by
    return request


def _give(record, *, grantee, reason, until, by, request=None):
    """One live grant a person and record: a new one takes the place of the one before."""
    AccessGrant.check_until(until)
    record = _locked(record)
    for earlier in record.grants.live().filter(grantee=grantee):
        _close(earlier, by)
    given = AccessGrant.objects.create(
        record=record, grantee=grantee, grantor=by, request=request, reason=reason, until=until
    )
    journal.record("access granted", record, by=by, grantee=grantee.pk, until=until.isoformat())
    letters.granted(given)
    return given


def _close(grant, by):
    grant.ended_at = timezone.now()
    grant.save(update_fields=["ended_at"])
    journal.record("access ended", grant.record, by=by, grantee=grant.grantee_id)
