"""What staff do with a record. Every action leaves the search rows as they must be, in the same transaction."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
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
    record.published_at = record.published_at or timezone.now()
    return _saved(record, "published", by, fields=["status", "published_at"])


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
    return _saved(_locked(record), "added", by, fields=[])


@transaction.atomic
def revise(record, *, fields, original_changed, by) -> Record:
    """Make what staff just changed count: a new version, dated today, found by its new words.

    `fields` names what changed. With `original_changed` translations made before are shown as older than
    the original.
    """
    record = _locked(record)
    record.revision += 1
    if original_changed:
        record.text_revision = record.revision
    return _saved(
        record, "changed", by, fields=["revision", "text_revision"], changed=sorted(set(fields))
    )


@transaction.atomic
def note_evaluation(evaluation, *, by) -> Record:
    """The evaluation stands on its record's page and is found by its reasons, once it is published."""
    record = _locked(evaluation.record)
    facts = {"evaluation": evaluation.pk, "published": evaluation.published}
    return _saved(record, "evaluated", by, fields=[], **facts)


def _locked(record):
    return Record.objects.select_for_update().get(pk=record.pk)


def _saved(record, verb, by, *, fields, **facts):
    record.updated_at = timezone.now()
    record.save(update_fields=[*fields, "updated_at"])
    SearchRow.objects.refresh(record)
    journal.record(verb, record, by=by, **facts)
    return record
