"""Who searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from hub.models import SearchRow
from hub.search.sql import Sql
from hub.search.terms import LANGUAGES
from members.models.standing import standing

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

    @classmethod
    def of(cls, user) -> Visitor:
        return cls(user, _rows(user), _level(user))


def _rows(user):
    rows = SearchRow.objects.visible_to(user).order_by().values(*_COLUMNS, *_VERSIONS)
    compiler = rows.query.get_compiler(connection=connection)
    compiler.elide_empty = False
    sql, params = compiler.as_sql()
    return Sql(sql, list(params))


def _level(user):
    who = standing(user)
    return "staff" if who.kind == "staff" else "members" if who.is_inside else "public"
