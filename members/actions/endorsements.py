"""The city speaks for its colleagues: its focal point endorses or refuses, is reminded, and may stay silent."""

from django.db import transaction
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members.actions import admission
from members.actions.vetting import due_from_today, locked
from members.emails import team as letters
from members.models import Endorsement, MembershipApplication, Person

Status = MembershipApplication.Status


@transaction.atomic
def endorse(application, *, by) -> Person:
    """The colleague is in, and gets the welcome letter. Raises IllegalMove when it was decided already."""
    application = _locked_before_city(application, Status.APPROVED)
    _write_down(application, True, by=by)
    journal.record("endorsed", application, by=by, city=application.city_id)
    return admission.admit_colleague(application, by=by)


@transaction.atomic
def refuse(application, *, reason, by) -> None:
    """The city does not know them as a colleague; they get a letter and read the reason on their page."""
    application = _locked_before_city(application, Status.DECLINED)
    application.move_to(Status.DECLINED)
    application.decided_by, application.decided_at = by, timezone.now()
    application.decision_text = reason
    application.save(update_fields=["status", "decided_by", "decided_at", "decision_text"])
    _write_down(application, False, reason=reason, by=by)
    journal.record("refused by the city", application, by=by, city=application.city_id)
    letters.refused(application)


@transaction.atomic
def remind(application, *, by=None) -> None:
    """The focal point is reminded, once. Where there is none any more, staff take it over."""
    application = _locked_before_city(application, Status.IN_VETTING)
    focal_point = Person.objects.focal_point_of(application.city)
    if focal_point is None:
        hand_to_staff(application, by=by)
    elif application.reminded_at is None:
        application.reminded_at = timezone.now()
        application.save(update_fields=["reminded_at"])
        journal.record("reminded the city", application, by=by, city=application.city_id)
        letters.colleague_reminder(application, focal_point)


@transaction.atomic
def hand_to_staff(application, *, by=None) -> None:
    """The city has not answered: staff look at the colleague themselves, with a day to answer by."""
    application = _locked_before_city(application, Status.IN_VETTING)
    application.move_to(Status.IN_VETTING)
    application.due_on = due_from_today()
    application.save(update_fields=["status", "due_on"])
    journal.record("handed to staff", application, by=by, city=application.city_id)


def _locked_before_city(application, target):
    application = locked(application)
    if application.status != Status.AWAITING_CITY:
        raise IllegalMove(application, target)
    return application


def _write_down(application, endorsed, *, reason="", by):
    """A city may be asked a second time, after staff have looked; its last word counts."""
    person = Person.objects.get(user=by)
    Endorsement.objects.update_or_create(
        application=application,
        defaults={"endorsed": endorsed, "reason": reason, "by": person, "at": timezone.now()},
    )
