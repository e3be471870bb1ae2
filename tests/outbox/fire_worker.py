"""The Celery application of test_fire.py; with UNPROTECTED=1 it forgets what the outbox promises."""

import os

import django

from scn.celery import app

django.setup()

if os.environ.get("UNPROTECTED"):
    from outbox.batch import Batch
    from outbox.models import Message

    careful = Batch.send

    def careless(batch):
        """Write "sent" first and send afterwards, as a queue does that acknowledges early."""
        Message.objects.filter(pk__in=[message.pk for message in batch.waiting]).update(
            status="sent"
        )
        return careful(batch)

    Batch.send = careless

__all__ = ["app"]
