"""The pages that the links of letters lead to, and the letters themselves."""

import json
from datetime import timedelta

import time_machine
from django.utils import timezone

from core import tokens
from tests.browser.conftest import address_of, path, prove, sign_in
from tests.browser.joining import apply
from tests.browser.looking import look, look_at_all


def _readable(wrong):
    return json.dumps(wrong, indent=1, ensure_ascii=False)


def _send(page, field, text):
    page.fill(f"main [name={field}]", text)
    page.locator("main form", has=page.locator(f"[name={field}]")).locator("button").first.click()
    page.wait_for_load_state()


def _late(portal, address, settings):
    """The link to confirm an address, made longer ago than it is good for."""
    settings.SECRET_KEY = (portal.state / "secret-key").read_text().strip()
    uid, version = portal.things.row(
        "SELECT uid, link_version FROM members_membershipapplication WHERE email = %s", address
    )
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        return tokens.make("application-confirm", uid, version)


def test_a_draft_that_is_taken_up_again(page, portal, language, settings):
    address, wrong = f"again.{language}@kolkata.example.org", []

    def look_meanwhile(name):
        """The letter is there as soon as the address is known; it stops working once all is sent."""
        if name != "join-themes":
            return
        tab = page.context.new_page()
        tab.goto(portal.url + path(language, "/join/"))
        wrong.extend(look(tab, "join-begun", language))
        tab.goto(portal.link(address, "/join/resume/"))
        wrong.extend(look(tab, "join-resume", language))
        tab.close()

    apply(page, portal, language, address, look=look_meanwhile)
    page.goto(portal.url + path(language, f"/join/confirm/{_late(portal, address, settings)}/"))
    wrong += look(page, "join-confirm-late", language)

    assert wrong == [], _readable(wrong)


def test_a_forgotten_password(page, portal, language):
    account = "member.tunis@example.org"
    page.goto(portal.url + path(language, "/accounts/password/reset/"))
    _send(page, "email", account)
    link = portal.link(account, "/password/reset/key/")
    page.goto(portal.url + path(language, address_of(link)))
    wrong = look(page, "reset-choose", language)
    page.click("main form button[type=submit]")
    page.locator(".error-summary").wait_for()
    wrong += look(page, "reset-choose-wrong", language)

    assert wrong == [], _readable(wrong)


def test_a_new_address(page, portal, language):
    sign_in(page, portal, "member.aarhus", language=language)
    page.goto(portal.url + path(language, "/accounts/email/"))
    _send(page, "email", f"ana.{language}@example.org")
    prove(page, portal)
    wrong = look(page, "email-changing", language)
    link = portal.link(f"ana.{language}@example.org", "/confirm-email/")
    page.goto(portal.url + path(language, address_of(link)))
    wrong += look(page, "address-confirm", language)

    assert wrong == [], _readable(wrong)


def test_letters(page, portal, language):
    """The catcher of the demo; its list has what the tests above have sent."""
    account = "member.dakar@example.org"
    page.goto(portal.url + path(language, "/accounts/password/reset/"))
    _send(page, "email", account)
    portal.link(account, "/password/reset/key/")
    wrong = look_at_all(
        page,
        portal,
        language,
        {"demo-mail": "/demo/mail/", "demo-mail-item": "/demo/mail/{letter}/"},
    )
    page.goto(portal.url + f"/demo/mail/{portal.things['letter']}/letter/")
    wrong += look(page, "letter", language)

    assert wrong == [], _readable(wrong)
