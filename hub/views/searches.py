"""Searches that members keep: their page, and the link that stops the letters."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators import csrf
from django.views.decorators.http import require_POST, require_safe

from core import tokens
from hub import rules
from hub.actions import searches as actions
from hub.emails.searches import PURPOSE
from hub.forms import LibraryForm
from hub.forms.searches import SavedSearchForm
from hub.models import SavedSearch
from hub.search import search
from hub.views import undo
from hub.views.facets import name_of
from hub.views.library import wanted

_REMOVED = "removed_search"


@require_safe
def searches(request):
    """The searches one keeps, each with how often a letter comes."""
    _members_only(request)
    return _page(request)


@require_POST
def keep_search(request):
    """Keep what is looked for on the library's page."""
    _members_only(request)
    form = LibraryForm.from_address(request.POST.get("query", ""), request.user)
    if not rules.may_keep_another_search(request.user):
        messages.warning(
            request,
            _("You keep %(n)d searches already. Delete one that you no longer need.")
            % {"n": SavedSearch.MOST},
        )
        return redirect("hub:searches")
    if len(form.address) > SavedSearch.LONGEST:
        messages.warning(request, _("This search has too many filters to keep. Take some off."))
        return redirect(f"{reverse('hub:library')}?{form.address}")
    name = name_of(form, search(request.user, wanted(form)))
    saved = actions.keep(form.address, name=name, by=request.user)
    messages.success(
        request, _("Kept. A letter comes once a week when something new appears, never without.")
    )
    return redirect(f"{reverse('hub:searches')}#{saved.uid}")


@require_POST
def change_search(request, uid):
    """Another name, or letters more or less often."""
    saved = get_object_or_404(SavedSearch, uid=uid, user=request.user)
    form = SavedSearchForm(request.POST, instance=saved, auto_id=f"{uid}-%s")
    if not form.is_valid():
        return _page(request, wrong=form)
    actions.change(saved, **form.cleaned_data, by=request.user)
    messages.success(request, _("Changed."))
    return redirect(f"{reverse('hub:searches')}#{uid}")


@require_POST
def delete_search(request, uid):
    """Let go of a search; the next page offers to put it back."""
    saved = get_object_or_404(SavedSearch, uid=uid, user=request.user)
    undo.remember(request, _REMOVED, actions.forget(saved, by=request.user))
    return redirect("hub:searches")


@require_POST
def restore_search(request):
    """Put back the search that was deleted last."""
    _members_only(request)
    facts = undo.take(request, _REMOVED)
    if facts and rules.may_keep_another_search(request.user):
        facts["told_until"] = datetime.fromisoformat(facts["told_until"])
        actions.keep(facts.pop("query"), **facts, by=request.user)
    return redirect("hub:searches")


@csrf.csrf_exempt  # mail programs have no session and no token; the signed link alone is the right
@login_not_required
def stop_letters(request, token):
    """What the link in a letter opens: a button that stops the letters. Looking changes nothing.

    The button that mail programs show by themselves posts here too (RFC 8058).
    """
    try:
        (uid,) = tokens.read(PURPOSE, token)
    except tokens.BadToken:
        return render(request, "hub/stop_letters.html", {"is_dead": True}, status=410)
    saved = SavedSearch.objects.filter(uid=uid).first()
    if saved and request.method == "POST":
        saved = actions.stop_letters(saved)
    stopped = saved is None or saved.frequency == SavedSearch.Frequency.NEVER
    return render(request, "hub/stop_letters.html", {"saved": saved, "stopped": stopped})


def _page(request, wrong=None):
    saved = list(request.user.saved_searches.order_by("-created_at", "-pk"))
    forms = [
        wrong
        if wrong and wrong.instance.pk == each.pk
        else SavedSearchForm(instance=each, auto_id=f"{each.uid}-%s")
        for each in saved
    ]
    context = {"rows": list(zip(saved, forms, strict=True)), "wrong": wrong}
    context["removed"] = undo.recall(request, _REMOVED)
    return render(request, "hub/searches.html", context)


def _members_only(request):
    if not rules.may_keep(request.user):
        raise PermissionDenied
