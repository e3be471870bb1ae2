"""What a search found, as a file: the same rights, and the same order, as the page."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods, require_safe

from core import files, jobs, journal
from core.models import Job
from hub.actions import exports
from hub.forms.library import LibraryForm
from hub.models import Record
from hub.search import keys
from hub.views.citations import citation
from hub.views.library import wanted
from members.rules import standing

MOST = 100_000
AT_ONCE = 500  # records of a workbook that are written while somebody waits
XLSX = files.KINDS["xlsx"][1]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request):
    """The records of a search in the form that `format` names. A large workbook is made in the background."""
    form = LibraryForm(request.GET, request.user)
    style = request.GET.get("format", "")
    if style not in (*STYLES, "xlsx"):
        raise Http404
    found = keys(request.user, wanted(form), MOST)
    if style == "xlsx":
        return _workbook(request, form, found)
    _note(request, style, found)
    ending, content_type, pieces = STYLES[style]
    response = StreamingHttpResponse(
        _in_language(pieces(request.user, found), get_language()), content_type=content_type
    )
    return _as_file(response, _named(ending))


@require_safe
def export_file(request, uid):
    """A workbook that was made in the background, for the member who asked for it."""
    job = get_object_or_404(
        Job.objects.visible_to(request.user), uid=uid, kind="export_records", status="done"
    )
    file = exports.made(job)
    if file is None:
        raise Http404
    return files.serve(file, name=_named("xlsx"), content_type=XLSX, request=request)


def _workbook(request, form, found):
    """At once while it is small; else a page that says how to get it."""
    if request.method == "POST" and standing(request.user).is_inside:
        _note(request, "xlsx", found)
        job = jobs.start("export_records", owner=request.user, params={"keys": found})
        return redirect("core:job", uid=job.uid)
    if len(found) > AT_ONCE:
        context = {
            "number": len(found),
            "query": form.address,
            "is_inside": standing(request.user).is_inside,
        }
        return render(request, "hub/export.html", context)
    _note(request, "xlsx", found)
    response = HttpResponse(content_type=XLSX)
    exports.write_workbook(response, request.user, found)
    return _as_file(response, _named("xlsx"))


def _note(request, style, found):
    """What members take with them is written down: how many, in which form, not what."""
    if request.method != "HEAD" and request.user.is_authenticated:
        journal.record("exported", request.user, by=request.user, format=style, number=len(found))


def _as_file(response, name):
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


def _in_language(pieces, language):
    """The pieces are made after the view has answered, so each is made in the language of its page."""
    pieces = iter(pieces)
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _bibtex(user, found):
    for each in _citations(user, found):
        yield each.bibtex() + "\n"


def _csl(user, found):
    between = "["
    for each in _citations(user, found):
        yield between + json.dumps(each.csl(), ensure_ascii=False)
        between = ",\n"
    yield "]\n" if between != "[" else "[]\n"


def _citations(user, found):
    for start in range(0, len(found), exports.TOGETHER):
        part = found[start : start + exports.TOGETHER]
        records = Record.objects.visible_to(user).filter(pk__in=part).with_card().in_bulk()
        for key in part:
            if key in records:
                yield citation(records[key], records[key].text(), user)


def _named(ending):
    return f"strong-cities-library-{localdate().isoformat()}.{ending}"


# The forms that come in pieces: ending of the file, type, and what makes the pieces.
STYLES = {
    "csv": ("csv", "text/csv; charset=utf-8", exports.as_csv),
    "json": ("json", "application/json; charset=utf-8", exports.as_json),
    "bibtex": ("bib", "application/x-bibtex; charset=utf-8", _bibtex),
    "csl": ("csl.json", "application/vnd.citationstyles.csl+json; charset=utf-8", _csl),
}
