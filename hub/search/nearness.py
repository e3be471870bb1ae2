"""How close the context of a record is to that of a city: its size, place, authority, and what it lives with."""

from django.db.models import F

from hub.models import SearchRow
from hub.models.search_facets import (
    CONFLICT_NUMBER,
    INTERNET_NUMBERS,
    LANGUAGE_NUMBERS,
    city_number,
)
from hub.search.sql import Sql

# What a context is made of, and how much each part weighs. A country's neighbours count as its regions do.
_COUNTRY, _REGION, _SIZE, _AUTHORITY, _CONFLICT, _INTERNET, _LANGUAGE = 3, 1, 3, 1, 2, 1, 1


def nearness_to(user, city, language) -> Sql | None:
    """The sum of what a row has in common with a city; None without a city."""
    if city is None:
        return None
    weights = {number: _LANGUAGE for number in [LANGUAGE_NUMBERS.get(language)] if number}
    weights |= _place(city)
    if city.population_band_id:
        weights[city.population_band_id] = _SIZE
    if city.authority_level_id:
        weights[city.authority_level_id] = _AUTHORITY
    weights |= _lives_with(user, city)
    text = " + ".join(f"{weight} * (facets && %s::int[])::int" for weight in weights.values())
    return Sql(f"({text})", [[number] for number in weights])


def _place(city):
    weights = {city.country_id: _COUNTRY}
    place = city.country.broader
    while place:
        weights[place.pk] = _REGION
        place = place.broader
    return weights


def _lives_with(user, city):
    """Whether the city's own records were made amid conflict, and how much internet they needed."""
    rows = SearchRow.objects.visible_to(user).filter(facets__contains=[city_number(city.pk)])
    own = {number for facets in rows.values_list(F("facets"), flat=True)[:50] for number in facets}
    weights = {number: _INTERNET for number in INTERNET_NUMBERS.values() if number in own}
    return weights | ({CONFLICT_NUMBER: _CONFLICT} if CONFLICT_NUMBER in own else {})
