"""Who may read several records at once."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.models import Record, SearchRow, Visibility
from hub.models.readers import is_for


@transaction.atomic
def change_audience_of(keys, *, visibility, groups, by) -> int:
    """These records are read by others from now on, all together, everywhere at once; says how many changed.

    `keys` are primary keys, `groups` the bodies where they are for a group. A record that has this audience
    already is left alone, so doing it twice changes nothing. Files keep a visibility of their own.
    """
    changed = []
    for record in Record.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        if not is_for(record, visibility, groups):
            _change(record, visibility, groups, by)
            changed.append(record)
    if changed:
        SearchRow.objects.refresh(*changed)
    return len(changed)


def _change(record, visibility, groups, by):
    facts: dict[str, Any] = {
        "before": {"record": record.visibility},
        "after": {"record": visibility},
    }
    record.visibility, record.updated_at = visibility, timezone.now()
    record.save(update_fields=["visibility", "updated_at"])
    if visibility == Visibility.GROUP:
        record.groups.set(groups)
        facts["groups"] = sorted(group.code for group in groups)
    journal.record("audience changed", record, by=by, together=True, **facts)
