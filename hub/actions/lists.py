"""Reading lists. What stands on one is between those who keep it, so none of this goes into the journal."""

from django.db import transaction
from django.utils import timezone

from hub.models import ReadingList, ReadingListItem


@transaction.atomic
def begin(*, title, about="", audience=ReadingList.Audience.OWN, body=None, by) -> ReadingList:
    """A new, empty list of this member, or of a group that keeps it together."""
    return ReadingList.objects.create(
        owner=by, title=title, about=about, audience=audience, body=body
    )


@transaction.atomic
def change(reading_list, *, title, about, audience, body, by) -> ReadingList:
    """The list is called otherwise, or others see or keep it from now on."""
    reading_list = _locked(reading_list)
    reading_list.title, reading_list.about = title, about
    reading_list.audience, reading_list.body = audience, body
    return _touched(reading_list, "title", "about", "audience", "body")


@transaction.atomic
def throw_away(reading_list, *, by) -> None:
    """The list is gone for everybody; its records stay where they are."""
    ReadingList.objects.filter(pk=reading_list.pk).delete()


@transaction.atomic
def add(reading_list, record, *, note="", by) -> ReadingListItem:
    """The record stands at the end of the list; one that is there already stays in its place, with the new note."""
    reading_list = _locked(reading_list)
    last = reading_list.items.in_order().last()
    item, is_new = ReadingListItem.objects.get_or_create(
        list=reading_list,
        record=record,
        defaults={"note": note, "position": last.position + 1 if last else 1, "added_by": by},
    )
    if note and not is_new:
        item.note = note
        item.save(update_fields=["note"])
    _touched(reading_list)
    return item


@transaction.atomic
def annotate(item, *, note, by) -> ReadingListItem:
    """Beside the record stands why it is on the list."""
    reading_list = _locked(item.list)
    ReadingListItem.objects.filter(pk=item.pk).update(note=note)
    item.note = note
    _touched(reading_list)
    return item


@transaction.atomic
def place(item, *, behind, by) -> None:
    """The record stands right after `behind` on the list; first where `behind` is None."""
    reading_list = _locked(item.list)
    _put(reading_list, item.pk, behind.pk if behind else None)
    _touched(reading_list)


@transaction.atomic
def take_off(item, *, by) -> dict:
    """The record is no longer on the list. Returns what put_back() needs."""
    reading_list = _locked(item.list)
    order = [None, *reading_list.items.in_order().values_list("pk", flat=True)]
    before = order[order.index(item.pk) - 1] if item.pk in order else None
    ReadingListItem.objects.filter(pk=item.pk).delete()
    _touched(reading_list)
    return {"record": item.record_id, "note": item.note, "behind": before}


@transaction.atomic
def put_back(reading_list, record, *, note, behind, by) -> ReadingListItem:
    """The record stands again where it was taken off. `behind` is the key of the entry before it, or None."""
    item = add(reading_list, record, note=note, by=by)
    _put(reading_list, item.pk, behind)
    return item


def _locked(reading_list):
    return ReadingList.objects.select_for_update().get(pk=reading_list.pk)


def _touched(reading_list, *fields):
    reading_list.updated_at = timezone.now()
    reading_list.save(update_fields=[*fields, "updated_at"])
    return reading_list


def _put(reading_list, pk, behind):
    """Number the entries anew, with `pk` after `behind`; first when that is None or no longer there."""
    items = {item.pk: item for item in reading_list.items.in_order()}
    order = [other for other in items if other != pk]
    order.insert(order.index(behind) + 1 if behind in order else 0, pk)
    for position, key in enumerate(order, 1):
        items[key].position = position
    ReadingListItem.objects.bulk_update(items.values(), ["position"])
