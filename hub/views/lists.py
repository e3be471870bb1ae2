"""Reading lists: those one keeps, those shared with all members, and putting a record on one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hub import rules
from hub.actions import lists as actions
from hub.forms.lists import KeepForm, ListForm, NoteForm
from hub.models import ReadingList, ReadingListItem, Record
from hub.views import undo
from hub.views.cards import cards

_REMOVED = "removed_from_list"


@require_safe
def lists(request):
    """The lists one keeps, alone or with a group, and those that others share with all members."""
    _members_only(request)
    every = ReadingList.objects.with_count_for(request.user).newest_first()
    context = {"own": every.kept_by(request.user), "shared": every.shared_by_others(request.user)}
    return render(request, "hub/lists.html", context)


def begin_list(request):
    """A new list."""
    _members_only(request)
    form = ListForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = actions.begin(**form.cleaned_data, by=request.user)
        return redirect("hub:reading_list", made.uid)
    return render(request, "hub/list_form.html", {"form": form})


@require_safe
def reading_list(request, uid):
    """A list with those of its records that this visitor may read."""
    found = _visible(request, uid)
    items = list(found.items.readable_by(request.user).in_order())
    records = Record.objects.visible_to(request.user).with_card()
    records = records.in_bulk([item.record_id for item in items])
    by_record = {
        card.record.pk: card for card in cards(records.values(), request.user, terms_of={})
    }
    context = {
        "list": found,
        "rows": [(item, by_record.get(item.record_id)) for item in items],
        "may_fill": rules.may_fill(request.user, found),
        "may_change": rules.may_change_list(request.user, found),
        "keeper": _keeper(found, request.user),
        "removed": _removed_from(request, found),
    }
    return render(request, "hub/reading_list.html", context)


def change_list(request, uid):
    """What the list is called, who sees it and who keeps it; and where it ends."""
    found = _changeable(request, uid)
    form = ListForm(request.POST or None, instance=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change(found, **{"body": None} | form.cleaned_data, by=request.user)
        return redirect("hub:reading_list", found.uid)
    return render(request, "hub/list_form.html", {"form": form, "list": found})


@require_POST
def delete_list(request, uid):
    """Throw the whole list away."""
    found = _changeable(request, uid)
    actions.throw_away(found, by=request.user)
    messages.success(request, _("The list “%(title)s” is gone.") % {"title": found.title})
    return redirect("hub:lists")


def keep_record(request, code):
    """Choose the list a record goes on, or begin one."""
    _members_only(request)
    record = get_object_or_404(Record.objects.visible_to(request.user).with_card(), code=code)
    kept = ReadingList.objects.kept_by(request.user).newest_first()
    form = KeepForm(request.POST or None, lists=kept)
    if request.method == "POST" and form.is_valid():
        chosen = _chosen_list(form.cleaned_data, request.user)
        actions.add(chosen, record, note=form.cleaned_data["note"], by=request.user)
        messages.success(
            request, _("It is on your list “%(title)s” now.") % {"title": chosen.title}
        )
        return redirect("hub:record", record.code)
    on = kept.holding(record)
    context = {"form": form, "record": record, "text": record.text(), "on": on}
    return render(request, "hub/keep.html", context)


@require_POST
def note_item(request, uid, pk):
    """Say beside a record why it is on the list."""
    item = _fillable_item(request, uid, pk)
    form = NoteForm(request.POST, instance=item)
    if form.is_valid():
        actions.annotate(item, note=form.cleaned_data["note"], by=request.user)
    else:
        messages.warning(request, _("A note has room for 300 characters. Shorten it."))
    return _back_to(item)


@require_POST
def move_item(request, uid, pk):
    """One place up or down, past the next record that this visitor sees."""
    item = _fillable_item(request, uid, pk)
    seen = list(item.list.items.readable_by(request.user).in_order())
    at = seen.index(item)
    if request.POST.get("to") == "up" and at > 0:
        actions.place(item, behind=seen[at - 2] if at > 1 else None, by=request.user)
    elif request.POST.get("to") == "down" and at < len(seen) - 1:
        actions.place(item, behind=seen[at + 1], by=request.user)
    return _back_to(item)


@require_POST
def remove_item(request, uid, pk):
    """Take a record off the list; the next page offers to put it back."""
    item = _fillable_item(request, uid, pk)
    facts = actions.take_off(item, by=request.user)
    undo.remember(request, _REMOVED, facts | {"list": str(item.list.uid)})
    return redirect("hub:reading_list", uid)


@require_POST
def restore_item(request, uid):
    """Put back the record that was taken off last."""
    found = _fillable(request, uid)
    facts = _removed_from(request, found)
    record = facts and Record.objects.visible_to(request.user).filter(pk=facts["record"]).first()
    if record:
        undo.take(request, _REMOVED)
        actions.put_back(found, record, note=facts["note"], behind=facts["behind"], by=request.user)
    return redirect("hub:reading_list", uid)


def _members_only(request):
    if not rules.may_keep(request.user):
        raise PermissionDenied


def _visible(request, uid):
    lists = ReadingList.objects.visible_to(request.user).select_related("owner__person", "body")
    return get_object_or_404(lists, uid=uid)


def _fillable(request, uid):
    found = _visible(request, uid)
    if not rules.may_fill(request.user, found):
        raise PermissionDenied
    return found


def _changeable(request, uid):
    found = _visible(request, uid)
    if not rules.may_change_list(request.user, found):
        raise PermissionDenied
    return found


def _fillable_item(request, uid, pk):
    found = _fillable(request, uid)
    items = ReadingListItem.objects.readable_by(request.user).select_related("list")
    return get_object_or_404(items, list=found, pk=pk)


def _removed_from(request, reading_list):
    facts = undo.recall(request, _REMOVED)
    return facts if facts and facts["list"] == str(reading_list.uid) else None


def _chosen_list(answers, user):
    if answers["title"]:
        return actions.begin(title=answers["title"], by=user)
    return answers["list"]


def _keeper(reading_list, user) -> str:
    """Who else keeps the list, as far as members may know: its group, or a name that its owner lets them read."""
    if reading_list.body:
        return str(reading_list.body)
    if reading_list.owner_id == user.pk:
        return ""
    person = getattr(reading_list.owner, "person", None)
    return person.name if person and rules.may_name_person(person) else ""


def _back_to(item):
    return redirect(f"{reverse('hub:reading_list', args=[item.list.uid])}#item-{item.pk}")
