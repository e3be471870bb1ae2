"""Asking to read what is not open: strangers are invited to join, members wait for an answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import jobs, journal
from core.lifecycle import IllegalMove
from core.models import Job
from hub.actions import access
from hub.models import AccessGrant, AccessRequest, Record
from hub.tasks import request_access
from outbox.models import Message
from tests import factories

CODE = "SCN-P-0003"
UNTIL = timezone.now().date() + timedelta(days=30)


@pytest.fixture
def teaser(shelve):
    return shelve("SCN-P-0005", visibility="teaser", title="Night buses")


@pytest.fixture
def closed(shelve, focal_points, mombasa):
    """A record of Mombasa that is for the focal points."""
    record = shelve(CODE, visibility="group", groups=[focal_points], title="Closed doors")
    record.cities.create(city=mombasa, role="owner")
    return record


@pytest.fixture
def faiza(mombasa, focal_points):
    """The focal point of Mombasa, who reads what is for focal points."""
    account = factories.member(
        mombasa, focal=True, name="Faiza Sample", email="faiza@mombasa.example.org", language="fr"
    )
    focal_points.places.create(person=account.person)
    return account


def _letters():
    return [
        (message.template.removeprefix("hub/emails/"), message.to)
        for message in Message.objects.order_by("pk")
    ]


def _ask(client, code=CODE, reason="We plan the same.", **headers):
    return client.post("/hub/ask/", {"code": code, "reason": reason}, follow=True, **headers)


def _work():
    while jobs.run_next():
        pass


# --- strangers


def _leave_address(client, record, **changes):
    data = {"email": "stranger@example.org", "reason": "We plan the same.", "website": ""}
    return client.post(f"/hub/{record.code}/ask/", data | changes, follow=True)


def test_a_stranger_is_invited_to_join(client, teaser):
    page = _leave_address(client, teaser)

    request = AccessRequest.objects.get()
    assert (request.status, request.email) == ("invited", "stranger@example.org")
    assert request.reason == "We plan the same."
    assert _letters() == [("access_invited.txt", "stranger@example.org")]
    assert "A letter is on its way to you" in page.content.decode()
    assert [entry.verb for entry in journal.of(request)] == ["invited to join"]


def test_asking_twice_is_one_request_and_one_letter(client, teaser):
    _leave_address(client, teaser)
    page = _leave_address(client, teaser, email="Stranger@example.org")

    assert AccessRequest.objects.count() == len(_letters()) == 1
    assert "A letter is on its way to you" in page.content.decode()


def test_a_member_who_asks_as_a_stranger_gets_the_same_answer(client, teaser, ana):
    known = _leave_address(client, teaser, email=ana.email)
    unknown = _leave_address(client, teaser)

    assert known.status_code == unknown.status_code == 200
    assert [letter for letter, _to in _letters()] == ["access_invited.txt"] * 2


def test_an_address_gets_few_letters_a_day_and_nobody_is_told(client, shelve):
    for number in range(5):
        record = shelve(f"SCN-P-010{number}", visibility="teaser")
        page = _leave_address(client, record)
        assert "A letter is on its way to you" in page.content.decode()

    assert len(_letters()) == 3


def test_one_place_cannot_ask_for_ever(client, teaser):
    for number in range(10):
        _leave_address(client, teaser, email=f"s{number}@example.org")

    page = _leave_address(client, teaser, email="more@example.org")

    assert page.status_code == 429
    assert "Try again in an hour" in page.content.decode()
    assert AccessRequest.objects.count() == 10


def test_a_machine_that_fills_in_everything_gets_nothing(client, teaser):
    _leave_address(client, teaser, website="https://evil.example/")

    assert AccessRequest.objects.count() == len(_letters()) == 0


def test_a_wrong_address_keeps_what_was_typed(client, teaser):
    page = _leave_address(client, teaser, email="nobody", reason="Because we plan it").content

    assert "Because we plan it" in page.decode()
    assert AccessRequest.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "members"},
        {"visibility": "public"},
        {"visibility": "teaser", "status": "draft"},
    ],
)
def test_only_what_is_told_in_short_can_be_asked_for(client, shelve, fields):
    record = shelve("SCN-P-0100", **fields)

    assert _leave_address(client, record).status_code == 404
    assert AccessRequest.objects.count() == 0


def test_who_is_signed_in_is_led_to_the_record(client, teaser, ana):
    client.force_login(ana)

    response = client.post(f"/hub/{teaser.code}/ask/", {"email": "a@example.org", "reason": "x"})

    assert (response.status_code, response.url) == (302, f"/hub/{teaser.code}/")
    assert AccessRequest.objects.count() == 0


def test_whoever_joins_with_that_address_finds_the_record_on_the_own_page(client, teaser, aarhus):
    _leave_address(client, teaser)
    account = factories.member(aarhus, email="stranger@example.org", name="Noor Sample")
    client.force_login(account)

    page = client.get("/me/").content.decode()

    assert "You asked to read this before you joined" in page
    assert f'href="/hub/{teaser.code}/"' in page


def test_nobody_else_finds_it_there(client, teaser, ana):
    _leave_address(client, teaser)
    client.force_login(ana)

    assert "You asked to read this" not in client.get("/me/").content.decode()


# --- members


def test_a_request_waits_for_staff_and_the_city(client, closed, ana, faiza, settings):
    client.force_login(ana)
    _ask(client)
    _work()

    request = AccessRequest.objects.get()
    assert (request.record, request.by, request.status) == (closed, ana, "open")
    assert _letters() == [
        ("access_asked.txt", settings.STAFF_EMAIL),
        ("access_asked_city.txt", faiza.email),
    ]
    assert Message.objects.get(to=faiza.email).language == "fr"


@pytest.mark.parametrize(
    "typed", [CODE.lower(), f"http://localhost:8000/fr/hub/{CODE}/", f"  {CODE} ", f"/hub/{CODE}"]
)
def test_a_code_may_come_as_a_link(client, closed, ana, typed):
    client.force_login(ana)
    _ask(client, code=typed)
    _work()

    assert AccessRequest.objects.get().record == closed


def _plain(page):
    return page.content.decode().partition("<main")[2].partition("</main")[0]


def test_the_answer_is_the_same_whether_there_is_such_a_record_or_not(client, closed, ana, shelve):
    shelve("SCN-P-0091", visibility="group", status="draft")
    shelve("SCN-P-0092", visibility="staff")
    shelve("SCN-P-0093", visibility="group", embargo_until="2999-01-01T00:00:00Z")
    client.force_login(ana)
    codes = [CODE, "SCN-P-0091", "SCN-P-0092", "SCN-P-0093", "SCN-P-8888"]

    pages = {_plain(_ask(client, code=code)).replace(code, "") for code in codes}
    _work()

    assert len({_scrubbed(page) for page in pages}) == 1
    assert [request.record.code for request in AccessRequest.objects.all()] == [CODE]
    assert {job.status for job in Job.objects.all()} == {"done"}
    assert {str(job.result) for job in Job.objects.all()} == {"{}"}


def _scrubbed(page):
    start, _, rest = page.partition('name="csrfmiddlewaretoken" value="')
    return start + rest.partition('"')[2]


def test_an_open_request_is_not_shown_to_whoever_asked(client, closed, ana):
    client.force_login(ana)
    _ask(client)
    before = _scrubbed(_plain(client.get("/hub/ask/")))
    _work()

    assert _scrubbed(_plain(client.get("/hub/ask/"))) == before


def test_asking_twice_is_one_request(client, closed, ana):
    client.force_login(ana)
    for _time in range(2):
        _ask(client)
    _work()

    assert AccessRequest.objects.count() == 1
    assert len(_letters()) == 1


def test_what_is_open_already_opens(client, shelve, ana):
    shelve("SCN-P-0001", visibility="members")
    client.force_login(ana)

    response = client.post("/hub/ask/", {"code": "SCN-P-0001", "reason": "Why not"})

    assert (response.status_code, response.url) == (302, "/hub/SCN-P-0001/")


@pytest.mark.parametrize("typed", ["", "no digits", "SCN P 0001"])
def test_what_is_no_code_is_said(client, ana, typed):
    client.force_login(ana)

    page = client.post("/hub/ask/", {"code": typed, "reason": "We plan the same."})

    assert page.status_code == 200
    assert "We plan the same." in page.content.decode()
    assert Job.objects.count() == 0


def test_a_member_cannot_try_codes_for_ever(client, ana):
    client.force_login(ana)
    for number in range(20):
        _ask(client, code=f"SCN-P-{number:04d}")

    page = _ask(client, code="SCN-P-7777")

    assert "You have asked very often" in page.content.decode()
    assert Job.objects.count() == 20


@pytest.mark.parametrize("kind", ["reviewer", "staff"])
def test_only_members_ask(client, visitors, kind):
    client.force_login(visitors[kind])

    assert client.get("/hub/ask/").status_code == 403


def test_whoever_is_suspended_before_the_worker_comes_asks_nothing(closed, ana):
    job = jobs.start("request_access", owner=ana, params={"code": CODE, "reason": "x"})
    ana.person.move_to("suspended")
    ana.person.save()

    request_access(job)

    assert AccessRequest.objects.count() == 0


def test_the_code_stands_in_the_form_that_a_link_opens(client, ana):
    client.force_login(ana)

    assert f'value="{CODE}"' in client.get(f"/hub/ask/?code={CODE}").content.decode()


# --- the focal point answers


@pytest.fixture
def asked(closed, ana, faiza):
    return access.ask(closed, reason="We plan the same.", by=ana)


def test_the_focal_point_sees_who_asks_and_why(client, asked, faiza):
    client.force_login(faiza)

    start = client.get("/me/").content.decode()
    page = client.get(f"/hub/ask/{asked.uid}/").content.decode()

    assert f"/hub/ask/{asked.uid}/" in start
    assert "Ana Example" in page
    assert "Aarhus" in page
    assert "We plan the same." in page


def test_nobody_else_sees_the_request(client, asked, ana, folke, zoe, rui):
    for account in (ana, folke, zoe, rui):
        client.force_login(account)
        assert client.get(f"/hub/ask/{asked.uid}/").status_code == 404, account
        assert str(asked.uid) not in client.get("/me/").content.decode()


def test_a_focal_point_who_may_not_read_the_record_does_not_answer_for_it(client, asked, faiza):
    faiza.person.places.update(until="2020-01-01")
    client.force_login(faiza)

    assert client.get(f"/hub/ask/{asked.uid}/").status_code == 404


def test_nobody_answers_their_own_request(client, closed, faiza):
    request = access.ask(closed, reason="Mine", by=faiza)
    client.force_login(faiza)

    assert client.get(f"/hub/ask/{request.uid}/").status_code == 404
    assert (faiza.email, "access_asked_city.txt") not in [(to, t) for t, to in _letters()]


def test_the_focal_point_opens_the_record(client, asked, ana, faiza, closed):
    client.force_login(faiza)

    client.post(
        f"/hub/ask/{asked.uid}/",
        {"decision": "grant", "until": UNTIL.isoformat(), "reason": "They plan the same."},
    )

    asked.refresh_from_db()
    grant = AccessGrant.objects.get()
    assert (asked.status, asked.decided_by) == ("granted", faiza)
    assert (grant.grantee, grant.grantor, grant.until, grant.request) == (ana, faiza, UNTIL, asked)
    assert _letters()[-1] == ("access_granted.txt", ana.email)
    client.force_login(ana)
    assert client.get(f"/hub/{closed.code}/").status_code == 200


def test_the_focal_point_declines_and_the_answer_stands_on_a_page(client, asked, ana, faiza):
    client.force_login(faiza)
    client.post(f"/hub/ask/{asked.uid}/", {"decision": "decline", "answer": "Not yet finished."})

    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("declined", "Not yet finished.")
    assert _letters()[-1] == ("access_declined.txt", ana.email)
    assert "finished" not in str(Message.objects.latest("pk").params)
    client.force_login(ana)
    assert "Not yet finished." in client.get("/hub/ask/").content.decode()
    assert client.get(f"/hub/{CODE}/").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"decision": "grant", "until": "", "reason": "x"},
        {"decision": "grant", "until": "2020-01-01", "reason": "x"},
        {"decision": "grant", "until": (UNTIL + timedelta(days=400)).isoformat(), "reason": "x"},
        {"decision": "grant", "until": UNTIL.isoformat(), "reason": ""},
        {"decision": "decline", "answer": ""},
        {},
    ],
)
def test_an_unfinished_answer_changes_nothing(client, asked, faiza, data):
    client.force_login(faiza)

    assert client.post(f"/hub/ask/{asked.uid}/", data).status_code == 200

    asked.refresh_from_db()
    assert asked.status == "open"
    assert AccessGrant.objects.count() == 0


def test_the_second_answer_is_refused(client, asked, staff, faiza):
    access.decline(asked, answer="No.", by=staff)
    client.force_login(faiza)

    response = client.post(
        f"/hub/ask/{asked.uid}/",
        {"decision": "grant", "until": UNTIL.isoformat(), "reason": "Yes"},
    )

    assert response.status_code == 409
    assert AccessGrant.objects.count() == 0
    assert "Nothing to decide here now" in client.get(f"/hub/ask/{asked.uid}/").content.decode()


def test_after_an_answer_one_may_ask_again(asked, staff, ana, closed):
    access.decline(asked, answer="No.", by=staff)

    assert access.ask(closed, reason="Now finished?", by=ana).pk != asked.pk


# --- staff answer in the admin


def test_staff_grant_in_the_admin(client, asked, staff, ana):
    client.force_login(staff)
    change = client.get(f"/admin/hub/accessrequest/{asked.pk}/change/").content.decode()
    assert f"/admin/hub/accessrequest/{asked.pk}/grant/" in change

    page = client.post(
        f"/admin/hub/accessrequest/{asked.pk}/grant/",
        {"until": UNTIL.isoformat(), "reason": "They plan the same."},
        follow=True,
    )

    assert page.status_code == 200
    assert AccessGrant.objects.get().grantor == staff
    assert "/grant/" not in page.content.decode()


def test_staff_decline_in_the_admin(client, asked, staff):
    client.force_login(staff)
    address = f"/admin/hub/accessrequest/{asked.pk}/decline/"

    assert client.get(address).status_code == 200
    assert client.post(address, {"answer": ""}).status_code == 200
    assert client.post(address, {"answer": "No."}).status_code == 302
    assert client.post(address, {"answer": "No."}).status_code == 409


def test_staff_do_not_answer_their_own_request(client, closed, staff):
    request = AccessRequest.objects.create(record=closed, by=staff, reason="x")
    client.force_login(staff)

    page = client.get(f"/admin/hub/accessrequest/{request.pk}/change/")

    assert f"/{request.pk}/grant/" not in page.content.decode()
    assert client.post(f"/admin/hub/accessrequest/{request.pk}/grant/").status_code == 403


def test_staff_see_strangers_requests_in_the_list(client, teaser, staff):
    _leave_address(client, teaser)
    client.force_login(staff)

    page = client.get("/admin/hub/accessrequest/?q=stranger").content.decode()

    assert "stranger@example.org" in page


def test_two_answers_at_once_are_one(asked, staff, faiza):
    stale = AccessRequest.objects.get(pk=asked.pk)
    access.grant(asked, reason="x", until=UNTIL, by=faiza)

    with pytest.raises(IllegalMove):
        access.grant(stale, reason="y", until=UNTIL, by=staff)

    assert AccessGrant.objects.count() == 1


def test_a_record_that_is_gone_from_the_group_is_asked_for_no_more(client, closed, ana):
    Record.objects.filter(pk=closed.pk).update(status="archived")
    client.force_login(ana)
    _ask(client)
    _work()

    assert AccessRequest.objects.count() == 0


def test_staff_see_their_own_request_on_no_page_that_answers_it(client, closed, staff):
    request = AccessRequest.objects.create(record=closed, by=staff, reason="x")
    client.force_login(staff)

    assert client.get(f"/hub/ask/{request.uid}/").status_code == 403
