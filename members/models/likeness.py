"""What may be the same: the cities, applications and people that an application resembles."""

from django.db.models import Q

from core.folding import fold
from core.spelling import distance
from members.models.applications import MembershipApplication
from members.models.cities import City
from members.models.gazetteer import Place
from members.models.people import Person

_LONG_NAME = 6


def place_of(application) -> Place | None:
    """The place chosen, if the gazetteer still has it."""
    return Place.objects.filter(pk=application.place_id).first() if application.place_id else None


def names_of(application) -> set[str]:
    """Every folded spelling the applied-for city is known by, in any script."""
    names = [application.city_name, application.city_name_local]
    place = place_of(application)
    if place:
        names += [place.name, *place.names]
    return {fold(name) for name in names if name}


def same_among(application, cities) -> list[City]:
    """Those of these cities that it surely is: chosen as the same place, or of the same name in the same country."""
    names = names_of(application)
    return [city for city in cities if _is_same(application, names, city)]


def cities_like(application) -> dict[int, City]:
    """{pk: city} of the cities with one of its names, or one a slip away, and of the one at its place."""
    names = names_of(application)
    cities = {
        city.pk: city
        for city in _cities_of_country(application)
        if names & set(city.folded_names) or _nearly(names, city.folded_names)
    }
    if application.place_id:
        cities |= {city.pk: city for city in City.objects.filter(geoname_id=application.place_id)}
    return cities


def applications_like(application) -> dict[int, MembershipApplication]:
    """{pk: application} of the other open applications for this city."""
    names = names_of(application)
    others = MembershipApplication.objects.open().exclude(pk=application.pk)
    if application.country_id:
        others = others.filter(country=application.country_id)
    return {
        other.pk: other
        for other in others
        if (application.place_id and other.place_id == application.place_id)
        or names & {fold(other.city_name), fold(other.city_name_local)} - {""}
        or _nearly(names, {fold(other.city_name)})
    }


def people_like(application):
    """People of the same address anywhere, or of the same name in the same city."""
    yield from Person.objects.filter(
        Q(email__iexact=application.email) | Q(user__email__iexact=application.email)
    )
    names = {fold(name) for name in (application.name, application.name_local) if name}
    for person in Person.objects.filter(posts__city__in=_surely_same(application)).distinct():
        if names & {fold(person.name), fold(person.name_local)}:
            yield person


def _cities_of_country(application):
    cities = City.objects.all()
    return cities.filter(country=application.country_id) if application.country_id else cities


def _surely_same(application):
    if application.city_id:
        return [application.city_id]
    return [city.pk for city in same_among(application, _cities_of_country(application))]


def _is_same(application, names, city):
    if application.place_id and application.place_id == city.geoname_id:
        return True
    return bool(names & set(city.folded_names)) and application.country_id == city.country_id


def _nearly(names, others):
    """Long names one letter apart: Kolkatta, Kolkata."""
    return any(
        distance(name, other, at_most=1) <= 1
        for name in names
        for other in others
        if min(len(name), len(other)) >= _LONG_NAME and abs(len(name) - len(other)) <= 1
    )
