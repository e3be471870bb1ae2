"""The cards of a file one after the other, as often as they are asked for, with only one in memory at a time."""

import json
import tempfile
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One card of a file: the row it stands in, what it says, and what could not be read of it."""

    number: int
    card: object
    faults: list = field(default_factory=list)  # (column, message)
    places: dict = field(default_factory=dict)  # name of a list -> rows of its own sheet


class Rows:
    """The rows of a file. Cards of JSON are in memory already; those of a table lie in a file without a name.

    `header` names the columns that a table has; None where cards say by themselves what they name.
    """

    def __init__(self, cards=None, *, header=None):
        self.header = header
        self.codes: set[str] = set()
        self.total = 0
        self._cards = cards
        self._spool: Any = None
        if cards is None:
            self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with it
        else:
            self.total = len(cards)
            self.codes = {card["code"] for card in cards if _has_code(card)}

    def add(self, row):
        """Keep a row of a table for later."""
        if _has_code(row.card):
            self.codes.add(row.card["code"])
        self.total += 1
        json.dump([row.number, row.card, row.faults, row.places], self._spool)
        self._spool.write("\n")

    def __iter__(self):
        if self._spool is None:
            yield from (Row(number, card) for number, card in enumerate(self._cards, 1))
        else:
            self._spool.flush()
            self._spool.seek(0)
            yield from (Row(*json.loads(line)) for line in self._spool)

    def chunks(self, size):
        """The rows in lists of this length; the last may be shorter."""
        chunk = []
        for row in self:
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _has_code(card):
    return isinstance(card, dict) and isinstance(card.get("code"), str)
