"""What runs in the background for every app: long jobs, and clearing away what is too old."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from core import jobs, wakeup
from core.models import Job, RateCount

KEEP_RATES = timedelta(days=2)
KEEP_JOBS = timedelta(days=90)


@shared_task
def run_job():
    """Do the next job; then let somebody do the one after it."""
    if jobs.run_next() and jobs.is_due():
        wakeup.wake(jobs.TASK)


@shared_task
def sweep_jobs():
    """Wake a worker for jobs that wait or were left behind."""
    if jobs.is_due():
        wakeup.wake(jobs.TASK)


@shared_task
def tidy():
    """Clear away counts of tries and finished jobs nobody needs any more."""
    RateCount.objects.filter(window__lt=Now() - KEEP_RATES).delete()
    Job.objects.filter(finished_at__lt=Now() - KEEP_JOBS).delete()
