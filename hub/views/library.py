from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from hub import rules
from hub.forms import LibraryForm
from hub.search import FACETS, Wanted, near, search, suggest
from hub.views import search_log
from hub.views.cards import hit_cards
from hub.views.facets import chips, facets
from hub.views.recent import reader_mark
from members.rules import standing


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def library(request):
    """The list of the library. The same address gives the whole page, or to htmx only what changes."""
    form = LibraryForm(request.GET, request.user)
    found = search(request.user, wanted(form))
    search_log.note(request, form, found)
    context = {
        "form": form,
        "found": found,
        "cards": hit_cards(found, request.user),
        "facets": facets(form, found),
        "chips": chips(form, found),
        "headline": _headline(form, found),
        "is_inside": standing(request.user).is_inside,
        "may_keep": rules.may_keep(request.user),
        "may_contribute": rules.may_contribute(request.user),
        "reader": reader_mark(request.user),
    }
    meant = ""
    if form.q and (found.is_partial or not found.total):
        meant = suggest(request.user, form.q) or ""
    if meant:
        context["meant"] = {"words": meant, "url": form.address_of(q=meant)}
    if form.address and not found.total:
        context |= _instead(form, found, meant, request.user)
    partial = request.htmx and not request.htmx.history_restore_request
    return render(request, "hub/_results.html" if partial else "hub/library.html", context)


def wanted(form, **changes) -> Wanted:
    """What the search is asked for; `changes` replace parts of it."""
    asked = {
        "text": form.q,
        "chosen": form.chosen,
        "order": form.sort,
        "page": form.page,
        "city": form.city,
    }
    return Wanted(**asked | changes)


_MOST_WAYS = 4


def _instead(form, found, meant, user):
    """Where nothing was found: what each facet taken off would give, and the records that come nearest."""
    ways = []
    for name in list(form.chosen)[:_MOST_WAYS]:
        if total := found.total_without(name):
            url = form.address_of(chosen=form.without(name))
            ways.append({"label": FACETS[name].label, "total": total, "url": url})
    if not form.q:
        return {"ways": ways, "nearest": []}
    everywhere = None if form.chosen else found
    if len(form.chosen) > 1:
        everywhere = search(user, Wanted(text=form.q))
        if everywhere.total:
            ways.append({"total": everywhere.total, "url": form.address_of(chosen={})})
    return {"ways": ways, "nearest": near(user, form.q, meant=meant, found=everywhere)}


def _headline(form, found):
    words = {"n": found.total, "q": form.q}
    if form.q:
        return (
            ngettext("%(n)d record for “%(q)s”", "%(n)d records for “%(q)s”", found.total) % words
        )
    return ngettext("%(n)d record", "%(n)d records", found.total) % words
