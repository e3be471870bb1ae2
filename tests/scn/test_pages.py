"""Public pages, the member's start page, and what machines ask for."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.models import SearchRow
from outbox.models import Message
from tests import factories

LANGUAGES = ["", "/fr", "/ar"]
MESSAGE = {
    "name": "Noor Example",
    "email": "noor@example.org",
    "text": "Where do I send the letter of our mayor?",
    "once": "6a1f8a52-5a5e-4a9a-9f0b-3a3f0c1b7d11",
}


def _queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- Public pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["", "about/", "contact/", "credits/", "privacy/", "accessibility/"]
)
def test_public_page_opens_for_a_stranger(client, db, language, name):
    response = client.get(f"{language}/{name}")

    assert response.status_code == 200
    assert f'dir="{"rtl" if language == "/ar" else "ltr"}"' in response.content.decode()


def test_home_draws_only_cities_that_chose_to_be_public(client, db):
    factories.city("Openville", listing="public", lat="10.00", lon="20.00")
    factories.city("Quietville", listing="members", lat="11.00", lon="21.00")
    factories.city("Flaggedville", listing="public", risk_flag=True, lat="12.00", lon="22.00")
    factories.city("Notyetville", listing="public", member=False, lat="13.00", lon="23.00")

    page = client.get("/").content.decode()

    names = ["Openville", "Quietville", "Flaggedville", "Notyetville"]
    assert [name for name in names if name in page] == ["Openville"]


def test_home_costs_the_same_for_one_city_and_for_thirty(client, db):
    factories.city(listing="public", lat="10.00", lon="20.00")
    client.get("/")
    one = _queries(client, "/")
    for _ in range(29):
        factories.city(listing="public", lat="10.00", lon="20.00")

    assert _queries(client, "/") == one <= 12


def test_home_shows_the_pledge_in_the_readers_language(client, db):
    call_command("load_pledges", verbosity=0)

    assert "Agir contre l’extrémisme violent" in client.get("/fr/").content.decode()


# --- The contact form


def test_contact_reaches_staff_with_the_sender_to_answer_to(client, db, settings):
    response = client.post("/contact/", MESSAGE)

    letter = Message.objects.get()
    assert response.status_code == 302
    assert (letter.to, letter.reply_to) == (settings.STAFF_EMAIL, "noor@example.org")
    assert letter.params["text"] == MESSAGE["text"]


def test_contact_pressed_twice_is_one_letter(client, db):
    client.post("/contact/", MESSAGE)
    client.post("/contact/", MESSAGE)

    assert Message.objects.count() == 1


def test_contact_keeps_what_was_typed_when_the_address_is_wrong(client, db):
    page = client.post("/contact/", MESSAGE | {"email": "noor@"}).content.decode()

    assert MESSAGE["text"] in page
    assert Message.objects.count() == 0


def test_contact_from_a_machine_goes_nowhere_and_says_nothing(client, db):
    response = client.post("/contact/", MESSAGE | {"website": "https://spam.example/"})

    assert response.status_code == 302
    assert Message.objects.count() == 0


def test_contact_is_limited_by_address(client, db):
    for number in range(6):
        once = f"6a1f8a52-5a5e-4a9a-9f0b-3a3f0c1b7d{number:02d}"
        page = client.post("/contact/", MESSAGE | {"once": once})

    assert page.status_code == 200
    assert "Too many messages" in page.content.decode()
    assert Message.objects.count() == 5


# --- The appearance


def test_theme_is_remembered_and_leads_back(client, db):
    response = client.post("/theme/", {"theme": "dark", "next": "/about/"})

    assert (response.headers["Location"], response.cookies["theme"].value) == ("/about/", "dark")
    assert 'data-theme="dark"' in client.get("/about/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_theme_never_leads_to_another_site(client, db, elsewhere):
    response = client.post("/theme/", {"theme": "dark", "next": elsewhere})

    assert response.headers["Location"] == "/"


def test_theme_that_does_not_exist_is_refused(client, db):
    assert client.post("/theme/", {"theme": "purple"}).status_code == 400


# --- The member's start page


def test_me_shows_what_waits_first(client, folke, aarhus):
    factories.application(
        "awaiting_city", route="join_city", city=aarhus, name="Zoe Prøve", email="zoe@example.org"
    )
    client.force_login(folke)

    page = client.get("/me/").content.decode()

    assert "Zoe Prøve" in page
    assert page.index("Zoe Prøve") < page.index("New in the library")


def test_me_shows_a_member_no_colleague_to_endorse(client, ana, aarhus):
    factories.application(
        "awaiting_city", route="join_city", city=aarhus, name="Zoe Prøve", email="zoe@example.org"
    )
    client.force_login(ana)

    assert "Zoe Prøve" not in client.get("/me/").content.decode()


@pytest.mark.parametrize(
    ("language", "figure"), [("", "285,273"), ("/fr", "285\u00a0273"), ("/ar", "285,273")]
)
def test_me_writes_figures_as_the_language_does(client, folke, aarhus, language, figure):
    aarhus.population = 285273
    aarhus.save()
    client.force_login(folke)

    assert f"<dd>{figure}</dd>" in client.get(f"{language}/me/").content.decode()


def test_me_sends_staff_to_the_admin(client, staff):
    client.force_login(staff)

    assert client.get("/me/").headers["Location"] == reverse("admin:index")


def test_me_costs_the_same_for_one_row_and_for_thirty(client, folke, aarhus):
    client.force_login(folke)
    _fill(aarhus, 1)
    client.get("/me/")
    one = _queries(client, "/me/")
    _fill(aarhus, 29)

    assert _queries(client, "/me/") == one <= 12


def _fill(city, rows):
    for _ in range(rows):
        factories.application("awaiting_city", route="join_city", city=city)
        SearchRow.objects.refresh(factories.record(visibility="members"))


# --- Machines


def test_readyz_says_how_the_parts_are(client, db):
    assert client.get("/readyz").json() == {"database": "ok", "broker": "ok"}


def test_readyz_is_ready_without_the_broker(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()["broker"]) == (200, "away")


def test_livez_is_one_word(client):
    assert client.get("/livez").content == b"ok"


def test_robots_keeps_machines_out_of_private_parts(client, db):
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()


def test_security_txt_names_whom_to_write_to(client, db, settings):
    assert (
        f"Contact: mailto:{settings.STAFF_EMAIL}"
        in client.get("/.well-known/security.txt").content.decode()
    )


def test_csp_report_is_logged_without_the_query(client, db, caplog):
    report = {
        "csp-report": {"document-uri": "http://localhost/hub/?q=secret", "blocked-uri": "inline"}
    }

    response = client.post(
        "/csp-report/", json.dumps(report), content_type="application/csp-report"
    )

    assert response.status_code == 204
    assert "http://localhost/hub/" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("body", [b"[]", b"not json", b""])
def test_csp_report_that_is_none_is_taken_calmly(client, db, body):
    response = client.post("/csp-report/", body, content_type="application/csp-report")

    assert response.status_code == 204


def test_csp_report_that_is_too_long_is_refused(client, db):
    response = client.post("/csp-report/", b"x" * 20_000, content_type="application/csp-report")

    assert response.status_code == 413


def test_a_fault_of_ours_shows_a_number_and_nothing_else(client, db, monkeypatch, caplog):
    """The one place where we break our own code on purpose: the page of an error must still come."""
    monkeypatch.setattr("scn.views.place", lambda cities: 1 / 0)
    client.raise_request_exception = False

    response = client.get("/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "ZeroDivisionError" not in page
    incident = next(r.incident for r in caplog.records if hasattr(r, "incident"))
    assert incident in page


def test_a_form_sent_too_late_gets_a_page_that_says_whom_to_ask(db, settings):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/contact/", MESSAGE)

    assert response.status_code == 403
    assert f"mailto:{settings.STAFF_EMAIL}" in response.content.decode()
