"""Writing one part of a contribution: saved by a button, and by itself while one types; nothing typed is lost."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hub import rules
from hub.actions import contributions
from hub.actions.card_fields import fingerprint, flat, told
from hub.actions.checklist import missing
from hub.forms.writing import PARTS
from hub.models import Contribution, Section

_ORDER = [Section.STORY, Section.CODES, Section.ABOUT, Section.CONTEXT, Section.LINKS, Section.FILES,
          Section.AUDIENCE]  # fmt: skip
_SINGLE = {"visibility": "id_visibility_0", "links": "id_links-0-title"}
_GROUPED = ("links", "contacts", "funders")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, uid, section):
    """One part of the form, with what was typed so far."""
    if section not in PARTS:
        raise Http404
    contribution = get_object_or_404(
        Contribution.objects.visible_to(request.user).with_names(), uid=uid
    )
    if not rules.may_write(request.user, contribution):
        raise PermissionDenied
    if request.method == "POST":
        return _save(request, contribution, section)
    if not contribution.is_writable:
        return redirect("hub:contribution", uid)
    return _show(request, contribution, _form(request, contribution, section))


def steps(contribution, here):
    """The parts of the form, in the order most people write them."""
    address = "hub:contribution_edit"
    return [
        {
            "label": capfirst(section.label),
            "url": reverse(address, args=[contribution.uid, section]),
            "current": section == here,
        }
        for section in _ORDER
    ]


def anchor(path):
    """Where on its page a field of the card stands: the address of its part, without the contribution's own."""
    names = path.split(".")
    if names[0] in _GROUPED and len(names) > 2:
        return f"id_{names[0]}-{int(names[1]) - 1}-{names[2]}"
    if names[0] == "files":
        return "files"
    return _SINGLE.get(names[0], f"id_{names[-1]}")


def _form(request, contribution, section, data=None):
    return PARTS[section](
        data,
        contribution=contribution,
        fields=flat(contribution.card),
        user=request.user,
        more=request.GET.get("more", ""),
    )


def _save(request, contribution, section):
    form = _form(request, contribution, section, request.POST)
    fields = _chosen(request, contribution, form)
    try:
        saved = contributions.save(
            contribution,
            fields=fields,
            paths=form.paths,
            version=_number(request.POST.get("version")),
            seen=request.POST.get("seen", ""),
            by=request.user,
        )
    except contributions.LostUpdate as conflict:
        return _conflict(request, form, fields, conflict)
    if _is_by_itself(request):
        return JsonResponse({"version": saved.version, "seen": _seen(saved, form), "saved": _now()})
    return redirect(_next(request, saved, section))


def _chosen(request, contribution, form):
    """What was typed; where a page with both texts was answered with "theirs", what the colleague wrote."""
    typed, theirs = form.typed(), flat(contribution.card)
    for path in form.paths:
        if request.POST.get(f"take:{path}") == "theirs":
            typed.pop(path, None)
            typed |= {path: theirs[path]} if path in theirs else {}
    return typed


def _next(request, contribution, section):
    then = request.POST.get("then", "")
    here = reverse("hub:contribution_edit", args=[contribution.uid, section])
    if then.startswith("more-"):
        rows = then.removeprefix("more-")
        return f"{here}?more={rows}#rows-{rows}" if rows in _GROUPED else here
    if then == "preview":
        return reverse("hub:contribution_preview", args=[contribution.uid])
    number = _ORDER.index(section) + 1
    if then == "next" and number < len(_ORDER):
        return reverse("hub:contribution_edit", args=[contribution.uid, _ORDER[number]])
    if then in ("next", "done"):
        return reverse("hub:contribution", args=[contribution.uid])
    return f"{here}?saved=1"


def _show(request, contribution, form):
    section = form.section
    context = {
        "contribution": contribution,
        "form": form,
        "section": section,
        "title": capfirst(section.label),
        "steps": steps(contribution, section),
        "number": _ORDER.index(section) + 1,
        "of": len(_ORDER),
        "is_last": section == _ORDER[-1],
        "seen": _seen(contribution, form),
        "missing": [
            (item, anchor(item.path)) for item in missing(contribution) if item.section == section
        ],
        "comments": [each for each in contribution.sent_comments() if each.section == section],
        "is_saved": "saved" in request.GET,
        "may_write": True,
    }
    return render(request, f"hub/contribute/{section}.html", context)


def _conflict(request, form, fields, conflict):
    """Both texts, field by field, with everything that was typed kept in the page."""
    contribution = conflict.contribution
    if _is_by_itself(request):
        return JsonResponse({"message": _changed_meanwhile(request, contribution)}, status=409)
    both = {**conflict.theirs, **fields}
    differing = [path for path in both if conflict.theirs.get(path) != fields.get(path)]
    asked = {"csrfmiddlewaretoken", "version", "seen"}
    context = {
        "contribution": contribution,
        "differences": told(differing, conflict.theirs, fields),
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in asked and not name.startswith("take:")
            for value in values
        ],
        "seen": _seen(contribution, form),
        "colleague": contribution.updated_by,
        "is_mine": contribution.updated_by_id == request.user.pk,
    }
    return render(request, "hub/contribute/conflict.html", context, status=409)


def _changed_meanwhile(request, contribution):
    if contribution.updated_by_id == request.user.pk:
        return _("You have saved this part in another window. Press “Save” to see both texts.")
    return _("A colleague has saved this part meanwhile. Press “Save” to see both texts.")


def _seen(contribution, form):
    """The fingerprint of what the card holds in this part now."""
    now = flat(contribution.card)
    return fingerprint({path: now[path] for path in form.paths if path in now})


def _is_by_itself(request):
    return request.accepts("application/json") and not request.accepts("text/html")


def _number(text):
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _now():
    return _("Saved at %(time)s UTC.") % {"time": date_format(timezone.now(), "H:i")}
