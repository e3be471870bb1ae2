"""The second step at sign-in: a must for some, asked for in every session, never bypassed."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.models import JournalEntry
from members.models import StaffScope
from outbox.models import Message
from tests.factories import PASSWORD

ENROL = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def _must(settings):
    settings.STAFF_MFA_REQUIRED = True


def _code(secret, *, shift=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def _sign_in(user, client=None):
    client = client or Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def _with_app(user):
    """Give an account an authenticator app and recovery codes; answer the app's secret and the codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).generate_codes()


def _signed_in_twice(user, secret):
    client = _sign_in(user)
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    return client


ADMIN_PAGES = [
    "admin:index",
    "admin:members_user_changelist",
    "admin:password_change",
    "admin:jsi18n",
]


@pytest.mark.parametrize("address", ADMIN_PAGES)
def test_staff_without_a_second_factor_reach_no_admin_page(staff, address):
    staff.is_superuser = True
    staff.save()
    client = _sign_in(staff)

    response = client.get(reverse(address))

    assert (response.status_code, response.url) == (302, ENROL)


@pytest.mark.parametrize("who", ["staff", "folke", "rui"])
@pytest.mark.parametrize("address", ["/me/", "/hub/"])
def test_who_must_have_one_is_sent_to_set_it_up(request, db, who, address):
    response = _sign_in(request.getfixturevalue(who)).get(address)

    assert (response.status_code, response.url) == (302, ENROL)


def test_members_may_do_without(ana):
    assert _sign_in(ana).get("/me/").status_code == 200


def test_public_pages_and_the_account_stay_open_without_one(staff):
    client = _sign_in(staff)

    pages = [
        "/about/",
        "/accounts/2fa/",
        "/accounts/email/",
        "/accounts/sessions/",
        "/accounts/logout/",
    ]

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_demo_may_do_without(staff, settings):
    settings.STAFF_MFA_REQUIRED = False

    assert _sign_in(staff).get(reverse("admin:index")).status_code == 200


def test_admin_login_page_is_allauths(client, db):
    response = client.get(reverse("admin:login"), follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_password_alone_does_not_sign_in_once_there_is_an_app(staff):
    _with_app(staff)

    client = _sign_in(staff)

    assert "_auth_user_id" not in client.session
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_code_of_the_app_opens_the_admin(staff, shift):
    secret, _codes = _with_app(staff)
    client = _sign_in(staff)

    client.post("/accounts/2fa/authenticate/", {"code": _code(secret, shift=shift)})

    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("shift", [-2, 2])
def test_code_of_another_minute_opens_nothing(staff, shift):
    with time_machine.travel(1_800_000_015, tick=False):
        secret, _codes = _with_app(staff)
        client = _sign_in(staff)

        client.post("/accounts/2fa/authenticate/", {"code": _code(secret, shift=shift)})

        assert "_auth_user_id" not in client.session


def test_code_works_once(staff):
    with time_machine.travel(1_800_000_015, tick=False):
        secret, _codes = _with_app(staff)
        _signed_in_twice(staff, secret)

        second = _signed_in_twice(staff, secret)

    assert "_auth_user_id" not in second.session


def test_recovery_code_works_once(staff):
    _secret, codes = _with_app(staff)
    first, second = _sign_in(staff), _sign_in(staff)

    first.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    second.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert first.get(reverse("admin:index")).status_code == 200
    assert "_auth_user_id" not in second.session


def test_session_that_did_not_use_its_factor_is_asked(staff):
    client = Client()
    client.force_login(staff)
    secret, _codes = _with_app(staff)

    asked = client.get("/me/")
    client.post(asked.url, {"code": _code(secret), "next": "/me/"})

    assert asked.url == "/accounts/2fa/reauthenticate/?next=%2Fme%2F"
    assert client.get(reverse("admin:index")).status_code == 200


def test_reset_of_the_password_does_not_pass_by_the_second_step(staff):
    from members.emails.accounts import reset_link

    _with_app(staff)
    client, new = Client(), "seven quiet harbours at dawn"
    link = reset_link(staff.email).removeprefix("http://localhost:8000")
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": new, "password2": new})
    client.post("/accounts/login/", {"login": staff.email, "password": new})

    assert "_auth_user_id" not in client.session


def test_wrong_codes_are_limited(staff):
    secret, _codes = _with_app(staff)
    client = _sign_in(staff)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})

    assert "_auth_user_id" not in client.session


# --- Setting it up and taking it away


def _proved(user):
    client = _sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.django_db(transaction=True)
def test_app_is_added_from_a_code_of_ours_and_the_way_is_open(folke):
    cache.clear()  # tests that commit leave their counts of tries behind
    other = _sign_in(folke)
    client = _proved(folke)

    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    picture = client.get(reverse("members:totp_qr"))
    secret = client.session["mfa.totp.secret"]
    added = client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})

    assert "data:image" not in page
    assert reverse("members:totp_qr") in page
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert picture.headers["Cache-Control"] == "private, no-store"
    assert added.url == "/accounts/2fa/recovery-codes/"
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").url.startswith("/accounts/login/")


def test_adding_and_removing_is_told_by_letter_and_in_the_journal(
    ana, django_capture_on_commit_callbacks
):
    client = _proved(ana)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    client.post("/accounts/2fa/totp/deactivate/")

    assert [m.template.split("/")[-1] for m in Message.objects.order_by("pk")] == [
        "second_factor_added.txt",
        "second_factor_removed.txt",
    ]
    assert [e.verb for e in JournalEntry.objects.order_by("pk")] == [
        "added a second factor",
        "removed a second factor",
    ]


def test_nobody_sees_a_code_to_scan_without_having_begun(ana):
    assert _sign_in(ana).get(reverse("members:totp_qr")).status_code == 404


def test_setting_up_asks_for_the_password_first(ana):
    response = _sign_in(ana).get("/accounts/2fa/totp/activate/")

    assert response.url.startswith("/accounts/reauthenticate/")


def test_recovery_codes_are_shown_once(ana):
    client = _proved(ana)
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": _code(client.session["mfa.totp.secret"])})
    codes = RecoveryCodes(
        Authenticator.objects.get(user=ana, type=Authenticator.Type.RECOVERY_CODES)
    ).generate_codes()

    pages = [client.get("/accounts/2fa/recovery-codes/").content.decode() for _ in range(2)]

    assert [all(code in page for code in codes) for page in pages] == [True, False]
    assert [any(code in page for code in codes) for page in pages] == [True, False]


def test_removing_a_factor_needs_the_factor(staff):
    secret, _codes = _with_app(staff)
    client = _signed_in_twice(staff, secret)

    response = client.post("/accounts/2fa/totp/deactivate/")

    assert "reauthenticate" in response.url
    assert Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists()


def test_last_factor_of_staff_stays(staff):
    secret, _codes = _with_app(staff)
    client = _signed_in_twice(staff, secret)
    cache.clear()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    response = client.post("/accounts/2fa/totp/deactivate/")

    assert response.status_code == 200
    assert Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists()


def test_who_becomes_staff_is_asked_from_then_on(ana):
    client = _sign_in(ana)
    assert client.get("/me/").status_code == 200

    ana.is_staff = True
    ana.save()
    StaffScope.objects.create(user=ana, everywhere=True)

    assert client.get("/me/").url == ENROL


def test_passkey_is_offered_for_this_site(ana, settings):
    client = _proved(ana)

    page = client.get("/accounts/2fa/webauthn/add/").content.decode()

    assert "Name of the key" in page
    options = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page)[1]
    assert f'"rp": {{"name": "Strong Cities Network", "id": "{settings.SITE_HOST}"}}' in options


def test_every_page_of_the_second_step_opens(ana):
    """With an app, recovery codes and a key, as somebody has who uses all of it."""
    secret, _codes = _with_app(ana)
    key = Authenticator.objects.create(
        user=ana,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Key in the drawer", "credential": {}},
    )
    client = _signed_in_twice(ana, secret)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    pages = {
        "": "10 codes are left",
        "webauthn/": "Key in the drawer",
        f"webauthn/keys/{key.pk}/edit/": "Rename the key",
        f"webauthn/keys/{key.pk}/remove/": "Key in the drawer",
        "totp/deactivate/": "Remove the authenticator app?",
        "recovery-codes/generate/": "Make new recovery codes?",
        "recovery-codes/": "shown only now",
        "reauthenticate/": "Code from the app, or a recovery code",
    }
    for address, words in pages.items():
        response = client.get(f"/accounts/2fa/{address}")
        assert (response.status_code, words in response.content.decode()) == (200, True), address
