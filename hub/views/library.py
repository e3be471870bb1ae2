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
    if form.q and (found.is_partial or not found.total):
        context["meant"] = _meant(form, request.user)
    if form.address and not found.total:
        context |= _instead(form, request.user)
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


def _meant(form, user):
    """The same search with its words put right, where they look misspelt."""
    words = suggest(user, form.q)
    return words and {"words": words, "url": form.address_of(q=words)}


_MOST_WAYS = 4


def _instead(form, user):
    """Where nothing was found: what each facet taken off would give, and the records that come nearest."""
    ways = []
    for name in list(form.chosen)[:_MOST_WAYS]:
        left = form.without(name)
        total = search(user, wanted(form, chosen=left, page=1)).total
        if total:
            url = form.address_of(chosen=left)
            ways.append({"label": FACETS[name].label, "total": total, "url": url})
    if len(form.chosen) > 1 and form.q:
        total = search(user, wanted(form, chosen={}, page=1)).total
        ways += [{"total": total, "url": form.address_of(chosen={})}] if total else []
    return {"ways": ways, "nearest": near(user, form.q) if form.q else []}


def _headline(form, found):
    words = {"n": found.total, "q": form.q}
    if form.q:
        return (
            ngettext("%(n)d record for “%(q)s”", "%(n)d records for “%(q)s”", found.total) % words
        )
    return ngettext("%(n)d record", "%(n)d records", found.total) % words
