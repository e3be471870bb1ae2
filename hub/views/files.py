"""Files: of records, for whoever may read them, and of contributions, for those who write them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import files as stored
from core import limits, wakeup
from core.middleware import takes_megabytes
from hub import rules
from hub.actions import files as actions
from hub.forms.files import DescriptionForm, UploadForm
from hub.models import Contribution, RecordFile

PARTS_SECONDS = 3600
# A file of the largest size, and what a form puts around it.
MOST_MEGABYTES = RecordFile.MOST_MEGABYTES + 1


@login_not_required
@require_safe
def file(request, code, pk):
    """A file of a record, under the same rule as its page and the file's own; asked again for every part."""
    found = get_object_or_404(RecordFile.objects.visible_to(request.user), pk=pk, record__code=code)
    return _served(request, found)


@require_safe
def contribution_file(request, uid, pk):
    """A file that lies with a contribution, for those who may open that."""
    found = get_object_or_404(
        RecordFile.objects.written_by(request.user), pk=pk, contribution__uid=uid
    )
    return _served(request, found)


@takes_megabytes(MOST_MEGABYTES)
@require_POST
def add(request, uid):
    """Files for a contribution: those that can be taken are, and of each other one the reason is told."""
    contribution = _writable(request, uid)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        facts = form.cleaned_data
        _add_each(request, contribution, facts.pop("files"), facts)
    else:
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
    return redirect(_place(contribution))


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request, uid, pk):
    """What a file of a contribution is called, who may read it, what it shows."""
    contribution = _writable(request, uid)
    found = get_object_or_404(contribution.files.filter(record=None), pk=pk)
    if request.method != "POST" and not contribution.is_writable:
        return redirect("hub:contribution", uid)
    form = DescriptionForm(request.POST or None, file=found)
    if request.method == "POST" and form.is_valid():
        actions.describe(found, facts=form.cleaned_data, by=request.user)
        return redirect(_place(contribution))
    context = {
        "contribution": contribution, "file": found, "form": form, "back": _place(contribution),
    }  # fmt: skip
    return render(request, "hub/contribute/file.html", context)


@require_POST
def remove(request, uid, pk):
    """Take a file out of a contribution; pressed twice, the second changes nothing."""
    contribution = _writable(request, uid)
    found = contribution.files.filter(record=None, pk=pk).first()
    if found:
        actions.remove(found, by=request.user)
        messages.success(request, _("“%(title)s” is removed.") % {"title": found.title})
    return redirect(_place(contribution))


def _served(request, found):
    response = stored.serve(
        found.file,
        name=found.name,
        content_type=found.content_type,
        inline=True,
        sha256=found.sha256,
        request=request,
    )
    if request.method == "GET" and response.status_code in (200, 206, 302):
        _note(request, found)
    return response


def _note(request, found):
    """One line a download: where it begins, and for parts without a beginning once in a while."""
    account = request.user if request.user.is_authenticated else None
    is_new = account and limits.allow(
        f"part:{account.pk}:{found.pk}", most=1, seconds=PARTS_SECONDS
    )
    if stored.asks_for_the_beginning(request):
        actions.note_download(found, by=account)
    elif is_new:
        actions.note_download(found, by=account, facts={"part": True})


def _writable(request, uid):
    contribution = get_object_or_404(Contribution.objects.visible_to(request.user), uid=uid)
    if not rules.may_write(request.user, contribution):
        raise PermissionDenied
    return contribution


def _add_each(request, contribution, uploads, facts):
    taken = 0
    for upload in uploads:
        try:
            actions.add(contribution, upload=upload, facts=facts, by=request.user)
        except ValidationError as error:
            name = stored.clean_name(upload.name)
            messages.error(request, f"{name}: {' '.join(error.messages)}")
        else:
            taken += 1
    if taken:
        wakeup.wake(actions.LOOK)
        message = ngettext("%(taken)s file is added.", "%(taken)s files are added.", taken)
        messages.success(request, message % {"taken": taken})


def _place(contribution):
    return reverse("hub:contribution_edit", args=[contribution.uid, "files"])
