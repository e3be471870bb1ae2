"""A record as a PDF to print or pass on by hand: made anew each time, for one reader, and kept nowhere."""

import json
from functools import cache, partial

import typst
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import journal
from core.markdown_tree import direction, to_tree
from hub.models import Record, RecordFile, Visibility
from hub.templatetags.library import file_kind, rating_steps, rating_words
from hub.templatetags.said import said
from hub.views import articles
from hub.views.cards import listed, place
from hub.views.citations import address, citation
from hub.views.evaluations import evaluations_of

_TEMPLATE = settings.BASE_DIR / "templates" / "hub" / "pdf" / "record.typ"
_FONTS = settings.BASE_DIR / "hub" / "data" / "fonts"


@login_not_required
@require_safe
def record_pdf(request, code):
    """The record as its page shows it to this visitor, on A4, in the language of the page."""
    readable = Record.objects.readable_in_full(request.user).with_article()
    record = get_object_or_404(readable, code=code)
    text = record.text_for(request.GET.get("text") or get_language())
    if record.visibility != Visibility.PUBLIC and request.method == "GET":
        reader = request.user if request.user.is_authenticated else None
        journal.record("downloaded", record, by=reader, format="pdf")
    response = HttpResponse(
        _compiled(_content(record, text, request.user)), content_type="application/pdf"
    )
    language = text.language if text else get_language()
    response["Content-Disposition"] = f'inline; filename="{record.code}-{language}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _compiled(content):
    """The PDF, made so that it can be read aloud (PDF/UA-1); signs that our letters lack keep it from being that."""
    compile_ = partial(
        typst.compile,
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        sys_inputs={"record": json.dumps(content, ensure_ascii=False)},
        timestamp=timezone.now().replace(microsecond=0),
    )
    try:
        return compile_(pdf_standards="ua-1")
    except typst.TypstError:
        return compile_()


@cache
def _fonts():
    """Our own letters only, read once: what a machine has installed must not change a page."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)]
    )


def _content(record, text, user):
    """All that is on the paper. Plain values: record.typ sets them as text and never reads them as markup."""
    terms = list(record.terms.all())
    title = text.title if text else record.code
    return {
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "code": record.code,
        "kind": capfirst(record.get_kind_display()),
        "about": _about(record, user, terms),
        "title": title,
        "title_dir": direction(title),
        "text_lang": text.language if text else "",
        "text_dir": _dir_of(text.language) if text else "",
        "summary": text.summary if text else "",
        "state": _state(record, text),
        "facts": articles.facts(record, text, terms, user),
        "evidence": _evidence(record),
        "sections": [
            {"heading": capfirst(str(section["heading"])), "blocks": to_tree(section["body"])}
            for section in articles.sections(text)
        ],
        "evaluations": [
            _evaluation(each, number) for number, each in enumerate(evaluations_of(record, user), 1)
        ],
        "links": [
            {
                "title": link.title,
                "url": link.url,
                "lang": link.language,
                "dir": direction(link.title),
            }
            for link in record.links.all()
        ],
        "files": [_file(file) for file in _files(record, user)],
        "citation": _citation(record, text, user),
        "address": address(record),
        "notice": _notice(record),
        "made": _("Made on %(day)s") % {"day": date_format(timezone.localdate())},
        "words": {
            "network": _("Strong Cities Network, library"),
            "facts": _("Facts"),
            "evidence": _("How well evidenced"),
            "overall": _("On the whole:"),
            "reply": _("The city replies:"),
            "links": _("Links and references"),
            "files": _("Files"),
            "citation": _("Citation"),
        },
    }


def _about(record, user, terms):
    parts = [place(record, user, terms)]
    if record.published_at:
        parts.append(_("Published %(when)s") % {"when": date_format(record.published_at)})
        if record.updated_at.date() > record.published_at.date():
            parts.append(_("Updated %(when)s") % {"when": date_format(record.updated_at)})
    return [part for part in parts if part]


def _state(record, text):
    """What a reader must know of this text before they trust it."""
    parts = []
    if record.status == Record.Status.DRAFT:
        parts.append(_("Draft"))
    elif record.status == Record.Status.ARCHIVED:
        parts.append(_("Archived"))
    if text and text.is_behind(record):
        parts.append(_("This translation is older than the original"))
    if text and text.status == "machine":
        parts.append(_("Translated by a machine"))
    elif text and text.status == "draft":
        parts.append(_("Unfinished text"))
    return listed(parts)


def _notice(record):
    return {
        Visibility.PUBLIC: "",
        Visibility.GROUP: _("For a group of members. Do not pass on."),
        Visibility.STAFF: _("For network staff. Do not pass on."),
    }.get(Visibility(record.visibility), _("Members only. Do not pass on."))


def _evidence(record):
    facts = []
    if record.from_public_record:
        facts.append({"label": _("Source"), "value": _("Told from the public record")})
    facts += [
        {"label": capfirst(str(axis.name)), "value": _since(axis)}
        for axis in record.evidence_axes()
        if axis.day or not record.from_public_record
    ]
    if record.last_confirmed_on:
        facts.append({"label": _("Last confirmed"), "value": date_format(record.last_confirmed_on)})
    return facts


def _since(axis):
    if not axis.day:
        return _("not yet")
    parts = [date_format(axis.day)]
    if axis.revision:
        parts.append(_("version %(number)s") % {"number": axis.revision})
    return listed(parts)


def _evaluation(told, number):
    evaluation = told["evaluation"]
    heading = _("How it was rated")
    if number > 1:
        heading = _("How it was rated, %(number)s") % {"number": number}
    about = _(
        "Rated by %(by)s, on version %(version)s. The scale is not, somewhat, plainly, very. "
        "“Not enough information” is an answer and stays out of every mean."
    ) % {
        "by": evaluation.get_evaluator_kind_display(),
        "version": evaluation.record_revision,
    }
    when = date_format(evaluation.date) if evaluation.date else ""
    return {
        "heading": heading,
        "about": about,
        "by": listed(part for part in [str(told["by"] or ""), when] if part),
        "method": _paragraphs(said(evaluation, "method").text),
        "ratings": [
            {
                "criterion": rating.criterion.label,
                "word": rating_words(rating),
                "steps": sum(rating_steps(rating)),
                "reasons": _paragraphs(said(rating, "assessment").text),
            }
            for rating in evaluation.ratings.all()
        ],
        "overall": _paragraphs(said(evaluation, "overall_comment").text),
        "reply": _paragraphs(said(evaluation, "reply").text),
    }


def _paragraphs(text):
    parts = normalize_newlines(text or "").split("\n\n")
    return [{"text": part.strip(), "dir": direction(part)} for part in parts if part.strip()]


def _files(record, user):
    return RecordFile.objects.filter(record=record).visible_to(user).order_by("language", "pk")


def _file(file):
    about = listed([file_kind(file), filesizeformat(file.size)])
    return {
        "title": file.title,
        "dir": direction(file.title),
        "lang": file.language,
        "about": about,
    }


def _citation(record, text, user):
    """The citation as a run of words: the title is set apart, the rest is plain."""
    cited = citation(record, text, user)
    end = _("version %(version)s. Strong Cities Network library, %(code)s.") % {
        "version": cited.version,
        "code": cited.code,
    }
    return [
        {"is": "text", "text": f"{listed(cited.who)} ({cited.year}). "},
        {"is": "em", "of": [{"is": "text", "text": cited.title}]},
        {"is": "text", "text": f"{listed(['', end])}"},
    ]


def _dir_of(language):
    return "rtl" if language in settings.LANGUAGES_BIDI else "ltr"
