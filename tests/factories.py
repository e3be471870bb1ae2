"""Things to test with. Each function makes one valid thing; say only what the test is about."""

from functools import cache
from itertools import count

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from core.models import Term
from hub.models import Record, RecordText
from members.models import (
    City,
    CityMembership,
    MembershipApplication,
    Person,
    PledgeVersion,
    Post,
    StaffScope,
    User,
)

PASSWORD = "correct horse battery"
_number = count(1)


def term(vocabulary, code, **fields):
    """A term of a vocabulary; the published one where it is loaded, else made here."""
    defaults = {"label_en": code, "label_fr": code, "label_ar": code} | fields
    return Term.objects.get_or_create(vocabulary=vocabulary, code=code, defaults=defaults)[0]


@cache
def _hashed(password):
    """Hashing is slow on purpose; the tests pay for each password once."""
    return make_password(password)


def user(email=None, password=PASSWORD, **fields):
    account = User(email=email or f"user{next(_number)}@example.org", **fields)
    account.password = _hashed(password)
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def staff(*hubs, everywhere=False, **fields):
    """A member of staff who looks after `hubs` (codes), or everything."""
    account = user(is_staff=True, **fields)
    scope = StaffScope.objects.create(user=account, everywhere=everywhere)
    scope.hubs.set([term("hub", code) for code in hubs])
    return account


def city(name="Port Amity", *, country="DK", hub="HQ", member=True, **fields):
    number = next(_number)
    made = City.objects.create(
        slug=fields.pop("slug", f"city-{number}"),
        name_en=name,
        name_fr=name,
        name_ar=name,
        country=term("country", country),
        hub=term("hub", hub),
        **fields,
    )
    if member:
        CityMembership.objects.create(city=made)
    return made


def person(name="Ana Example", *, account=None, **fields):
    return Person.objects.create(
        name=name, user=account, email=account.email if account else "", **fields
    )


def member(of, *, focal=False, name="Ana Example", **fields):
    """An account of somebody with a live post in the city `of`."""
    account = user(**fields)
    post(person(name, account=account), of, focal=focal)
    return account


def post(of_person, city, *, focal=False, status=Post.Status.ACTIVE, **fields):
    return Post.objects.create(
        person=of_person,
        city=city,
        is_focal_point=focal,
        status=status,
        title=fields.pop("title", "Policy officer"),
        **fields,
    )


def reviewer(**fields):
    account = user(**fields)
    Post.objects.create(
        person=person("Rui Sample", account=account),
        role=Post.Role.EXPERT,
        status=Post.Status.ACTIVE,
    )
    return account


def pledge(number=1):
    text = "First principle.\nSecond principle.\nThird principle."
    return PledgeVersion.objects.get_or_create(
        number=number,
        defaults={"text_en": text, "text_fr": text, "text_ar": text, "valid_from": "2015-09-29"},
    )[0]


def application(status=MembershipApplication.Status.SUBMITTED, **fields):
    """An application that was sent and confirmed just now, unless `fields` say otherwise."""
    now = timezone.now()
    defaults = {
        "route": MembershipApplication.Route.NEW_CITY,
        "email": f"applicant{next(_number)}@portamity.example.org",
        "name": "Noor Example",
        "office": "Head of the mayor’s office",
        "department": "Mayor’s office",
        "city_name": "Port Amity",
        "country": term("country", "DK"),
        "hub": term("hub", "HQ"),
        "role": Post.Role.SENIOR,
        "pledge": pledge(),
        "pledged_at": now,
        "confirmed_at": now,
        "sent_at": now,
        "due_on": now.date(),
        "is_signatory": True,
    }
    if status in ("approved", "declined"):
        defaults["decided_at"] = now
    return MembershipApplication.objects.create(status=status, **defaults | fields)


def record(
    code=None,
    *,
    visibility="members",
    status="published",
    language="en",
    title="A record",
    **fields,
):
    """A record with one text; its search rows are made by the actions, not here."""
    made = Record.objects.create(
        code=code or f"SCN-P-9{next(_number):03d}",
        visibility=visibility,
        status=status,
        published_at=timezone.now() if status == "published" else None,
        original_language=language,
        **fields,
    )
    RecordText.objects.create(record=made, language=language, title=title, summary=f"{title}.")
    return made
