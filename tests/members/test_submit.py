"""Sending: once, the same for every address, and nothing is looked at before the address is confirmed."""

import re
import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from core.lifecycle import IllegalMove
from core.models import RateCount
from members.actions import registration
from members.models import MembershipApplication
from outbox.letters import render
from outbox.models import Message
from tests import factories
from tests.members.writing import EMAIL, POST, letters, link_in, send, step, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pledge(db):
    return factories.pledge()


def test_check_shows_every_answer_and_where_to_change_it(client):
    write(client)

    page = client.get(step("check")).content.decode()

    for answer in [
        "Port Amity",
        "Denmark",
        "Noor Example",
        EMAIL,
        "Education",
        "English, Arabic",
        "We want to learn",
    ]:
        assert answer in page
    for name in ["city", "post", "themes", "pledge"]:
        assert f'href="{step(name)}"' in page
    assert "Send the application" in page


def test_check_without_a_draft_leads_to_the_start(client):
    assert client.get(step("check")).url == "/join/"


def test_check_says_what_is_missing_instead_of_sending(client):
    write(client, themes={"motivation": ""})

    page = client.get(step("check")).content.decode()

    assert "Some answers are still missing" in page
    assert "Send the application" not in page


def test_unfinished_application_is_not_sent(client):
    application = write(client, themes={"motivation": ""})

    client.post(step("check"))

    application.refresh_from_db()
    assert application.status == "draft"
    assert letters() == ["continue_application"]
    with pytest.raises(IllegalMove):
        registration.submit(application)


def test_sending_asks_for_the_address_and_puts_nothing_into_a_queue(client):
    application = write(client)

    response = client.post(step("check"))

    application.refresh_from_db()
    assert response.url == reverse("members:join_sent")
    assert application.status == "unconfirmed"
    assert application.confirmed_at is None
    assert not MembershipApplication.objects.in_staff_queue().exists()
    assert letters() == ["continue_application", "confirm_application"]


def test_letter_names_the_city_and_the_person_and_nothing_else_that_was_typed(client):
    send(client, post={"office": "OFFICE-CANARY"}, themes={"motivation": "MOTIVATION-CANARY"})

    text = render(Message.objects.latest("pk")).text

    assert "Dear Noor Example" in text
    assert "Port Amity" in text
    assert "CANARY" not in text


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letter_is_in_the_language_of_the_page(client, language):
    prefix = "" if language == "en" else f"/{language}"
    write(client)
    client.post(prefix + step("pledge"), {"agrees": "on", "privacy": "on"})
    client.post(prefix + step("check"))

    message = Message.objects.latest("pk")

    assert message.language == language
    assert f"{prefix}/join/confirm/" in render(message).text


def test_second_press_changes_nothing(client):
    send(client)

    response = client.post(step("check"))

    assert response.url == reverse("members:join_sent")
    assert letters() == ["continue_application", "confirm_application"]


def test_box_for_machines_must_stay_empty(client):
    application = write(client)

    response = client.post(step("check"), {"fax": "+1 555"})

    application.refresh_from_db()
    assert application.status == "draft"
    assert "The box for machines was filled in." in response.content.decode()


def test_sending_too_often_is_refused(client):
    application = write(client)
    client.post(step("check"), {"fax": "x"})
    RateCount.objects.update(count=10)

    response = client.post(step("check"))

    application.refresh_from_db()
    assert response.status_code == 429
    assert application.status == "draft"


@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_make_one_application_and_one_letter(client, transactional_db):
    factories.pledge()
    write(client)
    cookies = client.cookies
    gate = threading.Barrier(8)
    codes = []

    def press():
        browser = Client()
        browser.cookies = cookies.copy()
        gate.wait()
        codes.append(browser.post(step("check")).status_code)
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [302] * 8
    assert MembershipApplication.objects.filter(status="unconfirmed").count() == 1
    assert MembershipApplication.objects.count() == 1
    assert letters() == ["continue_application", "confirm_application"]


# --- The same answer for every address


def _visit(email, machine):
    """What a browser gets that applies with this address: codes, pages without what differs anyway, cookies."""
    browser = Client(REMOTE_ADDR=f"203.0.113.{machine}")
    write(browser, post={"email": email})
    sent = browser.post(step("check"))
    page = browser.get(sent.url)
    again = browser.post(reverse("members:join_again"), follow=True)
    body = re.sub(r'(value|content)="[^"]*"', "", page.content.decode()).replace(email, "EMAIL")
    return {
        "codes": (sent.status_code, sent.url, page.status_code, again.redirect_chain),
        "body": body,
        "headers": sorted(page.headers),
        "cookies": sorted(browser.cookies),
        "letters": len(letters(email)),
        "journal": MembershipApplication.objects.filter(email=email, status="unconfirmed").count(),
    }


def test_known_and_unknown_addresses_get_the_same_answer(client, ana, staff):
    suspended = factories.user(email="suspended@example.org", is_active=False)
    open_one = factories.application(email="applicant@example.org")
    declined = factories.application("declined", email="declined@example.org")
    stranger = _visit("stranger@example.org", 1)

    known = [ana.email, staff.email, suspended.email, open_one.email, declined.email]
    for machine, email in enumerate(known, 2):
        assert _visit(email, machine) == stranger, email


def test_owner_of_an_account_is_told_so_by_letter(client, ana):
    send(client, post={"email": ana.email})

    text = render(Message.objects.latest("pk")).text

    assert "/accounts/login/" in text
    assert "/join/confirm/" not in text


def test_owner_of_an_open_application_gets_its_page_by_letter(client):
    earlier = factories.application(email=EMAIL, city_name="Earlier City")
    send(client)

    path = link_in("confirm_application")

    assert path.startswith("/join/status/")
    assert earlier.number in client.get(path).content.decode()


def test_letter_whose_application_is_gone_has_no_link(client):
    application = send(client)
    messages = list(Message.objects.order_by("pk"))
    application.delete()

    for message in messages:
        assert "/join/" not in render(message).text


# --- After sending


def test_page_after_sending_says_where_the_letter_went(client):
    send(client)

    page = client.get(reverse("members:join_sent")).content.decode()

    assert EMAIL in page
    assert "24 hours" in page


def test_page_after_sending_is_of_this_browser_alone(client):
    send(client)

    assert Client().get(reverse("members:join_sent")).url == "/join/"


def test_address_can_be_corrected_and_the_old_link_is_dead(client):
    send(client)
    old = link_in("confirm_application")

    response = client.post(reverse("members:join_change"))
    client.post(step("post"), POST | {"email": "right@portamity.example.org"})
    client.post(step("check"))

    assert response.url == step("post")
    assert client.get(old).status_code == 404
    assert letters("right@portamity.example.org") == ["continue_application", "confirm_application"]


def test_correcting_nothing_leads_to_the_start(client):
    assert client.post(reverse("members:join_change")).url == "/join/"
    assert client.post(reverse("members:join_again")).url == "/join/"


def test_letter_is_sent_again_but_not_without_end(client):
    send(client)

    codes = [client.post(reverse("members:join_again")).status_code for _ in range(4)]

    assert codes == [302, 302, 302, 429]
