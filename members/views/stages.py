"""How far an application is, in words for its writer."""

from django.utils.translation import gettext as _

from members.models import MembershipApplication

Status, Route = MembershipApplication.Status, MembershipApplication.Route
_DECIDED = {Status.APPROVED, Status.DECLINED}
_UNFINISHED = {Status.WITHDRAWN, Status.EXPIRED}  # the checking ended before an answer


def headline(application) -> dict:
    """{"title", "text"}: where it stands and whether anything is needed from the reader."""
    title, text = _headlines()[_standing(application)]
    return {"title": title, "text": text}


def stages(application) -> list[dict]:
    """The stages in order: title, text, at (a moment or None), and state (done, now or later)."""
    return [
        _stage(_("Sent"), application.sent_at, "done"),
        _stage(_("E-mail address confirmed"), application.confirmed_at, "done"),
        *_asked_city(application),
        *_checked(application),
        _end(application),
    ]


def _standing(application):
    if application.joined_to_id and application.status in MembershipApplication.OPEN:
        return Route.JOIN_APPLICATION
    return application.status


def _headlines():
    return {
        Status.SUBMITTED: (
            _("Your application has arrived"),
            _("Nothing is needed from you just now. We write to you when this page changes."),
        ),
        Status.IN_VETTING: (
            _("We are checking your application"),
            _("Nothing is needed from you just now. We write to you when this page changes."),
        ),
        Status.AWAITING_CITY: (
            _("Your city is being asked"),
            _("The city is a member already. Its focal point says whether you are a colleague."),
        ),
        Route.JOIN_APPLICATION: (
            _("Your city has applied already"),
            _(
                "Yours is kept together with the application that came first. Once the city is a member,"
                " its focal point is asked about you."
            ),
        ),
        Status.MORE_INFO: (
            _("We have a question for you"),
            _("Please answer it here. We go on as soon as we have your answer."),
        ),
        Status.APPROVED: (
            _("Welcome to the network"),
            _("A letter with the way in has been sent to you."),
        ),
        Status.DECLINED: (
            _("We could not accept this application"),
            _("The reason stands below. If something has changed, write to us."),
        ),
        Status.WITHDRAWN: (
            _("You have withdrawn this application"),
            _("Nobody looks at it any more. You can apply again at any time."),
        ),
        Status.EXPIRED: (
            _("This application has ended"),
            _("We did not hear from you. You can apply again at any time."),
        ),
    }  # fmt: skip


def _asked_city(application):
    if application.route != Route.JOIN_CITY or not application.city_asked_at:
        return []
    waits = application.status == Status.AWAITING_CITY
    text = _(
        "Its focal point has had a letter. After two weeks without an answer, our staff take over."
    )
    title = _("Waiting for your city") if waits else _("Your city was asked")
    return [
        _stage(title, application.city_asked_at, "now" if waits else "done", text if waits else "")
    ]


def _checked(application):
    if application.status in _UNFINISHED:
        return []
    if application.status in _DECIDED:
        return [_stage(_("Checked"), None, "done")]
    if application.status == Status.AWAITING_CITY:
        state, text = "later", _("Only if your city does not answer.")
    elif application.status == Status.MORE_INFO:
        state, text = "now", _("We wait for your answer.")
    elif application.joined_to_id:
        state, text = "now", _("Together with the application that came first.")
    else:
        state = "now"
        text = _("A person looks up the city and may telephone the number on its own website.")
    return [_stage(_("Being checked"), None, state, text)]


def _end(application):
    if application.status == Status.APPROVED:
        return _stage(_("Welcome"), application.decided_at, "done")
    if application.status == Status.DECLINED:
        return _stage(_("Not accepted"), application.decided_at, "done")
    if application.status == Status.WITHDRAWN:
        return _stage(_("Withdrawn"), None, "done")
    if application.status == Status.EXPIRED:
        return _stage(_("Ended without an answer"), None, "done")
    return _stage(_("Welcome"), None, "later", _("You get a letter with the way in."))


def _stage(title, at, state, text=""):
    return {"title": title, "at": at, "state": state, "text": text}
