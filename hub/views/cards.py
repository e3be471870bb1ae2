"""What a list says of a record to one visitor, in that visitor's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hub import rules
from hub.models import Record, RecordText


@dataclass
class Card:
    """One record as it stands in a list."""

    record: Record
    text: RecordText
    place: str
    themes: list[str]


def cards(records, user, *, terms_of):
    """A card for each record that has a text; `terms_of` maps a record's key to its terms."""
    return [
        Card(
            record=record,
            text=record.text(),
            place=place(record, user, terms_of.get(record.pk, [])),
            themes=[
                term.label for term in terms_of.get(record.pk, []) if term.vocabulary == "theme"
            ],
        )
        for record in records
        if record.text()
    ]


def place(record, user, terms) -> str:
    """Where it happened, as far as this visitor may know: its cities, else who led it, else the countries."""
    cities = named_cities(record, user)
    countries = [term.label for term in terms if term.vocabulary == "country"]
    if len(cities) == 1:
        return _("%(city)s, %(country)s") % {"city": cities[0], "country": cities[0].country}
    if cities:
        return listed(str(city) for city in cities)
    return leader(record) or listed(countries)


def leader(record) -> str:
    """Who led it; a city that does not exist is always said to be fictional."""
    if record.lead_organization and record.is_fictional:
        return _("%(city)s (fictional city)") % {"city": record.lead_organization}
    return record.lead_organization


def named_cities(record, user):
    return [link.city for link in record.cities.all() if rules.may_name(user, link.city)]


def listed(words) -> str:
    """Several words with the comma of the reader's language between them."""
    return _(", ").join(words)
