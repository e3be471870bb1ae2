"""Long work that a person starts, may leave and come back to: a row, a function, a page with progress.

    @jobs.kind("import_records", label=_("Import of library records"))
    def import_records(job):                     # in an app's tasks.py
        for number, row in enumerate(rows, 1):
            ...
            jobs.progress(job, number, len(rows))
        return {"counts": {str(_("taken")): 236}, "failures": [{"row": 4, "column": "year", "problem": "..."}]}

A function may be run again from the start when its worker died, so it must be safe to run twice. It calls
`progress` at least every two minutes, or another worker takes the job over; inside a long transaction that of
`progress_apart`.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connections, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import leases, wakeup
from core.models import Job

TASK = "core.tasks.run_job"
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
WRITE_EVERY_SECONDS = 0.5

logger = logging.getLogger(__name__)


class Failed(Exception):
    """The job cannot be done; the message is a sentence for the person who started it."""


class NotOurs(Exception):
    """The job was cancelled, or another worker took it over; its function stops at once."""


@dataclass(frozen=True)
class Kind:
    """What a job of a kind does, and what people call it."""

    run: Callable[[Job], dict | None]
    label: str | Promise


_kinds: dict[str, Kind] = {}


def kind(name: str, *, label: str | Promise = ""):
    """Register a function of an app's tasks.py as what jobs of this kind do."""

    def register(function):
        _kinds[name] = Kind(function, label or name.replace("_", " "))
        return function

    return register


def label(name: str) -> str:
    """What people call jobs of this kind."""
    found = _find(name)
    return str(found.label) if found else name


def start(kind: str, *, owner, params: dict | None = None) -> Job:
    """Have a job done for `owner` once the caller's transaction commits; its page is `core:job`."""
    if _find(kind) is None:
        raise LookupError(f"No job is called {kind}.")
    job = Job.objects.create(kind=kind, owner=owner, params=params or {}, next_try_at=Now())
    job.refresh_from_db()
    wakeup.after_commit(TASK)
    return job


def progress(job: Job, done: int, total: int) -> None:
    """Say how far the work is and keep hold of it; cheap to call for every row.

    Raises NotOurs when the job was cancelled or taken over, which the function must let through.
    """
    if _is_time(job, done, total):
        _write(job, done, total)


@contextmanager
def progress_apart(job: Job):
    """Gives a `progress(done, total)` that may be called from inside a long transaction.

    It writes over a connection of its own, in a thread of its own: what the transaction has not committed would
    neither show how far the work is nor keep hold of the job.
    """
    with ThreadPoolExecutor(1) as apart:

        def say(done, total):
            if _is_time(job, done, total):
                apart.submit(_write, job, done, total).result()

        try:
            yield say
        finally:
            apart.submit(connections.close_all).result()


@transaction.atomic
def cancel(job: Job, *, by) -> Job:
    """Stop the job: a waiting one never starts, a running one ends at its next step."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    job.move_to(Job.Status.CANCELLED)
    job.finished_at, job.lease, job.leased_until = Now(), None, None
    job.save(update_fields=["status", "finished_at", "lease", "leased_until"])
    logger.info("Job %s cancelled by user %s", job.pk, by.pk)
    return job


def waiting():
    """The jobs a worker may take: not begun, or left behind by a worker that is gone."""
    return Job.objects.filter(status__in=[Job.Status.WAITING, Job.Status.RUNNING])


def is_due() -> bool:
    return leases.due(waiting()).exists()


def run_next() -> bool:
    """Do the job that has waited longest; False when there was none."""
    taken = leases.take(waiting(), n=1, seconds=LEASE.seconds)
    if taken:
        _run(taken[0])
    return bool(taken)


def _is_time(job, done, total):
    """Whether it is so long since progress was written, or the end, that it is written now."""
    since = time.monotonic() - job.__dict__.get("written_at", 0)
    return done >= total or since >= WRITE_EVERY_SECONDS


def _write(job, done, total):
    job.__dict__["written_at"] = time.monotonic()
    job.done, job.total = done, total
    if not _held(job).update(done=done, total=total, leased_until=Now() + LEASE):
        raise NotOurs


def _run(job):
    with override(getattr(job.owner, "language", "en")):
        if job.status == Job.Status.WAITING:
            job.move_to(Job.Status.RUNNING)
            _held(job).update(status=job.status)
        if job.attempts > MOST_ATTEMPTS:
            _end(job, Job.Status.FAILED, error=_stopped(MOST_ATTEMPTS))
        else:
            _work(job)


def _work(job):
    found = _find(job.kind)
    try:
        if found is None:
            raise LookupError(f"No job is called {job.kind}.")
        result = found.run(job) or {}
    except NotOurs:
        logger.info("Job %s is no longer ours.", job.pk)
    except Failed as error:
        _end(job, Job.Status.FAILED, error=str(error))
    except OperationalError:
        raise  # the database went away: the lease runs out and the job is taken again
    except Exception:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        _end(job, Job.Status.FAILED, error=_broken(job))
    else:
        _end(job, Job.Status.DONE, result=result)


def _end(job, status, **fields):
    job.move_to(status)
    _held(job).update(
        status=status, finished_at=Now(), done=job.done, total=job.total,
        lease=None, leased_until=None, **fields,
    )  # fmt: skip


def _held(job):
    """The row, as long as this worker holds it and nobody cancelled."""
    return Job.objects.filter(
        Q(status=Job.Status.WAITING) | Q(status=Job.Status.RUNNING), pk=job.pk, lease=job.lease
    )


def _find(name) -> Kind | None:
    if name not in _kinds:
        autodiscover_modules("tasks")  # a web process has not looked into them yet
    return _kinds.get(name)


def _broken(job):
    return _(
        "Something broke on our side, so this was not finished. Write to us and name job %(number)s."
    ) % {"number": job.pk}


def _stopped(times):
    return _("This stopped %(times)s times before its end and is not tried again.") % {
        "times": times
    }
