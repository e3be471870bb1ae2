"""Files that members send with what they write, before it is on the shelf."""

import uuid
from functools import partial
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, journal, limits
from core.lifecycle import IllegalMove
from hub.models import Contribution, FileText, RecordFile
from hub.models.files import first_scan

LOOK = "hub.tasks.look_into_files"  # what whoever takes files in wakes up
MEGABYTES_A_DAY = 200
MOST_FILES = 30
_DAY = 86_400


@transaction.atomic
def add(contribution, *, upload, facts, by) -> RecordFile:
    """The file lies with the contribution, for those who write it; others see it once that is published.

    `facts` are language, licence and visibility, and a title if it is not to be called as the file is. The same
    content sent again is the file that is there. Raises ValidationError with a sentence for whoever sent it.
    """
    # May take seconds: before the lock, for which whoever writes the same contribution waits.
    kind = files.inspect_upload(upload, RecordFile.KINDS, megabytes=RecordFile.MOST_MEGABYTES)
    content = files.without_metadata(upload, kind)
    fingerprint = files.sha256(content)
    contribution = _writable(contribution)
    if there := contribution.files.filter(sha256=fingerprint).first():
        return there
    _refuse_too_many(contribution, content, by)
    made = RecordFile(
        contribution=contribution,
        content_type=files.KINDS[kind][1],
        size=content.size,
        sha256=fingerprint,
        added_by=by,
        **{"title": _title(upload.name)} | facts,
    )
    made.file.save(f"{uuid.uuid4()}.{kind}", content)
    _write_down("added a file", contribution, made, by)
    return made


@transaction.atomic
def describe(file, *, facts, by) -> RecordFile:
    """The file is called, and read by, what was said; its content stays."""
    contribution = _writable(file.contribution)
    for name, value in facts.items():
        setattr(file, name, value)
    file.save(update_fields=[*facts])
    _write_down("described a file", contribution, file, by)
    return file


@transaction.atomic
def remove(file, *, by) -> None:
    """The file is gone, with its content. Taking out what is gone already changes nothing."""
    contribution = _writable(file.contribution)
    file = contribution.files.filter(pk=file.pk, record__isnull=True).first()
    if file:
        _write_down("removed a file", contribution, file, by)
        forget_content(file)
        file.delete()


def take_in(file, upload, *, by) -> None:
    """The file, which the caller saves, is what was uploaded, and begins as every new one: unscanned, unread.

    `upload` has its `kind` from files.inspect_upload. What the file was before is gone.
    """
    if file.pk:
        forget_content(RecordFile.objects.get(pk=file.pk))
        FileText.objects.filter(file=file).delete()
    file.content_type, file.size = files.KINDS[upload.kind][1], upload.size
    file.sha256, file.added_by = files.sha256(upload), by
    file.scan, file.scan_note, file.attempts = first_scan(), "", 0
    file.lease, file.leased_until, file.next_try_at = None, None, timezone.now()


def forget_content(file) -> None:
    """What is stored of the file goes once the transaction commits."""
    transaction.on_commit(partial(file.file.storage.delete, file.file.name), robust=True)


def note_download(file, *, by, facts=None) -> None:
    """Staff can tell who was given this file, and when; `by` is None for a visitor without an account."""
    journal.record("downloaded", file, by=by, **facts or {})


def _writable(contribution):
    """The contribution, held until the end of the transaction; its authors write while it is with them."""
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if contribution.status not in Contribution.WRITABLE:
        raise IllegalMove(contribution, Contribution.Status.DRAFT)
    return contribution


def _refuse_too_many(contribution, content, by):
    if contribution.files.count() >= MOST_FILES:
        message = _("There are %(most)s files already. Take one out first.")
        raise ValidationError(message % {"most": MOST_FILES}, code="many")
    kilobytes = -(-content.size // 1024)
    if not limits.spend(f"upload:{by.pk}", kilobytes, most=MEGABYTES_A_DAY * 1024, seconds=_DAY):
        message = _(
            "You have sent %(most)s MB today, which is the most for one day. Go on tomorrow."
        )
        raise ValidationError(message % {"most": MEGABYTES_A_DAY}, code="quota")


def _title(name):
    """What the file is called, without what computers add."""
    stem = PurePath(files.clean_name(name or "")).stem.replace("_", " ").strip()
    return stem or _("File")


def _write_down(verb, contribution, file, by):
    contribution.updated_at, contribution.updated_by = timezone.now(), by
    contribution.save(update_fields=["updated_at", "updated_by"])
    journal.record(verb, contribution, by=by, file=file.pk, size=file.size)
