"""Public pages, the member's start page, and what machines ask for."""

import json
import logging
import sys
import uuid

import redis
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import limits
from core.clients import address
from core.middleware import busy, is_busy, page_before
from core.models import Media
from core.projection import place
from hub.models import Record
from members.models import City, PledgeVersion
from members.rules import standing
from outbox import mail
from scn import waiting
from scn.forms import ContactForm

log = logging.getLogger(__name__)
CSP_REPORT_BYTES = 16_384
CSP_REPORT_TYPES = ("application/csp-report", "application/json")


@login_not_required
def home(request):
    cities = list(City.objects.listed_publicly().select_related("country").order_by("slug"))
    return render(
        request,
        "scn/home.html",
        {
            "map_cities": place(cities),
            "counts": {
                "cities": len(cities),
                "countries": len({city.country_id for city in cities}),
                "languages": len(settings.LANGUAGES),
                "records": Record.objects.visible_to(request.user).count(),
            },
            "counted_at": timezone.now(),
            "latest": Record.objects.newest_public(3),
            "pledge": PledgeVersion.objects.in_force(),
        },
    )


@login_not_required
def about(request):
    facts = {
        "pledge": PledgeVersion.objects.in_force(),
        "answer_within_days": settings.ANSWER_WITHIN_DAYS,
    }
    return render(request, "scn/about.html", facts)


@login_not_required
def credits(request):
    media = Media.objects.filter(is_public=True).select_related("licence").order_by("title")
    return render(request, "scn/credits.html", {"media": media})


@login_not_required
def privacy(request):
    return render(request, "scn/privacy.html")


@login_not_required
def accessibility(request):
    return render(request, "scn/accessibility.html")


@login_not_required
def too_large(request):
    """nginx shows this page where somebody sends more than it takes; the body never came this far."""
    return render(request, "413.html", {"back": page_before(request)})


@login_not_required
def contact(request):
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not limits.allow(f"contact:{address(request)}", most=5, seconds=3600):
            form.add_error(
                None, _("Too many messages from here. Try again in an hour, or write an e-mail.")
            )
        else:
            _pass_on(form.cleaned_data)
            messages.success(
                request, _("Your message is on its way. We answer within five working days.")
            )
            return redirect("contact")
    return render(request, "scn/contact.html", {"form": form})


def _pass_on(message):
    if message["website"]:  # the honeypot: people never see this field
        return
    mail.queue(
        "scn/emails/contact.txt",
        to=settings.STAFF_EMAIL,
        key=f"contact:{message['once']}",
        params={name: message[name] for name in ("name", "email", "text")},
        reply_to=message["email"],
    )


@login_not_required
@require_POST
def theme(request):
    """Remember light or dark in a cookie, so that the first paint is right."""
    choice = request.POST.get("theme")
    if choice not in ("system", "light", "dark"):
        return HttpResponseBadRequest(_("There is no such appearance."))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("home")
    response = redirect(back)
    response.set_cookie(
        "theme", choice, max_age=365 * 86400, samesite="Lax", secure=settings.SECURE, httponly=True
    )
    return response


def me(request):
    """The member's start page: what waits for them first, then their city and the library."""
    who = standing(request.user)
    if who.kind == "staff":
        return redirect("admin:index")
    things = waiting.for_member(request.user)
    second_factor_missing = not is_mfa_enabled(request.user)
    return render(
        request,
        "scn/me.html",
        {
            "person": getattr(request.user, "person", None),
            "standing": who,
            "things": things,
            "second_factor_missing": second_factor_missing,
            "todo": things.total + second_factor_missing,
            "cities": City.objects.filter(pk__in=who.cities)
            .select_related("country")
            .order_by("slug"),
            "latest": Record.objects.newest_for(request.user, 4),
        },
    )


# --- Machines


@login_not_required
@never_cache
def livez(request):
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request):
    """200 when pages can be answered. Redis is named, but pages do not need it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse({"database": "ok", "broker": _broker()})


def _broker():
    try:
        redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2
        ).ping()
    except redis.RedisError:
        return "away"
    return "ok"


@login_not_required
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /accounts/", "Disallow: /me/"]
    lines.append(f"Sitemap: {settings.SITE_ORIGIN}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@login_not_required
def security_txt(request):
    expires = timezone.now().replace(month=12, day=31, hour=0, minute=0, second=0, microsecond=0)
    return HttpResponse(
        f"Contact: mailto:{settings.STAFF_EMAIL}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: en, fr, ar\n"
        f"Canonical: {settings.SITE_ORIGIN}{reverse('security_txt')}\n",
        content_type="text/plain",
    )


@csrf_exempt  # browsers send these by themselves, without a token
@login_not_required
@require_POST
def csp_report(request):
    """Log what a browser refused to load, without the query strings of the page."""
    if request.content_type not in CSP_REPORT_TYPES:
        return HttpResponse(status=204)
    if int(request.META.get("CONTENT_LENGTH") or 0) > CSP_REPORT_BYTES:
        return HttpResponse(status=413)
    if limits.allow(f"csp:{address(request)}", most=60, seconds=3600):
        log.warning("csp report: %s", _report(request.body))
    return HttpResponse(status=204)


def _report(body):
    names = ("document-uri", "violated-directive", "blocked-uri")
    try:
        report = json.loads(body)["csp-report"]
        return {name: str(report.get(name, "")).split("?")[0][:300] for name in names}
    except (ValueError, KeyError, TypeError, AttributeError):
        return "unreadable"


# --- When something is wrong


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def form_too_late(request, reason=""):
    """A form came without its token: mostly a page that was left open too long."""
    return render(request, "403_csrf.html", status=403)


def broken(request):
    """The page of an error of ours; its number stands in the log beside the cause."""
    error = sys.exc_info()[1]
    if is_busy(error):
        return busy(request, error)
    incident = uuid.uuid4().hex[:8]
    log.error("incident %s on %s", incident, request.path, extra={"incident": incident})
    return render(None, "500.html", {"incident": incident}, status=500)
