"""Letters about reading what is not open to everybody. They name a record by its code and nothing else."""

from django.conf import settings
from django.urls import reverse

from outbox import mail

_HERE = "hub.emails.access"


def invited(request):
    """To a stranger: members read it in full, and how to become one."""
    mail.queue(
        "hub/emails/access_invited.txt",
        to=request.email,
        key=f"access-invited:{request.uid}",
        language=request.language,
        params={"code": request.record.code},
        links={
            "button": [f"{_HERE}.join_link"],
            "record": [f"{_HERE}.record_link", request.record.code],
        },
    )


def asked_staff(request):
    """To network staff: a member asks to read a record of a group."""
    mail.queue(
        "hub/emails/access_asked.txt",
        to=settings.STAFF_EMAIL,
        key=f"access-asked:{request.uid}:staff",
        params={"code": request.record.code},
        links={"button": [f"{_HERE}.staff_link", request.pk]},
    )


def asked_city(request, person):
    """To the focal point of a city that owns the record."""
    mail.queue(
        "hub/emails/access_asked_city.txt",
        to=person.user.email,
        key=f"access-asked:{request.uid}:{person.pk}",
        language=person.user.language,
        params={"code": request.record.code, "name": person.name},
        links={"button": [f"{_HERE}.request_link", str(request.uid)]},
        user=person.user,
    )


def granted(grant):
    """To the member: the record is open to you until this day."""
    _to_grantee("access_granted", grant)


def ends_soon(grant):
    """To the member: your access ends in two weeks."""
    _to_grantee("access_ends", grant)


def ended(grant):
    """To the member: your access was ended before its day."""
    _to_grantee("access_ended", grant, link="ask_link")


def declined(request):
    """To the member: not this time. Why stands on a page that asks who reads it."""
    mail.queue(
        "hub/emails/access_declined.txt",
        to=request.by.email,
        key=f"access-declined:{request.uid}",
        language=request.by.language,
        params={"code": request.record.code},
        links={"button": [f"{_HERE}.requests_link"]},
        user=request.by,
    )


# --- Links, called by the outbox under the reader's language


def join_link() -> str:
    """Where a city becomes a member."""
    return settings.SITE_ORIGIN + reverse("members:join")


def record_link(code: str) -> str:
    """The record's page."""
    return settings.SITE_ORIGIN + reverse("hub:record", args=[code])


def ask_link(code: str) -> str:
    """Where a member asks to read a record."""
    return f"{settings.SITE_ORIGIN}{reverse('hub:request_access')}?code={code}"


def requests_link() -> str:
    """Where a member's own requests stand with their answers."""
    return settings.SITE_ORIGIN + reverse("hub:request_access")


def request_link(uid: str) -> str:
    """Where a focal point answers, after signing in."""
    return settings.SITE_ORIGIN + reverse("hub:access_request", args=[uid])


def staff_link(pk: int) -> str:
    """Where network staff answer."""
    return settings.SITE_ORIGIN + reverse("admin:hub_accessrequest_change", args=[pk])


def _to_grantee(letter, grant, link="record_link"):
    mail.queue(
        f"hub/emails/{letter}.txt",
        to=grant.grantee.email,
        key=f"{letter}:{grant.pk}",
        language=grant.grantee.language,
        params={"code": grant.record.code, "until": grant.until.isoformat()},
        links={"button": [f"{_HERE}.{link}", grant.record.code]},
        user=grant.grantee,
    )
