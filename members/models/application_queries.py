from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from members.models.applications import MembershipApplication


class ApplicationQuerySet(models.QuerySet["MembershipApplication"]):
    """The queues an application stands in: those of its writer, of the city and of staff."""

    def open(self):
        """Sent, confirmed, and not yet decided."""
        return self.filter(status__in=self.model.OPEN)

    def in_staff_queue(self):
        """What staff have to move: new cities, and colleagues whose city did not answer."""
        return self.filter(status__in=self.model.STAFF_QUEUE, joined_to__isnull=True)

    def waiting_for_staff(self):
        """The part of the queue where nobody but staff can make the next move."""
        return self.in_staff_queue().exclude(status=self.model.Status.MORE_INFO)

    def with_possible_double(self):
        """Applications whose checks found a city or a person that may be the same."""
        worrying = self.model.objects.filter(
            checks__kind__in=["duplicate_city", "duplicate_person"],
            checks__result__in=["warn", "fail"],
        )
        return self.filter(pk__in=worrying.values("pk"))

    def in_hubs(self, hub_ids):
        return self.filter(hub__in=hub_ids)

    def waiting_for_cities(self, city_ids):
        """Colleagues whom the focal points of these cities have to endorse or refuse, oldest first."""
        return self.filter(status=self.model.Status.AWAITING_CITY, city__in=city_ids).order_by(
            "sent_at", "pk"
        )

    def asked_of_cities(self, city_ids):
        """Colleagues the focal points of these cities were asked about, decided or not."""
        return self.filter(route=self.model.Route.JOIN_CITY, city__in=city_ids)

    def not_confirmed(self):
        """Being written, or sent from an address that nobody confirmed: no one but its writer sees it."""
        return self.filter(status__in=self.model.NOT_CONFIRMED)

    def latest_of(self, user) -> "MembershipApplication | None":
        """The newest confirmed application of an account's own address, or None."""
        return (
            self.exclude(status__in=self.model.NOT_CONFIRMED)
            .filter(email__iexact=user.email, confirmed_at__isnull=False)
            .order_by("-sent_at", "-pk")
            .first()
        )

    def left_lying(self, since):
        """Neither sent nor confirmed, and not touched since a moment."""
        return self.not_confirmed().filter(saved_at__lt=since).order_by("pk")

    def unanswered_by_city(self, since):
        """A focal point was asked before `since` and has not answered."""
        return self.filter(
            status=self.model.Status.AWAITING_CITY, city_asked_at__lt=since
        ).order_by("city_asked_at", "pk")
