"""Signing in: by e-mail address only, limited, and never on to another site."""

import threading

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.hashers import Argon2Tuned
from core.models import JournalEntry
from members.models import User
from outbox.models import Message
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"
WRONG = "not the password"

ELSEWHERE = [
    "http://evil.example", "https://evil.example", "//evil.example", "///evil.example", "////evil.example",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example", "//\\evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example",
    "http:/\\evil.example", "HTTPS://evil.example", "hTTp://evil.example", "//evil.example/%2f..",
    "//evil%E3%80%82example", "//evil。example", "//user@evil.example", "https://localhost@evil.example",
    "https://testserver@evil.example", "https://testserver.evil.example", "https://evil.example/testserver",
    "https://evil.example?testserver", "https://evil.example#testserver", "https://evil.example\\testserver",
    "https://testserver:80@evil.example", "http://testserver:evil@evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)",
    " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://testserver/",
    "mailto:a@evil.example", "tel:1", "blob:x", "about:blank", " //evil.example", "\t//evil.example",
    "\n//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "//evil.example:80",
    "//[::1]", "http://[::1]/", "//0x7f000001", "http://2130706433/", "https://[evil.example", "////",
    "http://", "https://", "//", "http:///evil.example", "https://ⓔvil.example",
]  # fmt: skip


def _sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password} | more)


def test_address_and_password_open_the_own_page(client, ana):
    before = client.session.session_key

    response = _sign_in(client, ana.email)

    assert (response.status_code, response.url) == (302, reverse("me"))
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert client.session.session_key != before


def test_address_is_read_whatever_its_case(client, ana):
    assert _sign_in(client, ana.email.upper()).status_code == 302


def test_wrong_password_opens_nothing(client, ana):
    response = _sign_in(client, ana.email, WRONG)

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_inactive_account_opens_nothing(client, ana):
    ana.is_active = False
    ana.save()

    response = _sign_in(client, ana.email)

    assert (response.status_code, response.url) == (302, reverse("account_inactive"))
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_by_themselves(client, db):
    form = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}

    page, sent = client.get("/accounts/signup/"), client.post("/accounts/signup/", form)

    assert [page.status_code, sent.status_code] == [200, 200]
    assert reverse("members:join") in page.content.decode()
    assert "new@example.org" not in sent.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("target", ELSEWHERE)
def test_login_leads_to_no_other_site(client, ana, target):
    response = client.post(f"{LOGIN}", {"login": ana.email, "password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert response.url == reverse("me")


def test_there_are_sixty_ways_elsewhere():
    assert len(set(ELSEWHERE)) >= 60


def test_login_leads_on_to_a_page_of_this_site(client, ana):
    assert _sign_in(client, ana.email, next="/hub/?q=water").url == "/hub/?q=water"


def test_sixth_wrong_password_is_not_tried(client, ana):
    for _ in range(5):
        _sign_in(client, ana.email, WRONG)

    response = _sign_in(client, ana.email, PASSWORD)

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.fixture
def _no_counts_left(transactional_db):
    """The counts of tries are no table of a model, so nothing empties it after a test that commits."""
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_no_counts_left")
def test_wrong_passwords_in_parallel_are_limited_too(ana, monkeypatch):
    """The count may overshoot a little under a storm, never by more than twice."""
    tried, start = [], threading.Barrier(12)
    honest = User.check_password
    monkeypatch.setattr(
        User, "check_password", lambda self, raw: (tried.append(raw), honest(self, raw))[1]
    )

    def attack():
        start.wait(20)
        for _ in range(2):
            _sign_in(Client(), ana.email, WRONG)
        connection.close()

    threads = [threading.Thread(target=attack) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 <= len(tried) <= 10


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_invented_addresses_change_no_limit(client, db, header):
    limited = []
    for number in range(12):
        response = client.post(
            LOGIN,
            {"login": f"nobody{number}@example.org", "password": WRONG},
            headers={header: f"203.0.113.{number}"},
        )
        limited.append("Too many" in response.content.decode())

    assert limited == [False] * 10 + [True] * 2


def test_behind_our_proxy_each_client_counts_alone(client, db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    limited = [
        "Too many" in client.post(
            LOGIN,
            {"login": f"nobody{number}@example.org", "password": WRONG},
            headers={"X-Forwarded-For": f"invented, 203.0.113.{number}"},
        ).content.decode()
        for number in range(12)
    ]  # fmt: skip

    assert limited == [False] * 12


def test_nonsense_from_a_proxy_is_no_error(client, ana, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    response = client.post(
        LOGIN,
        {"login": ana.email, "password": PASSWORD},
        headers={"X-Forwarded-For": "' OR 1=1"},
    )

    assert response.status_code == 302


def test_good_login_does_not_clear_the_count_of_the_address(client, ana, folke):
    for number in range(9):
        _sign_in(client, f"nobody{number}@example.org", WRONG)
    _sign_in(client, ana.email)
    client.logout()
    _sign_in(client, "nobody9@example.org", WRONG)

    response = _sign_in(client, folke.email)

    assert "_auth_user_id" not in client.session
    assert "Too many" in response.content.decode()


def test_login_needs_no_redis(client, ana, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    cache.clear()

    assert _sign_in(client, ana.email).status_code == 302


def test_logout_is_a_button_and_clears_the_browser(client, ana):
    client.force_login(ana)

    page, pressed = client.get("/accounts/logout/"), client.post("/accounts/logout/")

    assert page.status_code == 200
    assert pressed.url == reverse("home")
    assert pressed.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in client.session


def test_login_is_not_written_into_the_journal_as_a_change(client, ana):
    _sign_in(client, ana.email)

    assert not JournalEntry.objects.filter(subject_id=ana.pk, subject_type="members.user").exists()


def test_passwords_are_hashed_as_tuned(ana):
    assert ana.password.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


def test_hash_of_another_kind_opens_nothing_and_costs_the_same_hash(client, ana, monkeypatch):
    """One hasher alone is known, so an older kind of hash is not told apart by its time."""
    ana.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    ana.save()
    hashed = []
    honest = Argon2Tuned.encode
    monkeypatch.setattr(
        Argon2Tuned, "encode", lambda self, *args: (hashed.append(1), honest(self, *args))[1]
    )

    _sign_in(client, ana.email)

    assert "_auth_user_id" not in client.session
    assert len(hashed) == 1
