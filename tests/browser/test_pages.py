"""Every page of the portal: no accessibility fault, no sideways scroll, and a picture to look at.

Each is measured in three languages, light and dark, on a phone and on a desk.
"""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SHOTS, path, sign_in

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {390: 844, 1440: 1000}
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
    "sessions": "/accounts/sessions/",
    "change-password": "/accounts/password/change/",
    "forbidden": "/admin/",
}
APPLICANT = {"status-applicant": "/me/status/"}
STAFF = {
    "admin-start": "/admin/",
    "admin-queue": "/admin/members/membershipapplication/",
    "admin-records": "/admin/hub/record/",
    "admin-letters": "/admin/outbox/message/",
    "admin-cities": "/admin/members/city/",
}
VISITORS = {
    None: PUBLIC,
    "focal.aarhus": MEMBER,
    "applicant.malaga": APPLICANT,
    "staff": STAFF,
}


def _faults(page):
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]][:3])
        for fault in results.response["violations"]
    ]


def _look(page, name, language):
    """Check the open page in both themes and widths; what is wrong, as readable lines."""
    wrong = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            page.evaluate("Promise.all(document.getAnimations().map(a => a.finished))")
            where = f"{name} {language} {theme} {width}"
            wrong += [f"{where}: {fault}" for fault in _faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{where}: scrolls sideways")
            page.screenshot(path=SHOTS / f"{name}-{language}-{theme}-{width}.png", full_page=True)
    return wrong


@pytest.fixture(scope="module", autouse=True)
def _folder():
    SHOTS.mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("account", VISITORS, ids=lambda a: a or "stranger")
def test_pages_have_no_fault(page, portal, language, account):
    if account:
        sign_in(page, portal, account, language=language)

    wrong = []
    for name, address in VISITORS[account].items():
        page.goto(portal.url + path(language, address))
        assert page.get_attribute("html", "lang")[:2] == language
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        wrong += _look(page, name, language)

    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


def test_the_faults_would_be_seen(page):
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x.png></main></html>")

    assert "image-alt" in [fault for fault, _ in _faults(page)]
