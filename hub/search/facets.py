"""The filters of the library: their names, what stands in the address for them, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.models import Term
from core.vocabularies import terms_at
from hub.models import EvaluationRating, Record
from hub.models import search_facets as numbers
from hub.rules import may_name
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
_KNOWN = """
SELECT (SELECT token FROM core_vocabularystate), id, slug, coalesce(nullif(name_{language}, ''), official_name),
    listing, risk_flag
FROM (VALUES (TRUE)) AS one LEFT JOIN members_city ON id = ANY(%s) OR slug = ANY(%s)
"""


class Named(NamedTuple):
    """A term as a page of results speaks of it."""

    vocabulary: str
    code: str
    label: str
    position: int


class NamedCity(NamedTuple):
    """A city as a page of results speaks of it, and who may know of it."""

    slug: str
    label: str
    listing: str
    risk_flag: bool


class Codes:
    """The terms, and the cities that a page of results speaks of, as far as its visitor may know of them."""

    def __init__(self, user, counted, chosen):
        language = get_language() if get_language() in dict(LANGUAGES) else "en"
        asked = [pk for number in counted if (pk := numbers.city_of(number))]
        with connection.cursor() as cursor:
            sql = _KNOWN.format(language=language)
            cursor.execute(sql, [asked, list(chosen.get("city", ()))])
            rows = cursor.fetchall()
        self.terms, self._keys = _named(rows[0][0], language)
        cities = {pk: NamedCity(*city) for _token, pk, *city in rows if pk}
        self.cities = {pk: city for pk, city in cities.items() if may_name(user, city)}
        self._cities = {city.slug: pk for pk, city in self.cities.items()}

    def number_of(self, name, value) -> int | None:
        """The number of a value of a filter; None for one that nobody knows."""
        if name in _FIXED:
            return _FIXED[name].get(value)
        if name == "city":
            pk = self._cities.get(value)
            return pk and numbers.city_number(pk)
        if name == "year":
            is_year = value.isascii() and value.isdecimal() and len(value) == 4
            return numbers.year_number(int(value)) if is_year else None
        if name == "rating":
            criterion, _sep, rating = value.partition(":")
            pk = self._keys.get(("criterion", criterion))
            known = rating in EvaluationRating.Rating.values
            return numbers.rating_number(pk, rating) if pk and known else None
        return self._keys.get((FACETS[name].vocabulary, value))

    def value_of(self, number) -> tuple[str, str] | None:
        """The filter and the value that a number stands for; None where no filter shows it."""
        if number in _FACET_OF:
            return _FACET_OF[number]
        if number in self.terms:
            name = _OF_VOCABULARY.get(self.terms[number].vocabulary)
            return (name, self.terms[number].code) if name else None
        if (pk := numbers.city_of(number)) in self.cities:
            return ("city", self.cities[pk].slug)
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
        if name == "city":
            return self.cities[self._cities[value]].label
        return self._term(FACETS[name].vocabulary, value).label

    def order_of(self, name, value):
        """Where a value stands among the others of its filter."""
        if name in _FIXED:
            return (list(_FIXED[name]).index(value), "")
        if name == "year":
            return (-int(value), "")
        if name == "rating":
            criterion, _sep, rating = value.partition(":")
            position = self._term("criterion", criterion).position
            return (position, EvaluationRating.Rating.values.index(rating))
        if name in ("city", "country"):
            return (0, self.label_of(name, value))
        return (self._term(FACETS[name].vocabulary, value).position, "")

    def _rating_label(self, value):
        criterion, _sep, rating = value.partition(":")
        label = self._term("criterion", criterion).label
        answer = EvaluationRating.Rating(rating).label
        return gettext("%(criterion)s: %(rating)s") % {"criterion": label, "rating": answer}

    def _term(self, vocabulary, code):
        return self.terms[self._keys[vocabulary, code]]


@lru_cache(maxsize=len(LANGUAGES))
def _named(token, language):
    """All terms by key as they are called in a language, and the keys by vocabulary and code."""
    terms = terms_at(token)
    named = {
        key: Named(
            term.vocabulary,
            term.code,
            getattr(term, f"label_{language}") or term.code,
            term.position,
        )
        for key, term in terms.items()
    }
    return named, {(term.vocabulary, term.code): key for key, term in terms.items()}
