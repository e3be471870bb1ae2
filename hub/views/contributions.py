"""Contribute to the library: begin, write with nothing in the way, look at it as readers will, and send it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import rules
from hub.actions import contributions, publishing, sign_off
from hub.actions.checklist import missing
from hub.forms.contributions import ProposeForm, SendBackForm, StartForm
from hub.models import Contribution, Record, Section
from hub.models.owners import own_city
from hub.views.records import article
from hub.views.writing import anchor, steps
from hub.views.writing_stages import headline, stages

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request):
    """Choose what it is, for which city and in which language; the rest can wait."""
    if not rules.may_contribute(request.user):
        raise PermissionDenied
    mine = Contribution.objects.open_to(request.user)[:5]
    form = StartForm(
        request.POST or None,
        user=request.user,
        initial={"kind": Record.Kind.PRACTICE, "language": get_language()},
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        contribution = contributions.begin(
            kind=chosen["kind"],
            city=chosen.get("city"),
            language=chosen["language"],
            by=request.user,
        )
        return redirect("hub:contribution_edit", contribution.uid, Section.STORY)
    return render(request, "hub/contribute/start.html", {"form": form, "mine": mine})


@require_POST
def propose(request, code):
    """Begin a change of a record of one's own city, from the record as it is."""
    record = get_object_or_404(Record.objects.visible_to(request.user), code=code)
    if not rules.may_edit_record(request.user, record):
        raise PermissionDenied
    form = ProposeForm(request.POST)
    language = form.cleaned_data["language"] if form.is_valid() else record.original_language
    contribution = contributions.propose(
        record, city=own_city(request.user, record), language=language, by=request.user
    )
    return redirect("hub:contribution_edit", contribution.uid, Section.STORY)


@require_safe
def listing(request):
    """What I and my city's people write, and how far each is."""
    if not rules.may_contribute(request.user):
        raise PermissionDenied
    found = Contribution.objects.open_to(request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "hub/contribute/list.html", {"page": page})


@require_safe
def contribution(request, uid):
    """Where it stands, whom it waits for, what is missing, and what its reader may do."""
    return _page(request, _found(request, uid))


@require_safe
def preview(request, uid):
    """The record as its readers will see it, made by the code that publishes it and then undone."""
    found = _found(request, uid)
    with transaction.atomic():
        record = publishing.preview(found)
        record = Record.objects.with_article().get(pk=record.pk)
        context = article(request, record) | {"preview_of": found, "may_propose": False}
        response = render(request, "hub/contribute/preview.html", context)
        transaction.set_rollback(True)
    return response


@require_POST
def send(request, uid):
    """Hand it in, or see what it needs first."""
    found = _writable(request, uid)
    try:
        sent = contributions.send(found, by=request.user)
    except contributions.Incomplete:
        messages.warning(request, _("A few things are missing before it can be sent."))
        return redirect("hub:contribution", uid)
    if sent.status == Contribution.Status.CITY_REVIEW:
        messages.success(request, _("Sent. Your city’s focal point has a letter about it."))
    else:
        messages.success(request, _("Sent to network staff."))
    return redirect("hub:contribution", uid)


@require_POST
def withdraw(request, uid):
    contributions.withdraw(_writable(request, uid), by=request.user)
    messages.success(request, _("Withdrawn. You can take it up again at any time."))
    return redirect("hub:contribution", uid)


@require_POST
def resume(request, uid):
    contributions.resume(_writable(request, uid), by=request.user)
    messages.success(request, _("It is a draft again."))
    return redirect("hub:contribution", uid)


@require_POST
def take_back(request, uid):
    contributions.take_back(_writable(request, uid), by=request.user)
    messages.success(request, _("It is a draft again. Send it once more when you have finished."))
    return redirect("hub:contribution", uid)


@require_POST
def settle(request, uid, pk):
    """Cross off a remark."""
    found = _writable(request, uid)
    comment = get_object_or_404(found.sent_comments(), pk=pk, settled_at__isnull=True)
    contributions.settle(comment, by=request.user)
    return redirect("hub:contribution", uid)


@require_POST
def approve(request, uid):
    """The focal point signs off."""
    sign_off.sign_off(_for_focal_point(request, uid), by=request.user)
    messages.success(request, _("Signed off. Network staff have it now."))
    return redirect("hub:contribution", uid)


@require_POST
def send_back(request, uid):
    """The focal point asks for a change; the reason is needed."""
    found = _for_focal_point(request, uid)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    sign_off.send_back(found, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, _("Sent back. Your colleague has a letter with your words."))
    return redirect("hub:contribution", uid)


def _page(request, found, form=None):
    may_write = rules.may_write(request.user, found)
    lacking = missing(found) if found.is_writable else []
    waits_for_reader = found.status == Contribution.Status.CITY_REVIEW and rules.may_sign_off(
        request.user, found
    )
    context = {
        "contribution": found,
        "headline": headline(found, waits_for_reader),
        "stages": stages(found),
        "missing": [(item, anchor(item.path)) for item in lacking],
        "comments": found.sent_comments(),
        "steps": steps(found, ""),
        "may_write": may_write,
        "may_take_back": may_write and found.status == Contribution.Status.CITY_REVIEW,
        "may_withdraw": may_write and found.may_move_to(Contribution.Status.WITHDRAWN),
        "waits_for_reader": waits_for_reader,
        "form": form or (SendBackForm() if waits_for_reader else None),
    }
    return render(request, "hub/contribute/contribution.html", context)


def _found(request, uid):
    return get_object_or_404(Contribution.objects.visible_to(request.user).with_names(), uid=uid)


def _writable(request, uid):
    found = _found(request, uid)
    if not rules.may_write(request.user, found):
        raise PermissionDenied
    return found


def _for_focal_point(request, uid):
    found = _found(request, uid)
    if not rules.may_sign_off(request.user, found):
        raise PermissionDenied
    return found
