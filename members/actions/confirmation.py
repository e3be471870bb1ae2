"""What follows when the owner of an address presses the button: whose business the application is."""

from django.db import transaction
from django.utils import timezone

from core import journal
from core.folding import Fold
from core.models import Term
from members.actions import checks
from members.actions.vetting import due_from_today, locked
from members.emails import registration as letters
from members.emails import team as team_letters
from members.models import City, MembershipApplication, Person
from members.models.likeness import names_of

Status, Route = MembershipApplication.Status, MembershipApplication.Route


@transaction.atomic
def confirm(application, *, by=None) -> MembershipApplication:
    """The application has a number and is somebody's business: staff's, or that of the city's focal point.

    Returns the application that goes on: this one, or an open one of the same address, beside which this one
    is set aside. Raises IllegalMove when it was confirmed before.
    """
    application = _one_at_a_time(application)
    earlier = MembershipApplication.objects.open().filter(email__iexact=application.email).first()
    if earlier and application.status == Status.UNCONFIRMED:
        return _set_aside(application, earlier, by=by)
    application.move_to(Status.SUBMITTED)
    application.confirmed_at = application.sent_at = timezone.now()
    application.due_on = due_from_today()
    application.hub = application.country.hub if application.country else None
    focal_point = _route(application)
    application.save()
    journal.record("confirmed", application, by=by, route=application.route)
    checks.run(application)
    _tell(application, focal_point)
    return application


def member_city(application) -> City | None:
    """The member city this is about: the same place, or the one city of the country with one of its names."""
    members = City.objects.members()
    if application.place_id:
        same = members.filter(geoname_id=application.place_id).first()
        if same:
            return same
        members = members.filter(geoname_id=None)
    named = members.filter(
        country=application.country_id, folded_names__overlap=sorted(names_of(application))
    )
    found = list(named[:2])
    return found[0] if len(found) == 1 else None


def open_application(application) -> MembershipApplication | None:
    """The first open application of a city that is not a member yet, if it is this city."""
    others = (
        MembershipApplication.objects.in_staff_queue()
        .filter(route=Route.NEW_CITY, country=application.country_id)
        .exclude(pk=application.pk)
        .annotate(folded=Fold("city_name"), folded_local=Fold("city_name_local"))
        .order_by("confirmed_at", "pk")
    )
    names = names_of(application)
    for other in others:
        if application.place_id and other.place_id:
            same = application.place_id == other.place_id
        else:
            same = bool(names & ({other.folded, other.folded_local} - {""}))
        if same:
            return other
    return None


def _one_at_a_time(application):
    """Two confirmations of one address, or of one country's cities, wait for each other; approvals too."""
    same_address = MembershipApplication.objects.not_confirmed().filter(
        email__iexact=application.email
    )
    list(same_address.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    if application.country_id:
        Term.objects.select_for_update(no_key=True).get(pk=application.country_id)
    return locked(application)


def _set_aside(application, earlier, *, by):
    application.move_to(Status.WITHDRAWN)
    application.save(update_fields=["status"])
    journal.record("set aside", application, by=by, earlier=earlier.pk)
    return earlier


def _route(application):
    """Decide whose business it is; returns the focal point to ask, if any."""
    focal_point = None
    application.city = member_city(application)
    if application.city:
        application.route = Route.JOIN_CITY
        focal_point = Person.objects.focal_point_of(application.city)
    else:
        application.joined_to = open_application(application)
        application.route = Route.JOIN_APPLICATION if application.joined_to else Route.NEW_CITY
    if focal_point:
        application.move_to(Status.AWAITING_CITY)
        application.city_asked_at = timezone.now()
    return focal_point


def _tell(application, focal_point):
    if focal_point:
        journal.record("handed to the city", application, city=application.city_id)
        team_letters.colleague_waits(application, focal_point)
    elif application.joined_to:
        journal.record("joined to", application, application=application.joined_to_id)
    letters.received(application)
