"""Searches that members keep, and the letters about what is new in them.

What somebody looks for is their own business, so none of this is written to the journal, which never forgets.
"""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import searches as letters
from hub.models import SavedSearch, SearchLog

Frequency = SavedSearch.Frequency


@transaction.atomic
def keep(query, *, name, by, frequency=Frequency.WEEKLY, told_until=None) -> SavedSearch:
    """The search stands among the member's own, and letters tell what is new in it; twice is once.

    `query` is the canonical address without the page; what appears after `told_until` (default: now) is news.
    """
    facts = {
        "name": name[:120],
        "frequency": frequency,
        "told_until": told_until or timezone.now(),
    }
    return SavedSearch.objects.get_or_create(user=by, query=query, defaults=facts)[0]


@transaction.atomic
def change(saved, *, name, frequency, by) -> SavedSearch:
    """The search has another name or other letters; one that was silent tells what is new from now on."""
    saved = SavedSearch.objects.select_for_update().get(pk=saved.pk, user=by)
    if saved.frequency == Frequency.NEVER:
        saved.told_until = timezone.now()
    saved.name, saved.frequency = name, frequency
    saved.save(update_fields=["name", "frequency", "told_until"])
    return saved


@transaction.atomic
def forget(saved, *, by) -> dict:
    """The search is gone, and no letter comes any more. Returns what keep() needs to bring it back."""
    facts = {
        "query": saved.query,
        "name": saved.name,
        "frequency": saved.frequency,
        "told_until": saved.told_until.isoformat(),
    }
    SavedSearch.objects.filter(pk=saved.pk, user=by).delete()
    return facts


@transaction.atomic
def stop_letters(saved, *, by=None) -> SavedSearch | None:
    """No more letters about this search; it stays among the member's own. None where it is gone meanwhile."""
    saved = SavedSearch.objects.select_for_update().filter(pk=saved.pk).first()
    if saved:
        saved.frequency = Frequency.NEVER
        saved.save(update_fields=["frequency"])
    return saved


@transaction.atomic
def tell(saved, records, *, until, by=None) -> bool:
    """One letter lists these records; what appears after `until` is for the next. Says whether one was written.

    `records` are what appeared between `saved.told_until` and `until`; without any nothing is sent. When another
    worker was here since `saved` was read, or its owner changed it, nothing happens.
    """
    now = SavedSearch.objects.select_for_update(of=("self",)).select_related("user__person")
    current = now.get(pk=saved.pk)
    if (current.told_until, current.frequency) != (saved.told_until, saved.frequency):
        return False
    if records:
        letters.new_in_search(current, records)
        current.letter_at = timezone.now()
    current.told_until = until
    current.save(update_fields=["told_until", "letter_at"])
    return bool(records)


@transaction.atomic
def settle(words, *, by) -> int:
    """Staff have seen to words that found nothing: they leave the list. Returns how many rows they were."""
    rows = SearchLog.objects.select_for_update().filter(query=words, settled_at__isnull=True)
    newest = max(rows, key=lambda row: row.pk, default=None)
    if newest is None:
        return 0
    settled = SearchLog.objects.filter(query=words).update(settled_at=timezone.now())
    journal.record("settled", newest, by=by)
    return settled


def drop_old_log(*, by=None) -> int:
    """What was looked for longer than a year ago is forgotten."""
    day = (timezone.now() - SearchLog.KEPT).date()
    return SearchLog.objects.filter(on__lt=day).delete()[0]
