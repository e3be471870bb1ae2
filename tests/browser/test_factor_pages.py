"""The second step at sign-in, with an authenticator app and a key: set up, asked for, taken away."""

import json
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser.addresses import FACTORS
from tests.browser.conftest import path, sign_in, visit
from tests.browser.looking import look, look_at_all


def _add_app(page, portal, language):
    visit(page, portal, path(language, "/accounts/2fa/totp/activate/"))
    secret = page.locator("main code").inner_text()
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/totp/activate/" not in url)


def _add_key(page, portal, language):
    """A key of Chromium's own making, which says yes by itself."""
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    visit(page, portal, path(language, "/accounts/2fa/webauthn/add/"))
    page.fill("input[name=name]", "The key on my ring")
    page.click("#ask-the-key")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)


def test_a_second_factor(page, portal, language):
    sign_in(page, portal, "focal.mombasa", language=language)
    _add_app(page, portal, language)
    wrong = look(page, "factors-codes", language)
    _add_key(page, portal, language)
    wrong += look(page, "factors-key-added", language)
    wrong += look_at_all(page, portal, language, FACTORS)
    page.context.clear_cookies()
    sign_in(page, portal, "focal.mombasa", language=language)
    assert "/accounts/2fa/authenticate/" in page.url
    wrong += look(page, "factors-asked", language)

    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)
