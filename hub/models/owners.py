"""Who speaks for a record: the focal points of the cities that own it, and its author."""

from django.db.models import Q

from members.models import CityMembership, Person, Post


def focal_points_of(record):
    """The people through whom the owner cities speak today; nobody while a city's membership rests."""
    return _people(record, Q(is_focal_point=True))


def speakers_of(record):
    """The same, and whoever wrote the record as long as they act for one of these cities."""
    if record.created_by_id is None:
        return focal_points_of(record)
    return _people(record, Q(is_focal_point=True) | Q(person__user=record.created_by_id))


def _people(record, chosen):
    posts = Post.objects.live().filter(
        chosen,
        city__in=record.cities.filter(role="owner").values("city"),
        city__memberships__status=CityMembership.Status.ACTIVE,
    )
    return (
        Person.objects.filter(pk__in=posts.values("person"), status=Person.Status.ACTIVE)
        .select_related("user")
        .order_by("pk")
    )
