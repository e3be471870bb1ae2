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

    def open_to_them(model):
        return site.get_model_admin(model).get_queryset(request)

    applications = open_to_them(MembershipApplication)
    queue = applications.waiting_for_staff()
    today = timezone.localdate()
    new = queue.exclude(route=MembershipApplication.Route.JOIN_CITY)
    colleagues = queue.filter(route=MembershipApplication.Route.JOIN_CITY)
    unsent = [Message.Status.FAILED, Message.Status.UNKNOWN]
    found = [
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
        _aging(
            _("Letters that could not be sent"),
            open_to_them(Message).filter(status__in=unsent),
            "?status__in=failed,unknown",
            since="created_at",
            aim=LETTER_AIM_DAYS,
        ),
        _orphans(open_to_them(City)),
        _aging(
            _("Contributions to the library"),
            open_to_them(Contribution).waiting_for_staff(),
            "?queue=ours",
            since="submitted_at",
            aim=settings.ANSWER_WITHIN_DAYS,
        ),
        _aging(
            _("Evaluations to publish or set aside"),
            open_to_them(Evaluation).waiting(),
            "?waiting=yes",
            since="created_at",
            aim=settings.ANSWER_WITHIN_DAYS,
        ),
    ]
    if scanner.is_on():
        # Nobody is given these until the scanner has answered.
        unscanned = _aging(
            _("Files the virus scanner has not looked at"),
            open_to_them(RecordFile).waiting(),
            "?scan__exact=waiting",
            since="added_at",
            aim=SCAN_AIM_DAYS,
        )
        found.append(unscanned)
    return found


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
    """A row of applications: each has a day by which it is answered."""
    found = applications.aggregate(count=Count("pk"), oldest=Min("confirmed_at"), due=Min("due_on"))
    due = found.pop("due")
    return {
        "label": label,
        "url": _list_of(applications, query),
        **found,
        "aim": settings.ANSWER_WITHIN_DAYS,
        "late": bool(due and due < timezone.localdate()),
    }


def _aging(label, things, query, *, since, aim):
    """A row of things that wait from the moment in the column `since`, late after `aim` days."""
    found = things.aggregate(count=Count("pk"), oldest=Min(since))
    late_before = timezone.now() - timedelta(days=aim)
    return {
        "label": label,
        "url": _list_of(things, query),
        **found,
        "aim": aim,
        "late": bool(found["oldest"] and found["oldest"] < late_before),
    }


def _orphans(cities):
    """Member cities nobody acts for now: after an election, say."""
    live = Post.objects.live().filter(city=OuterRef("pk"), is_focal_point=True)
    active = CityMembership.objects.filter(city=OuterRef("pk"), status=CityMembership.Status.ACTIVE)
    return {
        "label": _("Member cities without a focal point"),
        "url": _list_of(cities, "?focal_point=none"),
        "count": cities.filter(Exists(active), ~Exists(live)).count(),
        "oldest": None,
        "aim": None,
        "late": False,
    }


def _list_of(things, query):
    """The staff's list of such things, as narrow as `query` makes it."""
    opts = things.model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + query
