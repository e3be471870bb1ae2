"""Every page of the portal: no accessibility fault, no sideways scroll, and a picture to look at.

Each is measured in three languages, light and dark, on a phone and on a desk.
"""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.translation import override

from tests.browser.conftest import path, sign_in
from tests.browser.looking import faults, look

PUBLIC = {
    "home": "/",
    "about": "/about/",
    "contact": "/contact/",
    "credits": "/credits/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "library": "/hub/",
    "library-found": "/hub/?q=workshop",
    "library-nothing": "/hub/?q=zzzzzz",
    "record": "/hub/SCN-P-0001/",
    "join": "/join/",
    "join-questions": "/join/questions/",
    "login": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "signup-closed": "/accounts/signup/",
    "not-found": "/no-such-page/",
    "demo-mail": "/demo/mail/",
}
MEMBER = {
    "me": "/me/",
    "team": "/me/team/",
    "library-member": "/hub/",
    "second-factor": "/accounts/2fa/",
    "second-factor-app": "/accounts/2fa/totp/activate/",
    "second-factor-key": "/accounts/2fa/webauthn/add/",
    "email": "/accounts/email/",
    "logout": "/accounts/logout/",
    "reauthenticate": "/accounts/reauthenticate/",
    "sessions": "/accounts/sessions/",
    "change-password": "/accounts/password/change/",
    "forbidden": "/admin/",
}
APPLICANT = {"status-applicant": "/me/status/"}
STAFF = {
    "admin-start": "/admin/",
    "admin-queue": "/admin/members/membershipapplication/",
    "admin-records": "/admin/hub/record/",
    "admin-record": "/admin/hub/record/1/change/",
    "admin-record-audience": "/admin/hub/record/1/audience/",
    "admin-city": "/admin/members/city/1/change/",
    "admin-people": "/admin/members/person/",
    "admin-terms": "/admin/core/term/",
    "admin-letters": "/admin/outbox/message/",
    "admin-cities": "/admin/members/city/",
}
VISITORS = {
    None: PUBLIC,
    "focal.aarhus": MEMBER,
    "applicant.malaga": APPLICANT,
    "staff": STAFF,
}


@pytest.mark.parametrize("account", VISITORS, ids=lambda a: a or "stranger")
def test_pages_have_no_fault(page, portal, language, account):
    if account:
        sign_in(page, portal, account, language=language)

    wrong = []
    for name, address in VISITORS[account].items():
        page.goto(portal.url + path(language, address))
        assert page.get_attribute("html", "lang")[:2] == language
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        wrong += look(page, name, language)

    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("name", ["500", "503", "403_csrf", "429"])
def test_pages_of_trouble_have_no_fault(page, portal, language, name, rf):
    """What nobody can ask for: drawn from its template, at the portal's own address."""
    request = rf.get("/trouble")
    request.user, request.session = AnonymousUser(), {}
    alone = name in ("500", "503")  # these are drawn without anything that could be broken
    with override(language):
        facts = {"incident": "0a1b2c3d"}
        drawn = render_to_string(f"{name}.html", facts, request=None if alone else request)
    page.route("**/trouble", lambda route: route.fulfill(body=drawn, content_type="text/html"))
    page.goto(f"{portal.url}/trouble")

    assert look(page, f"trouble-{name}", language) == []


def test_the_faults_would_be_seen(page):
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x.png></main></html>")

    assert "image-alt" in [fault for fault, _ in faults(page)]
