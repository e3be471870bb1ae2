"""Rate limits counted in Postgres, so that they hold when Redis is away."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

_COUNT = """
    INSERT INTO core_ratecount (key, "window", count) VALUES (%s, %s, 1)
    ON CONFLICT (key, "window") DO UPDATE SET count = core_ratecount.count + 1
    RETURNING count
"""


def allow(key: str, *, most: int, seconds: int) -> bool:
    """Count one try of `key`; False once there were more than `most` in this window of `seconds`.

    Windows are fixed (a burst over an edge may see twice `most`), and counted by the clock of the web
    process. The count is exact under any number of parallel requests.
    """
    now = int(timezone.now().timestamp())
    window = datetime.fromtimestamp(now - now % seconds, UTC)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key[:120], window])
        (count,) = cursor.fetchone()
    return count <= most
