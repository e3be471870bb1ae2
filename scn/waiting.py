"""What waits for somebody.

For a member of staff: counts, ages and aims, each through the lists that person may open. For a member: the things
themselves.
"""

from dataclasses import dataclass, fields
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import scanner
from core.models import Term
from hub.models import AccessRequest, Contribution, Evaluation, Record, RecordFile
from members.models import City, CityMembership, MembershipApplication, Post, User
from members.rules import standing
from outbox.models import Message

LATELY_DAYS = 90
LETTER_AIM_DAYS = 1
SCAN_AIM_DAYS = 1


def rows(site, request) -> list[dict]:
    """One row for each kind of thing that waits: label, url, count, oldest (a moment or None), aim, late."""
    applications = site.get_model_admin(MembershipApplication).get_queryset(request)
    queue = applications.waiting_for_staff()
    today = timezone.localdate()
    new = queue.exclude(route=MembershipApplication.Route.JOIN_CITY)
    colleagues = queue.filter(route=MembershipApplication.Route.JOIN_CITY)
    letters = site.get_model_admin(Message).get_queryset(request)
    cities = site.get_model_admin(City).get_queryset(request)
    return [
        _applications(_("City applications to vet"), new, "?queue=ours&route=new_city"),
        _applications(
            _("Applications past their day"), queue.filter(due_on__lt=today), "?due=late"
        ),
        _applications(
            _("Colleagues whose city has not answered"), colleagues, "?queue=ours&route=join_city"
        ),
        _applications(
            _("Applications with a possible double"), queue.with_possible_double(), "?queue=doubles"
        ),
        _letters(letters.filter(status__in=[Message.Status.FAILED, Message.Status.UNKNOWN])),
        _orphans(cities),
        _contributions(site.get_model_admin(Contribution).get_queryset(request)),
        _evaluations(site.get_model_admin(Evaluation).get_queryset(request)),
        *_unscanned(site, request),
    ]


@dataclass
class Things:
    """What waits for one member, as lists; `asked_before_joining` is good news, not work."""

    applications: list
    access_requests: list
    sign_offs: list
    changes: list
    confirmations: list
    replies: list
    asked_before_joining: list

    @property
    def total(self):
        """How many things wait."""
        work = [getattr(self, each.name) for each in fields(self)]
        return sum(map(len, work)) - len(self.asked_before_joining)


def for_member(user) -> Things:
    """What waits for a member: one query says of which kinds there is something, and only those are read."""
    who = standing(user)
    readable = Record.objects.readable_in_full(user)
    of_kind = {
        "applications": MembershipApplication.objects.waiting_for_cities(who.focal_cities),
        "access_requests": AccessRequest.objects.waiting_for(user),
        "sign_offs": Contribution.objects.waiting_for_sign_off(user),
        "changes": Contribution.objects.waiting_for_authors(user),
        "confirmations": readable.to_be_confirmed_by(user, timezone.now().date()).prefetch_related(
            "texts"
        ),
        "replies": Evaluation.objects.waiting_for_reply(who.focal_cities),
        "asked_before_joining": readable.asked_for_by(user),
    }
    there = User.objects.filter(pk=user.pk).values_list(
        *(Exists(things) for things in of_kind.values())
    )
    return Things(
        *(
            list(things) if is_there else []
            for things, is_there in zip(of_kind.values(), there.get(), strict=True)
        )
    )


def applications_by_hub(site, request) -> list[dict]:
    """Applications confirmed in the last 90 days for each regional hub, and in the 90 days before."""
    now = timezone.now()
    lately, before = now - timedelta(days=LATELY_DAYS), now - timedelta(days=2 * LATELY_DAYS)
    applications = site.get_model_admin(MembershipApplication).get_queryset(request)
    counted = (
        applications.filter(confirmed_at__gt=before)
        .order_by("hub__position", "hub__code")
        .values("hub", "hub__position", "hub__code")
        .annotate(
            count=Count("pk", filter=Q(confirmed_at__gt=lately)),
            before=Count("pk", filter=Q(confirmed_at__lte=lately)),
        )
    )
    labels = {term.pk: term.label for term in Term.objects.of("hub")}
    return [
        {
            "label": labels.get(row["hub"], _("No region")),
            "count": row["count"],
            "before": row["before"],
            "change": row["count"] - row["before"],
        }
        for row in counted
    ]


def _applications(label, applications, query):
    found = applications.aggregate(count=Count("pk"), oldest=Min("confirmed_at"), due=Min("due_on"))
    return {
        "label": label,
        "url": reverse("admin:members_membershipapplication_changelist") + query,
        "count": found["count"],
        "oldest": found["oldest"],
        "aim": settings.ANSWER_WITHIN_DAYS,
        "late": bool(found["due"] and found["due"] < timezone.localdate()),
    }


def _contributions(contributions):
    """What members wrote for the library and sent."""
    found = contributions.waiting_for_staff().aggregate(
        count=Count("pk"), oldest=Min("submitted_at")
    )
    aim = timedelta(days=settings.ANSWER_WITHIN_DAYS)
    return {
        "label": _("Contributions to the library"),
        "url": reverse("admin:hub_contribution_changelist") + "?queue=ours",
        "count": found["count"],
        "oldest": found["oldest"],
        "aim": settings.ANSWER_WITHIN_DAYS,
        "late": bool(found["oldest"] and found["oldest"] < timezone.now() - aim),
    }


def _evaluations(evaluations):
    """What members and experts found when they looked at a record."""
    found = evaluations.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
    aim = timedelta(days=settings.ANSWER_WITHIN_DAYS)
    return {
        "label": _("Evaluations to publish or set aside"),
        "url": reverse("admin:hub_evaluation_changelist") + "?waiting=yes",
        "count": found["count"],
        "oldest": found["oldest"],
        "aim": settings.ANSWER_WITHIN_DAYS,
        "late": bool(found["oldest"] and found["oldest"] < timezone.now() - aim),
    }


def _letters(letters):
    found = letters.aggregate(count=Count("pk"), oldest=Min("created_at"))
    aim = timedelta(days=LETTER_AIM_DAYS)
    return {
        "label": _("Letters that could not be sent"),
        "url": reverse("admin:outbox_message_changelist") + "?status__in=failed,unknown",
        "count": found["count"],
        "oldest": found["oldest"],
        "aim": LETTER_AIM_DAYS,
        "late": bool(found["oldest"] and found["oldest"] < timezone.now() - aim),
    }


def _unscanned(site, request):
    """Where there is a virus scanner: files nobody is given because it has not answered."""
    if not scanner.is_on():
        return []
    files = site.get_model_admin(RecordFile).get_queryset(request).waiting()
    found = files.aggregate(count=Count("pk"), oldest=Min("added_at"))
    aim = timedelta(days=SCAN_AIM_DAYS)
    return [
        {
            "label": _("Files the virus scanner has not looked at"),
            "url": reverse("admin:hub_recordfile_changelist") + "?scan__exact=waiting",
            "count": found["count"],
            "oldest": found["oldest"],
            "aim": SCAN_AIM_DAYS,
            "late": bool(found["oldest"] and found["oldest"] < timezone.now() - aim),
        }
    ]


def _orphans(cities):
    """Member cities nobody acts for now: after an election, say."""
    live = Post.objects.live().filter(city=OuterRef("pk"), is_focal_point=True)
    active = CityMembership.objects.filter(city=OuterRef("pk"), status=CityMembership.Status.ACTIVE)
    return {
        "label": _("Member cities without a focal point"),
        "url": reverse("admin:members_city_changelist") + "?focal_point=none",
        "count": cities.filter(Exists(active), ~Exists(live)).count(),
        "oldest": None,
        "aim": None,
        "late": False,
    }
