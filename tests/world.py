"""One small world with everybody in it, for the tests that ask who may do what."""

from datetime import timedelta
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from core.models import Job, Media
from hub.actions.card_dump import dump
from hub.models import (
    AccessGrant,
    AccessRequest,
    Comment,
    Contribution,
    Evaluation,
    ReadingList,
    ReadingListItem,
    Record,
    RecordCity,
    RecordFile,
    Revision,
    SavedSearch,
    SearchRow,
)
from members.models import Body, BodyMember, Person
from tests import factories

KINDS = ["ANON", "UNV", "PEN", "SUS", "MOC", "LOC", "MSC", "LSC", "RVA", "RVN", "RVC", "STF", "ADM"]
GATED = {"ANON": None, "UNV": None}  # whoever has not confirmed an address has no session


def build():
    """City A and city B with a member and a focal point each, reviewers, staff, things to read."""
    a, b = factories.city("City A", slug="city-a"), factories.city("City B", slug="city-b")
    people = GATED | {
        "PEN": factories.user("pen@example.org"),
        "SUS": factories.member(a, email="sus@example.org"),
        "MOC": factories.member(b, email="moc@example.org"),
        "LOC": factories.member(b, focal=True, email="loc@example.org"),
        "MSC": factories.member(a, email="msc@example.org"),
        "LSC": factories.member(a, focal=True, email="lsc@example.org"),
        "RVA": factories.reviewer(email="rva@example.org"),
        "RVN": factories.reviewer(email="rvn@example.org"),
        "RVC": factories.reviewer(email="rvc@example.org"),
        "STF": factories.staff(everywhere=True, email="stf@example.org"),
        "ADM": factories.user("adm@example.org", is_staff=True, is_superuser=True),
    }
    person = factories.person("Pen Sample", account=people["PEN"])
    factories.application(person=person, email="pen@example.org")
    Person.objects.filter(user=people["SUS"]).update(status=Person.Status.SUSPENDED)
    leads = Body.objects.create(code="leads", kind=Body.Kind.FOCAL_POINTS, name_en="Leads")
    for kind in ("LOC", "LSC"):
        BodyMember.objects.create(body=leads, person=people[kind].person)
    return SimpleNamespace(
        a=a,
        b=b,
        people=people,
        body=leads,
        public=_record("SCN-P-0001", "public"),
        members=_record("SCN-P-0002", "members"),
        group=_record("SCN-P-0003", "group", leads),
        draft=_record("SCN-P-0004", "members", status="draft"),
        colleague=factories.application(
            "awaiting_city", route="join_city", city=a, email="colleague@example.org"
        ),
        unconfirmed=factories.application(
            "unconfirmed", email="unv@example.org", confirmed_at=None, sent_at=None
        ),
        begun=factories.application(
            "draft", email="begun@example.org", confirmed_at=None, sent_at=None
        ),
        job=Job.objects.create(owner=factories.user("worker@example.org"), kind="nothing"),
        picture=_picture(),
        **_owned(a),
        **_kept(people),
        **_asked(a, leads, people),
        **_written(a, people["MSC"]),
    )


def _asked(city, leads, people):
    """A record told in short, and one of the city's for its group, which somebody asks to read and somebody may."""
    shared = _record("SCN-P-0017", "group", leads)
    RecordCity.objects.create(record=shared, city=city)
    grantee = factories.member(factories.city("City C", slug="city-c"), email="gra@example.org")
    until = timezone.now().date() + timedelta(days=30)
    return {
        "teaser": _record("SCN-P-0005", "teaser"),
        "shared": shared,
        "grantee": grantee,
        "asked": AccessRequest.objects.create(record=shared, by=people["MOC"], reason="A plan"),
        "grant": AccessGrant.objects.create(
            record=shared, grantee=grantee, grantor=people["STF"], reason="A plan", until=until
        ),
    }


def _written(city, author):
    """What city A's member writes: with the city, with its focal point, and (before the city joined) alone."""
    now = timezone.now()

    def write(status, **fields):
        return Contribution.objects.create(
            status=status, created_by=author, updated_by=author, **fields
        )

    alone, draft = write("draft"), write("draft", city=city)
    return {
        "draft_text": draft,
        "draft_file": RecordFile.objects.create(
            contribution=draft,
            file=ContentFile(b"canary of a draft", name="draft.txt"),
            title="Canary of a draft",
            content_type="text/plain; charset=utf-8",
            size=17,
            sha256="1" * 64,
        ),
        "to_sign_off": write("city_review", city=city, city_asked_at=now),
        "alone": alone,
        "alone_asked": write("city_review", city_asked_at=now),
        "alone_withdrawn": write("withdrawn", ended_at=now),
        "alone_to_withdraw": write("draft"),
        "remark": Comment.objects.create(contribution=alone, text="A remark", by=author),
    }


def _kept(people):
    """What some of them keep: searches and reading lists."""
    own, shared, other = (
        ReadingList.objects.create(owner=people[kind], title=title, audience=audience)
        for kind, title, audience in [
            ("MSC", "For the mayor", "own"),
            ("MSC", "For everybody", "members"),
            ("ADM", "For the office", "own"),
        ]
    )
    public = Record.objects.get(code="SCN-P-0001")
    return {
        "saved": SavedSearch.objects.create(user=people["MSC"], name="Canaries", query="q=canary"),
        "reading": own,
        "reading_shared": shared,
        "reading_adm": other,
        "reading_item": ReadingListItem.objects.create(list=own, record=public),
    }


def _owned(city):
    """A record of a city, and what somebody found when they looked at it."""
    record = _record("SCN-P-0016", "members")
    RecordCity.objects.create(record=record, city=city)
    Revision.objects.create(record=record, number=1, card=dump(record, with_files=False))
    return {
        "owned": record,
        "evaluation": Evaluation.objects.create(record=record, evaluator_kind="peer"),
    }


def _record(code, visibility, body=None, **fields):
    record = factories.record(code, visibility=visibility, title=f"Canary {code}", **fields)
    if body:
        record.groups.add(body)
    record.file = RecordFile.objects.create(
        record=record,
        file=ContentFile(f"canary {code}".encode(), name=f"{code}.txt"),
        title=f"File of {code}",
        visibility=visibility,
        content_type="text/plain",
        size=20,
        sha256="0" * 64,
        added_at=timezone.now(),
    )
    SearchRow.objects.refresh(record)
    return record


def _picture():
    return Media.objects.create(
        file=ContentFile(b"\x89PNG\r\n\x1a\n", name="dot.png"),
        title="A dot",
        author="Nobody",
        licence=factories.term("licence", "CC0-1.0"),
        is_public=True,
    )
