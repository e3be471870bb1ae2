"""Who may do what in the library. Who may read is `visible_to` (hub.models.visibility)."""

from hub.models import AccessRequest, SavedSearch, Visibility
from members.models import City, Person
from members.rules import standing


def may_edit(user) -> bool:
    """Network staff change every record, whatever region they look after."""
    return standing(user).kind == "staff"


def may_read_in_full(user, record) -> bool:
    """Whether whoever may open this record reads it to the end: of one "in short" strangers read the summary."""
    return record.visibility != Visibility.TEASER or standing(user).is_inside


def may_ask_access(user) -> bool:
    """Members may ask for what their groups do not open to them."""
    return standing(user).kind == "member"


def may_decide_access(user, request: AccessRequest) -> bool:
    """Network staff, and the focal point of a city that owns the record; nobody about their own request."""
    if request.by_id == user.pk:
        return False
    return AccessRequest.objects.visible_to(user).filter(pk=request.pk).exists()


def may_translate(user, record) -> bool:
    """Staff, whose translation stands at once, and the owner city's people, whose translation staff read first."""
    return may_edit_record(user, record)


def may_name(user, city) -> bool:
    """Whether this visitor may read that this city stands behind a record: as the city chose to be listed."""
    who = standing(user)
    if who.kind == "staff":
        return True
    if city.risk_flag or city.listing == City.Listing.UNLISTED:
        return False
    return who.is_inside or city.listing == City.Listing.PUBLIC


def may_keep(user) -> bool:
    """Members and staff keep searches and reading lists."""
    return standing(user).is_inside


def may_keep_another_search(user) -> bool:
    return may_keep(user) and user.saved_searches.count() < SavedSearch.MOST


def may_fill(user, reading_list) -> bool:
    """Whoever began a list, or is of the group that keeps it, puts records on it and takes them off."""
    who = standing(user)
    return who.is_inside and (
        reading_list.owner_id == user.pk or reading_list.body_id in who.groups
    )


def may_change_list(user, reading_list) -> bool:
    """Its name, who sees it, who keeps it, and its end are for whoever began it."""
    return may_keep(user) and reading_list.owner_id == user.pk


def knows(user, city) -> bool:
    """Whether this visitor may read the city's name, also as one of its own people."""
    return may_name(user, city) or city.pk in standing(user).cities


def adapting_cities(user, record) -> frozenset:
    """The cities for which this member may say that they adapt the record: their own, unless they own it."""
    return standing(user).cities - record.owner_cities()


def may_adapt(user, record) -> bool:
    return record.status == "published" and bool(adapting_cities(user, record))


def may_ask(user, record) -> bool:
    """A member whose city does not own the record asks those who do."""
    return may_adapt(user, record)


def may_evaluate(user, record) -> bool:
    """Members for their cities, and outside experts; staff write theirs in the admin."""
    who = standing(user)
    is_heard = who.kind in ("member", "reviewer") and (who.cities or who.reviews)
    return record.status == "published" and bool(is_heard)


def may_reply(user, evaluation) -> bool:
    """The focal point of a city that owns the record, once the evaluation is on the page or shown to the city."""
    is_open = evaluation.published or evaluation.shown_to_city_at is not None
    return is_open and bool(standing(user).focal_cities & evaluation.record.owner_cities())


def may_confirm(user, record) -> bool:
    """Staff; the owner's focal point; its author while with that city. What the public record tells, staff alone."""
    if record.status != "published":
        return False
    who = standing(user)
    owners = record.owner_cities()
    speaks = who.focal_cities & owners or (record.created_by_id == user.pk and who.cities & owners)
    return who.kind == "staff" or (not record.from_public_record and bool(speaks))


def may_name_person(person) -> bool:
    """Whether other members may read this name: as the person chose to be listed."""
    return person.listing != Person.Listing.STAFF and not person.risk_flag


def may_contribute(user) -> bool:
    """Whoever is inside writes for the library: members for their city, staff for the network."""
    return standing(user).is_inside


def may_write(user, contribution) -> bool:
    """Whoever began it, and everybody who acts for its city; whether it can be written now is its status."""
    who = standing(user)
    is_author = contribution.created_by_id == user.pk and contribution.city_id is None
    return who.is_inside and (is_author or contribution.city_id in who.cities)


def may_sign_off(user, contribution) -> bool:
    """The focal point of the city in whose name it was written."""
    return contribution.city_id is not None and contribution.city_id in standing(user).focal_cities


def may_review(user, contribution) -> bool:
    """Network staff; never what they wrote themselves."""
    return standing(user).kind == "staff" and contribution.created_by_id != user.pk


def may_edit_record(user, record) -> bool:
    """Staff, and whoever acts for a city that owns the record: these propose changes of it."""
    who = standing(user)
    return who.kind == "staff" or bool(who.cities & record.owner_cities())


def may_read_versions(user, record) -> bool:
    """Who may change a record may read how it was before."""
    return may_edit_record(user, record)


def may_restore(user) -> bool:
    """Only staff bring an older version back."""
    return may_edit(user)
