from dataclasses import dataclass, field

from members.models.bodies import BodyMember
from members.models.cities import CityMembership
from members.models.people import Person, Post


@dataclass(frozen=True)
class Standing:
    """What a visitor is to the network at this moment.

    `kind` is one of anonymous, pending, suspended, member, reviewer, staff; a member of staff who also
    holds a city post is staff. Sets hold primary keys. `hubs` is None for "everywhere".
    """

    kind: str
    person_id: int | None = None
    cities: frozenset = frozenset()
    focal_cities: frozenset = frozenset()
    groups: frozenset = frozenset()
    reviews: bool = False
    hubs: frozenset | None = field(default_factory=frozenset)

    @property
    def is_inside(self):
        """May this visitor read what members read?"""
        return self.kind in ("member", "staff")


ANONYMOUS = Standing("anonymous")


def standing(user) -> Standing:
    """Derive a visitor's standing (at most four queries), remembered on the user for the request."""
    if not user.is_authenticated:
        return ANONYMOUS
    if "standing" not in user.__dict__:
        user.__dict__["standing"] = _derive(user)
    return user.__dict__["standing"]


def _derive(user):
    person = getattr(user, "person", None)
    if not user.is_active or (person and person.status != Person.Status.ACTIVE):
        return Standing("suspended", person.pk if person else None)
    if user.is_staff:
        return Standing("staff", person.pk if person else None, hubs=_hubs(user))
    if person is None:
        return Standing("pending")
    return _of_person(person)


def _of_person(person):
    posts = list(
        Post.objects.live()
        .filter(person=person)
        .values_list("role", "city_id", "is_focal_point", "city__memberships__status")
    )
    active = CityMembership.Status.ACTIVE
    cities = frozenset(city for _, city, _, status in posts if status == active)
    reviews = any(role == Post.Role.EXPERT for role, *_ in posts)
    if cities:
        return Standing(
            "member",
            person.pk,
            cities=cities,
            focal_cities=frozenset(
                c for _, c, focal, status in posts if focal and status == active
            ),
            groups=frozenset(
                BodyMember.objects.live().filter(person=person).values_list("body_id", flat=True)
            ),
            reviews=reviews,
        )
    if reviews:
        return Standing("reviewer", person.pk, reviews=True)
    was_member = Post.objects.filter(person=person).exclude(status=Post.Status.PENDING).exists()
    return Standing("suspended" if was_member else "pending", person.pk)


def _hubs(user):
    """The hubs a member of staff looks after; None is everywhere, an empty set nowhere."""
    if user.is_superuser:
        return None
    scope = getattr(user, "scope", None)
    if scope is None:
        return frozenset()
    if scope.everywhere:
        return None
    return frozenset(scope.hubs.values_list("pk", flat=True))
