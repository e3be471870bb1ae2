"""Who searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.models import SearchRow
from hub.models.visible_sql import visible_sql
from hub.search.sql import Sql
from hub.search.terms import LANGUAGES
from members.models.standing import Standing, standing

if TYPE_CHECKING:
    from members.models import User

_COLUMNS = [
    "id",
    "record_id",
    "facets",
    "counted",
    "shown_at",
    "evidence",
    "visibility",
    "embargo_until",
    "head",
]
_VERSIONS = [f"{part}_{language}" for part in ("fts", "length") for language in LANGUAGES]


@dataclass(frozen=True)
class Visitor:
    """Somebody with the `rows` through which they may find records, and the `level` whose counts speak for them.

    The rows come from the ORM, so that visible_to() stays the only place that says who may read what.
    """

    user: User
    rows: Sql
    level: str
    standing: Standing

    @classmethod
    def of(cls, user) -> Visitor:
        """The visitor of this moment."""
        who = standing(user)
        rows = Sql(*visible_sql(SearchRow, user, *_COLUMNS, *_VERSIONS))
        return cls(user, rows, _level(who), who)


def _level(who):
    return "staff" if who.kind == "staff" else "members" if who.is_inside else "public"
