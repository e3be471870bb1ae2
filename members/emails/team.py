"""Letters between a city's focal point and the colleagues who ask to join."""

from django.conf import settings
from django.urls import reverse

from members.models import MembershipApplication
from outbox import mail

_HERE = "members.emails.team"


def colleague_waits(application, focal_person):
    """Somebody says to be a colleague; the focal point knows."""
    _to_focal_point("colleague_waits", application, focal_person)


def colleague_reminder(application, focal_person):
    """The same, once more, before staff take it over."""
    _to_focal_point("colleague_reminder", application, focal_person)


def refused(application):
    """The city does not know them as a colleague; its reason stands on the status page."""
    mail.queue(
        "members/emails/colleague_refused.txt",
        to=application.email,
        key=f"refused:{application.uid}:{application.decided_at.isoformat()}",
        language=application.language,
        params={"name": application.name, "city": application.city_name},
        links={"button": ["members.emails.registration.status_link", application.pk]},
    )


# --- Links, called by the outbox under the reader's language


def colleague_link(application_uid: str) -> str:
    """Where the focal point endorses or refuses, after signing in."""
    return settings.SITE_ORIGIN + reverse("members:colleague", args=[application_uid])


def _to_focal_point(letter, application, person):
    to = person.user.email if person.user else person.email
    if not to:
        return
    asked = application.city_asked_at.isoformat() if application.city_asked_at else ""
    mail.queue(
        f"members/emails/{letter}.txt",
        to=to,
        key=f"{letter}:{application.uid}:{person.pk}:{asked}",
        language=person.language,
        params={
            "focal_point": person.name,
            "name": application.name,
            "city": application.city_name,
            "days": MembershipApplication.CITY_ANSWERS_WITHIN_DAYS,
        },
        links={"button": [f"{_HERE}.colleague_link", str(application.uid)]},
        user=person.user,
    )
