"""The pages one comes to by an address: no accessibility fault, no sideways scroll, and a picture to look at.

Each is measured in three languages, light and dark, on a phone and on a desk.
"""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.translation import override

from tests.browser.addresses import APPLICANT, LINKS, MEMBER, PUBLIC
from tests.browser.conftest import path, sign_in, visit
from tests.browser.looking import faults, look, look_at_all

VISITORS = {
    None: PUBLIC | LINKS,
    "focal.aarhus": MEMBER,
    "applicant.malaga": APPLICANT,
}
# Sent as they are, which is not enough: the name of the pictures, the page, the button.
UNFINISHED = {
    None: [
        ("contact-wrong", "/contact/", "main form button[type=submit]"),
        ("login-wrong", "/accounts/login/", "main form button[type=submit]"),
        ("reset-wrong", "/accounts/password/reset/", "main form button[type=submit]"),
        ("join-city-wrong", "/join/city/", "form.form .buttons button.large"),
    ],
    "focal.aarhus": [
        ("team-refuse-wrong", "/me/team/{colleague}/", "form[action$='/refuse/'] button"),
        ("change-password-wrong", "/accounts/password/change/", "main form button[type=submit]"),
        (
            "second-factor-app-wrong",
            "/accounts/2fa/totp/activate/",
            "main form button[type=submit]",
        ),
    ],
}
TROUBLE = {
    "400": {},
    "403_csrf": {},
    "429": {},
    "500": {"incident": "0a1b2c3d"},
    "503": {"incident": "0a1b2c3d"},
    "members/join/too_many": {},
}


@pytest.mark.parametrize("account", VISITORS, ids=lambda a: a or "stranger")
def test_pages_have_no_fault(page, portal, language, account):
    if account:
        sign_in(page, portal, account, language=language)

    wrong = look_at_all(page, portal, language, VISITORS[account])

    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("account", UNFINISHED, ids=lambda a: a or "stranger")
def test_what_says_what_is_missing_has_no_fault(page, portal, language, account):
    if account:
        sign_in(page, portal, account, language=language)

    wrong = []
    for name, address, button in UNFINISHED[account]:
        visit(page, portal, path(language, address.format_map(portal.things)))
        page.locator(button).first.click()
        page.locator(".error-summary").wait_for()
        wrong += look(page, name, language)

    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("name", TROUBLE)
def test_pages_of_trouble_have_no_fault(page, portal, language, name, rf):
    """What nobody can ask for: drawn from its template, at the portal's own address."""
    request = rf.get("/trouble")
    request.user, request.session = AnonymousUser(), {}
    alone = name in ("500", "503")  # these are drawn without anything that could be broken
    with override(language):
        drawn = render_to_string(f"{name}.html", TROUBLE[name], request=None if alone else request)
    page.route("**/trouble", lambda route: route.fulfill(body=drawn, content_type="text/html"))
    page.goto(f"{portal.url}/trouble")

    assert look(page, f"trouble-{name.rpartition('/')[2]}", language) == []


def test_the_faults_would_be_seen(page):
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x.png></main></html>")

    assert "image-alt" in [fault for fault, _ in faults(page)]
