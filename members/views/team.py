"""A city's focal point: who is in the team, and who asks to be."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members import rules
from members.actions import endorsements
from members.forms import RefusalForm
from members.models import City, MembershipApplication, Post


@require_safe
def team(request):
    """Who asks to join the city, and who acts for it already."""
    cities = City.objects.filter(pk__in=rules.standing(request.user).focal_cities).order_by("slug")
    if not cities:
        raise PermissionDenied
    context = {
        "cities": cities,
        "waiting": MembershipApplication.objects.waiting_for_cities(cities).select_related("city"),
        "posts": Post.objects.team_of(cities),
        "late_after": MembershipApplication.CITY_REMINDED_AFTER_DAYS,
    }
    return render(request, "members/team.html", context)


@require_safe
def colleague(request, uid):
    """One who asks: name, post, department, work e-mail, and nothing else."""
    application = _application(request, uid)
    return _show(request, application, RefusalForm())


@require_POST
def endorse(request, uid):
    """The focal point says yes."""
    application = _application(request, uid)
    person = endorsements.endorse(application, by=request.user)
    messages.success(
        request,
        _("%(name)s is in your team now and has a letter with the way in.") % {"name": person},
    )
    return redirect("members:team")


@require_POST
def refuse(request, uid):
    """The focal point says no, and why."""
    application = _application(request, uid)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _show(request, application, form)
    endorsements.refuse(application, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(
        request, _("%(name)s has a letter and can read your reason.") % {"name": application.name}
    )
    return redirect("members:team")


def _application(request, uid):
    """Of this focal point's city, and once put before it; for everybody else there is no such page."""
    cities = rules.standing(request.user).focal_cities
    application = get_object_or_404(MembershipApplication.objects.asked_of_cities(cities), uid=uid)
    if not rules.may_endorse(request.user, application):
        raise PermissionDenied
    return application


def _show(request, application, form):
    waits = application.status == MembershipApplication.Status.AWAITING_CITY
    context = {"application": application, "form": form, "waits": waits}
    return render(request, "members/colleague.html", context)
