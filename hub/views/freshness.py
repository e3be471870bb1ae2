"""Whether a record still holds: the button of those who know."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hub import rules
from hub.actions import freshness as actions
from hub.views.lineage import readable


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, code):
    """Those who speak for the record say that it still holds; the link in a letter leads here."""
    record = readable(request, code)
    if not rules.may_confirm(request.user, record):
        raise PermissionDenied
    if request.method == "POST":
        actions.confirm(record, by=request.user)
        messages.success(request, _("Thank you. We ask again in a year."))
        return redirect("hub:record", record.code)
    return render(request, "hub/confirm.html", {"record": record, "text": record.text()})
