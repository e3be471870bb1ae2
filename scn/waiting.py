"""What waits for a member of staff: counts, ages and aims, each through the lists that person may open."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Term
from members.models import City, CityMembership, MembershipApplication, Post
from outbox.models import Message

LATELY_DAYS = 90
LETTER_AIM_DAYS = 1


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
    ]


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
