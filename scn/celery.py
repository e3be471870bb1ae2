"""Celery: the muscle, never the memory. What is to be done are rows in Postgres."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scn.settings")

app = Celery("scn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for every thread of the web server, not only for the first

# What takes long has a lane of its own: neither a newsletter nor an import delays a password reset.
app.conf.task_routes = {
    "core.tasks.run_job": {"queue": "bulk"},
    "hub.tasks.learn_new_words": {"queue": "bulk"},
    "hub.tasks.learn_words": {"queue": "bulk"},
    "hub.tasks.look_into_files": {"queue": "bulk"},
    "outbox.tasks.deliver": {"queue": "mail"},
    "outbox.tasks.deliver_bulk": {"queue": "bulk"},
}


@task_prerun.connect
def look_after_connections(**_signal):
    """Connections are kept from task to task (CELERY_DB_REUSE_MAX), but not one that Postgres has dropped."""
    close_old_connections()
