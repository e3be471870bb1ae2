"""How far a contribution is, in words for its writers: what is done, what it waits for, what comes."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hub.models import Contribution

Status = Contribution.Status
_WITH_STAFF = {Status.SUBMITTED, Status.STAFF_REVIEW, Status.CHANGES_REQUESTED, Status.PUBLISHED}


def headline(contribution, waits_for_reader) -> str:
    """Whom it waits for, in a sentence."""
    if waits_for_reader:
        return _("It waits for you: your colleague asks you to sign it off.")
    return {
        Status.DRAFT: _("It is a draft. Only you and the people of your city see it."),
        Status.CITY_REVIEW: _("It waits for your city’s focal point."),
        Status.SUBMITTED: _("It waits for network staff."),
        Status.STAFF_REVIEW: _("Network staff are reading it."),
        Status.CHANGES_REQUESTED: _("It waits for you: staff ask for changes."),
        Status.PUBLISHED: _("It is in the library."),
        Status.WITHDRAWN: _("It was withdrawn. Nobody looks at it now."),
    }[contribution.status]


def stages(contribution) -> list[dict]:
    """The stages in order: title, text, at (a moment or None), and state (done, now or later)."""
    return [
        _written(contribution),
        *_signed_off(contribution),
        _read(contribution),
        _published(contribution),
    ]


def _written(contribution):
    if contribution.status == Status.WITHDRAWN:
        return _stage(pgettext("contribution", "Withdrawn"), contribution.ended_at, "now")
    if contribution.status == Status.DRAFT:
        return _stage(_("Being written"), contribution.created_at, "now")
    return _stage(_("Written"), contribution.created_at, "done")


def _signed_off(contribution):
    """Asked only where the city has somebody to ask, or was asked."""
    if contribution.signed_off_at:
        return [_stage(_("Signed off by your city"), contribution.signed_off_at, "done")]
    if contribution.status == Status.CITY_REVIEW:
        focal_point = contribution.focal_point()
        text = _("It waits for %(name)s.") % {"name": focal_point} if focal_point else ""
        title = _("With your city’s focal point")
        return [_stage(title, contribution.city_asked_at, "now", text)]
    if contribution.city is None or contribution.status in _WITH_STAFF:
        return []
    return [_stage(_("Signed off by your city"), None, "later")]


def _read(contribution):
    title = _("Read by network staff")
    if contribution.status == Status.SUBMITTED:
        return _stage(title, contribution.submitted_at, "now", _("Nobody has taken it yet."))
    if contribution.status == Status.STAFF_REVIEW:
        return _stage(title, contribution.submitted_at, "now", _("Somebody is reading it."))
    if contribution.status == Status.CHANGES_REQUESTED:
        text = _("They ask for changes; their remarks stand on this page.")
        return _stage(title, contribution.updated_at, "now", text)
    if contribution.status == Status.PUBLISHED:
        return _stage(title, contribution.submitted_at, "done")
    return _stage(title, None, "later")


def _published(contribution):
    if contribution.status == Status.PUBLISHED:
        return _stage(_("In the library"), contribution.ended_at, "done")
    return _stage(_("In the library"), None, "later", _("You get a letter with the way to it."))


def _stage(title, at, state, text=""):
    return {"title": title, "at": at, "state": state, "text": text}
