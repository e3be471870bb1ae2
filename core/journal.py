"""The journal: what happened, written in the same transaction as the change itself."""

from core.models import JournalEntry


def record(verb: str, subject, *, by=None, **facts) -> JournalEntry:
    """Write down that `by` (a user, or None for the system) did `verb` to `subject`.

    `facts` are small JSON values (states, reasons, counts), never secrets or free personal data.
    """
    entry = _entry(verb, subject, by, facts)
    entry.save(force_insert=True)
    return entry


def record_each(verb: str, subjects, *, by=None) -> None:
    """The same for many things at once: `subjects` are pairs of a thing and its facts."""
    JournalEntry.objects.bulk_create(
        _entry(verb, subject, by, facts) for subject, facts in subjects
    )


def of(subject):
    """Everything the journal holds about one thing, oldest first."""
    return (
        JournalEntry.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("by")
        .order_by("at", "pk")
    )


def _entry(verb, subject, by, facts):
    return JournalEntry(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_name=str(subject)[:200],
        by=by,
        facts=facts,
    )
