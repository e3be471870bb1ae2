"""The links of the letters: opening one changes nothing (mail scanners open them too), pressing the button does."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.lifecycle import IllegalMove
from members.actions import confirmation, registration
from members.emails import registration as links
from members.models import MembershipApplication
from members.views.join import SESSION_KEY, mine, newcomers_only, too_many

Status = MembershipApplication.Status
MOST_LETTERS_AN_HOUR = 3


@newcomers_only
@require_safe
def sent(request):
    """Sent; now the address. The page is the same whoever the address belongs to."""
    application = mine(request)
    if application is None or application.status != Status.UNCONFIRMED:
        return redirect("members:join")
    context = {"application": application, "hours": links.CONFIRM_SECONDS // 3600}
    return render(request, "members/join/sent.html", context)


@newcomers_only
@require_POST
def again(request):
    """One more letter to the address that was given."""
    limited = too_many(request, "join-again", most=MOST_LETTERS_AN_HOUR, seconds=3600)
    if limited:
        return limited
    application = _named_or_mine(request)
    if application is None:
        return redirect("members:join")
    registration.send_link_again(application)
    messages.success(request, _("Another letter is on its way. Look among unwanted mail too."))
    return redirect("members:join_sent" if mine(request) else "members:join")


@newcomers_only
@require_POST
def change(request):
    """The address was wrong: back to the step that asks for it."""
    application = mine(request)
    if application is None:
        return redirect("members:join")
    registration.take_back(application)
    return redirect("members:join_step", "post")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """The address is confirmed by the button on this page."""
    application = links.named_by(token, "confirm", seconds=links.CONFIRM_SECONDS)
    if application is None:
        return _dead(request, links.named_by(token, "confirm"), token)
    if application.status == Status.UNCONFIRMED:
        if request.method != "POST":
            return render(request, "members/join/confirm.html", {"application": application})
        application = _confirm(application)
    if application.status == Status.DRAFT:
        return _dead(request, None, token)
    return redirect("members:join_status", links.token("status", application))


@newcomers_only
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request, token):
    """Going on with a draft in this browser."""
    application = links.named_by(token, "resume", seconds=links.RESUME_SECONDS)
    if application is None:
        return _dead(request, None, token)
    if application.status not in MembershipApplication.NOT_CONFIRMED:
        return redirect("members:join_status", links.token("status", application))
    if request.method != "POST":
        return render(request, "members/join/resume.html", {"application": application})
    request.session[SESSION_KEY] = str(application.uid)
    return redirect("members:join")


def _confirm(application):
    try:
        return confirmation.confirm(application)
    except IllegalMove:  # pressed twice: the first press has done it
        return MembershipApplication.objects.get(pk=application.pk)


def _named_or_mine(request):
    token = request.POST.get("token")
    return links.named_by(token, "confirm") if token else mine(request)


def _dead(request, application, token):
    """A link that does not work, or works no more. Where we know whose it is, they may have another."""
    context = {"token": token if application else "", "staff": settings.STAFF_EMAIL}
    return render(request, "members/join/dead_link.html", context, status=404)
