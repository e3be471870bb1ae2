"""Who speaks for a record: the focal points of the cities that own it, and its author; and who for which city."""

from django.db.models import Q

from members.models import City, CityMembership, Person, Post
from members.models.standing import standing


def focal_points_of(record):
    """The people through whom the owner cities speak today; nobody while a city's membership rests."""
    return _people(record, Q(is_focal_point=True))


def speakers_of(record):
    """The same, and whoever wrote the record as long as they act for one of these cities."""
    if record.created_by_id is None:
        return focal_points_of(record)
    return _people(record, Q(is_focal_point=True) | Q(person__user=record.created_by_id))


def cities_of(user):
    """The cities this member acts for."""
    return City.objects.filter(pk__in=standing(user).cities).order_by("slug")


def own_city(user, record) -> City | None:
    """In whose name this member writes about a record: the first of the cities that own it."""
    return cities_of(user).filter(pk__in=record.owner_cities()).first()


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
