"""Where people stand who cannot come in yet, or not any more."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.models import MembershipApplication
from members.rules import standing
from members.views.status import progress_of


@never_cache
@require_safe
def status(request):
    """For a pending or suspended person: what the state is, and whom to ask. Others go home."""
    who = standing(request.user)
    if who.kind not in ("pending", "suspended"):
        return redirect("home")
    application = MembershipApplication.objects.latest_of(request.user)
    context = {"standing": who, "application": application}
    if application and who.kind == "pending":
        context |= progress_of(application)
    return render(request, "members/my_status.html", context)
