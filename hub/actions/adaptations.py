"""A city takes up what another city's record tells."""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import adaptations as letters
from hub.models import Adaptation, Record

_WORDS = ["kept", "changed", "outcome"]
_FACTS = ["cost_amount", "cost_currency", "start_date", "end_date", "result"]


@transaction.atomic
def adapt(record, city, *, language, facts, by) -> Adaptation:
    """The city stands in the record's tree with what it says; the owner's focal points have a letter the first time.

    `facts` holds the status, the texts kept, changed and outcome in this language (texts in others stay), cost,
    dates and the city's own record. A second time it changes what the first said.
    """
    Record.objects.select_for_update().get(pk=record.pk)
    adaptation, is_new = Adaptation.objects.select_for_update().get_or_create(
        source=record, city=city, defaults={"created_by": by}
    )
    changed = _apply(adaptation, language, facts)
    if changed or is_new:
        adaptation.updated_at = timezone.now()
        adaptation.save()
        verb = "adapted" if is_new else "changed"
        journal.record(verb, adaptation, by=by, status=adaptation.status, fields=changed)
    if is_new:
        letters.adapted(adaptation)
    return adaptation


@transaction.atomic
def move(adaptation, status, *, by) -> Adaptation:
    """Staff correct how far the city is."""
    adaptation = Adaptation.objects.select_for_update().get(pk=adaptation.pk)
    adaptation.move_to(status)
    adaptation.updated_at = timezone.now()
    adaptation.save(update_fields=["status", "updated_at"])
    journal.record("changed", adaptation, by=by, status=status)
    return adaptation


def _apply(adaptation, language, facts):
    """Write the facts; says which are new."""
    values = {f"{name}_{language}": facts[name] for name in _WORDS}
    values |= {name: facts[name] for name in _FACTS}
    changed = [name for name, value in values.items() if getattr(adaptation, name) != value]
    for name in changed:
        setattr(adaptation, name, values[name])
    if facts["status"] != adaptation.status:
        adaptation.move_to(facts["status"])
        changed.append("status")
    return changed
