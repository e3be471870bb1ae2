"""What follows from a city's names."""

import unicodedata
from decimal import Decimal

from django.utils.text import slugify

from core.folding import fold
from core.models import Term
from members.models import City

_LANGUAGES = ("en", "fr", "ar")


def folded_names(city) -> list[str]:
    """Every name the city answers to, folded for the search: in three languages, officially, and otherwise."""
    names = [getattr(city, f"name_{language}") for language in _LANGUAGES]
    names += [city.official_name, *city.aliases]
    return sorted({fold(name)[:160] for name in names if name and fold(name)})


def free_slug(name: str, country_code: str) -> str:
    """An address for a city that no other has: tripoli, tripoli-ly, tripoli-ly-2."""
    plain = slugify(name)[:60]
    short = plain or country_code.lower()
    candidates = [short] if plain else []
    candidates.append(f"{short}-{country_code.lower()}" if plain else f"{short}-1")
    taken = set(City.objects.filter(slug__startswith=short).values_list("slug", flat=True))
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    number = 2
    while f"{candidates[-1]}-{number}" in taken:
        number += 1
    return f"{candidates[-1]}-{number}"


def figures(place) -> dict:
    """What the gazetteer says of a place, as fields of a city; coordinates to two decimals (about 1 km)."""
    return {
        "geoname_id": place.pk,
        "population": place.population,
        "population_band": _band(place.population),
        "lat": Decimal(str(round(place.lat, 2))),
        "lon": Decimal(str(round(place.lon, 2))),
        "time_zone": place.time_zone,
    }


def _band(population):
    bands = Term.objects.of("population_band")
    return next((band for band in bands if _holds(band.data, population)), None)


def _holds(bounds, population):
    most = bounds.get("max")
    return bounds.get("min", 0) <= population and (most is None or population < most)


def in_arabic_script(names) -> str:
    """The first name written in Arabic letters, or ""."""
    return next((name for name in names if _is_arabic(name)), "")


def _is_arabic(name):
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all("ARABIC" in unicodedata.name(letter, "") for letter in letters)
