"""When somebody has to say again that a record still holds."""

from datetime import date, timedelta

from django.db.models import Q

from hub.models.links import RecordCity
from hub.models.visibility import ReadableQuerySet
from members.models.standing import standing

# Days from the day a record is due to each of the letters that ask, and to the archive.
ASKED_AT = [-30, 0, 60]
ARCHIVED_AFTER = timedelta(days=180)
# Whatever delayed the last letter, its readers have this long.
LAST_CHANCE = timedelta(days=30)


class ConfirmableQuerySet(ReadableQuerySet):
    """Rows that somebody has to confirm by `review_due`."""

    def waiting_for_confirmation(self, on):
        """What is on the shelf and becomes due within the time of the first letter, or is due already."""
        latest = on - timedelta(days=ASKED_AT[0])
        return (
            self.filter(status="published")
            .filter(review_due__lte=latest)
            .order_by("review_due", "pk")
        )

    def to_be_confirmed_by(self, user, on):
        """What waits for this member to say that it still holds, as focal point of its city or as its author."""
        who = standing(user)
        owned = RecordCity.objects.filter(role="owner")
        spoken_for = Q(pk__in=owned.filter(city__in=who.focal_cities).values("record"))
        written = Q(pk__in=owned.filter(city__in=who.cities).values("record"), created_by=user.pk)
        return self.waiting_for_confirmation(on).filter(
            spoken_for | written, from_public_record=False
        )


def a_year_after(day: date) -> date:
    """Twelve months on; for the 29th of February the first of March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def letters_due(review_due: date, on: date) -> int:
    """How many of the letters should have gone out by a day: 0 to 3."""
    return sum(review_due + timedelta(days=days) <= on for days in ASKED_AT)


def is_near(review_due: date | None, on: date) -> bool:
    """Whether it is time to say that a record still holds."""
    return review_due is not None and letters_due(review_due, on) > 0


def may_be_archived(review_due: date, last_asked_on: date, on: date) -> bool:
    """Whether a record that nobody confirms leaves the shelf now, its owner having had time to answer."""
    return on >= max(review_due + ARCHIVED_AFTER, last_asked_on + LAST_CHANCE)
