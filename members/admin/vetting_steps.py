"""What staff may do with an application, as buttons of its dossier."""

from django.utils.translation import gettext_lazy as _

from members import rules
from members.actions import admission, checks, vetting
from members.admin.forms import AskForm, CheckForm, CityForm, DeclineForm, DuplicateForm, NoteForm
from members.admin.steps import Step
from members.models import MembershipApplication

Status = MembershipApplication.Status


def _may_become(*statuses):
    """Whether each status can be reached in turn; a new application counts as taken up by whoever acts."""

    def fits(application):
        now = application.status
        if now == Status.SUBMITTED:
            now = Status.IN_VETTING
        return any(status in application.MOVES.get(now, set()) for status in statuses)

    return fits


def _is_open(application):
    return application.status in MembershipApplication.OPEN


def _approved(application):
    """What the page that asks tells about the yes."""
    return {
        "joined": application.joined.filter(status__in=MembershipApplication.OPEN).order_by("pk")
    }


NOTE = Step(
    "note",
    _("Write a note"),
    vetting.note,
    may=rules.may_vet,
    fits=lambda application: True,
    done=_("The note is kept."),
    form=NoteForm,
)
CHECK = Step(
    "check",
    _("Record a check"),
    vetting.record_check,
    may=rules.may_vet,
    fits=_is_open,
    done=_("The check is recorded."),
    form=CheckForm,
)
STEPS = [
    Step(
        "assign-to-me",
        _("Assign to me"),
        lambda application, by: vetting.assign(application, to=by, by=by),
        may=rules.may_vet,
        fits=lambda application: application.status in MembershipApplication.STAFF_QUEUE,
        done=_("The application is yours."),
        direct=True,
    ),
    Step(
        "approve",
        _("Approve"),
        admission.approve,
        may=rules.may_vet,
        fits=_may_become(Status.APPROVED),
        question=_("Approve this application?"),
        explanation=_(
            "The city becomes a member, the applicant its first person, with an account and a letter to choose a "
            "password. For a colleague of a member city, only the person is added."
        ),
        done=_("Approved. The welcome letter is on its way."),
        primary=True,
        context=_approved,
    ),
    Step(
        "ask",
        _("Ask the applicant"),
        vetting.ask,
        may=rules.may_vet,
        fits=_may_become(Status.MORE_INFO),
        question=_("Ask the applicant"),
        explanation=_("The question goes out by letter; the answer comes back into this dossier."),
        done=_("The question is on its way."),
        form=AskForm,
    ),
    Step(
        "hand-to-city",
        _("Hand to the focal point"),
        vetting.return_to_city,
        may=rules.may_vet,
        fits=_may_become(Status.AWAITING_CITY),
        question=_("Hand this application to a member city?"),
        explanation=_("The city’s focal point is asked by letter whether this colleague may join."),
        done=_("The focal point has been asked."),
        form=CityForm,
    ),
    Step(
        "duplicate",
        _("Mark as a duplicate"),
        vetting.mark_duplicate,
        may=rules.may_vet,
        fits=_may_become(Status.DECLINED),
        question=_("Mark as a duplicate?"),
        explanation=_(
            "This application is closed, the other goes on, and the applicant is told so."
        ),
        done=_("Closed as a duplicate."),
        form=DuplicateForm,
        danger=True,
    ),
    Step(
        "decline",
        _("Decline"),
        vetting.decline,
        may=rules.may_vet,
        fits=_may_become(Status.DECLINED),
        question=_("Decline this application?"),
        explanation=_("The applicant gets a letter with the reason and your words."),
        done=_("Declined. The letter is on its way."),
        form=DeclineForm,
        danger=True,
    ),
    Step(
        "reopen",
        _("Reopen"),
        vetting.reopen,
        may=rules.may_vet,
        fits=vetting.may_reopen,
        question=_("Reopen this application?"),
        explanation=_("It is being checked again, and the applicant gets a new link to its page."),
        done=_("The application is open again."),
    ),
    Step(
        "check-again",
        _("Run the checks again"),
        lambda application, by: checks.run(application, by=by),
        may=rules.may_vet,
        fits=_is_open,
        done=_("Looked at again."),
        direct=True,
    ),
    CHECK,
    NOTE,
]
