"""Who may go on: sessions that ran out, people in vetting or suspended, second factors."""

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core.middleware import page_before
from members.rules import needs_second_factor, standing

# Pages about one's own account stay open, or nobody could put things right.
ACCOUNT_PAGES = ("account_", "mfa_", "usersessions_")
OWN_PAGES = {"members:status", "members:totp_qr"}
# Their pages are open to strangers but show more to people who signed in.
SHOW_MORE_INSIDE = {"hub", "core", "admin"}


class IdleTimeout:
    """Ends a session nobody used for a while, or that is old; the next page says so and leads back.

    The last use is written at most once a minute, so a session may end that much earlier.
    """

    GRAIN = 60

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.session_ran_out = False
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            request.session_ran_out = self._ran_out(request)
            if request.session_ran_out:
                logout(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.session_ran_out:
            return None
        messages.info(
            request,
            _("You were signed out because nothing happened here for a while. Sign in to go on."),
        )
        if not getattr(view, "login_required", True):
            return None
        # A form is not sent twice by itself, so the way back is the page it stood on.
        return redirect_to_login(
            request.get_full_path() if request.method == "GET" else page_before(request)
        )

    def _ran_out(self, request):
        session, now = request.session, int(time.time())
        kind = "staff" if request.user.is_staff else "member"
        began, seen = session.get("began", now), session.get("seen", now)
        if (
            now - seen > settings.SESSION_IDLE_SECONDS[kind]
            or now - began > settings.SESSION_LONGEST_SECONDS[kind]
        ):
            return True
        if "seen" not in session or now - seen >= self.GRAIN:
            session["began"], session["seen"] = began, now
        return False


class Standing:
    """People in vetting or suspended see public pages, their account and how they stand.

    Asked on every request, so a suspension holds from the next one on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or _is_about_oneself(request) or _is_public(view):
            return None
        if "admin" in request.resolver_match.namespaces:
            return None  # it refuses by itself: 403, like for everybody who is not staff
        if standing(request.user).kind in ("pending", "suspended"):
            return redirect("members:status")
        return None


class SecondFactor:
    """Staff, focal points and reviewers go on only with a second factor this session has used."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.STAFF_MFA_REQUIRED or not request.user.is_authenticated:
            return None
        if _is_about_oneself(request) or _shows_the_same_to_all(request, view):
            return None
        if not needs_second_factor(request.user):
            return None
        return self._ask(request)

    def _ask(self, request):
        types = dict(Authenticator.objects.filter(user=request.user).values_list("pk", "type"))
        factors = set(types.values()) - {Authenticator.Type.RECOVERY_CODES}
        if not factors:
            messages.warning(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        if types.keys() & _used(request):
            return None
        name = (
            "mfa_reauthenticate"
            if Authenticator.Type.TOTP in factors
            else "mfa_reauthenticate_webauthn"
        )
        way_back = request.get_full_path() if request.method == "GET" else page_before(request)
        return redirect(f"{reverse(name)}?{urlencode({'next': way_back})}")


def _used(request):
    """The second factors that were proved in this session."""
    records = get_authentication_records(request, request.user)
    return {record.get("id") for record in records if record["method"] == "mfa"}


def _is_about_oneself(request):
    name = request.resolver_match.view_name
    return name.startswith(ACCOUNT_PAGES) or name in OWN_PAGES


def _is_public(view):
    return not getattr(view, "login_required", True)


def _shows_the_same_to_all(request, view):
    return _is_public(view) and not SHOW_MORE_INSIDE & set(request.resolver_match.namespaces)
