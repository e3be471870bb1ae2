import re
from urllib.parse import parse_qs, urlencode

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from members.models import City
from members.rules import standing

# The facets by their names in the address, in the order they are shown; what each holds the search knows.
NAMES = [
    "kind", "theme", "region", "country", "city", "audience", "type", "point", "size", "language", "evidence",
    "rating", "internet", "year",
]  # fmt: skip
_VALUE = re.compile(r"[\w:.-]{1,80}\Z")


class LibraryForm:
    """What a visitor looks for in the library, read from the address. Anything unknown is left out, never an error."""

    BEST, NEWEST, CLOSEST = "best", "newest", "closest"
    LONGEST = 500  # characters: room for a paragraph
    MOST_VALUES = 40  # in one facet

    def __init__(self, data, user):
        self.q = data.get("q", "").strip()[: self.LONGEST]
        self.chosen = {name: values for name in NAMES if (values := self._values(data, name))}
        self._cities = standing(user).cities
        self.sort = self._sort(data.get("sort"))
        self.city = self._own_city() if self.sort == self.CLOSEST else None
        self.unfolded = data.get("all") if data.get("all") in NAMES else ""
        page = data.get("page", "")
        self.page = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1

    @classmethod
    def from_address(cls, address, user):
        """The search that an address (`q=night&theme=youth`) stands for."""
        return cls(MultiValueDict(parse_qs(address)), user)

    @property
    def address(self):
        """The search as it stands in an address: the same for the same words and filters, without page and order."""
        words = {"q": self.q} if self.q else {}
        return urlencode(words | self.chosen, doseq=True)

    @property
    def filters(self):
        """The same without the words."""
        return urlencode(self.chosen, doseq=True)

    @property
    def sorts(self):
        """The orders there are for this visitor, as (value, label): none where one alone makes sense."""
        sorts = [(self.BEST, _("Best match"))] if self.q else []
        sorts.append((self.NEWEST, _("Newest")))
        if self.city:
            sorts.append((self.CLOSEST, _("Closest to %(city)s") % {"city": self.city}))
        elif self._cities:
            sorts.append((self.CLOSEST, _("Closest to my city")))
        return sorts if len(sorts) > 1 else []

    def without(self, name, value=None):
        """The filters with one value, or one whole facet, taken off."""
        left = {
            other: tuple(v for v in values if other != name or (value and v != value))
            for other, values in self.chosen.items()
        }
        return {other: values for other, values in left.items() if values}

    def address_of(self, **changes):
        """An address like this one with other words, filters or order; always the first page."""
        parts = {"q": self.q, "chosen": self.chosen, "sort": self.asked_sort} | changes
        words = {"q": parts["q"]} if parts["q"] else {}
        order = {"sort": parts["sort"]} if parts["sort"] else {}
        unfolded = {"all": parts["all"]} if parts.get("all") else {}
        return "?" + urlencode(words | parts["chosen"] | order | unfolded, doseq=True)

    @property
    def asked_sort(self):
        """The order, where it is not the one that goes without saying."""
        usual = self.BEST if self.q else self.NEWEST
        return "" if self.sort == usual else self.sort

    def _values(self, data, name):
        values = [value for value in dict.fromkeys(data.getlist(name)) if _VALUE.match(value)]
        return tuple(values[: self.MOST_VALUES])

    def _sort(self, asked):
        """Without words nothing matches better than another, so the newest come first."""
        if asked == self.CLOSEST and self._cities:
            return self.CLOSEST
        if self.q and asked != self.NEWEST:
            return self.BEST
        return self.NEWEST

    def _own_city(self) -> City | None:
        """The city a member acts for, with its place in the world: its context is compared with that of records."""
        places = City.objects.select_related("country__broader__broader__broader")
        return places.filter(pk=min(self._cities)).first()
