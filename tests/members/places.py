"""Places of the gazetteer to test with."""

from members.models import Place, PlaceName

BEIRUT = {
    "geoname_id": 276781,
    "name": "Beirut",
    "country": "LB",
    "lat": 33.89332,
    "lon": 35.50157,
    "population": 1916100,
    "time_zone": "Asia/Beirut",
    "names": ["Beyrouth", "بيروت", "Bayrut"],
}


def beirut(**fields):
    """Beirut, findable under all its names."""
    place = Place.objects.create(**BEIRUT | fields)
    PlaceName.objects.bulk_create(
        PlaceName(**dict(zip(PlaceName.COLUMNS, row, strict=True))) for row in place.spellings()
    )
    return place
