"""One small world with everybody in it, for the tests that ask who may do what."""

from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from core.models import Job, Media
from hub.models import RecordFile, SearchRow
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
    )


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
