"""The lanes of the outbox. Nothing here remembers anything: what is to be sent are rows."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from core import wakeup
from outbox import delivery
from outbox.models import Message

KEEP_CONTENT = timedelta(days=30)
KEEP_LETTERS = timedelta(days=365)


@shared_task
def deliver():
    """Send the transactional letters that are due."""
    _deliver(Message.Kind.TRANSACTIONAL)


@shared_task
def deliver_bulk():
    """Send the bulk letters that are due."""
    _deliver(Message.Kind.BULK)


@shared_task
def sweep():
    """The guarantee behind the wake-ups: wake each lane in which something is due."""
    delivery.note_left_in_hand()
    for kind, task in delivery.LANES.items():
        if delivery.is_due(kind):
            wakeup.wake(task)


@shared_task
def tidy():
    """Erase what letters said after 30 days, and the letters themselves after a year."""
    over = Message.objects.over()
    over.filter(erased_at__isnull=True, created_at__lt=Now() - KEEP_CONTENT).update(
        params={}, links={}, reply_to="", erased_at=Now()
    )
    over.filter(created_at__lt=Now() - KEEP_LETTERS).delete()


def _deliver(kind):
    if delivery.deliver(kind):
        wakeup.wake(delivery.LANES[kind])
