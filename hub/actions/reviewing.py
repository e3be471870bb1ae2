"""Staff read what members sent: somebody takes it, remarks on its parts, and asks for changes."""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import contributions as letters
from hub.models import Comment, Contribution

Status = Contribution.Status


@transaction.atomic
def take(contribution, *, by) -> Contribution:
    """One member of staff reads it; the others see who. Who has it already keeps it."""
    contribution = _locked(contribution)
    if contribution.status == Status.STAFF_REVIEW and contribution.reviewer_id == by.pk:
        return contribution
    if contribution.status != Status.STAFF_REVIEW:
        contribution.move_to(Status.STAFF_REVIEW)
    contribution.reviewer = by
    contribution.save(update_fields=["status", "reviewer"])
    journal.record("took", contribution, by=by)
    return contribution


@transaction.atomic
def comment(contribution, *, section, text, by) -> Comment:
    """A remark on one part, kept for the letter that asks for changes."""
    made = Comment.objects.create(contribution=contribution, section=section, text=text, by=by)
    journal.record("noted", contribution, by=by, section=section)
    return made


@transaction.atomic
def request_changes(contribution, *, text, by) -> Contribution:
    """Its authors get a letter with the remarks, part by part, and write on."""
    contribution = _locked(contribution)
    contribution.move_to(Status.CHANGES_REQUESTED)
    contribution.reviewer, contribution.updated_at = by, timezone.now()
    contribution.save(update_fields=["status", "reviewer", "updated_at"])
    if text:
        Comment.objects.create(contribution=contribution, text=text, by=by)
    journal.record("asked for changes", contribution, by=by)
    letters.changes_requested(contribution)
    return contribution


def _locked(contribution):
    return Contribution.objects.select_for_update().get(pk=contribution.pk)
