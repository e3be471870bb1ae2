"""The settings of the processes that test_fire.py kills: shorter leases, a faster sweep, sample letters."""

from tests.settings import *  # noqa: F403
from tests.settings import BASE_DIR, TEMPLATES

TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "outbox" / "templates")
OUTBOX_LEASE_SECONDS = 3
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "outbox.tasks.sweep", "schedule": 1.0}}
CELERY_WORKER_SEND_TASK_EVENTS = False
