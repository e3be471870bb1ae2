"""Writing a record in another language, beside the original."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.difference import words
from hub import rules
from hub.actions import translations
from hub.forms.translations import TranslationForm
from hub.models import Contribution, Record, TextState
from hub.models.owners import own_city
from members.models.people import LANGUAGES


def states_for(user, record):
    """How the record stands in each language, for whoever may do something about it; else nothing."""
    if not rules.may_translate(user, record):
        return []
    return [
        {"language": code, "state": state, "may_translate": code != record.original_language}
        for code, state in record.text_states()
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def translate(request, code, language):
    """The original and its translation, field beside field. Staff save it, members of the owner city hand it in."""
    record = get_object_or_404(Record.objects.visible_to(request.user), code=code)
    if not rules.may_translate(request.user, record):
        raise PermissionDenied
    source = record.texts.filter(language=record.original_language).first()
    if language not in dict(LANGUAGES) or language == record.original_language or source is None:
        raise Http404
    target = record.texts.filter(language=language).first()
    form = _form(request, record, language, source, target)
    theirs, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            return _keep(request, record, language, form)
        except translations.Overtaken as refusal:
            theirs, status = refusal.text, 409
            form.data = form.data.copy()
            form.data["seen"] = translations.mark_of(refusal.text)
    context = {
        "record": record,
        "language": language,
        "source": source,
        "form": form,
        "rows": _rows(record, source, target, form, theirs),
        "is_overtaken": status == 409,
        "is_behind": target is not None and target.is_behind(record),
        "state": target.state(record) if target else TextState.MISSING,
        "is_staff": rules.may_edit(request.user),
        "under_way": _under_way(request.user, record, language),
    }
    return render(request, "hub/translate.html", context, status=status)


def _form(request, record, language, source, target):
    return TranslationForm(
        request.POST or None,
        language=language,
        source=source,
        target=target,
        with_status=rules.may_edit(request.user),
        initial={"made_from": record.text_revision, "seen": translations.mark_of(target)},
    )


def _keep(request, record, language, form):
    if rules.may_edit(request.user):
        facts = {name: form.cleaned_data[name] for name in ("status", "made_from", "seen")}
        translations.translate(
            record, language=language, words=form.words(), **facts, by=request.user
        )
        messages.success(request, _("The translation is saved."))
        return redirect("hub:record", record.code)
    handed_in = translations.hand_in(
        record,
        language=language,
        words=form.words(),
        city=own_city(request.user, record),
        by=request.user,
    )
    if handed_in.status == Contribution.Status.DRAFT:
        messages.warning(
            request, _("The translation is kept. This is missing before it can go on.")
        )
    else:
        messages.success(request, _("Thank you. The translation is on its way to be read."))
    return redirect("hub:contribution", handed_in.uid)


def _rows(record, source, target, form, theirs):
    """Each field with the original beside it, what changed there since, and what somebody else saved meanwhile."""
    before = translations.source_before(record, target) if target else None
    return [
        {
            "field": field,
            "source": getattr(source, field.name),
            "pieces": _changes(before, source, field.name),
            "theirs": getattr(theirs, field.name) if theirs else "",
        }
        for field in form.texts
    ]


def _changes(before, source, name):
    """The pieces of a text of the original that is not what was translated; nothing if it is."""
    now = getattr(source, name)
    if before is None or before.get(name, "").strip() == now.strip():
        return []
    return words(before.get(name, ""), now)


def _under_way(user, record, language):
    """Translations into this language that are written or read now, as far as the visitor may open them."""
    return Contribution.objects.visible_to(user).filter(
        record=record, language=language, status__in=Contribution.OPEN
    )
