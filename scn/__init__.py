"""The portal put together. Tasks find the Celery application here."""

from scn.celery import app as celery_app

__all__ = ["celery_app"]
