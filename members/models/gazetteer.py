"""The gazetteer: every place over 15,000 people, under all its names."""

import re

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BigIntegerField, Case, Max, Min, Q, When
from django.db.models.functions import Cast, Length
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from core.models import Term
from core.spelling import distance, near_skeletons, skeleton

_LONGEST_SEARCH = 100
_MOST_COMPARED = 400
_MOST_WORDS_OF_A_COUNTRY = 5
_LONGEST_STATE = 3
_MAIN_NAME = 100
_PUNCTUATION = re.compile(r"[-.,;:/()\[\]،؛]+")


def search_key(text: str) -> str:
    """A name as the search compares it: folded, without apostrophes, every other sign a space.

    `search_key("Port-au-Prince") == search_key("port au prince")`.
    """
    return " ".join(_PUNCTUATION.sub(" ", fold(text).replace("'", "")).split())


class PlaceManager(models.Manager["Place"]):
    def search(self, text: str, *, limit: int = 10) -> list["Place"]:
        """The places that somebody may mean who has typed this much of a name; best first.

        Any script and spelling will do. The whole name comes before a beginning, then the larger
        place; its main name weighs more than its others. Words after the name narrow by country, and
        by state or province where these have an abbreviation ("paris france", "tripoli ly",
        "victoria bc"). Only when nothing begins like this: likely misspellings, then the name
        without its last words.

        Each place has `matched_name`, the spelling that was found, and `is_guess`.
        """
        key = search_key(text[:_LONGEST_SEARCH])
        if not key:
            return []
        found = _beginnings([(key, Q())], limit=limit)
        narrowings = []
        if len(found) < limit:
            narrowings = _narrowings(key, unfinished=not found)
            found = _beginnings(narrowings, limit=limit, found=found)
        is_guess = not found
        if is_guess:
            found = _guesses([(key, Q()), *narrowings], limit=limit)
            found = found or _beginnings(_shortenings(key), limit=limit)
        return self._named(found, is_guess=is_guess)

    def _named(self, found, *, is_guess):
        """The places of {place id: spelling found}, in that order."""
        places = self.in_bulk(found)
        for pk, place in places.items():
            place.matched_name = found[pk]
            place.is_guess = is_guess
        return [places[pk] for pk in found]


class Place(models.Model):
    """A populated place of the world, as GeoNames lists it."""

    matched_name: str
    is_guess: bool

    geoname_id = models.PositiveIntegerField(_("GeoNames number"), primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(
        _("country"), max_length=2, help_text=_("ISO 3166-1 alpha-2; XK for Kosovo")
    )
    admin1 = models.CharField(
        _("state or province"),
        max_length=10,
        blank=True,
        help_text=_("where it has a common abbreviation"),
    )
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    population = models.PositiveIntegerField(_("population"))
    time_zone = models.CharField(_("time zone"), max_length=40)
    names = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name=_("other names")
    )

    objects = PlaceManager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("gazetteer")

    def __str__(self):
        return self.name

    def spellings(self) -> list[tuple]:
        """The rows of PlaceName that the search needs, in the order of PlaceName.COLUMNS."""
        found = {}
        for name in [self.name, *self.names]:
            found.setdefault(search_key(name), name)
        found.pop("", None)
        return [
            (self.pk, name, key, skeleton(key), name is self.name, self.population)
            for key, name in found.items()
        ]


class PlaceNameQuerySet(models.QuerySet["PlaceName"]):
    def beginning_with(self, key: str, *, limit: int) -> dict[int, str]:
        """{place id: the spelling that begins with the key}, best first.

        Whole names come before beginnings, larger places before smaller. The name a place goes by first
        weighs _MAIN_NAME times: Puno is the one in Peru, not Pune, and yet Calcutta is Kolkata.
        """
        names = self.filter(key__startswith=key)
        exactness = Case(When(key=key, is_main=True, then=0), When(key=key, then=1), default=2)
        people = Cast("population", BigIntegerField())
        weight = Case(
            When(key=key, is_main=True, then=people * _MAIN_NAME),
            default=people,
            output_field=BigIntegerField(),
        )
        best = (
            names.values("place_id")
            .annotate(beginning=Min(Case(When(key=key, then=0), default=1)), weight=Max(weight))
            .order_by("beginning", "-weight", "place_id")[:limit]
        )
        places = [row["place_id"] for row in best]
        spellings = names.filter(place_id__in=places).order_by(exactness, "-is_main", Length("key"))
        shown = {}
        for place, name in spellings.values_list("place_id", "name"):
            shown.setdefault(place, name)
        return {place: shown[place] for place in places}

    def sounding_like(self, key: str, *, limit: int) -> dict[int, str]:
        """{place id: the spelling a few slips from the key}, nearest first."""
        bones = skeleton(key)
        if len(key) < 4 or len(bones) < 2:
            return {}
        alike = Q(skeleton__in=near_skeletons(bones))
        if len(bones) > 2:
            alike |= Q(skeleton__startswith=bones)
        at_most = 1 if len(key) < 6 else 2 if len(key) < 10 else 3
        near = []
        for spelling in self.filter(alike).order_by("-population", "place_id")[:_MOST_COMPARED]:
            slips = _slips(key, spelling.key, at_most=at_most)
            if slips <= at_most:
                near.append((slips, spelling))
        found = {}
        for _slips_between, spelling in sorted(near, key=lambda pair: pair[0]):
            found.setdefault(spelling.place_id, spelling.name)
        return dict(list(found.items())[:limit])


class PlaceName(models.Model):
    """One spelling of a place's name, as the search needs it: narrow, folded and indexed."""

    COLUMNS = ("place_id", "name", "key", "skeleton", "is_main", "population")

    place = models.ForeignKey(Place, models.CASCADE, related_name="spelled")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=250)
    skeleton = models.CharField(max_length=12)
    is_main = models.BooleanField()
    population = models.PositiveIntegerField()

    objects = PlaceNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("spelling of a place")
        verbose_name_plural = _("spellings of places")
        indexes = [
            models.Index(
                fields=["key"],
                name="members_place_key",
                opclasses=["text_pattern_ops"],
                include=["place", "is_main", "population"],
            ),
            models.Index(
                fields=["skeleton"], name="members_place_skeleton", opclasses=["text_pattern_ops"]
            ),
        ]

    def __str__(self):
        return self.name


def _beginnings(readings, *, limit, found=()):
    """What was found already, then the places whose name begins like the readings, likeliest first.

    A reading is (the search key of a name, a condition on the place).
    """
    found = dict(found)
    for key, condition in readings:
        if len(found) < limit:
            names = PlaceName.objects.filter(condition).exclude(place_id__in=found)
            found |= names.beginning_with(key, limit=limit - len(found))
    return found


def _guesses(readings, *, limit):
    """The likely misspellings of the first reading that has any."""
    for key, condition in readings:
        if found := PlaceName.objects.filter(condition).sounding_like(key, limit=limit):
            return found
    return {}


def _narrowings(key, *, unfinished):
    """The readings of "paris france", "victoria bc", "victoria bc canada"."""
    words = key.split()
    if len(words) == 1:
        return []
    countries = _country_keys()
    readings = []
    for length in range(1, min(len(words), _MOST_WORDS_OF_A_COUNTRY + 1)):
        name, end = words[:-length], " ".join(words[-length:])
        codes = _countries_called(end, countries, unfinished)
        if codes:
            readings.append((" ".join(name), Q(place__country__in=codes)))
        if codes and len(name) > 1:
            state = Q(place__country__in=codes, place__admin1=name[-1].upper())
            readings.append((" ".join(name[:-1]), state))
        if len(end) <= _LONGEST_STATE:
            readings.append((" ".join(name), Q(place__admin1=end.upper())))
    return readings


def _country_keys():
    """{country code: the keys of everything it is called}, from the vocabulary that staff edit."""
    countries = Term.objects.filter(vocabulary=Term.Vocabulary.COUNTRY)
    return {
        code: {
            search_key(name)
            for name in [code, *labels, data.get("alpha3", ""), *data.get("aliases", [])]
        }
        for code, data, *labels in countries.values_list(
            "code", "data", "label_en", "label_fr", "label_ar"
        )
    }


def _countries_called(end, countries, unfinished):
    if unfinished and len(end) > 1:
        found = {code for code, keys in countries.items() if any(k.startswith(end) for k in keys)}
    else:
        found = {code for code, keys in countries.items() if end in keys}
    # A code works even before the vocabularies are loaded.
    return found | ({end.upper()} if len(end) == 2 else set())


def _shortenings(key):
    """The readings of "paris texas" when nothing else helped: without the last word, or two ..."""
    words = key.split()
    return [(" ".join(words[:-n]), Q()) for n in range(1, len(words))]


def _slips(typed, name, *, at_most):
    """How far a name is from what was typed; its beginning may answer, a little further off."""
    whole = distance(typed, name, at_most=at_most)
    begun = distance(typed, name[: len(typed)], at_most=at_most) + 0.5
    return min(whole, begun)
