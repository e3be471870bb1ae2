"""The numbers that stand for codes in a search row. Never change one: the rows in the database hold them.

A term is its own key (above zero), everything else has a range of its own.
"""

from array import array

import numpy

from hub.models.evaluations import EvaluationRating
from hub.models.records import Record

KIND_NUMBERS = {
    Record.Kind.PRACTICE: -1,
    Record.Kind.LESSON: -2,
    Record.Kind.POLICY: -3,
    Record.Kind.RESEARCH: -4,
    Record.Kind.TOOLKIT: -5,
    Record.Kind.CASE_STUDY: -6,
    Record.Kind.POSITION_PAPER: -7,
    Record.Kind.IMPACT_STORY: -8,
    Record.Kind.EVENT_REPORT: -9,
    Record.Kind.EVALUATION: -10,
}
LANGUAGE_NUMBERS = {"en": -31, "fr": -32, "ar": -33}
INTERNET_NUMBERS = {"none": -41, "low": -42, "high": -43}
EVIDENCE_NUMBERS = {
    "self_declared": -51,
    "city_endorsed": -52,
    "staff_checked": -53,
    "peer_reviewed": -54,
}
CONFLICT_NUMBER = -55
LENGTHS = {"en": -61, "fr": -62, "ar": -63}
_RATINGS = list(EvaluationRating.Rating.values)
_FIRST_RATING, _FIRST_CITY, _FIRST_YEAR = -1000, 1_000_000_000, 2_000_000_000


def rating_number(criterion: int, rating: str) -> int:
    """The number of a rating given for a criterion (the key of its term)."""
    return _FIRST_RATING - criterion * 10 - _RATINGS.index(rating)


def rating_of(number: int) -> tuple[int, str]:
    """The criterion's key and the rating that a number stands for."""
    criterion, rating = divmod(_FIRST_RATING - number, 10)
    return criterion, _RATINGS[rating]


def is_rating(number: int) -> bool:
    return number <= _FIRST_RATING


def city_number(pk: int) -> int:
    return _FIRST_CITY + pk


def year_number(year: int) -> int:
    return _FIRST_YEAR + year


def city_of(number: int) -> int | None:
    return number - _FIRST_CITY if _FIRST_CITY < number < _FIRST_YEAR else None


def year_of(number: int) -> int | None:
    return number - _FIRST_YEAR if number > _FIRST_YEAR else None


def packed(numbers) -> bytes:
    """Numbers as bytes, four each."""
    return array("i", numbers).tobytes()


def tally(content) -> dict[int, int]:
    """How often each number stands in what was packed, of one row or of many strung together."""
    numbers, times = numpy.unique(numpy.frombuffer(content, "i4"), return_counts=True)
    return dict(zip(numbers.tolist(), times.tolist(), strict=True))
