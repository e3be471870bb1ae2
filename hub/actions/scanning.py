"""What the virus scanner says of files, and what follows from it."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from core import journal, leases, scanner
from hub.actions.files import forget_content
from hub.emails import files as letters
from hub.models import RecordFile

LEASE_SECONDS = 300
_LONGEST_WAIT = timedelta(minutes=30)


def scan_next(*, by=None) -> bool:
    """The file that has waited longest is open to its readers if it is clean, and gone if it is not.

    False when nothing waits, or when the scanner gives no answer: then the file goes on waiting.
    """
    taken = scanner.is_on() and leases.take(
        RecordFile.objects.waiting(), n=1, seconds=LEASE_SECONDS
    )
    if not taken:
        return False
    (file,) = taken
    try:
        with file.file.open("rb") as content:
            found = scanner.scan(content)
    except (scanner.NoAnswer, OSError) as error:
        _wait(file, str(error))
        return False
    if found:
        _refuse(file, found, by)
    else:
        _pass(file, by)
    return True


@transaction.atomic
def scan_again(file, *, by) -> None:
    """The file waits for the scanner once more; until it has answered, nobody is given it."""
    clean = RecordFile.objects.clean().filter(pk=file.pk)
    if leases.begin_anew(clean, scan=RecordFile.Scan.WAITING):
        journal.record("had scanned again", file, by=by)


def _wait(file, reason):
    """Tried again later and later, but always again."""
    delay = min(timedelta(seconds=15 * 2 ** min(file.attempts, 10)), _LONGEST_WAIT)
    leases.let_go([file], scan_note=reason[:200], next_try_at=Now() + delay)


@transaction.atomic
def _pass(file, by):
    if _settle(file, RecordFile.Scan.CLEAN, note=""):
        journal.record("found clean", file, by=by)


@transaction.atomic
def _refuse(file, found, by):
    if _settle(file, RecordFile.Scan.REFUSED, note=found):
        forget_content(file)
        journal.record("refused by the scanner", file, by=by, found=found[:200])
        letters.refused(file, found=found[:200])


def _settle(file, verdict, *, note):
    """Write the verdict; nothing, when another worker took the file over."""
    said = {"scan": verdict, "scan_note": note[:200], "scanned_at": Now()}
    return leases.let_go([file], attempts=0, next_try_at=Now(), **said)
