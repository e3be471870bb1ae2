"""What a record says to the search: its words in each language and its codes, to strangers and to insiders."""

from dataclasses import dataclass, field
from functools import cache, lru_cache

from django.utils.translation import override

from core.models import Term
from core.words import folded, spelled_words
from hub.models.files import RecordFile
from hub.models.records import Record
from hub.models.search_facets import (
    CONFLICT_NUMBER,
    EVIDENCE_NUMBERS,
    INTERNET_NUMBERS,
    KIND_NUMBERS,
    LANGUAGE_NUMBERS,
    city_number,
    rating_number,
    year_number,
)
from hub.models.texts import RecordText
from hub.models.visibility import Visibility
from members.models import City
from members.models.people import LANGUAGES

STRANGERS, INSIDERS, EVERYONE = "strangers", "insiders", "everyone"
_CODES = [code for code, _name in LANGUAGES]
# Whose texts of files a row may hold: only such as every reader of the row may open.
_OPEN_TO: dict[str, set[str]] = {
    Visibility.PUBLIC: {Visibility.PUBLIC},
    Visibility.MEMBERS: {Visibility.PUBLIC, Visibility.TEASER, Visibility.MEMBERS},
    Visibility.GROUP: set(Visibility.values) - {Visibility.STAFF},
    Visibility.STAFF: set(Visibility.values),
}
_MOST_WORDS_OF_FILES = 40_000
# The vocabularies the library filters by.
SHOWN = {
    *[Term.Vocabulary.THEME, Term.Vocabulary.REGION, Term.Vocabulary.COUNTRY],
    *[Term.Vocabulary.TARGET_AUDIENCE, Term.Vocabulary.PRACTICE_TYPE],
    *[Term.Vocabulary.POINT_OF_INTERVENTION, Term.Vocabulary.POPULATION_BAND],
}
# What a stranger may know of a record that is open in short.
_IN_SHORT = {Term.Vocabulary.THEME, Term.Vocabulary.COUNTRY, Term.Vocabulary.REGION}


@dataclass
class Version:
    """The folded words of a record in one language, part by part, apart by spaces."""

    title: str = ""
    summary: str = ""
    codes: str = ""
    body: str = ""
    files: str = ""

    @property
    def parts(self) -> list[str]:
        return [self.title, self.summary, self.codes, self.body, self.files]


@dataclass
class Contents:
    """All that a row says to its readers."""

    facets: list[int]
    counted: list[int] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def spelled(self) -> dict[str, str]:
        """Every word that is said, folded, and how it is written."""
        return {word: spelled for text in self.said for word, spelled in _spellings(text).items()}


def contents_of(record) -> dict[str, Contents]:
    """What the record says, by kind of reader: to everyone alike, or apart to strangers and insiders."""
    if record.visibility not in (Visibility.PUBLIC, Visibility.TEASER):
        return {INSIDERS: _full(record, *_open_parts(record, record.visibility))}
    to_members = _open_parts(record, Visibility.MEMBERS)
    inside = _full(record, *to_members)
    if record.visibility == Visibility.TEASER:
        return {STRANGERS: _in_short(record), INSIDERS: inside}
    to_all = _open_parts(record, Visibility.PUBLIC)
    outside = inside if to_all == to_members else _full(record, *to_all)
    return {EVERYONE: outside} if outside == inside else {STRANGERS: outside, INSIDERS: inside}


def _open_parts(record, audience):
    """The cities that this audience may know of and the files it may open: all else it reads like anybody."""
    cities = [place.city for place in _ordered(record.cities) if _is_named(place.city, audience)]
    return cities, [file for file in _ordered(record.files) if _is_open(file, audience)]


def _full(record, cities, files):
    terms = _ordered(record.terms)
    texts = record.readable_texts()
    facets = _facets(record, terms, cities, texts)
    hidden = _hidden(terms, cities)
    contents = Contents(facets, [number for number in facets if number not in hidden])
    for text in texts:
        codes = [record.code, record.code.replace("-", " "), record.lead_organization]
        codes += [text.keywords, *_labels(record, terms, cities, text.language)]
        body = _body(record, text)
        contents.versions[text.language] = Version(
            title=_kept(text.title),
            summary=_kept(text.summary),
            codes=_kept("\n".join(codes)),
            body=_kept(body),
        )
        contents.said.append("\n".join([text.title, text.summary, *codes, body]))
    for language in [code for code in _CODES if code not in contents.versions]:
        # Whoever searches in a language the record does not have still finds it by its codes.
        labels = "\n".join(_labels(record, terms, cities, language))
        contents.versions[language] = Version(codes=_kept(labels))
    for language, kept in _words_of_files(record, files).items():
        contents.versions[language].files = kept
    return contents


def _in_short(record):
    """Title and summary, kind, theme, country, region, languages and year: what a stranger reads of it."""
    terms = [term for term in _ordered(record.terms) if term.vocabulary in _IN_SHORT]
    texts = record.readable_texts()
    year = [year_number(record.start_date.year)] if record.start_date else []
    facets = sorted(
        {
            0,
            KIND_NUMBERS[record.kind],
            *year,
            *_places(terms, []),
            *(term.pk for term in terms),
            *(LANGUAGE_NUMBERS[text.language] for text in texts),
        }
    )
    contents = Contents(facets, [number for number in facets if number])
    for text in texts:
        contents.versions[text.language] = Version(
            title=_kept(text.title), summary=_kept(text.summary)
        )
    contents.said = [part for text in texts for part in (text.title, text.summary)]
    return contents


def _facets(record, terms, cities, texts):
    numbers = {0, KIND_NUMBERS[record.kind], *(term.pk for term in terms), *_places(terms, cities)}
    numbers |= {LANGUAGE_NUMBERS[text.language] for text in texts}
    numbers |= {city_number(city.pk) for city in cities}
    numbers |= {city.population_band_id for city in cities if city.population_band_id}
    numbers |= {city.authority_level_id for city in cities if city.authority_level_id}
    numbers |= {
        number
        for number, (_name, day) in zip(EVIDENCE_NUMBERS.values(), record.evidence(), strict=True)
        if day
    }
    numbers |= {
        rating_number(rating.criterion_id, rating.rating)
        for evaluation in record.evaluations.all()
        if evaluation.published
        for rating in evaluation.ratings.all()
    }
    if record.internet_dependence:
        numbers.add(INTERNET_NUMBERS[record.internet_dependence])
    if record.conflict_affected:
        numbers.add(CONFLICT_NUMBER)
    if record.start_date:
        numbers.add(year_number(record.start_date.year))
    return sorted(numbers)


def _hidden(terms, cities):
    """The numbers that can be asked for but that no filter shows."""
    hidden = {term.pk for term in terms if term.vocabulary not in SHOWN}
    return hidden | {city.authority_level_id for city in cities} | {0, CONFLICT_NUMBER}


def _places(terms, cities):
    """The countries, and every region they lie in."""
    wide = (Term.Vocabulary.COUNTRY, Term.Vocabulary.REGION)
    places = [term for term in terms if term.vocabulary in wide]
    places += [city.country for city in cities]
    while places:
        yield from (place.pk for place in places)
        places = [place.broader for place in places if place.broader]


def _labels(record, terms, cities, language):
    """What the codes of the record are called in a language, and the names of its cities."""
    countries = list(dict.fromkeys(city.country for city in cities))
    named = [getattr(term, f"label_{language}") for term in [*terms, *countries]]
    return [
        _kind(record.kind, language),
        *named,
        *[getattr(city, f"name_{language}") for city in cities],
    ]


@cache
def _kind(kind, language):
    with override(language):
        return str(Record.Kind(kind).label)


def _body(record, text):
    parts = [getattr(text, name) for name in RecordText.BODY]
    parts += [link.title for link in _ordered(record.links)]
    for evaluation in _ordered(record.evaluations):
        if evaluation.published:
            parts += [
                getattr(rating, f"assessment_{text.language}")
                for rating in _ordered(evaluation.ratings)
            ]
    return "\n".join(parts)


def _words_of_files(record, files):
    """The words inside the files, by language; one that does not say its language speaks the record's own."""
    texts: dict[str, list[str]] = {}
    for file in files:
        found = getattr(file, "text", None)
        said = "\n".join([file.title, file.transcript, found.words if found else ""])
        texts.setdefault(file.language or record.original_language, []).append(said)
    return {
        language: _kept("\n".join(said), most=_MOST_WORDS_OF_FILES)
        for language, said in texts.items()
    }


# Most of what strangers read insiders read too, so the last texts are remembered.
_kept = lru_cache(maxsize=64)(folded)


@lru_cache(maxsize=16)
def _spellings(text):
    return spelled_words(text)


def _is_open(file, audience):
    return file.scan == RecordFile.Scan.CLEAN and file.visibility in _OPEN_TO[audience]


def _is_named(city, audience):
    """A city's name may lead to a record only if everybody who can read the row may know the city."""
    if city.risk_flag or city.listing == City.Listing.UNLISTED:
        return False
    return city.listing == City.Listing.PUBLIC or audience != Visibility.PUBLIC


def _ordered(related):
    """The prefetched rows in an order that never changes, as positions are part of a vector."""
    return sorted(related.all(), key=lambda row: row.pk)
