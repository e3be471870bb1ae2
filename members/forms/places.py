"""Places of the gazetteer as answers to choose from."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.models import Term


def place_choices(places):
    """(geoname id, label) for each place: its name, and below it the country and the spelling that was found."""
    places = list(places)
    countries = {
        term.code: term.label
        for term in Term.objects.filter(
            vocabulary="country", code__in={place.country for place in places}
        )
    }
    return [(place.pk, _place_label(place, countries)) for place in places]


def _place_label(place, countries):
    country = countries.get(place.country, place.country)
    where = f"{country}, {place.admin1}" if place.admin1 else country
    found = getattr(place, "matched_name", place.name)
    if found == place.name:
        return format_html("<bdi>{}</bdi> <small><bdi>{}</bdi></small>", place.name, where)
    also = format_html(
        _("<bdi>{where}</bdi>, also written <bdi>{name}</bdi>"), where=where, name=found
    )
    return format_html("<bdi>{}</bdi> <small>{}</small>", place.name, also)


def country_of(place) -> Term | None:
    """The country or territory a place lies in, as a term."""
    return Term.objects.filter(vocabulary="country", code=place.country).first()
