"""The words inside files, kept for the search."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import extraction, files, journal, leases
from hub.models import FileText, RecordFile, SearchRow

LEASE_SECONDS = 120
TRY_AGAIN = timedelta(minutes=10)
PROBLEMS = {
    "damaged": gettext_noop("It could not be read: perhaps it is damaged."),
    "memory": gettext_noop("Reading it takes more memory than we give to one file."),
    "time": gettext_noop("Reading it takes longer than we give to one file."),
    "stopped": gettext_noop("Reading it was interrupted each time."),
    "missing": gettext_noop("Its content could not be fetched from where files are stored."),
    "empty": gettext_noop("There are no words in it. Perhaps it is a scan: give it a description."),
}


def read_next(*, by=None) -> bool:
    """The words of the clean file that has waited longest lead to its record from now on; False when none waits.

    A file that cannot be read is tried twice more, then left with the reason.
    """
    taken = leases.take(RecordFile.objects.unread(), n=1, seconds=LEASE_SECONDS)
    for file in taken:
        words, problem = _read(file)
        _keep(file, words, problem)
    return bool(taken)


@transaction.atomic
def read_again(file, *, by) -> None:
    """The file is read anew, as if it had just come in."""
    FileText.objects.filter(file=file).delete()
    leases.begin_anew(RecordFile.objects.filter(pk=file.pk))
    journal.record("had read again", file, by=by)


def _read(file):
    if file.attempts > RecordFile.MOST_READINGS:
        return "", "stopped"  # its readers died before they could say why
    try:
        with file.file.open("rb") as content:
            words = extraction.words_of(content, files.kind_of_type(file.content_type))
    except extraction.Unreadable as error:
        return "", error.code
    except OSError:
        return "", "missing"
    return words, "" if words else "empty"


@transaction.atomic
def _keep(file, words, problem):
    if not leases.let_go([file], next_try_at=Now() + TRY_AGAIN):
        return  # taken over by another, or gone
    FileText.objects.update_or_create(
        file=file,
        defaults={"words": words, "problem": PROBLEMS.get(problem, ""), "read_at": timezone.now()},
    )
    file.refresh_from_db(fields=["record"])  # it may have been published meanwhile
    if words and file.record:
        SearchRow.objects.refresh(file.record)
