"""What staff do with an application on the way to a decision."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from core.models import Term
from members.emails import team as team_letters
from members.emails import vetting as letters
from members.models import Exchange, MembershipApplication, Person, VettingCheck

Status, Route = MembershipApplication.Status, MembershipApplication.Route


@transaction.atomic
def assign(application, *, to, by) -> None:
    """The application is this colleague's now; the applicant sees that it is being checked."""
    application = locked(application)
    if application.status not in MembershipApplication.STAFF_QUEUE:
        raise IllegalMove(application, Status.IN_VETTING)
    take_up(application)
    application.assigned_to = to
    application.save(update_fields=["status", "assigned_to"])
    journal.record("assigned", application, by=by, to=to.pk)


@transaction.atomic
def ask(application, *, text, by) -> Exchange:
    """The applicant gets the question by letter and answers on the status page."""
    application = locked(application)
    take_up(application)
    application.move_to(Status.MORE_INFO)
    application.save(update_fields=["status"])
    question = application.exchanges.create(kind=Exchange.Kind.QUESTION, text=text, by=by)
    journal.record("asked", application, by=by, question=question.pk)
    letters.asked(application, question)
    return question


@transaction.atomic
def note(application, *, text, by) -> Exchange:
    """Colleagues read it in the dossier; the applicant never does."""
    entry = application.exchanges.create(kind=Exchange.Kind.NOTE, text=text, by=by)
    journal.record("noted", application, by=by, note=entry.pk)
    return entry


@transaction.atomic
def record_check(application, *, kind, result, detail, by) -> VettingCheck:
    """What a person looked at stands in the dossier with their name, beside what was found automatically."""
    check = application.checks.create(kind=kind, result=result, detail=detail, by=by)
    journal.record("checked", application, by=by, check=kind, result=result)
    return check


@transaction.atomic
def decline(application, *, reason, text, by) -> None:
    """The applicant is told why, in their language. Whoever had joined goes on alone, the first of them in front."""
    application = locked(application)
    application.move_to(Status.DECLINED)
    _decide(application, by=by, reason=reason, text=text)
    journal.record("declined", application, by=by, reason=reason.code)
    promote_joined(application, by=by)
    letters.declined(application)


@transaction.atomic
def mark_duplicate(application, *, of, by) -> None:
    """The other application goes on for both, and whoever had joined this one is with that one now."""
    application = locked(application)
    if of.pk == application.pk or of.duplicate_of_id == application.pk:
        raise IllegalMove(application, Status.DECLINED)
    application.move_to(Status.DECLINED)
    application.duplicate_of = of
    _decide(application, by=by, reason=_duplicate_reason(), text="")
    journal.record("marked as duplicate", application, by=by, of=of.pk)
    if of.status in MembershipApplication.OPEN:
        application.joined.exclude(pk=of.pk).update(joined_to=of)
    promote_joined(application, by=by)
    letters.duplicate(application)


@transaction.atomic
def reopen(application, *, by) -> None:
    """The application is being checked again, due anew; the applicant gets a fresh link, old ones are dead."""
    application = locked(application)
    if not may_reopen(application) or _has_another_open(application):
        raise IllegalMove(application, Status.IN_VETTING)
    application.move_to(Status.IN_VETTING)
    application.duplicate_of = application.decision_reason = application.decided_by = None
    application.decided_at = None
    application.decision_text = ""
    application.due_on = due_from_today()
    application.link_version += 1
    application.save(
        update_fields=[
            "status", "duplicate_of", "decision_reason", "decided_by", "decided_at", "decision_text", "due_on",
            "link_version",
        ]
    )  # fmt: skip
    journal.record("reopened", application, by=by)
    letters.reopened(application)


@transaction.atomic
def return_to_city(application, *, city, by) -> None:
    """The city is a member: its focal point is asked by letter whether this colleague may join."""
    application = locked(application)
    focal = Person.objects.focal_point_of(city)
    if focal is None:
        raise IllegalMove(application, Status.AWAITING_CITY)
    application.move_to(Status.AWAITING_CITY)
    application.city, application.route, application.joined_to = city, Route.JOIN_CITY, None
    application.city_asked_at, application.reminded_at = timezone.now(), None
    application.save(
        update_fields=["status", "city", "route", "joined_to", "city_asked_at", "reminded_at"]
    )
    journal.record("handed to the city", application, by=by, city=city.pk)
    team_letters.colleague_waits(application, focal)


def promote_joined(application, *, by) -> None:
    """Those who had joined an application that ends: the oldest becomes a new city of its own, the rest join it."""
    joined = list(
        application.joined.select_for_update(of=("self",))
        .filter(status__in=MembershipApplication.OPEN)
        .order_by("confirmed_at", "pk")
    )
    if not joined:
        return
    first, *others = joined
    first.joined_to, first.route, first.due_on = None, Route.NEW_CITY, due_from_today()
    first.save(update_fields=["joined_to", "route", "due_on"])
    MembershipApplication.objects.filter(pk__in=[other.pk for other in others]).update(
        joined_to=first
    )
    journal.record("left to stand alone", first, by=by, was_joined_to=application.pk)


def locked(application):
    """The application as it is now, held until the end of the transaction."""
    return MembershipApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)


def may_reopen(application) -> bool:
    """Only what ended can begin again, and only for somebody whose address was confirmed once."""
    return (
        application.status in (Status.DECLINED, Status.EXPIRED)
        and application.confirmed_at is not None
    )


def take_up(application) -> None:
    """Whoever acts on a new application has begun to check it."""
    if application.status == Status.SUBMITTED:
        application.move_to(Status.IN_VETTING)


def due_from_today():
    """The day by which an application that begins today is to be answered."""
    return timezone.localdate() + timedelta(days=settings.ANSWER_WITHIN_DAYS)


def _decide(application, *, by, reason, text):
    application.decided_by, application.decided_at = by, timezone.now()
    application.decision_reason, application.decision_text = reason, text
    application.save(
        update_fields=[
            "status", "decided_by", "decided_at", "decision_reason", "decision_text", "duplicate_of",
        ]
    )  # fmt: skip


def _duplicate_reason():
    return Term.objects.filter(vocabulary="decline_reason", code="duplicate").first()


def _has_another_open(application):
    """An address has one open application at a time (a constraint of the database too)."""
    return (
        MembershipApplication.objects.open()
        .filter(email__iexact=application.email)
        .exclude(pk=application.pk)
        .exists()
    )
