"""Letters about an application and about being suspended, each in its reader's language."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from outbox import mail

_STATUS_LINK = "members.emails.registration.status_link"


def asked(application, question):
    """Staff have a question; the answer is given on the status page."""
    _to_applicant("asked", application, key=question.pk, params={"question": question.text})


def welcomed(application, user, *, city):
    """The city, or the colleague, is in. Who has no password yet chooses one behind the button."""
    new = not user.has_usable_password()
    link = (
        ["members.emails.accounts.welcome_link", user.pk]
        if new
        else ["members.emails.vetting.login_link"]
    )
    mail.queue(
        "members/emails/welcome.txt",
        to=user.email,
        key=f"welcome:{application.pk}",
        language=application.language,
        params={"name": application.name, "city": _name(city, application.language), "new": new},
        links={"button": link},
        user=user,
    )


def declined(application):
    """No, with the reason in words and as a code."""
    reason = application.decision_reason
    _to_applicant(
        "declined",
        application,
        key=application.decided_at.isoformat(),
        params={"reason": _label(reason, application.language), "text": application.decision_text},
    )


def duplicate(application):
    """Another application for the same goes on; nothing to do."""
    _to_applicant("duplicate", application, key=application.decided_at.isoformat())


def reopened(application):
    """We look at it again, and here is the new link."""
    _to_applicant("reopened", application, key=application.link_version)


def person_suspended(person, *, reason, key):
    _to_person("person_suspended", person, key=key, params={"reason": reason})


def person_reinstated(person, *, key):
    _to_person("person_reinstated", person, key=key)


def city_suspended(city, person, *, reason, key):
    """To each person who acts for the city."""
    _to_person(
        "city_suspended",
        person,
        key=key,
        params={"city": _name(city, person.language), "reason": reason},
    )


def city_reinstated(city, person, *, key):
    _to_person("city_reinstated", person, key=key, params={"city": _name(city, person.language)})


# --- Links, called by the outbox under the reader's language


def login_link() -> str:
    return settings.SITE_ORIGIN + reverse("account_login")


def _to_applicant(letter, application, *, key, params=None):
    mail.queue(
        f"members/emails/{letter}.txt",
        to=application.email,
        key=f"{letter}:{application.pk}:{key}",
        language=application.language,
        params={
            "name": application.name,
            "number": application.number,
            "city": application.city_name,
            "contact": settings.STAFF_EMAIL,
        }
        | (params or {}),
        links={"button": [_STATUS_LINK, application.pk]},
    )


def _to_person(letter, person, *, key, params=None):
    to = person.user.email if person.user else person.email
    if not to:
        return
    mail.queue(
        f"members/emails/{letter}.txt",
        to=to,
        key=f"{letter}:{person.pk}:{key}",
        language=person.language,
        params={"name": person.name, "contact": settings.STAFF_EMAIL} | (params or {}),
        user=person.user,
    )


def _name(city, language):
    with override(language):
        return str(city)


def _label(term, language):
    return getattr(term, f"label_{language}") if term else ""
