"""Handing letters to the mail server, so that none is lost and none is sent twice without need.

A batch is taken under a lease and goes over one connection; what became of a letter is committed before the
next one is begun. A transactional letter stays "queued" until the server has taken it: a worker that dies
holding it leaves at most one that goes twice, with the same Message-ID. A bulk letter is committed as
"being sent" and begun before it is handed over: a worker that dies leaves at most one that is "perhaps sent",
and a person decides. See docs/adr/0002-outbox.md.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.db import connection, transaction

from core import leases
from outbox import fates
from outbox.batch import Batch, lease_seconds
from outbox.models import Attempt, Message

# A lane each, so that a newsletter never delays a password reset; scn.celery gives each its queue.
LANES: dict[str, str] = {
    Message.Kind.TRANSACTIONAL: "outbox.tasks.deliver",
    Message.Kind.BULK: "outbox.tasks.deliver_bulk",
}
BATCH = 100
BULK_RELAYS = 4


def deliver(kind: str, *, seconds: float = 50) -> bool:
    """Send what is due in a lane for at most about `seconds`; True when there is more to do at once.

    Much bulk mail goes over several connections at once, each with its thread and its own leases.
    """
    note_left_in_hand()
    ends = time.monotonic() + seconds
    relays = _relays(kind)
    if relays == 1:
        return _relay(kind, ends) and is_due(kind)
    with ThreadPoolExecutor(relays) as threads:
        fine = list(threads.map(lambda _number: _relay_in_thread(kind, ends), range(relays)))
    return all(fine) and is_due(kind)


def is_due(kind: str) -> bool:
    return leases.due(Message.objects.in_lane(kind)).exists()


@transaction.atomic
def note_left_in_hand() -> int:
    """Settle the bulk letters of workers that died; returns how many are now listed as "perhaps sent".

    A letter is begun only when the answer for the one before is known. So of those begun under one lease, the
    last is in doubt, the others were taken by the server; those not begun wait again.
    """
    left = list(Message.objects.left_in_hand().select_for_update())
    last = {message.lease: message.sent_at for message in sorted(left, key=_begun_at)}
    doubtful = [m for m in left if m.sent_at and m.sent_at == last[m.lease]]
    for message in left:
        if message in doubtful:
            fates.settle(message, Attempt.Outcome.UNKNOWN, "")
        elif message.sent_at:
            fates.settle_sent([(message, "")])
        else:
            leases.give_back([message], status=Message.Status.QUEUED)
    return len(doubtful)


def _relays(kind) -> int:
    """Over how many connections to send: one, unless bulk mail waits in heaps."""
    if kind != Message.Kind.BULK or connection.in_atomic_block:
        return 1
    heap = leases.due(Message.objects.in_lane(kind))[: BATCH + 1].count() > BATCH
    return BULK_RELAYS if heap else 1


def _relay_in_thread(kind, ends):
    try:
        return _relay(kind, ends)
    finally:
        connection.close()


def _relay(kind, ends) -> bool:
    """Send batch after batch; False when the server is out of order, so that the next sweep looks again."""
    while time.monotonic() < ends:
        batch = _take(kind)
        if not batch:
            break
        if not Batch(batch, ends).send():
            return False
    return True


def _take(kind):
    """The next batch. Bulk letters are committed as "being sent" from here on."""
    also = {"status": Message.Status.SENDING} if kind == Message.Kind.BULK else {}
    return leases.take(Message.objects.in_lane(kind), n=BATCH, seconds=lease_seconds(), **also)


def _begun_at(message):
    return message.sent_at or datetime.min.replace(tzinfo=UTC)
