"""The first password, and the code an authenticator app scans; the rest is allauth's."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core import limits
from core.clients import address
from members.actions import accounts
from members.emails.accounts import invited
from members.forms.accounts import SetPasswordForm


@login_not_required
@never_cache
@sensitive_post_parameters()
def welcome(request, token):
    """Choose the first password. Opening the link changes nothing: mail scanners open them all."""
    user = invited(token)
    if user is None:
        return render(request, "members/welcome_expired.html", {"token": token}, status=410)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.choose_first_password(
            user, password=form.cleaned_data["password1"], token=token, by=user
        )
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "members/welcome.html", {"form": form, "account": user})


@login_not_required
@require_POST
def welcome_again(request, token):
    """Send another letter to somebody whose link ran out; the answer is the same for every link."""
    if limits.allow(f"welcome:{address(request)}", most=10, seconds=3600):
        accounts.invite_again(invited(token, seconds=None), by=None)
    messages.success(
        request,
        _("If this account still waits for its first password, a new letter is on its way."),
    )
    return redirect("account_login")


@require_safe
@never_cache
def totp_qr(request):
    """The code to scan as a picture of its own: our pages allow no picture written into them."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(svg, content_type="image/svg+xml")
