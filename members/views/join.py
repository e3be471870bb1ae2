"""Become a Strong City: the steps up to "check and send". Nothing here needs an account or JavaScript."""

from contextlib import suppress
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clients, limits
from core.lifecycle import IllegalMove
from members.actions import registration
from members.forms import FORMS, CityForm
from members.models import MembershipApplication, Place, PledgeVersion
from members.views.answers import answers_of

SESSION_KEY = "application"
STEPS = MembershipApplication.STEPS
MINUTES = {"city": 0, "post": 4, "themes": 12, "pledge": 16, "check": 18}
MOST_SAVES_AN_HOUR = 200
MOST_SUBMITS_AN_HOUR = 10
MOST_SEARCHES_A_MINUTE = 60


def newcomers_only(view):
    """Whoever has an account is somewhere already."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated:
            return redirect("home")
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(guarded))


def mine(request) -> MembershipApplication | None:
    """The application this browser is writing, or has sent and not confirmed."""
    uid = request.session.get(SESSION_KEY)
    return MembershipApplication.objects.not_confirmed().filter(uid=uid).first() if uid else None


def too_many(request, what, *, most, seconds):
    """A page with status 429 when this address tries too often, else None."""
    if limits.allow(f"{what}:{clients.address(request)}", most=most, seconds=seconds):
        return None
    return render(request, "members/join/too_many.html", status=429)


@newcomers_only
@require_safe
def start(request):
    """What it is, who may join, how long it takes, and where to go on."""
    application = mine(request)
    return render(
        request,
        "members/join/start.html",
        {"application": application, "next_step": _next_open(application)},
    )


@login_not_required
@require_safe
def questions(request):
    """Every question, to read or print before starting."""
    pledge = PledgeVersion.objects.in_force()
    forms = [form() for form in FORMS.values()]
    return render(request, "members/join/questions.html", {"forms": forms, "pledge": pledge})


@newcomers_only
@require_POST
def afresh(request):
    """This browser forgets the application; the link in the letter still leads to it."""
    request.session.pop(SESSION_KEY, None)
    return redirect("members:join")


@newcomers_only
@require_safe
def places(request):
    """The choices for what was typed so far, as a piece of the city step."""
    limited = too_many(request, "places", most=MOST_SEARCHES_A_MINUTE, seconds=60)
    if limited:
        return limited
    found = Place.objects.search(request.GET.get("q", ""))
    form = CityForm(places=found, application=mine(request))
    return render(request, "members/join/_places.html", {"form": form, "found": found, "q": True})


@newcomers_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, step):
    """One step: shown as far as it was answered, saved whenever a button is pressed."""
    if step == "check":
        return check(request)
    if step not in FORMS:
        raise Http404
    application = mine(request)
    if application and application.status == MembershipApplication.Status.UNCONFIRMED:
        return redirect("members:join_sent")
    if request.method == "POST":
        return _save(request, step, application)
    return _show(
        request, FORMS[step](application=application, **_places_for(request.GET, step)), application
    )


def check(request):
    """All answers before they are sent; sending asks for the address to be confirmed."""
    application = mine(request)
    if application is None:
        return redirect("members:join")
    if application.status == MembershipApplication.Status.UNCONFIRMED:
        return redirect("members:join_sent")
    if request.method == "POST":
        return _send(request, application)
    return _show_check(request, application)


# --- Saving


def _save(request, step, application):
    limited = too_many(request, "join-save", most=MOST_SAVES_AN_HOUR, seconds=3600)
    if limited:
        return limited
    form = FORMS[step](
        request.POST, request.FILES, application=application, **_places_for(request.POST, step)
    )
    complete = form.is_valid()
    language = get_language()
    application = registration.save_step(
        application or registration.begin(language=language),
        step,
        answers=form.answers(),
        typed=form.unfit(),
        complete=complete,
        language=language,
    )
    request.session[SESSION_KEY] = str(application.uid)
    full = _take_letters(request, form, application)
    elsewhere = _elsewhere(request, step)
    if elsewhere:
        return redirect(elsewhere)
    if complete and not full:
        return redirect("members:join_step", _after(step))
    return _show(request, form, application)


def _take_letters(request, form, application):
    """Add or remove letters of the pledge step. True when there is one too many: the form says so."""
    remove = request.POST.get("remove", "")
    if remove.isdecimal() and len(remove) < 10:
        registration.detach(application, int(remove))
    letter = form.cleaned_data.get("letter")
    if not letter:
        return False
    if application.attachments.count() >= MembershipApplication.MOST_ATTACHMENTS:
        form.add_error("letter", _("That is one letter too many. Remove another first."))
        return True
    registration.attach(application, letter)
    return False


def _elsewhere(request, step):
    """Where a button other than "save and continue" leads; all of them save first."""
    then = request.POST.get("then", "")
    here = reverse("members:join_step", args=[step])
    if then == "search" or _looks_on(request, step):
        return f"{here}?{_query(request)}#id_q"
    if then == "later":
        messages.success(request, _("Saved. You can close this page and come back."))
        return reverse("members:join")
    if then == "back" and step != STEPS[0]:
        return reverse("members:join_step", args=[STEPS[STEPS.index(step) - 1]])
    if request.POST.get("remove"):
        return here
    return None


def _looks_on(request, step):
    """Enter in the search box, without JavaScript: what was typed is not what is shown, and nothing is chosen."""
    typed = request.POST.get("q", "")
    return step == "city" and typed != request.GET.get("q", "") and not request.POST.get("place")


def _query(request):
    query = request.GET.copy()
    query["q"] = request.POST.get("q", "")[:100]
    return query.urlencode()


def _send(request, application):
    limited = too_many(request, "join-submit", most=MOST_SUBMITS_AN_HOUR, seconds=3600)
    if limited:
        return limited
    if request.POST.get("fax") or not application.is_complete:
        return _show_check(request, application)
    with suppress(IllegalMove):  # pressed twice: the first press has done it
        registration.submit(application)
    return redirect("members:join_sent")


# --- Showing


def _show(request, form, application):
    context = {
        "form": form,
        "application": application,
        "step": form.step,
        "pledge": getattr(form, "pledge", None),
        "saved_at": application.saved_at if application else None,
        "q": request.POST.get("q", request.GET.get("q", "")),
        "back_to": _title_before(form.step),
    }
    context |= _progress(application, form.step)
    return render(request, f"members/join/{form.step}.html", context)


def _show_check(request, application):
    context = {
        "application": application,
        "sections": answers_of(application),
        "open_step": _next_open(application) if not application.is_complete else None,
        "filled_trap": bool(request.POST.get("fax")),
    }
    return render(request, "members/join/check.html", context | _progress(application, "check"))


def _progress(application, here):
    done = application.steps_done if application else []
    names = [*STEPS, "check"]
    titles = [*(FORMS[name].title for name in STEPS), _("Check and send")]
    return {
        "steps": [
            {
                "label": title,
                "url": reverse("members:join_step", args=[name]) if application else "",
                "done": name in done,
                "current": name == here,
            }
            for name, title in zip(names, titles, strict=True)
        ],
        "number": names.index(here) + 1,
        "minutes": MINUTES[here],
    }


def _places_for(data, step):
    return {"places": Place.objects.search(data.get("q", ""))} if step == "city" else {}


def _next_open(application):
    """The first step that is not finished; the check when all are."""
    done = application.steps_done if application else []
    return next((name for name in STEPS if name not in done), "check")


def _after(step):
    return [*STEPS, "check"][STEPS.index(step) + 1]


def _title_before(step):
    return FORMS[STEPS[STEPS.index(step) - 1]].title if step != STEPS[0] else ""
