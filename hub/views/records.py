from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import files, journal
from hub.models import Evaluation, EvaluationRating, Record, RecordFile, RecordText
from hub.views.cards import leader, listed, named_cities, place

# The facts beside the article, in their order: vocabulary and what it is called there.
_FACTS = [
    ("country", _("Country")),
    ("theme", _("Themes")),
    ("area", _("Areas")),
    ("target_audience", _("For whom")),
    ("practice_type", _("Type")),
    ("point_of_intervention", _("Point of intervention")),
    ("scale", _("Scale")),
    ("time_scale", _("Time scale")),
    ("population_band", _("City size")),
    ("delivery_channel", _("Channels")),
    ("cost_band", _("Cost")),
    ("evidence_level", _("Level of evidence")),
    ("sdg_target", _("SDG targets")),
]


@login_not_required
@require_safe
def record(request, code):
    """A record as an article, in the language of the page or the one asked for (`?text=fr`)."""
    found = get_object_or_404(Record.objects.visible_to(request.user).with_article(), code=code)
    text = found.text_for(request.GET.get("text") or get_language())
    terms = list(found.terms.all())
    context = {
        "record": found,
        "text": text,
        "texts": found.readable_texts(),
        "behind": text is not None and text.is_behind(found),
        "place": place(found, request.user, terms),
        "leader": leader(found),
        "cities": named_cities(found, request.user),
        "facts": _facts(terms),
        "sections": _sections(text),
        "evaluations": _evaluations(found),
        "links": found.links.all(),
        "files": _files(found, request.user),
        "address": settings.SITE_ORIGIN + reverse("hub:record", args=[found.code]),
        "back": _back(request),
    }
    return render(request, "hub/record.html", context)


@login_not_required
@require_safe
def file(request, code, pk):
    """A file of a record, under the same rule as its page and the file's own; asked again for every part."""
    found = get_object_or_404(
        RecordFile.objects.visible_to(request.user).select_related("record"),
        pk=pk,
        record__code=code,
    )
    is_restricted = found.visibility != "public" or found.record.visibility != "public"
    if is_restricted and request.method == "GET":
        journal.record("downloaded", found, by=_account(request))
    extension = found.file.name.rpartition(".")[2]
    return files.serve(
        found.file,
        name=f"{found.title}.{extension}",
        content_type=found.content_type,
        inline=True,
        request=request,
    )


def _facts(terms):
    return [
        {
            "label": label,
            "value": listed(term.label for term in terms if term.vocabulary == vocabulary),
        }
        for vocabulary, label in _FACTS
    ]


def _sections(text):
    """The long texts that were written, each with its heading and an anchor."""
    if text is None:
        return []
    return [
        {"anchor": name.replace("_", "-"), "heading": heading, "body": getattr(text, name)}
        for name, heading in RecordText.BODY.items()
        if getattr(text, name)
    ]


def _evaluations(record):
    ratings = EvaluationRating.objects.select_related("criterion").order_by("criterion__position")
    return (
        Evaluation.objects.filter(record=record, published=True)
        .prefetch_related(Prefetch("ratings", ratings))
        .order_by("-date", "pk")
    )


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


def _account(request):
    return request.user if request.user.is_authenticated else None
