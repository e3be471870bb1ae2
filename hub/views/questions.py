"""Asking a record's city, and telling staff what is wrong with a record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import limits
from core.clients import address
from hub import rules
from hub.actions import questions as actions
from hub.forms.questions import QuestionForm, ReportForm
from hub.models import Record
from hub.models.owners import cities_of
from hub.views.cards import listed, named_cities
from hub.views.lineage import readable

MOST_QUESTIONS = 10  # of one member in a day
MOST_REPORTS = 5  # of one member, or from one place, in an hour


@require_http_methods(["GET", "HEAD", "POST"])
def ask_city(request, code):
    """A member's question goes to those who speak for the record, with the member's name, city and address."""
    record = readable(request, code)
    if not rules.may_ask(request.user, record):
        raise PermissionDenied
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if limits.allow(f"question:{request.user.pk}", most=MOST_QUESTIONS, seconds=86_400):
            actions.ask(record, **form.cleaned_data, by=request.user)
            messages.success(request, _("Your message is on its way. The answer comes by e-mail."))
            return redirect("hub:record", record.code)
        form.add_error(None, _("You have sent many questions today. Try again tomorrow."))
    context = {
        "record": record,
        "text": record.text(),
        "form": form,
        "owners": listed(str(city) for city in named_cities(record, request.user)),
        "person": request.user.person,
        "own_cities": listed(str(city) for city in cities_of(request.user)),
    }
    return render(request, "hub/ask.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, code):
    """Whoever may open the record tells staff what is the matter with it."""
    record = get_object_or_404(Record.objects.visible_to(request.user).with_card(), code=code)
    user = request.user if request.user.is_authenticated else None
    form = ReportForm(request.POST or None, is_known=user is not None)
    if request.method == "POST" and form.is_valid():
        who = user.pk if user else address(request)
        if limits.allow(f"report:{who}", most=MOST_REPORTS, seconds=3600):
            _pass_on(record, form.cleaned_data, user)
            messages.success(request, _("Thank you. Network staff look into it."))
            return redirect("hub:record", record.code)
        form.add_error(None, _("Too many messages from here. Try again in an hour."))
    context = {"record": record, "text": record.text(), "form": form}
    return render(request, "hub/report.html", context)


def _pass_on(record, facts, user):
    if facts.get("website"):  # the honeypot: people never see this field
        return
    email = user.email if user else facts["email"]
    actions.report(record, reason=facts["reason"], text=facts["text"], email=email, by=user)
