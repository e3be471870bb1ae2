"""A record told in short, asking to read more, and the focal point's answer."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import jobs, limits
from core.clients import address
from hub import rules
from hub.actions import access
from hub.forms.access import AskToJoinForm, DeclineForm, GrantForm, RequestAccessForm
from hub.models import AccessGrant, AccessRequest, Record, Visibility
from hub.views.cards import listed

MOST_FROM_ONE_PLACE = 10  # an hour
MOST_TO_ONE_ADDRESS = 3  # a day
MOST_FROM_ONE_MEMBER = 20  # an hour
# Of the codes of a record told in short, strangers read these.
_TOLD = {
    "country": gettext_lazy("Country"),
    "region": gettext_lazy("Region"),
    "theme": gettext_lazy("Themes"),
}


def teaser(request, record, *, form=None, status=200):
    """A record "in short": what strangers read of it, and how to read the rest."""
    text = record.text_for(request.GET.get("text") or get_language())
    terms = list(record.terms.all())
    context = {
        "record": record,
        "text": text,
        "texts": record.readable_texts(),
        "behind": text is not None and text.is_behind(record),
        "facts": [
            {"label": label, "value": listed(t.label for t in terms if t.vocabulary == name)}
            for name, label in _TOLD.items()
        ],
        "form": form or AskToJoinForm(),
    }
    return render(request, "hub/teaser.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def ask_to_join(request, code):
    """A stranger leaves an address: the same answer whoever it belongs to; a letter says how to join."""
    if request.user.is_authenticated:
        return redirect("hub:record", code)
    told_in_short = Record.objects.visible_to(AnonymousUser()).filter(visibility=Visibility.TEASER)
    record = get_object_or_404(told_in_short.with_article(), code=code)
    form = AskToJoinForm(request.POST)
    if not form.is_valid():
        return teaser(request, record, form=form)
    if not limits.allow(f"ask-to-join:{address(request)}", most=MOST_FROM_ONE_PLACE, seconds=3600):
        form.add_error(None, _("Too many requests from here. Try again in an hour."))
        return teaser(request, record, form=form, status=429)
    _invite(record, form.cleaned_data)
    messages.success(
        request, _("Thank you. A letter is on its way to you that says how to read the record.")
    )
    return redirect("hub:record", record.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request):
    """A member names a record by its code: the same answer whether there is one or not (docs/adr/0005)."""
    if not rules.may_ask_access(request.user):
        raise PermissionDenied
    form = RequestAccessForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Record.objects.visible_to(request.user).filter(code=code).exists():
            return redirect("hub:record", code)
        if limits.allow(f"ask:{request.user.pk}", most=MOST_FROM_ONE_MEMBER, seconds=3600):
            # Done by a worker, so that no answer takes longer because the record exists.
            jobs.start("request_access", owner=request.user, params=form.cleaned_data)
            messages.success(
                request,
                _(
                    "Thank you. If there is such a record and it can be opened to you, those who keep it have "
                    "your request. You get a letter when they have decided."
                ),
            )
            return redirect("hub:request_access")
        form.add_error(None, _("You have asked very often. Try again in an hour."))
    context = {
        "form": form,
        "answered": AccessRequest.objects.answered_for(request.user),
        "waiting": AccessRequest.objects.waiting_for(request.user),
        "grants": AccessGrant.objects.visible_to(request.user).live().with_people(),
    }
    return render(request, "hub/request_access.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_request(request, uid):
    """The focal point reads who asks and why, and answers; whoever answers second is told so (409)."""
    asked = get_object_or_404(
        AccessRequest.objects.visible_to(request.user).select_related("record", "by__person"),
        uid=uid,
    )
    if not rules.may_decide_access(request.user, asked):
        raise PermissionDenied
    deciding = request.POST.get("decision")
    grant = GrantForm(request.POST if deciding == "grant" else None)
    decline = DeclineForm(request.POST if deciding == "decline" else None)
    if grant.is_bound and grant.is_valid():
        access.grant(asked, **grant.cleaned_data, by=request.user)
        messages.success(request, _("The record is open to this person now. A letter says so."))
        return redirect("hub:request_access")
    if decline.is_bound and decline.is_valid():
        access.decline(asked, **decline.cleaned_data, by=request.user)
        messages.success(request, _("Declined. A letter leads to your answer."))
        return redirect("hub:request_access")
    context = {
        "asked": asked,
        "cities": asked.cities_of_asker(),
        "grant_form": grant,
        "decline_form": decline,
        "bound": grant if grant.is_bound else decline,
    }
    return render(request, "hub/access_request.html", context)


@require_POST
def end_access(request, pk):
    """The focal point ends a grant before its day: whoever sees it speaks for the record."""
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.user), pk=pk)
    access.end(grant, by=request.user)
    messages.success(request, _("The record is no longer open to this person."))
    return redirect("hub:request_access")


def _invite(record, said):
    """One letter a day for a record and address, and few in all; whoever fills in the hidden field gets none."""
    digest = sha256(said["email"].lower().encode()).hexdigest()[:32]
    few = limits.allow(f"ask-to-join-to:{digest}", most=MOST_TO_ONE_ADDRESS, seconds=86_400)
    if few and not said["website"]:
        access.invite(
            record, email=said["email"], reason=said["reason"], language=get_language(), by=None
        )
