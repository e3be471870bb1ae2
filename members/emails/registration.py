"""Letters about an application on its way, and the links in them, which are made when a letter is sent.

Only a name and a city that somebody typed ever stand in these letters.
"""

import hashlib

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import limits, tokens
from members.models import MembershipApplication, User
from outbox import mail

CONFIRM_SECONDS = 24 * 3600
RESUME_SECONDS = 90 * 86400
STATUS_SECONDS = 400 * 86400
# To one address, whoever asks for them: nobody's mailbox is filled by filling in our form.
MOST_CONFIRM_A_DAY = 6
MOST_CONTINUE_A_DAY = 3

_HERE = "members.emails.registration"


# --- Letters


def go_on(application):
    """A link to go on writing, as soon as the address is known."""
    if _may_write_to(application.email, "continue", most=MOST_CONTINUE_A_DAY):
        _to_applicant(
            "continue_application",
            application,
            key=f"continue:{application.uid}:{application.link_version}",
            link="resume_link",
        )


def confirm(application):
    """The owner of the address is asked to confirm it.

    Only when the letter is sent do we look whether the address has an account or an open application, and
    then the letter says so instead: the page that takes the application does the same work for everybody.
    """
    if _may_write_to(application.email, "confirm", most=MOST_CONFIRM_A_DAY):
        mail.queue(
            "members/emails/confirm_application.txt",
            to=application.email,
            key=f"confirm:{application.uid}:{application.link_version}:{timezone.now():%Y%m%d%H%M}",
            language=application.language,
            params=_facts(application),
            links={
                "button": [f"{_HERE}.confirm_link", application.pk],
                "account": [f"{_HERE}.account_link", application.pk],
                "earlier": [f"{_HERE}.earlier_link", application.pk],
            },
        )


def received(application):
    """The application has arrived: its number, who looks at it, and the link to follow it."""
    _to_applicant(
        "application_received",
        application,
        key=f"received:{application.uid}",
        params={
            "route": application.route,
            "waits_for_city": application.status == MembershipApplication.Status.AWAITING_CITY,
            "due_on": application.due_on.isoformat(),
        },
    )


def status_again(application):
    """The link to follow an application, for somebody who has lost it."""
    if _may_write_to(application.email, "confirm", most=MOST_CONFIRM_A_DAY):
        _to_applicant(
            "application_status",
            application,
            key=f"status:{application.uid}:{timezone.now():%Y%m%d%H%M}",
        )


def withdrawn(application):
    """Nobody looks at it any more, and the letters with it are deleted."""
    _to_applicant("application_withdrawn", application, key=f"withdrawn:{application.uid}")


# --- Links, called by the outbox under the reader's language


def resume_link(application_pk: int) -> str:
    """Where one goes on writing; empty once it was sent."""
    application = MembershipApplication.objects.filter(pk=application_pk, status="draft").first()
    return _absolute("members:join_resume", "resume", application) if application else ""


def confirm_link(application_pk: int) -> str:
    """Where the address is confirmed; empty for an address we know already."""
    application = MembershipApplication.objects.filter(pk=application_pk).first()
    if application is None or _has_account(application) or _earlier(application):
        return ""
    return _absolute("members:join_confirm", "confirm", application)


def account_link(application_pk: int) -> str:
    """Where somebody with an account signs in; empty for others."""
    application = MembershipApplication.objects.filter(pk=application_pk).first()
    if application is None or not _has_account(application):
        return ""
    return settings.SITE_ORIGIN + reverse("account_login")


def earlier_link(application_pk: int) -> str:
    """The page of the open application that the same address has sent before; empty when there is none."""
    application = MembershipApplication.objects.filter(pk=application_pk).first()
    earlier = _earlier(application) if application else None
    return _absolute("members:join_status", "status", earlier) if earlier else ""


def status_link(application_pk: int) -> str:
    """Where an application is followed."""
    application = MembershipApplication.objects.get(pk=application_pk)
    return _absolute("members:join_status", "status", application)


# --- The tokens of the links


def token(purpose: str, application) -> str:
    """`purpose` is confirm, resume or status. Good until the links of the application are renewed."""
    return tokens.make(f"application-{purpose}", application.uid, application.link_version)


def named_by(token: str, purpose: str, *, seconds: int | None = None):
    """The application that a link leads to, or None when it is forged, too old, or was replaced."""
    try:
        uid, version = tokens.read(f"application-{purpose}", token, seconds=seconds)
    except (tokens.BadToken, ValueError):
        return None
    return MembershipApplication.objects.filter(uid=uid, link_version=version).first()


def _absolute(name, purpose, application):
    return settings.SITE_ORIGIN + reverse(name, args=[token(purpose, application)])


def _has_account(application):
    return User.objects.filter(email__iexact=application.email).exists()


def _earlier(application):
    same = MembershipApplication.objects.open().filter(email__iexact=application.email)
    return same.exclude(pk=application.pk).first()


def _may_write_to(email, letter, *, most):
    address = hashlib.sha256(email.lower().encode()).hexdigest()
    return limits.allow(f"letter:{letter}:{address}", most=most, seconds=86400)


def _to_applicant(letter, application, *, key, link="status_link", params=None):
    mail.queue(
        f"members/emails/{letter}.txt",
        to=application.email,
        key=key,
        language=application.language,
        params=_facts(application) | (params or {}),
        links={"button": [f"{_HERE}.{link}", application.pk]},
    )


def _facts(application):
    return {
        "name": application.name,
        "city": application.city_name,
        "number": application.number,
    }
