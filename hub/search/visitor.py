"""Who searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from hub.models import SearchRow
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


_LASTS = timedelta(seconds=1)


@dataclass(frozen=True)
class Visitor:
    """Somebody with the `rows` through which they may find records, and the `level` whose counts speak for them.

    The rows come from the ORM, so that visible_to() stays the only place that says who may read what.
    """

    user: User
    rows: Sql
    level: str
    standing: Standing
    since: datetime

    @classmethod
    def of(cls, user) -> Visitor:
        """The visitor of this moment, remembered on the user for the page that asks several times, a second at most."""
        who, now = standing(user), timezone.now()
        known = user.__dict__.get("visitor")
        if known and known.standing is who and abs(now - known.since) < _LASTS:
            return known
        user.__dict__["visitor"] = visitor = cls(user, _rows(user), _level(who), who, now)
        return visitor


def _rows(user):
    rows = SearchRow.objects.visible_to(user).order_by().values(*_COLUMNS, *_VERSIONS)
    compiler = rows.query.get_compiler(connection=connection)
    compiler.elide_empty = False
    sql, params = compiler.as_sql()
    return Sql(sql, list(params))


def _level(who):
    return "staff" if who.kind == "staff" else "members" if who.is_inside else "public"
