"""Reading the values of a record card: each kind takes where it stands and what was given."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from members.models.people import LANGUAGES

LANGUAGE_CODES = [code for code, name in LANGUAGES]
# What no text of the database holds: the character zero, and halves of characters.
NO_TEXT = re.compile("[\0\ud800-\udfff]")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
_PRECISION = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of one record of a file; `row` counts from 1, 0 is the file itself."""

    row: int
    field: str
    message: str


class BadCards(Exception):
    """A file cannot be taken; `problems` says why, record by record."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems[:3]))


class Values:
    """Reads values and remembers what was wrong with them, so that one reading names every fault."""

    def __init__(self, row):
        self.row = row
        self.problems = []

    def wrong(self, where, message):
        self.problems.append(Problem(self.row, where, message))

    def only(self, given, where, allowed):
        for name in given.keys() - set(allowed):
            self.wrong(f"{where}{name}", _("There is no such field."))

    def text(self, where, given, *, most=None, needed=False):
        if not isinstance(given, str):
            self.wrong(where, _("This must be text."))
        elif needed and not given.strip():
            self.wrong(where, _("This must not be empty."))
        elif most and len(given) > most:
            self.wrong(where, _("This is longer than %(most)s characters.") % {"most": most})
        elif NO_TEXT.search(given):
            self.wrong(where, _("This holds a character that no text has."))
        else:
            return given
        return ""

    def choice(self, where, given, choices):
        if given in list(choices):
            return given
        allowed = ", ".join(map(str, choices))
        self.wrong(
            where,
            _("“%(given)s” is not one of: %(allowed)s.") % {"given": given, "allowed": allowed},
        )
        return None

    def boolean(self, where, given):
        if not isinstance(given, bool):
            self.wrong(where, _("This must be true or false."))
        return given is True

    def number(self, where, given):
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 1_000_000:
            self.wrong(where, _("This must be a whole number from 1."))
            return 1
        return given

    def amount(self, where, given, *, most=None):
        """A figure that is not below nothing, written 1200 or 1200.50."""
        if isinstance(given, str) and _AMOUNT.fullmatch(given):
            amount = Decimal(given)
            if most is None or amount <= most:
                return amount
        self.wrong(where, _("This must be a figure such as 1200 or 1200.50."))
        return None

    def strings(self, where, given, *, most):
        """The texts of a list, none of them empty."""
        if not isinstance(given, list):
            self.wrong(where, _("This must be a list."))
            return []
        return [
            self.text(f"{where}.{number}", text, most=most, needed=True)
            for number, text in enumerate(given, 1)
        ]

    def day(self, where, given):
        """A date as (date, precision): 2015, 2015-01 or 2015-01-30."""
        if isinstance(given, str) and _DATE.fullmatch(given):
            whole = given + "-01" * ((10 - len(given)) // 3)
            try:
                return date.fromisoformat(whole), _PRECISION[len(given)]
            except ValueError:
                return self._no_day(where)
        return self._no_day(where)

    def _no_day(self, where):
        self.wrong(where, _("This is no date. Write 2015, 2015-01 or 2015-01-30."))
        return None, "day"

    def moment(self, where, given):
        try:
            moment = datetime.fromisoformat(given)
        except (TypeError, ValueError):
            self.wrong(where, _("This is no moment. Write 2015-09-29T16:00:00+00:00."))
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def items(self, where, given):
        """The dicts of a list, each with where it stands."""
        if not isinstance(given, list):
            self.wrong(where, _("This must be a list."))
            return []
        found = []
        for number, item in enumerate(given, 1):
            if isinstance(item, dict):
                found.append((f"{where}.{number}", item))
            else:
                self.wrong(f"{where}.{number}", _("This must be an object with named fields."))
        return found

    def named(self, where, given):
        """The pairs of an object."""
        if isinstance(given, dict):
            return given
        self.wrong(where, _("This must be an object with named fields."))
        return {}

    def words(self, where, given):
        """A text in several languages, as {language: text}."""
        found = {}
        for language, text in self.named(where, given).items():
            if self.choice(f"{where}.{language}", language, LANGUAGE_CODES):
                found[language] = self.text(f"{where}.{language}", text)
        return found
