"""What every answer tells the browser; how bad bytes, late clicks and busy moments are answered."""

import logging
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from psycopg import OperationalError as PostgresError
from psycopg import errors

from core.lifecycle import IllegalMove

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
RETRY_SECONDS = "5"


def takes_megabytes(most):
    """A view of its own limit: a body of up to `most` MB; more is refused before any of it is read."""

    def mark(view):
        view.most_megabytes = most
        return view

    return mark


class RefuseTooLarge:
    """A body above what its page takes (takes_megabytes) is a 413 at once.

    nginx has limits for every page; this one holds without it too, and says so in the reader's language.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        most = getattr(view, "most_megabytes", None)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if most and length.isdecimal() and int(length) > most * 1024 * 1024:
            return too_large(request)
        return None


def too_large(request):
    """The page that says how much may be sent at once."""
    return render(request, "413.html", {"back": page_before(request)}, status=413)


class RefuseBadBytes:
    """NUL bytes and broken UTF-8 in a path, a query, a cookie or a form are a 400, never a 500.

    Postgres stores neither, so whatever they reach would fail late.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        _refuse(unquote_to_bytes(request.path_info))  # Django writes broken bytes as %XX there
        _refuse(unquote_to_bytes(request.META.get("QUERY_STRING", "")))
        for value in request.COOKIES.values():
            _refuse(value.encode("utf-8", "surrogatepass"))
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Forms are read here: their page is known to exist, and nothing has looked at them yet."""
        if request.content_type == FORM:
            _refuse(unquote_to_bytes(request.body))
        elif request.content_type == MULTIPART:
            for name, values in request.POST.lists():
                for value in (name, *values):
                    _refuse(value.encode("utf-8", "surrogatepass"))


def _refuse(data):
    if b"\0" in data:
        raise BadRequest("A NUL byte.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("Not UTF-8.") from error


class BrowserPolicy:
    """What a browser may do with an answer: keep it, embed it, index it, use a camera for it."""

    PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
            response.headers["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        if _is_private(request):
            response.headers["X-Robots-Tag"] = "noindex"
        if _is_logout(request):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _is_private(request):
    """Pages for people who signed in, pages about accounts, and pages that a secret link opens."""
    match = request.resolver_match
    if match is None or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return True
    return (
        getattr(match.func, "login_required", True)
        or match.view_name.startswith(("account_", "mfa_", "usersessions_"))
        or bool({"token", "key"} & match.kwargs.keys())
    )


def _is_logout(request):
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.view_name == "account_logout"


class SomeoneWasFaster:
    """A step that is no longer open is answered 409, a busy database 503 with when to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, IllegalMove):
            return self._conflict(request, exception)
        if is_busy(exception):
            return busy(request, exception)
        return None

    def _conflict(self, request, move):
        user = getattr(request, "user", None)
        log.warning(
            "refused move of %s %s: %s",
            move.thing._meta.label_lower,
            move.thing.pk,
            move,
            extra={"user_id": getattr(user, "pk", None)},
        )
        response = render(
            request, "409.html", {"reason": str(move), "back": page_before(request)}, status=409
        )
        if request.headers.get("HX-Request"):
            # htmx shows no answer above 399, so the page loads again and tells it as a message.
            messages.warning(request, str(move))
            response.headers["HX-Refresh"] = "true"
        return response


_BUSY = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.DeadlockDetected,
    errors.TooManyConnections,
    errors.CannotConnectNow,
    errors.AdminShutdown,
)


def busy(request, exception):
    """The page that asks to come back in a moment. Its frame asks the database nothing."""
    log.warning("busy: %s on %s", type(exception.__cause__).__name__, request.path)
    response = render(None, "503.html", status=503)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def is_busy(exception) -> bool:
    """Did Postgres say "not now": a lock or query took too long, a deadlock, no connection?"""
    cause = exception.__cause__ if isinstance(exception, OperationalError) else None
    # An error without a code comes from the connection itself: refused, full or cut.
    return isinstance(cause, PostgresError) and (cause.sqlstate is None or isinstance(cause, _BUSY))


def page_before(request):
    """Where the button was pressed, when that was a page of this site; else the page itself."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if safe else request.path
