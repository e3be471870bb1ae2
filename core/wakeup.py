"""Telling the workers that there is work, without ever making anybody wait for the broker.

The work itself is a row in Postgres which a sweep finds every few seconds. A wake-up only makes it
start sooner, so one thread of the process carries it after the commit: a broker that is stopped, silent
or without a name costs the request nothing, and is then left alone for a while.
"""

import logging
import os
import threading
import time
from functools import partial

from celery import current_app
from django.db import transaction

REST_SECONDS = 10  # how long a broker that failed is left alone
EXPIRES_SECONDS = 3600  # generous: the clocks of web and worker may differ by minutes
CONNECTION = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "connect_retries_timeout": 1,
}

logger = logging.getLogger(__name__)


def after_commit(task: str) -> None:
    """Wake the workers for `task` (a dotted name) once the present transaction commits; once is enough."""
    waiting = transaction.get_connection().run_on_commit
    if not any(getattr(entry[1], "task", None) == task for entry in waiting):
        wake_up = partial(wake, task)
        wake_up.task = task  # type: ignore[attr-defined]
        transaction.on_commit(wake_up, robust=True)


def wake(task: str) -> None:
    """Have `task` started soon. Returns at once and never raises."""
    _courier.carry(task)


class Courier:
    """The thread that carries wake-ups to the broker; many at once become one a task."""

    def __init__(self):
        self._change = threading.Condition()
        self._waiting: set[str] = set()
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0
        self._connection = None

    def carry(self, task):
        with self._change:
            if time.monotonic() < self._rests_until:
                return
            self._waiting.add(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="wake-ups", daemon=True)
                self._thread.start()
            self._change.notify()

    def _work(self):
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                task = self._waiting.pop()
            try:
                self._publish(task)
            except Exception as error:
                logger.warning("No wake-up for %s: %s", task, type(error).__name__)
                self._rest()

    def _publish(self, task):
        if self._connection is None:
            self._connection = current_app.connection_for_write(transport_options=CONNECTION)
        current_app.send_task(
            task, connection=self._connection, expires=EXPIRES_SECONDS, retry=False
        )

    def _rest(self):
        self._connection = None
        with self._change:
            self._rests_until = time.monotonic() + REST_SECONDS
            self._waiting.clear()


def _start_over():
    global _courier
    _courier = Courier()


_courier = Courier()
os.register_at_fork(after_in_child=_start_over)  # threads and locks do not survive a fork
