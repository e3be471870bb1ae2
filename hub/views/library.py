from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from core.models import Term
from hub.forms import LibraryForm
from hub.models import Record
from hub.search import search, wanted_words
from hub.views.cards import cards
from members.rules import standing


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def library(request):
    """The list of the library. The same address gives the whole page, or to htmx only what changes."""
    form = LibraryForm(request.GET)
    found = search(
        request.user,
        form.q,
        kinds=form.kinds,
        themes=[term.pk for term in form.themes],
        newest=form.sort == form.NEWEST,
        page=form.page,
    )
    context = {
        "form": form,
        "found": found,
        "cards": cards(found.records, request.user, terms_of=_terms(found, form)),
        "words": wanted_words(form.q),
        "facets": [_kinds(form, found), _themes(form, found)],
        "chips": _chips(request, form),
        "headline": _headline(form, found),
        "is_inside": standing(request.user).is_inside,
    }
    partial = request.htmx and not request.htmx.history_restore_request
    return render(request, "hub/_results.html" if partial else "hub/library.html", context)


def _terms(found, form):
    """The themes and countries of each record on the page, in one query for the countries."""
    wanted = {key for keys in found.facets_of.values() for key in keys}
    countries = Term.objects.of(Term.Vocabulary.COUNTRY).filter(pk__in=wanted)
    terms = {term.pk: term for term in [*form.all_themes, *countries]}
    return {
        record: [terms[key] for key in keys if key in terms]
        for record, keys in found.facets_of.items()
    }


def _kinds(form, found):
    choices = [
        {"value": kind, "label": label, "count": found.kinds[kind], "on": kind in form.kinds}
        for kind, label in Record.Kind.choices
    ]
    return {
        "name": "kind",
        "choices": [choice for choice in choices if choice["count"] or choice["on"]],
    }


def _themes(form, found):
    choices = [
        {
            "value": term.code,
            "label": term.label,
            "count": found.terms[term.pk],
            "on": term in form.themes,
        }
        for term in form.all_themes
    ]
    return {
        "name": "theme",
        "choices": [choice for choice in choices if choice["count"] or choice["on"]],
    }


def _chips(request, form):
    """One link for each filter that is on: the same list without it."""
    on = [("kind", kind, Record.Kind(kind).label) for kind in form.kinds]
    on += [("theme", term.code, term.label) for term in form.themes]
    return [{"label": label, "url": _without(request, name, value)} for name, value, label in on]


def _without(request, name, value):
    query = request.GET.copy()
    query.setlist(name, [other for other in query.getlist(name) if other != value])
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else request.path


def _headline(form, found):
    words = {"n": found.total, "q": form.q}
    if form.q:
        return (
            ngettext("%(n)d record for “%(q)s”", "%(n)d records for “%(q)s”", found.total) % words
        )
    return ngettext("%(n)d record", "%(n)d records", found.total) % words
