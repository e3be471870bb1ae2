"""The filters of the library: their names, what stands in the address for them, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.models import Term
from hub.models import EvaluationRating, Record
from hub.models import search_facets as numbers
from members.models.people import LANGUAGES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Facet:
    """One filter; its values are the codes of terms where it has a `vocabulary`."""

    name: str
    label: StrPromise
    vocabulary: str = ""


@dataclass(frozen=True)
class Choice:
    """One value of a filter, as it is offered."""

    value: str
    label: str
    count: int
    on: bool


FACETS = {
    facet.name: facet
    for facet in [
        Facet("kind", _("Kind")),
        Facet("theme", _("Theme"), Term.Vocabulary.THEME),
        Facet("region", _("Region"), Term.Vocabulary.REGION),
        Facet("country", _("Country or territory"), Term.Vocabulary.COUNTRY),
        Facet("city", _("City")),
        Facet("audience", _("For whom"), Term.Vocabulary.TARGET_AUDIENCE),
        Facet("type", _("Type of work"), Term.Vocabulary.PRACTICE_TYPE),
        Facet("point", _("Point of intervention"), Term.Vocabulary.POINT_OF_INTERVENTION),
        Facet("size", _("City size"), Term.Vocabulary.POPULATION_BAND),
        Facet("language", _("Language")),
        Facet("evidence", _("Evidence")),
        Facet("rating", _("Rating")),
        Facet("internet", _("Needs the internet")),
        Facet("year", _("Began in")),
    ]
}
_OF_VOCABULARY = {facet.vocabulary: facet.name for facet in FACETS.values() if facet.vocabulary}
_FIXED: dict[str, dict[str, int]] = {
    "kind": {str(kind): number for kind, number in numbers.KIND_NUMBERS.items()},
    "language": numbers.LANGUAGE_NUMBERS,
    "evidence": numbers.EVIDENCE_NUMBERS,
    "internet": numbers.INTERNET_NUMBERS,
}
_FACET_OF = {
    number: (name, str(value))
    for name, values in _FIXED.items()
    for value, number in values.items()
}
_NAMED = """
SELECT id, vocabulary, code, label_{language}, position FROM core_term
WHERE id = ANY(%s) OR vocabulary = 'criterion' OR (vocabulary, code) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
UNION ALL
SELECT id, 'city', slug, coalesce(nullif(name_{language}, ''), official_name), 0 FROM members_city
WHERE id = ANY(%s) OR slug = ANY(%s)
"""


class Named(NamedTuple):
    """A term as a page of results speaks of it."""

    vocabulary: str
    code: str
    label: str
    position: int


class Codes:
    """The terms and cities a page of results speaks of, read in one query."""

    def __init__(self, counted, chosen):
        self.terms: dict[int, Named] = {}
        self.cities: dict[int, tuple[str, str]] = {}
        self.keys: dict[tuple[str, str], int] = {}
        language = get_language() if get_language() in dict(LANGUAGES) else "en"
        with connection.cursor() as cursor:
            cursor.execute(
                _NAMED.format(language=language),
                [
                    [number for number in counted if 0 < number < numbers.city_number(0)],
                    *_wanted_codes(chosen),
                    [pk for number in counted if (pk := numbers.city_of(number))],
                    list(chosen.get("city", ())),
                ],
            )
            for pk, vocabulary, code, label, position in cursor.fetchall():
                self.keys[vocabulary, code] = pk
                if vocabulary == "city":
                    self.cities[pk] = (code, label)
                else:
                    self.terms[pk] = Named(vocabulary, code, label or code, position)

    def number_of(self, name, value) -> int | None:
        """The number of a value of a filter; None for one that nobody knows."""
        if name in _FIXED:
            return _FIXED[name].get(value)
        if name == "city":
            pk = self.keys.get(("city", value))
            return pk and numbers.city_number(pk)
        if name == "year":
            is_year = value.isascii() and value.isdecimal() and len(value) == 4
            return numbers.year_number(int(value)) if is_year else None
        if name == "rating":
            criterion, _sep, rating = value.partition(":")
            pk = self.keys.get(("criterion", criterion))
            known = rating in EvaluationRating.Rating.values
            return numbers.rating_number(pk, rating) if pk and known else None
        return self.keys.get((FACETS[name].vocabulary, value))

    def value_of(self, number) -> tuple[str, str] | None:
        """The filter and the value that a number stands for; None where no filter shows it."""
        if number in _FACET_OF:
            return _FACET_OF[number]
        if number in self.terms:
            name = _OF_VOCABULARY.get(self.terms[number].vocabulary)
            return (name, self.terms[number].code) if name else None
        if (pk := numbers.city_of(number)) in self.cities:
            return ("city", self.cities[pk][0])
        if year := numbers.year_of(number):
            return ("year", str(year))
        if numbers.is_rating(number):
            criterion, rating = numbers.rating_of(number)
            if criterion in self.terms:
                return ("rating", f"{self.terms[criterion].code}:{rating}")
        return None

    def label_of(self, name, value) -> str:
        """What a value is called for the reader."""
        if name == "kind":
            return str(Record.Kind(value).label)
        if name == "language":
            return dict(LANGUAGES)[value]
        if name == "evidence":
            return str(Record.AXES[value])
        if name == "internet":
            return str(dict(Record._meta.get_field("internet_dependence").flatchoices)[value])
        if name == "rating":
            return self._rating_label(value)
        if name == "year":
            return value
        pk = self.keys[("city", value) if name == "city" else (FACETS[name].vocabulary, value)]
        return self.cities[pk][1] if name == "city" else self.terms[pk].label

    def order_of(self, name, value):
        """Where a value stands among the others of its filter."""
        if name in _FIXED:
            return (list(_FIXED[name]).index(value), "")
        if name == "year":
            return (-int(value), "")
        if name == "rating":
            criterion, _sep, rating = value.partition(":")
            position = self.terms[self.keys["criterion", criterion]].position
            return (position, EvaluationRating.Rating.values.index(rating))
        if name in ("city", "country"):
            return (0, self.label_of(name, value))
        return (self.terms[self.keys[FACETS[name].vocabulary, value]].position, "")

    def _rating_label(self, value):
        criterion, _sep, rating = value.partition(":")
        label = self.terms[self.keys["criterion", criterion]].label
        answer = EvaluationRating.Rating(rating).label
        return gettext("%(criterion)s: %(rating)s") % {"criterion": label, "rating": answer}


def _wanted_codes(chosen):
    """The vocabularies of the chosen terms, and their codes."""
    wanted = [
        (facet.vocabulary, code)
        for name, values in chosen.items()
        if (facet := FACETS.get(name)) and facet.vocabulary
        for code in values
    ]
    return [vocabulary for vocabulary, _code in wanted], [code for _vocabulary, code in wanted]
