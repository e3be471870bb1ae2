"""The city speaks for what its people write: its focal point signs off or sends back, and is reminded once."""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.actions.contributions import hand_to_staff, locked_in
from hub.emails import contributions as letters
from hub.models import Comment, Contribution

Status = Contribution.Status


@transaction.atomic
def sign_off(contribution, *, by) -> Contribution:
    """The city stands behind it: it waits for network staff now, and its authors know."""
    contribution = locked_in(Status.CITY_REVIEW, contribution, to=Status.SUBMITTED)
    contribution.signed_off_at, contribution.signed_off_by = timezone.now(), by
    journal.record("signed off", contribution, by=by, city=contribution.city_id)
    hand_to_staff(contribution, by=by)
    letters.received(contribution)
    return contribution


@transaction.atomic
def send_back(contribution, *, text, by) -> Contribution:
    """A draft again; its authors read in a letter, and on its page, what the focal point asks for."""
    contribution = locked_in(Status.CITY_REVIEW, contribution, to=Status.DRAFT)
    contribution.move_to(Status.DRAFT)
    contribution.save(update_fields=["status"])
    comment = Comment.objects.create(contribution=contribution, text=text, by=by)
    journal.record("sent back", contribution, by=by, city=contribution.city_id)
    letters.sent_back(contribution, comment)
    return contribution


@transaction.atomic
def remind(contribution, *, by=None) -> Contribution:
    """The focal point is reminded, once. Where nobody can sign it off any more, it goes on to staff."""
    contribution = locked_in(Status.CITY_REVIEW, contribution, to=Status.SUBMITTED)
    focal_point = contribution.focal_point()
    if focal_point is None:
        hand_to_staff(contribution, by=by)
        letters.received(contribution)
    elif contribution.reminded_at is None:
        contribution.reminded_at = timezone.now()
        contribution.save(update_fields=["reminded_at"])
        journal.record("reminded the city", contribution, by=by, city=contribution.city_id)
        letters.sign_off_reminder(contribution, focal_point)
    return contribution
