"""Open sessions: how long they last, the list of them, and ending those elsewhere."""

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import PASSWORD

NOON = 1_800_000_000
MINUTE, HOUR, DAY = 60, 3600, 86_400


def _sign_in(user, client=None):
    client = client or Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("who", "seconds"), [("ana", 8 * HOUR), ("folke", 8 * HOUR), ("staff", 30 * MINUTE)]
)
def test_unused_session_ends_at_its_limit(request, db, who, seconds):
    user = request.getfixturevalue(who)
    with time_machine.travel(NOON, tick=False) as clock:
        in_time, late = _sign_in(user), _sign_in(user)
        for client in (in_time, late):
            client.get("/accounts/email/")

        clock.shift(seconds - 1)
        before = in_time.get("/accounts/email/").status_code
        clock.shift(2)
        after = late.get("/accounts/email/")

    assert before == 200
    assert after.url == "/accounts/login/?next=/accounts/email/"


@pytest.mark.parametrize(("who", "longest"), [("ana", 14 * DAY), ("staff", 12 * HOUR)])
def test_session_in_use_ends_at_its_age(request, db, who, longest):
    user = request.getfixturevalue(who)
    step = 25 * MINUTE if who == "staff" else 7 * HOUR
    with time_machine.travel(NOON, tick=False) as clock:
        client = _sign_in(user)
        client.get("/accounts/email/")
        passed = 0
        while passed + step < longest - 1:
            clock.shift(step)
            passed += step
            assert client.get("/accounts/email/").status_code == 200
        clock.shift(longest - 1 - passed)
        before = client.get("/accounts/email/").status_code
        clock.shift(2)
        after = client.get("/accounts/email/").status_code

    assert (before, after) == (200, 302)


def test_login_page_says_why_and_leads_back(ana):
    with time_machine.travel(NOON, tick=False) as clock:
        client = _sign_in(ana)
        client.get("/accounts/email/")
        clock.shift(8 * HOUR + 1)

        response = client.get("/hub/?q=water", follow=True)
        again = client.get("/accounts/email/", follow=True)

    assert "signed out" in "".join(str(m) for m in response.context["messages"])
    assert again.redirect_chain == [("/accounts/login/?next=/accounts/email/", 302)]


def test_form_sent_too_late_leads_back_to_its_page(ana):
    with time_machine.travel(NOON, tick=False) as clock:
        client = _sign_in(ana)
        client.get("/accounts/email/")
        clock.shift(8 * HOUR + 1)

        response = client.post(
            "/accounts/sessions/", headers={"Referer": "http://testserver/accounts/email/"}
        )

    assert "next=http%3A//testserver/accounts/email/" in response.url


def _writes_of_a_visit(client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/about/")
    return sum('UPDATE "django_session"' in query["sql"] for query in queries)


def test_session_is_written_at_most_once_a_minute(ana):
    with time_machine.travel(NOON, tick=False) as clock:
        client = _sign_in(ana)
        client.get("/accounts/email/")
        seen = []
        for _ in range(4):
            clock.shift(20)
            seen.append(_writes_of_a_visit(client))

    assert seen == [0, 0, 1, 0]


def test_cookie_ends_with_the_browser(ana):
    client = Client()

    response = client.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})

    cookie = response.cookies["sid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_list_shows_every_session_and_ends_the_others(ana):
    here, there = _sign_in(ana), _sign_in(ana)

    page = here.get("/accounts/sessions/")
    here.post("/accounts/sessions/")

    assert len(page.context["sessions"]) == 2
    assert here.get("/accounts/sessions/").status_code == 200
    assert there.get("/accounts/sessions/").status_code == 302
    assert UserSession.objects.filter(user=ana).count() == 1


def test_nobody_ends_the_sessions_of_others(ana, zoe):
    mine, hers = _sign_in(ana), _sign_in(zoe)

    mine.post("/accounts/sessions/")

    assert hers.get("/accounts/sessions/").status_code == 200


def test_key_from_before_the_login_is_dead(ana):
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key
    client.cookies["sid"] = before

    _sign_in(ana, client)

    assert client.cookies["sid"].value != before
    assert not Session.objects.filter(session_key=before).exists()
