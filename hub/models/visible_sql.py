"""The SQL of visible_to(), put together once a day for a person who stands as before.

Putting it together takes the ORM longer than Postgres takes to read twenty rows.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from members.models import User
from members.models.standing import Standing, standing


@dataclass(frozen=True)
class _Reader:
    """All that visible_to() looks at, but for the moment."""

    standing: Standing
    key: int | None
    day: date

    def user(self):
        """Somebody of whom nothing else is known."""
        if self.key is None:
            return AnonymousUser()
        user = User(pk=self.key)
        user.__dict__["standing"] = self.standing
        return user


def visible_sql(model, user, *columns) -> tuple[str, list]:
    """The SQL, and its values, of `model.objects.visible_to(user).values(*columns)` at this moment."""
    now = timezone.now()
    sql, params = _put_together(model, columns, _Reader(standing(user), user.pk, now.date()))
    return sql, [now if isinstance(param, datetime) else param for param in params]


@lru_cache(maxsize=1_000)
def _put_together(model, columns, reader):
    rows = model.objects.visible_to(reader.user()).order_by().values(*columns)
    compiler = rows.query.get_compiler(connection=connection)
    # A condition that nothing can meet is SQL too.
    compiler.elide_empty = False
    return compiler.as_sql()
