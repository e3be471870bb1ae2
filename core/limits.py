"""Rate limits counted in Postgres, so that they hold when Redis is away."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

_COUNT = """
    INSERT INTO core_ratecount (key, "window", count) VALUES (%s, %s, 1)
    ON CONFLICT (key, "window") DO UPDATE SET count = core_ratecount.count + 1
    RETURNING count
"""
_SPEND = """
    INSERT INTO core_ratecount (key, "window", count) VALUES (%(key)s, %(window)s, %(amount)s)
    ON CONFLICT (key, "window") DO UPDATE SET count = core_ratecount.count + %(amount)s
    WHERE core_ratecount.count + %(amount)s <= %(most)s
    RETURNING count
"""


def allow(key: str, *, most: int, seconds: int) -> bool:
    """Count one try of `key`; False once there were more than `most` in this window of `seconds`.

    Windows are fixed (a burst over an edge may see twice `most`), and counted by the clock of the web
    process. The count is exact under any number of parallel requests.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key[:120], _window(seconds)])
        (count,) = cursor.fetchone()
    return count <= most


def spend(key: str, amount: int, *, most: int, seconds: int) -> bool:
    """Take `amount` of the `most` that `key` has in this window; False, and nothing taken, when less is left."""
    if amount > most:
        return False
    said = {"key": key[:120], "window": _window(seconds), "amount": amount, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, said)
        return cursor.fetchone() is not None


def _window(seconds):
    now = int(timezone.now().timestamp())
    return datetime.fromtimestamp(now - now % seconds, UTC)
