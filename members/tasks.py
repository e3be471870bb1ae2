"""What happens to applications by the clock. Each may run twice, or late, and do no harm."""

from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.lifecycle import IllegalMove
from members.actions import endorsements, registration
from members.models import Attachment, MembershipApplication


@shared_task
def remind():
    """Focal points who have not answered are reminded after a week; after two, staff take over."""
    unanswered = MembershipApplication.objects.unanswered_by_city
    for application in unanswered(_ago(MembershipApplication.CITY_ANSWERS_WITHIN_DAYS)):
        _unless_moved(endorsements.hand_to_staff, application)
    for application in unanswered(_ago(MembershipApplication.CITY_REMINDED_AFTER_DAYS)):
        _unless_moved(endorsements.remind, application)


@shared_task
def expire():
    """What was never sent or confirmed goes after 90 days, letters 30 days after the decision."""
    unsent_since = _ago(MembershipApplication.KEPT_UNSENT_DAYS)
    for application in MembershipApplication.objects.left_lying(unsent_since):
        _unless_moved(registration.drop, application)
    decided = Attachment.objects.no_longer_needed(_ago(MembershipApplication.LETTERS_KEPT_DAYS))
    registration.delete_letters(decided)


def _ago(days):
    return timezone.now() - timedelta(days=days)


def _unless_moved(action, application):
    """Somebody may decide while we run; then there is nothing left to do."""
    with suppress(IllegalMove, MembershipApplication.DoesNotExist):
        action(application)
