"""What a reader of a record may do besides reading it: the buttons of its page."""

from django.utils import timezone

from hub import rules
from hub.models import Adaptation
from hub.models.freshness import is_near
from members.rules import standing


def taking_part(record, user) -> dict:
    """Which buttons this visitor sees; each leads to a page that asks the same rule."""
    may_adapt = rules.may_adapt(user, record)
    return {
        "may_adapt": may_adapt,
        "adapts": may_adapt and _adapts(record, user),
        "may_ask": rules.may_ask(user, record),
        "may_evaluate": rules.may_evaluate(user, record),
        "may_confirm": _is_time(record) and rules.may_confirm(user, record),
    }


def _adapts(record, user):
    return Adaptation.objects.of_cities(standing(user).cities).filter(source=record).exists()


def _is_time(record):
    return is_near(record.review_due, timezone.now().date())
