"""The page of an application, behind the link in its letters: how far it is, and what its writer can do."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.actions import following
from members.emails import registration as links
from members.forms import LetterForm, ReplyForm
from members.models import Exchange, MembershipApplication
from members.views.answers import answers_of
from members.views.join import too_many
from members.views.stages import headline, stages

Status = MembershipApplication.Status
MOST_WRITES_AN_HOUR = 30


def by_link(view):
    """The application of the token, or a page that says that the link does not work any more."""

    @wraps(view)
    def opened(request, token):
        application = links.named_by(token, "status", seconds=links.STATUS_SECONDS)
        if application is None or application.status in MembershipApplication.NOT_CONFIRMED:
            return render(request, "members/join/dead_link.html", status=404)
        if request.method == "POST":
            limited = too_many(request, "status-write", most=MOST_WRITES_AN_HOUR, seconds=3600)
            if limited:
                return limited
        return view(request, application, token)

    return login_not_required(never_cache(opened))


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def status(request, application, token):
    """How far it is, whom it waits for, and the questions of staff, which are answered here."""
    form = None
    if application.status == Status.MORE_INFO:
        form = ReplyForm(request.POST) if request.method == "POST" else ReplyForm()
    if request.method == "POST":
        if form is None:
            messages.info(request, _("This question has been answered already."))
            return redirect("members:join_status", token)
        if form.is_valid():
            following.reply(application, text=form.cleaned_data["text"])
            messages.success(request, _("Your answer is with our staff."))
            return redirect("members:join_status", token)
    return render(
        request,
        "members/status/status.html",
        progress_of(application) | {"form": form, "token": token},
    )


@by_link
@require_safe
def answers(request, application, token):
    """What was sent, as staff read it."""
    context = {"application": application, "sections": answers_of(application), "token": token}
    return render(request, "members/status/answers.html", context)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request, application, token):
    """A letter from the city that comes later."""
    if application.status not in MembershipApplication.OPEN:
        return redirect("members:join_status", token)
    posted = request.method == "POST"
    form = LetterForm(request.POST, request.FILES) if posted else LetterForm()
    if posted:
        if application.attachments.count() >= MembershipApplication.MOST_ATTACHMENTS:
            form.add_error(
                "letter", _("There are as many letters as we can take. Ask us by e-mail.")
            )
        elif form.is_valid():
            following.add_letter(application, form.cleaned_data["letter"])
            messages.success(request, _("The letter is with your application."))
            return redirect("members:join_status", token)
    context = {"application": application, "form": form, "token": token}
    return render(request, "members/status/letter.html", context)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, application, token):
    """Asks once, then nobody looks at the application any more."""
    if not application.may_move_to(Status.WITHDRAWN):
        return redirect("members:join_status", token)
    if request.method == "POST":
        following.withdraw(application)
        return redirect("members:join_status", token)
    return render(
        request, "members/status/withdraw.html", {"application": application, "token": token}
    )


def progress_of(application):
    """What templates/members/status/_progress.html shows."""
    return {
        "application": application,
        "headline": headline(application),
        "stages": stages(application),
        "exchanges": application.exchanges.exclude(kind=Exchange.Kind.NOTE),
        "is_open": application.status in MembershipApplication.OPEN,
    }
