"""What harvesters (OAI-PMH) follow: public records, and those that were public until somebody took them away."""

from datetime import UTC, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from core.models import JournalEntry
from hub.models.records import Record
from hub.models.visibility import Visibility

_OPEN = [Visibility.PUBLIC, Visibility.TEASER]


class HarvestQuerySet(QuerySet):
    """Records with `stamp` (when each last changed) and `is_gone`, in the order of their change."""

    def between(self, earliest, latest):
        """Those that changed in a time, its end not included; None leaves an end open."""
        rows = self.filter(stamp__gte=earliest) if earliest else self
        return rows.filter(stamp__lt=latest) if latest else rows

    def after(self, place):
        """Those behind a place in the order: [stamp, key]. What changed meanwhile comes again, later."""
        if place is None:
            return self
        stamp, pk = datetime.fromisoformat(place[0]), place[1]
        return self.filter(Q(stamp__gt=stamp) | Q(stamp=stamp, pk__gt=pk))

    def with_statements(self):
        """All that an answer says of each, in four queries."""
        return self.select_related("licence").prefetch_related(
            "texts", "cities__city__country", "terms"
        )


def harvested() -> HarvestQuerySet:
    """Every record a harvester may hear of.

    Of one that is gone only its code is told. It counts as gone when it was open to everybody as it left the
    shelf, or until staff narrowed its audience; what was never public is not told at all.
    """
    public = Record.objects.visible_to(AnonymousUser()).values("pk")
    return (
        HarvestQuerySet(Record)
        .annotate(
            stamp=Greatest("updated_at", "published_at", "embargo_until"),
            is_gone=Case(
                When(pk__in=public, then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            ),
        )
        .filter(
            Q(is_gone=False) | (Q(published_at__isnull=False) & (_left_the_shelf() | _narrowed()))
        )
        .order_by("stamp", "pk")
    )


def first_stamp():
    """When the oldest of them changed; None while there is none."""
    first = harvested().first()
    return first.stamp.astimezone(UTC) if first else None


def _left_the_shelf():
    was_in_force = Q(embargo_until__isnull=True) | Q(embargo_until__lte=F("updated_at"))
    return ~Q(status=Record.Status.PUBLISHED) & Q(visibility__in=_OPEN) & was_in_force


def _narrowed():
    """Everybody could read it until staff changed who may."""
    narrowing = JournalEntry.objects.filter(
        subject_type=Record._meta.label_lower,
        subject_id=OuterRef("pk"),
        verb="audience changed",
        facts__before__record__in=[str(each) for each in _OPEN],
        at__gte=Greatest(OuterRef("published_at"), OuterRef("embargo_until")),
    )
    return Exists(narrowing) & ~Q(visibility__in=_OPEN)
