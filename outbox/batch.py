"""One batch of letters: written, handed over one after the other, and each settled before the next."""

import logging
import time
from collections import deque
from itertools import islice

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.utils.module_loading import import_string

from core import leases
from outbox import fates, letters, relay
from outbox.models import Attempt, Message

WRITE_AHEAD = 20  # letters rendered in one go, which is twice as fast as one now and then
RENEW_SECONDS = 15

logger = logging.getLogger(__name__)


class Batch:
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
                fates.settle_sent(self.taken)

    def _send_one(self, message, server):
        letter = self._ready(message)
        if letter is None:
            return
        try:
            words = server.hand_over(letter)
        except relay.Refused as error:
            fates.settle(message, Attempt.Outcome.REFUSED, error)
        except relay.Later as error:
            fates.settle(message, Attempt.Outcome.LATER, error)
        except relay.Doubtful as error:
            fates.settle(message, _when_in_doubt(message), error)
            raise relay.Lost(str(error)) from error
        except relay.Lost as error:
            fates.settle(message, Attempt.Outcome.LATER, error)
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
            fates.settle(message, Attempt.Outcome.CANCELLED, "no longer receives bulk mail")
            return None
        return letter if fates.begin(message) else None

    def _sent(self, message, words):
        if message.kind == Message.Kind.BULK:
            # The next one's beginning will say that this one went.
            self.taken.append((message, words))
        else:
            fates.settle(message, Attempt.Outcome.SENT, words)

    def _give_back(self):
        if self.waiting:
            leases.give_back(list(self.waiting), status=Message.Status.QUEUED)

    def _keep_hold(self) -> bool:
        """Renew the lease now and then, and drop what was lost all the same; False when nothing is left."""
        if self.waiting and time.monotonic() - self.renewed_at > RENEW_SECONDS:
            self.waiting = deque(leases.renew(list(self.waiting), seconds=lease_seconds()))
            self.renewed_at = time.monotonic()
        return bool(self.waiting)

    def _lost(self, error):
        """Without a server, a try has failed for all of them; else only for the letter that was in hand."""
        logger.warning("The mail server is out of reach: %s", error)
        if not self.is_connected:
            for message in self.waiting:
                fates.settle(message, Attempt.Outcome.LATER, error)
        else:
            self._give_back()


def lease_seconds() -> int:
    """How long letters stay in the hand of a worker that gives no sign of life."""
    return getattr(settings, "OUTBOX_LEASE_SECONDS", 60)


def _write(message) -> letters.Letter | None:
    """Render the letter; one that cannot be rendered now is settled, and gives None."""
    try:
        letter = letters.render(message)
        return letter if letter.content else None
    except DatabaseError:
        raise
    except letters.BadAddress as error:
        fates.settle(message, Attempt.Outcome.REFUSED, error)
    except ObjectDoesNotExist as error:
        fates.settle(message, Attempt.Outcome.CANCELLED, f"what it tells of is gone: {error}")
    except Exception as error:
        logger.exception("Letter %s could not be written", message.pk)
        fates.settle(message, Attempt.Outcome.LATER, f"{type(error).__name__}: {error}")
    return None


def _may_receive_bulk(user_id) -> bool:
    return import_string(settings.OUTBOX_MAY_RECEIVE_BULK)(user_id)


def _when_in_doubt(message):
    """A transactional letter rather goes twice than never; a bulk letter waits for a person."""
    if message.kind == Message.Kind.BULK:
        return Attempt.Outcome.UNKNOWN
    return Attempt.Outcome.LATER
