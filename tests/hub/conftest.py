"""Records to search and read: what the library's tests share."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from hub.models import Record, RecordFile, RecordText, SearchRow
from members.models import Body, BodyMember
from tests import factories

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def client_of(user):
    """The browser of somebody who is signed in, or of a stranger where there is nobody."""
    client = Client()
    if user:
        client.force_login(user)
    return client


def list_as(city, listing):
    """From now on only these visitors may know of the city."""
    city.listing = listing
    city.save(update_fields=["listing"])


@pytest.fixture
def shelve(db):
    """Put a record on the shelf with its search rows: shelve(title="…", fr="…", themes=["youth"])."""

    def put(code=None, *, themes=(), terms=(), groups=(), texts=None, **fields) -> Record:
        record = factories.record(code, **fields)
        for language, words in (texts or {}).items():
            RecordText.objects.update_or_create(record=record, language=language, defaults=words)
        record.terms.set(
            [factories.term("theme", theme) for theme in themes]
            + [factories.term(vocabulary, term) for vocabulary, term in terms]
        )
        record.groups.set(groups)
        SearchRow.objects.refresh(record)
        return record

    return put


@pytest.fixture
def focal_points(db):
    return Body.objects.create(code="focal-points", kind="focal_points", name_en="Focal points")


@pytest.fixture
def visitors(ana, folke, rui, staff, staff_mena, focal_points, zoe):
    """One of each kind: a stranger, an applicant, a suspended member, members, a reviewer, staff."""
    suspended = factories.member(factories.city("Sample Bay"), name="Sam Sample")
    person = suspended.person
    person.move_to("suspended")
    person.save(update_fields=["status"])
    BodyMember.objects.create(body=focal_points, person=folke.person, since="2020-01-01")
    return {
        "stranger": None,
        "applicant": factories.user(),
        "suspended": suspended,
        "reviewer": rui,
        "member": ana,
        "group": folke,
        "staff": staff,
        "staff_mena": staff_mena,
    }


@pytest.fixture
def attach(db):
    """Put a real file on a record: attach(record, visibility="members")."""

    def put(record, *, visibility="public", title="Plan", content=PDF) -> RecordFile:
        file = RecordFile(
            record=record,
            title=title,
            visibility=visibility,
            language="en",
            content_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        file.file.save("plan.pdf", ContentFile(content))
        return file

    return put
