"""What becomes of a letter in hand: begun, sent, to be tried again, failed.

Each is one statement that does nothing when the letter is no longer ours.
"""

import logging
import random

import psycopg
from django.db import connection

from outbox.models import Attempt, Message

MINUTE, HOUR = 60, 3600
# The pauses after each failure; 48 hours in all, then the letter has failed.
PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 22 * HOUR + 2340]
JITTER = 0.1

_STATUS_AFTER = {
    Attempt.Outcome.SENT: Message.Status.SENT,
    Attempt.Outcome.LATER: Message.Status.QUEUED,
    Attempt.Outcome.REFUSED: Message.Status.FAILED,
    Attempt.Outcome.UNKNOWN: Message.Status.UNKNOWN,
    Attempt.Outcome.CANCELLED: Message.Status.CANCELLED,
}

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


def begin(message) -> bool:
    """Commit that a bulk letter is about to be handed over; False when it is no longer ours."""
    return bool(_execute(_BEGIN, {"id": message.pk, "lease": message.lease}))


def settle(message, outcome, words) -> int:
    """Commit what became of a letter, with the server's words; 0 when the letter is no longer ours."""
    settled = _execute(_SETTLE, _fate(message, outcome, words))
    if not settled:
        logger.warning("Letter %s is no longer ours (%s)", message.pk, outcome)
    return settled


def settle_sent(taken) -> None:
    """Commit that the server took these letters of one lease: pairs of a letter and the server's words."""
    facts = {
        "ids": [message.pk for message, _words in taken],
        "words": [_printable(words) for _message, words in taken],
        "lease": taken[0][0].lease,
    }
    _execute(_SETTLE_SENT, facts)


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


def _pause(failures) -> float | None:
    """Seconds until the next try after this many earlier failures; None when it was the last."""
    if failures >= len(PAUSES):
        return None
    return PAUSES[failures] * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret


def _execute(sql, facts) -> int:
    """Run a statement of ours; the number it returns, or 0.

    They run once a letter, so they are worth preparing, which Django's own cursors do not do.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, facts, prepare=True)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else 0


def _printable(words) -> str:
    """The server's words as one storable line."""
    return " ".join(str(words).replace("\0", " ").split())[:1000]
