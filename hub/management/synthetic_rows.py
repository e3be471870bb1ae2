"""What the search keeps of records that nobody wrote: the same as if they had been saved one by one."""

import functools

from django.utils.translation import override

from core.words import folded, spelled_words
from hub.management.synthetic import SPOKEN
from hub.models import Record
from hub.models.search_facets import (
    EVIDENCE_NUMBERS,
    INTERNET_NUMBERS,
    KIND_NUMBERS,
    LANGUAGE_NUMBERS,
    city_number,
    packed,
    year_number,
)
from hub.models.search_writing import COPIED, digests_of, stemmed

_NO_WORDS = [""] * 4
COLUMNS = ["record_id", "readers", *COPIED, "digests"]
STAGED = [f"{part}_{code}" for code in SPOKEN for part in ("title", "summary", "codes", "body")]


class SearchRows:
    """The search rows of made-up records; `terms` and `cities` are by key, `group` reads what is for a group."""

    def __init__(self, terms, cities, group):
        self.terms, self.cities, self.group = terms, cities, group

    def of(self, key, made):
        """The one row a record has, or the two of one that is open in short."""
        if made.visibility == "teaser":
            yield self._row(key, made, "strangers")
        open_to_all = made.visibility == "public"
        yield self._row(key, made, "everyone" if open_to_all else "insiders")

    def _row(self, key, made, readers):
        in_short = readers == "strangers"
        terms = [self.terms[pk] for pk in sorted(made.terms)]
        city = self.cities.get(made.city)
        if in_short:
            terms, city = [term for term in terms if term.vocabulary in ("theme", "country")], None
        facets = self._facets(made, terms, city, in_short)
        copied = {
            "status": "published",
            "visibility": made.visibility,
            "groups": [self.group.pk] if made.visibility == "group" else [],
            "embargo_until": None,
            "facets": facets,
            "counted": packed(
                n for n in facets if n and (city is None or n != city.authority_level_id)
            ),
            "shown_at": made.published_at,
            "evidence": int(made.checked is not None),
        }
        spelled: dict[str, str] = {}
        versions: list[list[str] | None] = []
        for language in SPOKEN:
            if language in made.texts:
                title, summary, body = made.texts[language]
                codes = "" if in_short else self._codes(made, terms, city, language, with_code=True)
                head = [_kept(title), _kept(summary)]
                versions.append([*head, codes, "" if in_short else _kept(body)])
                said = [*title, *summary, *([] if in_short else body)]
                spelled |= {word: word for word in said}
                if not in_short:
                    spelled |= _label_spellings(language, made.kind, *self._named(terms, city))
                    spelled |= spelled_words(made.code)
            elif in_short:
                versions.append(None)
            else:
                codes = self._codes(made, terms, city, language, with_code=False)
                versions.append(["", "", codes, ""])
        facts = [copied[name] for name in COPIED]
        digests = digests_of(facts, [version and [*version, ""] for version in versions])
        words = [
            stemmed(language, part) if version else None
            for language, version in zip(SPOKEN, versions, strict=True)
            for part in version or _NO_WORDS
        ]
        values = [key, readers, *facts, digests, *words]
        return Row(values, spelled, made.visibility, readers)

    def _facets(self, made, terms, city, in_short):
        numbers = {0, KIND_NUMBERS[made.kind], year_number(made.start.year)}
        numbers |= {term.pk for term in terms}
        numbers |= {LANGUAGE_NUMBERS[language] for language in made.texts}
        places = [term for term in terms if term.vocabulary == "country"]
        places += [city.country] if city else []
        for place in places:
            while place:
                numbers.add(place.pk)
                place = place.broader
        if in_short:
            return sorted(numbers)
        if made.checked:
            numbers.add(EVIDENCE_NUMBERS["staff_checked"])
        if made.internet:
            numbers.add(INTERNET_NUMBERS[made.internet])
        if city:
            numbers |= {city_number(city.pk), city.population_band_id, city.authority_level_id}
        return sorted(numbers - {None})

    def _named(self, terms, city):
        return [*terms, *([city.country] if city else [])], [city] if city else []

    def _codes(self, made, terms, city, language, *, with_code):
        named, cities = self._named(terms, city)
        said = [made.code, made.code.replace("-", " "), "", ""] if with_code else []
        return folded("\n".join([*said, *_labels(language, made.kind, named, cities)]))


class Row:
    """A search row as the list of words takes it."""

    def __init__(self, values, spelled, visibility, readers):
        self.values, self.spelled = values, spelled
        self.visibility, self.readers = visibility, readers
        self.status, self.embargo_until = "published", None


def _labels(language, kind, named, cities):
    return [
        _kind(language, kind),
        *[getattr(term, f"label_{language}") for term in named],
        *[getattr(city, f"name_{language}") for city in cities],
    ]


def _label_spellings(language, kind, named, cities):
    spelled = {}
    for label in _labels(language, kind, named, cities):
        spelled |= _spelled(label)
    return spelled


@functools.cache
def _spelled(label):
    return spelled_words(label)


@functools.cache
def _kind(language, kind):
    with override(language):
        return str(Record.Kind(kind).label)


def _kept(said):
    """The folded words of a made-up text."""
    return " ".join(filter(None, map(_kept_word, said)))


_kept_word = functools.cache(folded)
