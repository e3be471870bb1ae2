from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from hub import rules
from hub.models import Record, RecordFile
from hub.search import related
from hub.views import articles
from hub.views.access import teaser
from hub.views.cards import place
from hub.views.citations import address, citation
from hub.views.evaluations import evaluations_of
from hub.views.lineage import in_words, lineage_of, relations_of, replaced_by
from hub.views.recent import keeping
from hub.views.taking_part import taking_part
from hub.views.translations import states_for
from members.rules import standing


@login_not_required
@require_safe
def record(request, code):
    """A record as an article, in the language of the page or the one asked for (`?text=fr`)."""
    found = get_object_or_404(Record.objects.visible_to(request.user).with_article(), code=code)
    if not rules.may_read_in_full(request.user, found):
        return teaser(request, found)
    context = article(request, found) | keeping(request.user)
    return render(request, "hub/record.html", context)


def article(request, found):
    """All that the page of a record says to this visitor."""
    text = found.text_for(request.GET.get("text") or get_language())
    terms = list(found.terms.all())
    relations = relations_of(found, request.user)
    return {
        "record": found,
        "text": text,
        "texts": found.readable_texts(),
        "behind": text is not None and text.is_behind(found),
        "place": place(found, request.user, terms),
        "cover": found.cover if found.cover and found.cover.is_public else None,
        "facts": articles.facts(found, text, terms, request.user),
        "sections": articles.sections(text),
        "evaluations": evaluations_of(found, request.user),
        "lineage": lineage_of(found, request.user),
        "relations": in_words(relations, found),
        "replaced_by": replaced_by(relations, found),
        "taking_part": taking_part(found, request.user),
        "may_propose": rules.may_edit_record(request.user, found),
        "translations": states_for(request.user, found),
        "links": found.links.all(),
        "files": _files(found, request.user),
        "contacts": _contacts(found, request.user),
        "related": related(request.user, found),
        "citation": citation(found, text, request.user),
        "address": address(found),
        "back": _back(request),
    }


def _contacts(record, user):
    """Whom to ask: for members alone, as these are people who could be at risk."""
    return record.contacts.order_by("position", "pk") if standing(user).is_inside else []


def _files(record, user):
    return (
        RecordFile.objects.filter(record=record)
        .visible_to(user)
        .select_related("licence")
        .order_by("language", "pk")
    )


def _back(request):
    """The list the reader came from, with its search; else the whole list."""
    library = reverse("hub:library")
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    if is_ours and urlsplit(came_from).path == library:
        return f"{library}?{urlsplit(came_from).query}"
    return library
