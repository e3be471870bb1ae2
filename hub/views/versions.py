"""How a record was before: its versions, what changed between two, and (for staff) the way back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hub import rules
from hub.actions import publishing
from hub.actions.card_dump import dump
from hub.actions.card_fields import differences
from hub.models import Record, Revision


@require_safe
def versions(request, code):
    """Every version that was kept, the latest first."""
    record = _readable(request, code)
    kept = record.revisions.select_related("by", "contribution").order_by("-number")
    return render(request, "hub/versions.html", {"record": record, "versions": kept})


@require_safe
def version(request, code, number):
    """What one version changed: against the one before it, or another (`?with=2`), or the record as it is now."""
    record = _readable(request, code)
    shown = get_object_or_404(Revision, record=record, number=number)
    others = list(record.revisions.exclude(number=number).order_by("-number"))
    other = _other(request, shown, others)
    context = {
        "record": record,
        "version": shown,
        "other": other,
        "others": others,
        "differences": differences(other.card if other else {}, shown.card),
        "may_restore": rules.may_restore(request.user) and number != record.revision,
    }
    return render(request, "hub/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request, code, number):
    """Staff bring a version back, once they have seen what that changes."""
    record = _readable(request, code)
    if not rules.may_restore(request.user):
        raise PermissionDenied
    revision = get_object_or_404(Revision, record=record, number=number)
    if request.method == "POST":
        publishing.restore(revision, by=request.user)
        messages.success(request, _("The record says again what it said in that version."))
        return redirect("hub:versions", code)
    changes = differences(dump(record, with_files=False), revision.card)
    changes = [change for change in changes if change.path not in publishing.AUDIENCE]
    context = {"record": record, "version": revision, "differences": changes}
    return render(request, "hub/restore.html", context)


def _readable(request, code):
    """404 for who may not open the record, 403 for who may read it but not its past."""
    record = get_object_or_404(
        Record.objects.visible_to(request.user).prefetch_related("cities"), code=code
    )
    if not rules.may_read_versions(request.user, record):
        raise PermissionDenied
    return record


def _other(request, shown, others):
    """The version asked for, else the one before; None for the first."""
    asked = request.GET.get("with", "")
    for other in others:
        if str(other.number) == asked or (not asked and other.number < shown.number):
            return other
    return None
