"""A suspension holds from the next request on, wherever the person was."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from hub.models import RecordFile
from members.models import CityMembership, Person
from members.rules import may_receive_bulk
from tests import factories
from tests.factories import PASSWORD


def _sign_in(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def _suspend(user, what):
    """End what the rights of `user` follow from, one of the four ways there are."""
    if what == "person":
        user.person.move_to("suspended")
        user.person.save()
    elif what == "city":
        CityMembership.objects.filter(city__posts__person=user.person).update(status="suspended")
    elif what == "post":
        user.person.posts.update(status="ended")
    elif what == "last day":
        user.person.posts.update(end_date="2020-01-01")


WAYS = ["person", "city", "post", "last day"]


@pytest.mark.parametrize("what", WAYS)
def test_open_sessions_lead_to_the_status_page_alone(ana, what):
    sessions = [_sign_in(ana), _sign_in(ana)]
    before = [client.get("/me/").status_code for client in sessions]

    _suspend(ana, what)

    assert before == [200, 200]
    for client in sessions:
        assert client.get("/me/").url.endswith("/status/")
        assert client.get(client.get("/me/").url).status_code == 200


@pytest.mark.parametrize("what", WAYS)
def test_members_only_record_is_gone(ana, what):
    record = factories.record(visibility="members")
    client = _sign_in(ana)
    before = client.get(f"/hub/{record.code}/").status_code

    _suspend(ana, what)

    assert before == 200
    assert client.get(f"/hub/{record.code}/").status_code == 404


@pytest.mark.parametrize("what", WAYS)
def test_saved_link_to_a_file_is_dead(ana, what):
    record = factories.record(visibility="members")
    file = RecordFile.objects.create(
        record=record,
        file=ContentFile(b"%PDF-1.4 for members", name="a.pdf"),
        title="Guide",
        content_type="application/pdf",
        size=20,
        sha256="0" * 64,
    )
    link = f"/hub/{record.code}/files/{file.pk}/"
    client = _sign_in(ana)
    before = b"".join(client.get(link))

    _suspend(ana, what)

    assert before == b"%PDF-1.4 for members"
    assert [
        client.get(link).status_code,
        client.head(link).status_code,
        client.get(link, headers={"Range": "bytes=5-9"}).status_code,
    ] == [404] * 3


@pytest.mark.parametrize("what", WAYS)
def test_who_is_suspended_may_sign_in_and_see_how_it_stands(ana, what):
    _suspend(ana, what)

    client = _sign_in(ana)

    assert client.session["_auth_user_id"] == str(ana.pk)
    assert client.get("/me/").url.endswith("/status/")


@pytest.mark.parametrize(
    "address", ["/", "/about/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/"]
)
def test_public_pages_and_the_own_account_stay_open(ana, address):
    _suspend(ana, "person")

    assert _sign_in(ana).get(address).status_code == 200


def test_suspended_staff_reach_no_admin_page(staff):
    factories.person("Sam Staff", account=staff)
    client = _sign_in(staff)
    before = client.get("/admin/").status_code

    staff.person.move_to("suspended")
    staff.person.save()

    assert (before, client.get("/admin/").status_code) == (200, 403)
    assert client.get("/me/").url.endswith("/status/")


def test_account_that_may_not_log_in_is_a_stranger_at_once(ana):
    client = _sign_in(ana)

    ana.is_active = False
    ana.save()

    assert client.get("/me/").url == "/accounts/login/?next=/me/"


def test_reinstated_person_goes_on_in_the_same_session(ana):
    client = _sign_in(ana)
    _suspend(ana, "person")
    client.get("/me/")

    ana.person.move_to("active")
    ana.person.save()

    assert client.get("/me/").status_code == 200


def test_account_without_a_person_waits(client, db):
    client.force_login(factories.user())

    assert client.get("/me/").url.endswith("/status/")


def test_bulk_letters_go_to_people_in_good_standing_alone(ana, zoe, staff):
    Person.objects.filter(user=zoe).update(status=Person.Status.SUSPENDED)
    closed = factories.user(is_active=False)
    factories.person(account=closed)

    accounts = {"ana": ana.pk, "zoe": zoe.pk, "closed": closed.pk, "staff": staff.pk, "none": None}

    assert [name for name, pk in accounts.items() if may_receive_bulk(pk)] == [
        "ana",
        "staff",
        "none",
    ]
