"""Handing letters to the mail server, so that none is lost and none is sent twice without need.

A batch is taken under a lease and goes over one connection; what became of a letter is committed before the
next one is begun. A transactional letter stays "queued" until the server has taken it: a worker that dies
holding it leaves at most one that goes twice, with the same Message-ID. A bulk letter is committed as
"being sent" and begun before it is handed over: a worker that dies leaves at most one that is "perhaps sent",
and a person decides. See docs/adr/0002-outbox.md.
"""

import logging
import random
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice

import psycopg
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import import_string

from core import leases
from outbox import letters, relay
from outbox.models import Attempt, Message

# A lane each, so that a newsletter never delays a password reset; scn.celery gives each its queue.
LANES: dict[str, str] = {
    Message.Kind.TRANSACTIONAL: "outbox.tasks.deliver",
    Message.Kind.BULK: "outbox.tasks.deliver_bulk",
}
BATCH = 100
BULK_RELAYS = 4
WRITE_AHEAD = 20  # letters rendered in one go, which is twice as fast as one now and then
RENEW_SECONDS = 15
MINUTE, HOUR = 60, 3600
# The pauses after each failure; 48 hours in all, then the letter has failed.
PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 22 * HOUR + 2340]
JITTER = 0.1

# What became of one letter. One that was sent needs no row in its list of tries: its own row says it all.
_SETTLE = """
    WITH settled AS (
        UPDATE outbox_message
        SET status = %(status)s, answer = %(words)s, lease = NULL, leased_until = NULL,
            sent_at = CASE %(outcome)s::text WHEN 'sent' THEN clock_timestamp()
                                             WHEN 'unknown' THEN sent_at END,
            failures = failures + %(failed)s,
            next_try_at = clock_timestamp() + make_interval(secs => %(pause)s)
        WHERE id = %(id)s AND lease = %(lease)s
        RETURNING id
    ), noted AS (
        INSERT INTO outbox_attempt (message_id, at, outcome, detail)
        SELECT id, clock_timestamp(), %(outcome)s::text, %(words)s FROM settled
        WHERE %(outcome)s::text <> 'sent'
    )
    SELECT count(*) FROM settled
"""
# A bulk letter is about to be handed over. Touches no index, so it is as cheap as a commit can be.
_BEGIN = """
    UPDATE outbox_message SET sent_at = clock_timestamp()
    WHERE id = %(id)s AND lease = %(lease)s AND status = 'sending'
    RETURNING 1
"""
# The bulk letters of a batch that the server has taken.
_SETTLE_SENT = """
    UPDATE outbox_message SET status = 'sent', answer = taken.words, lease = NULL, leased_until = NULL
    FROM unnest(%(ids)s::bigint[], %(words)s::text[]) AS taken (id, words)
    WHERE outbox_message.id = taken.id AND lease = %(lease)s
"""

logger = logging.getLogger(__name__)


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
            _settle(message, Attempt.Outcome.UNKNOWN, "")
        elif message.sent_at:
            _settle_sent([(message, "")])
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
        if not _Batch(batch, ends).send():
            return False
    return True


def _take(kind):
    """The next batch. Bulk letters are committed as "being sent" from here on."""
    also = {"status": Message.Status.SENDING} if kind == Message.Kind.BULK else {}
    return leases.take(Message.objects.in_lane(kind), n=BATCH, seconds=_lease(), **also)


class _Batch:
    """Letters held under one lease, on their way over one connection."""

    def __init__(self, messages, ends):
        # A letter that was taken often and never settled may be what kills workers: it goes last.
        self.waiting = deque(sorted(messages, key=lambda message: message.attempts))
        self.ends = ends
        self.renewed_at = time.monotonic()
        self.is_connected = False
        self.handed_over = 0
        self.written: dict[int, letters.Letter | None] = {}
        self.taken: list = []  # bulk letters the server took, with its words

    def send(self) -> bool:
        """Send them; False when the server took none because the connection failed."""
        try:
            with relay.connected() as server:
                self.is_connected = True
                while self._keep_hold() and server.is_usable and time.monotonic() < self.ends:
                    self._send_one(self.waiting.popleft(), server)
        except relay.Lost as error:
            self._lost(error)
            return self.handed_over > 0
        else:
            self._give_back()
            return True
        finally:
            if self.taken:
                _settle_sent(self.taken)

    def _send_one(self, message, server):
        letter = self._ready(message)
        if letter is None:
            return
        try:
            words = server.hand_over(letter)
        except relay.Refused as error:
            _settle(message, Attempt.Outcome.REFUSED, error)
        except relay.Later as error:
            _settle(message, Attempt.Outcome.LATER, error)
        except relay.Doubtful as error:
            _settle(message, _when_in_doubt(message), error)
            raise relay.Lost(str(error)) from error
        except relay.Lost as error:
            _settle(message, Attempt.Outcome.LATER, error)
            raise
        else:
            self.handed_over += 1
            self._sent(message, words)

    def _ready(self, message):
        """The letter to hand over, or None when it is not to be sent, or not now."""
        if message.pk not in self.written:
            for each in (message, *islice(self.waiting, WRITE_AHEAD - 1)):
                self.written[each.pk] = _write(each)
        letter = self.written.pop(message.pk)
        if letter and message.kind == Message.Kind.BULK:
            letter = self._ready_bulk(message, letter)
        return letter

    def _ready_bulk(self, message, letter):
        if not _may_receive_bulk(message.user_id):
            _settle(message, Attempt.Outcome.CANCELLED, "no longer receives bulk mail")
            return None
        return letter if _begin(message) else None

    def _sent(self, message, words):
        if message.kind == Message.Kind.BULK:
            self.taken.append(
                (message, words)
            )  # the next one's beginning will say that this one went
        else:
            _settle(message, Attempt.Outcome.SENT, words)

    def _give_back(self):
        if self.waiting:
            leases.give_back(list(self.waiting), status=Message.Status.QUEUED)

    def _keep_hold(self) -> bool:
        """Renew the lease now and then, and drop what was lost all the same; False when nothing is left."""
        if self.waiting and time.monotonic() - self.renewed_at > RENEW_SECONDS:
            self.waiting = deque(leases.renew(list(self.waiting), seconds=_lease()))
            self.renewed_at = time.monotonic()
        return bool(self.waiting)

    def _lost(self, error):
        """Without a server, a try has failed for all of them; else only for the letter that was in hand."""
        logger.warning("The mail server is out of reach: %s", error)
        if not self.is_connected:
            for message in self.waiting:
                _settle(message, Attempt.Outcome.LATER, error)
        else:
            self._give_back()


def _write(message) -> letters.Letter | None:
    """Render the letter; one that cannot be rendered now is settled, and gives None."""
    try:
        letter = letters.render(message)
        return letter if letter.content else None
    except DatabaseError:
        raise
    except letters.BadAddress as error:
        _settle(message, Attempt.Outcome.REFUSED, error)
    except ObjectDoesNotExist as error:
        _settle(message, Attempt.Outcome.CANCELLED, f"what it tells of is gone: {error}")
    except Exception as error:
        logger.exception("Letter %s could not be written", message.pk)
        _settle(message, Attempt.Outcome.LATER, f"{type(error).__name__}: {error}")
    return None


def _begin(message) -> bool:
    """Commit that a bulk letter is about to be handed over; False when it is no longer ours."""
    return bool(_execute(_BEGIN, {"id": message.pk, "lease": message.lease}))


def _settle_sent(taken) -> None:
    """Commit that the server took these letters of one lease: pairs of a letter and the server's words."""
    facts = {
        "ids": [message.pk for message, _words in taken],
        "words": [_printable(words) for _message, words in taken],
        "lease": taken[0][0].lease,
    }
    _execute(_SETTLE_SENT, facts)


def _settle(message, outcome, words) -> int:
    """Commit what became of a letter, with the server's words; 0 when the letter is no longer ours."""
    settled = _execute(_SETTLE, _fate(message, outcome, words))
    if not settled:
        logger.warning("Letter %s is no longer ours (%s)", message.pk, outcome)
    return settled


def _fate(message, outcome, words) -> dict:
    pause = _pause(message.failures) if outcome == Attempt.Outcome.LATER else 0
    if pause is None:
        outcome, pause = Attempt.Outcome.REFUSED, 0
    return {
        "id": message.pk,
        "lease": message.lease,
        "status": _STATUS_AFTER[outcome],
        "outcome": outcome,
        "words": _printable(words),
        "failed": int(outcome == Attempt.Outcome.LATER),
        "pause": float(pause),
    }


def _execute(sql, facts) -> int:
    """Run a statement of ours; the number it returns, or 0.

    They run once a letter, so they are worth preparing, which Django's own cursors do not do.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, facts, prepare=True)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else 0


def _begun_at(message):
    return message.sent_at or datetime.min.replace(tzinfo=UTC)


_STATUS_AFTER = {
    Attempt.Outcome.SENT: Message.Status.SENT,
    Attempt.Outcome.LATER: Message.Status.QUEUED,
    Attempt.Outcome.REFUSED: Message.Status.FAILED,
    Attempt.Outcome.UNKNOWN: Message.Status.UNKNOWN,
    Attempt.Outcome.CANCELLED: Message.Status.CANCELLED,
}


def _pause(failures) -> float | None:
    """Seconds until the next try after this many earlier failures; None when it was the last."""
    if failures >= len(PAUSES):
        return None
    return PAUSES[failures] * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret


def _when_in_doubt(message):
    """A transactional letter rather goes twice than never; a bulk letter waits for a person."""
    if message.kind == Message.Kind.BULK:
        return Attempt.Outcome.UNKNOWN
    return Attempt.Outcome.LATER


def _may_receive_bulk(user_id) -> bool:
    return import_string(settings.OUTBOX_MAY_RECEIVE_BULK)(user_id)


def _lease() -> int:
    return getattr(settings, "OUTBOX_LEASE_SECONDS", 60)


def _printable(words) -> str:
    """The server's words as one storable line."""
    return " ".join(str(words).replace("\0", " ").split())[:1000]
