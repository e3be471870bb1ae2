"""Who may do what. Rights follow from live posts, groups and staff scope; nothing copies them."""

from members.models import MembershipApplication, Person
from members.models.standing import standing


def is_staff(user) -> bool:
    return standing(user).kind == "staff"


def needs_second_factor(user) -> bool:
    """Staff, focal points and reviewers must have one (and be asked for it at login)."""
    who = standing(user)
    return who.kind == "staff" or who.reviews or bool(who.focal_cities)


def may_endorse(user, application: MembershipApplication) -> bool:
    """The focal point of the very city a colleague says to work for."""
    return (
        application.city_id is not None
        and application.route == MembershipApplication.Route.JOIN_CITY
        and application.city_id in standing(user).focal_cities
    )


def may_vet(user, application: MembershipApplication) -> bool:
    """Staff whose region the city lies in; never one's own application."""
    who = standing(user)
    if who.kind != "staff" or application.email.lower() == user.email.lower():
        return False
    return who.hubs is None or application.hub_id in who.hubs


def may_receive_bulk(user_id: int | None) -> bool:
    """Asked again at the moment of sending: suspended and erased people get no bulk mail."""
    if user_id is None:
        return True
    barred = Person.objects.filter(user_id=user_id).exclude(
        status=Person.Status.ACTIVE, user__is_active=True
    )
    return not barred.exists()


def looks_after(user, hub_id: int | None) -> bool:
    """Staff whose part of the world holds this hub; what has no hub is for those who look after everywhere."""
    who = standing(user)
    return who.kind == "staff" and (who.hubs is None or hub_id in who.hubs)


def may_suspend(user, person: Person) -> bool:
    """Staff, never themselves; colleagues on the staff are for superusers."""
    if not is_staff(user) or person.user_id == user.pk:
        return False
    return user.is_superuser or not (person.user and person.user.is_staff)


def may_change_roles(user, account) -> bool:
    """Superusers say who is staff and for which region, never for themselves."""
    return is_staff(user) and user.is_superuser and account.pk != user.pk
