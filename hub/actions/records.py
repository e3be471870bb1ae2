"""What staff do with a record. Every action leaves the search rows as they must be, in the same transaction."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from hub.actions import revisions
from hub.models import Record, RecordFile, SearchRow

# The letter a kind has in its code, SCN-P-0001.
LETTERS = {
    Record.Kind.PRACTICE: "P",
    Record.Kind.LESSON: "L",
    Record.Kind.POLICY: "S",
    Record.Kind.RESEARCH: "R",
    Record.Kind.TOOLKIT: "T",
    Record.Kind.CASE_STUDY: "C",
    Record.Kind.POSITION_PAPER: "N",
    Record.Kind.IMPACT_STORY: "I",
    Record.Kind.EVENT_REPORT: "E",
    Record.Kind.EVALUATION: "A",
}
_CODES_LOCK = 7_300_001
_FRESHNESS = ["review_due", "times_asked", "last_asked_on"]
# What staff say about a record: to change it makes no new version of the record.
_BESIDE_THE_TEXT = {
    "review_due", "last_confirmed_on",
    *(f"{axis}_{what}" for axis in Record.AXES for what in ("on", "revision")),
}  # fmt: skip


@transaction.atomic
def next_code(kind) -> str:
    """The next free code of a kind; nobody else gets it while this transaction lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CODES_LOCK])
    start = f"SCN-{LETTERS[kind]}-"
    codes = Record.objects.filter(code__regex=rf"^{start}\d+$").values_list("code", flat=True)
    last = max((int(code.removeprefix(start)) for code in codes), default=0)
    return f"{start}{last + 1:04d}"


@transaction.atomic
def publish(record, *, by) -> Record:
    """Put the record on the shelf: those whom its audience names find and read it from now on."""
    record = _locked(record)
    if not record.texts.exclude(status="draft").exists():
        raise ValidationError(_("Finish the text in at least one language before you publish."))
    record.move_to(Record.Status.PUBLISHED)
    now = timezone.now()
    record.published_at = record.published_at or now
    if record.review_due is None or record.review_due <= now.date():
        record.renew(now.date())
    return _saved(record, "published", by, fields=["status", "published_at", *_FRESHNESS])


@transaction.atomic
def return_to_draft(record, *, by) -> Record:
    """Take the record back to work on it: only staff see it until it is published again."""
    record = _locked(record)
    record.move_to(Record.Status.DRAFT)
    return _saved(record, "returned to draft", by, fields=["status"])


@transaction.atomic
def archive(record, *, by) -> Record:
    """Take the record off the shelf for good; nothing is deleted, staff still find it."""
    record = _locked(record)
    record.move_to(Record.Status.ARCHIVED)
    return _saved(record, "archived", by, fields=["status"])


@transaction.atomic
def change_audience(record, *, visibility, groups, files, by) -> Record:
    """Change who may read the record and its files, at once everywhere.

    `groups` are the bodies that read it when it is for a group; `files` maps the key of a file to its visibility.
    """
    record = _locked(record)
    before = {"record": record.visibility}
    for file in RecordFile.objects.select_for_update().filter(record=record, pk__in=files):
        before[f"file {file.pk}"] = file.visibility
        file.visibility = files[file.pk]
        file.save(update_fields=["visibility"])
    record.visibility = visibility
    record.groups.set(groups)
    facts = {
        "before": before,
        "after": {"record": visibility} | {f"file {pk}": chosen for pk, chosen in files.items()},
        "groups": sorted(group.code for group in groups),
    }
    return _saved(record, "audience changed", by, fields=["visibility"], **facts)


@transaction.atomic
def enter(record, *, by) -> Record:
    """A new record stands in the staff's list, found by its words; its author is written down."""
    record = _locked(record)
    dated = _date_evidence(record, [f"{axis}_on" for axis in Record.AXES])
    return _saved(record, "added", by, fields=dated)


@transaction.atomic
def revise(record, *, fields, original_changed, by) -> Record:
    """Make what staff just changed count: a new version, dated today, found by its new words.

    `fields` names what changed. With `original_changed` translations made before are shown as older than
    the original. Evidence and the day of the next confirmation are dated without a new version.
    """
    record = _locked(record)
    if not set(fields) <= _BESIDE_THE_TEXT:
        record.revision += 1
    if original_changed:
        record.text_revision = record.revision
    if "review_due" in fields:
        record.times_asked, record.last_asked_on = 0, None
    record = _saved(
        record,
        "changed",
        by,
        fields=["revision", "text_revision", *_FRESHNESS, *_date_evidence(record, fields)],
        changed=sorted(set(fields)),
    )
    revisions.keep(record, by=by)
    return record


def _date_evidence(record, fields):
    """Evidence that staff dated by hand speaks of the version there is now; says which columns that changed."""
    columns = []
    for axis in Record.AXES:
        if f"{axis}_on" in fields and f"{axis}_revision" not in fields:
            is_dated = getattr(record, f"{axis}_on") is not None
            setattr(record, f"{axis}_revision", record.revision if is_dated else None)
            columns.append(f"{axis}_revision")
    return columns


def _locked(record):
    return Record.objects.select_for_update().get(pk=record.pk)


def _saved(record, verb, by, *, fields, **facts):
    record.updated_at = timezone.now()
    record.save(update_fields=[*fields, "updated_at"])
    SearchRow.objects.refresh(record)
    journal.record(verb, record, by=by, **facts)
    return record
