"""Letters about what members write for the library. Of a text they tell the title and the remarks, nothing else."""

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from outbox import mail

_HERE = "hub.emails.contributions"


def sign_off_waits(contribution, focal_point):
    """To the focal point: a colleague has written something, please sign it off."""
    _to_focal_point("sign_off_waits", contribution, focal_point)


def sign_off_reminder(contribution, focal_point):
    """The same, once more."""
    _to_focal_point("sign_off_reminder", contribution, focal_point)


def sent_back(contribution, comment):
    """To its authors: the focal point would like something changed first."""
    _to_authors("contribution_sent_back", contribution, comment.pk, text=comment.text)


def received(contribution):
    """To its authors: network staff have it now."""
    days = settings.ANSWER_WITHIN_DAYS
    _to_authors(
        "contribution_received", contribution, contribution.submitted_at.isoformat(), days=days
    )


def changes_requested(contribution):
    """To its authors: the remarks of staff, each with the part it is about."""
    comments = contribution.comments.filter(settled_at__isnull=True).order_by("at", "pk")
    once = contribution.updated_at.isoformat()
    for user in contribution.authors():
        remarks = [_remark(comment, user.language) for comment in comments]
        _to("contribution_changes", contribution, user, once, remarks=remarks)


def published(contribution):
    """To its authors, and to the focal point of their city: it is in the library."""
    readers = contribution.authors()
    focal_point = contribution.focal_point()
    if focal_point and focal_point.user not in readers:
        readers.append(focal_point.user)
    for user in readers:
        _to("contribution_published", contribution, user, contribution.pk, button="record_link")


# --- Links, called by the outbox under the reader's language


def contribution_link(uid: str) -> str:
    """Where it stands, and what can be done with it, after signing in."""
    return settings.SITE_ORIGIN + reverse("hub:contribution", args=[uid])


def record_link(code: str) -> str:
    """The record in the library."""
    return settings.SITE_ORIGIN + reverse("hub:record", args=[code])


def _to_focal_point(letter, contribution, person):
    asked = contribution.city_asked_at.isoformat()
    author = contribution.updated_by or contribution.created_by
    _to(letter, contribution, person.user, asked, author=_name(author))


def _to_authors(letter, contribution, once, **params):
    for user in contribution.authors():
        _to(letter, contribution, user, once, **params)


def _to(letter, contribution, user, once, button="contribution_link", **params):
    target = contribution.record.code if button == "record_link" else str(contribution.uid)
    mail.queue(
        f"hub/emails/{letter}.txt",
        to=user.email,
        key=f"{letter}:{contribution.uid}:{user.pk}:{once}",
        language=user.language,
        params={"name": _name(user), "title": _title(contribution, user.language), **params},
        links={"button": [f"{_HERE}.{button}", target]},
        user=user,
    )


def _name(user):
    person = getattr(user, "person", None)
    return person.name if person else str(user or "")


def _title(contribution, language):
    with override(language):
        return contribution.title or _("untitled")


def _remark(comment, language):
    """A remark after the name of the part it is about."""
    with override(language):
        label = capfirst(comment.section_label)
        return f"{label}: {comment.text}" if label else comment.text
