"""Records that nobody wrote, alike each time for a seed: words as frequent as in a language, in three languages."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from hub.models import Record

SPOKEN = ("en", "fr", "ar")
_SYLLABLES = {
    "en": [
        "ba",
        "con",
        "der",
        "est",
        "fi",
        "gor",
        "hal",
        "ing",
        "lo",
        "mer",
        "nor",
        "per",
        "ra",
        "sol",
        "tam",
        "ul",
        "ven",
        "wick",
        "yar",
        "dle",
    ],
    "fr": [
        "beau",
        "cha",
        "dé",
        "eur",
        "fou",
        "gé",
        "ille",
        "jou",
        "lai",
        "moi",
        "né",
        "oir",
        "pré",
        "que",
        "ré",
        "sou",
        "tion",
        "vé",
        "gne",
        "ette",
    ],
    "ar": [
        "با",
        "تر",
        "ثم",
        "جل",
        "حد",
        "خر",
        "در",
        "زم",
        "سل",
        "شم",
        "صن",
        "طر",
        "عم",
        "غر",
        "فل",
        "قد",
        "كب",
        "مش",
        "نه",
        "ور",
    ],
}
_VOCABULARY = 20_000
# A record speaks about some words again and again, and uses others once.
_OWN, _TITLE, _SUMMARY, _BODY, _OTHERS = 40, 6, 18, 70, 25
_FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
_DAYS = 4_000
VISIBILITIES = {"public": 35, "teaser": 5, "members": 45, "group": 10, "staff": 5}


@dataclass
class Made:
    """One record: its own columns, its texts by language, and the places of its terms, cities and groups."""

    code: str
    kind: str
    visibility: str
    published_at: datetime
    language: str
    start: date
    internet: str
    checked: date | None
    texts: dict[str, tuple[list[str], list[str], list[str]]] = field(default_factory=dict)
    terms: list[int] = field(default_factory=list)
    city: int | None = None


class Writer:
    """Makes records one after the other; `terms` are lists of keys to choose from, `cities` keys of cities."""

    def __init__(self, seed, terms: dict[str, list[int]], cities: list[int]):
        self.random = random.Random(seed)  # noqa: S311 (not a secret)
        self.terms, self.cities = terms, cities
        self.vocabulary = {language: self._words(language) for language in SPOKEN}
        # Zipf's law, softened at the top as stop words are no part of it.
        self.weights = list(accumulate(1 / (rank + 12) for rank in range(_VOCABULARY)))

    def make(self, number) -> Made:
        pick = self.random
        published = _FIRST_DAY + timedelta(days=pick.random() * _DAYS)
        spoken = list(SPOKEN)
        pick.shuffle(spoken)
        language = pick.choices(SPOKEN, [60, 25, 15])[0]
        spoken.remove(language)
        made = Made(
            code=f"SYN-{number:07d}-0",
            kind=pick.choice(Record.Kind.values),
            visibility=pick.choices(list(VISIBILITIES), list(VISIBILITIES.values()))[0],
            published_at=published,
            language=language,
            start=date(pick.randint(2000, 2025), 1, 1),
            internet=pick.choice(["", "none", "low", "high"]),
            checked=published.date() if pick.random() < 0.3 else None,
        )
        for each in [language, *spoken[: pick.choices([0, 1, 2], [60, 25, 15])[0]]]:
            made.texts[each] = self._text(each)
        for keys in self.terms.values():
            made.terms += pick.sample(keys, min(len(keys), pick.randint(1, 2)))
        made.city = pick.choice(self.cities) if self.cities and pick.random() < 0.5 else None
        return made

    def _text(self, language):
        """Title, summary and body as lists of words."""
        own = self._drawn(language, _OWN)
        pick = self.random.choices
        return (
            pick(own, k=_TITLE),
            pick(own, k=_SUMMARY),
            pick(own, k=_BODY) + self._drawn(language, _OTHERS),
        )

    def _drawn(self, language, number):
        return self.random.choices(self.vocabulary[language], cum_weights=self.weights, k=number)

    def _words(self, language):
        syllables, made = _SYLLABLES[language], {}
        while len(made) < _VOCABULARY:
            made["".join(self.random.choices(syllables, k=self.random.choice([2, 3, 3, 4])))] = None
        return list(made)
