"""A public or restricted record for programs: reference managers and search engines. The page's rule holds."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from hub.models import Record
from hub.views.citations import citation, csl_json
from hub.views.linked_data import linked_data


@login_not_required
@require_safe
def cite(request, code, style):
    """The record as one entry of a reference manager: BibTeX or CSL-JSON."""
    record = _found(Record.objects.visible_to(request.user), code)
    cited = citation(record, record.text_for(_wanted(request)), request.user)
    if style == "bib":
        return _download(cited.bibtex(), "application/x-bibtex", f"{code}.bib")
    return _download(csl_json([cited]), "application/vnd.citationstyles.csl+json", f"{code}.json")


@login_not_required
@require_safe
def jsonld(request, code):
    """A public record in the words of schema.org, as search engines read it; the same to every visitor."""
    record = _found(Record.objects.public(), code)
    text = record.text_for(_wanted(request))
    if text is None:
        raise Http404
    content = json.dumps(linked_data(record, text), ensure_ascii=False, indent=1)
    response = HttpResponse(content, content_type="application/ld+json")
    patch_cache_control(response, public=True, max_age=300)
    return response


def _found(records, code):
    return get_object_or_404(records.with_article(), code=code)


def _wanted(request):
    return request.GET.get("text") or get_language()


def _download(content, content_type, name):
    response = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
