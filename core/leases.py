"""Leases: work is a row that one worker holds for a while. Whoever dies holding it loses it in time.

One mechanism for letters (outbox), long jobs (core.jobs) and files to look into (hub). All times are
the database's, so that the clocks of web, worker and database may differ.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now


def due(queryset):
    """The rows whose time has come and that nobody holds."""
    return queryset.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=Now()), next_try_at__lte=Now()
    )


def take(queryset, *, n: int, seconds: int, **also) -> list:
    """Hold up to `n` due rows for `seconds`, those longest due first; rows others hold are passed over.

    Each row counts one more attempt. All carry the same new `lease`, and the fields `also` are set with it.
    """
    with transaction.atomic():
        rows = list(
            due(queryset)
            .order_by("next_try_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))[:n]
        )
        if rows:
            _hold(rows, seconds, {"lease": uuid.uuid4()} | also)
    return rows


def renew(rows: list, *, seconds: int) -> list:
    """Hold these rows for another `seconds`; returns those that are still ours."""
    _held(rows).update(leased_until=Now() + timedelta(seconds=seconds))
    ours = set(_held(rows).values_list("pk", flat=True))
    return [row for row in rows if row.pk in ours]


def let_go(rows: list, **also) -> int:
    """End the hold on rows that were tried and set the fields `also`; says how many were still ours."""
    return _held(rows).update(lease=None, leased_until=None, **also)


def give_back(rows: list, **also) -> int:
    """Let go of rows that were not tried: they are due again at once, and the attempt does not count."""
    return let_go(rows, attempts=F("attempts") - 1, **also)


def begin_anew(queryset, **also) -> int:
    """These rows are due at once, as if they had never been tried; whoever holds one has lost it."""
    return queryset.update(lease=None, leased_until=None, attempts=0, next_try_at=Now(), **also)


def _hold(rows, seconds, fields):
    until = Now() + timedelta(seconds=seconds)
    _all(rows).update(leased_until=until, attempts=F("attempts") + 1, **fields)
    for row in rows:
        row.attempts += 1
        for name, value in fields.items():
            setattr(row, name, value)


def _held(rows):
    return _all(rows).filter(lease__in={row.lease for row in rows})


def _all(rows):
    return type(rows[0])._meta.base_manager.filter(pk__in=[row.pk for row in rows])
