"""What every answer tells the browser; bad bytes, late clicks and busy moments."""

import threading
from types import ModuleType

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse  # noqa: TID251 - a view to test with
from django.test import Client, RequestFactory
from django.urls import path
from psycopg import errors

from core.lifecycle import IllegalMove
from core.middleware import SomeoneWasFaster, is_busy
from members.models import City, Person
from tests import factories

BAD = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%ED%BF%BF",
    "%C0%80",
    "%C0%AF",
    "%E0%80%AF",
    "%FF",
    "%FE%FF",
    "%F8%88%80%80%80",
]
PAGES = ["/", "/hub/", "/accounts/login/", "/fr/about/", "/nowhere/", "/admin/"]


@pytest.mark.parametrize("bytes_", BAD)
@pytest.mark.parametrize("address", PAGES)
def test_bad_bytes_in_a_query_are_refused(client, db, address, bytes_):
    assert client.get(f"{address}?q={bytes_}").status_code == 400
    assert client.get(f"{address}?{bytes_}=q").status_code == 400


@pytest.mark.parametrize("bytes_", BAD)
@pytest.mark.parametrize(
    "address", ["/", "/hub/", "/accounts/welcome/", "/accounts/confirm-email/", "/fr/"]
)
def test_bad_bytes_in_a_path_are_refused(client, db, address, bytes_):
    assert client.get(f"{address}{bytes_}/").status_code == 400


@pytest.mark.parametrize("bytes_", BAD)
@pytest.mark.parametrize("name", ["login", "password", "next", "csrfmiddlewaretoken"])
def test_bad_bytes_in_a_form_are_refused(client, db, name, bytes_):
    response = client.post(
        "/accounts/login/", f"{name}={bytes_}", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 400


def test_nul_in_a_form_with_files_is_refused(client, db):
    assert client.post("/accounts/login/", {"login": "a\0b"}).status_code == 400


@pytest.mark.parametrize("cookie", ["sid", "csrf", "language", "theme", "messages"])
def test_nul_in_a_cookie_is_refused(client, db, cookie):
    assert client.get("/", headers={"Cookie": f'{cookie}="a\\000b"'}).status_code == 400


def test_very_long_values_are_no_error_of_ours(client, db):
    long = "x" * 1_100_000

    assert client.get(f"/hub/?q={long}").status_code < 500
    assert client.get(f"/{long}/").status_code < 500
    assert client.get("/", headers={"Cookie": f"sid={long}"}).status_code < 500
    assert client.post("/accounts/login/", {"login": long}).status_code == 400


@pytest.mark.parametrize("text", ["éàç", "بيروت", "Łódź", "𐍈", "a+b", "100%"])
def test_all_scripts_pass(client, db, text):
    assert client.get("/hub/", {"q": text}).status_code == 200
    assert client.post("/accounts/login/", {"login": text, "password": text}).status_code == 200


def test_refusal_carries_the_policies_too(client, db):
    response = client.get("/?q=%00")

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "testserver.evil.example",
        "evil.example/testserver",
        "testserver@evil.example",
        "evil.example#testserver",
        "testserver,evil.example",
        "testserver evil.example",
        "",
        "..",
        "[::1",
        "testserver:port",
    ],
)
def test_foreign_hosts_are_refused(client, db, host):
    assert client.get("/accounts/login/", headers={"Host": host}).status_code == 400


def test_forwarded_hosts_change_nothing(client, db):
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}

    assert "evil.example" not in client.get("/accounts/login/", headers=headers).content.decode()


# --- What a browser may do with an answer


@pytest.mark.parametrize(
    "address", ["/", "/about/", "/accounts/login/", "/hub/", "/nowhere/", "/livez"]
)
def test_every_answer_says_what_the_page_may_use(client, db, address):
    headers = client.get(address).headers

    assert headers["Permissions-Policy"] == (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    )
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_answers_to_a_session_are_kept_by_nobody(client, ana):
    client.force_login(ana)

    for page in ("/", "/about/", "/me/", "/hub/", "/accounts/email/", "/nowhere/"):
        headers = client.get(page).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert "Cookie" in headers["Vary"]


def test_no_answer_that_sets_a_cookie_may_be_kept(client, db):
    for page in ("/", "/about/", "/accounts/login/", "/contact/"):
        response = Client().get(page)
        if response.cookies:
            assert response.headers["Cache-Control"] == "private, no-store"


def test_private_pages_are_not_indexed(client, ana):
    private = [
        "/me/",
        "/accounts/login/",
        "/accounts/email/",
        "/accounts/welcome/x/",
        "/admin/",
        "/nowhere/",
    ]

    assert [client.get(page).headers.get("X-Robots-Tag") for page in private] == ["noindex"] * 6


@pytest.mark.parametrize("address", ["/", "/about/", "/contact/", "/hub/", "/fr/about/"])
def test_public_pages_are_indexed(client, db, address):
    assert "X-Robots-Tag" not in client.get(address).headers


# --- Late clicks


def _late(request):
    raise IllegalMove(Person(status="erased", pk=7), "active")


@transaction.atomic
def _wait_for_the_row(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
    City.objects.select_for_update().get(slug="aarhus")
    return HttpResponse("done")


def _slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '30ms'")
        try:
            cursor.execute("SELECT pg_sleep(2)")
        finally:
            cursor.execute("SET statement_timeout = '15s'")


@pytest.fixture
def pages(settings):
    """The portal's own addresses and three that always go wrong."""
    from scn import urls

    for view in (_late, _wait_for_the_row, _slow):
        view.login_required = False
    module = ModuleType("urls_with_trouble")
    module.__dict__.update(vars(urls))
    module.urlpatterns = [
        path("late/", _late),
        path("row/", _wait_for_the_row),
        path("slow/", _slow),
        *urls.urlpatterns,
    ]
    settings.ROOT_URLCONF = module


def test_step_that_is_no_longer_open_is_a_conflict(client, pages, ana, caplog):
    client.force_login(ana)

    response = client.post("/late/", headers={"Referer": "http://testserver/me/"})

    assert response.status_code == 409
    assert 'href="http://testserver/me/"' in response.content.decode()
    assert [r.user_id for r in caplog.records if "refused move" in r.message] == [ana.pk]


def test_conflict_leads_to_no_other_site(client, pages, db):
    response = client.post("/late/", headers={"Referer": "http://evil.example/"})

    assert "evil.example" not in response.content.decode()


def test_conflict_makes_htmx_load_the_page_again_with_a_message(client, pages, ana):
    client.force_login(ana)

    response = client.post("/late/", headers={"HX-Request": "true"})
    after = client.get("/about/")

    assert (response.status_code, response.headers["HX-Refresh"]) == (409, "true")
    assert len(after.context["messages"]) == 1


@pytest.mark.django_db(transaction=True)
def test_row_that_stays_locked_is_busy_and_not_broken(client, pages, aarhus):
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            City.objects.select_for_update().get(pk=aarhus.pk)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    response = client.get("/row/")
    done.set()
    thread.join()

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert client.get("/row/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_query_that_takes_too_long_is_busy_and_not_broken(client, pages):
    response = client.get("/slow/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_no_connection_left_is_busy_and_not_broken(client, ana, monkeypatch):
    """What goes wrong before any view is reached is answered by the page of errors."""
    client.force_login(ana)
    client.raise_request_exception = False

    def refuse(*args, **kwargs):
        raise OperationalError from errors.TooManyConnections()

    monkeypatch.setattr("scn.middleware.IdleTimeout._ran_out", refuse)
    response = client.get("/me/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_other_errors_stay_errors():
    plain = OperationalError("no such column")

    assert not is_busy(plain)
    assert not is_busy(ValueError())
    assert SomeoneWasFaster(lambda r: r).process_exception(RequestFactory().get("/"), plain) is None


@pytest.mark.parametrize(
    "cause",
    [
        errors.DeadlockDetected,
        errors.TooManyConnections,
        errors.LockNotAvailable,
        psycopg.OperationalError,  # without a code: the connection was refused or cut
    ],
)
def test_what_postgres_says_when_it_is_busy(cause):
    error = OperationalError()
    error.__cause__ = cause()

    assert is_busy(error)


def test_conflict_page_of_a_thing_with_status(db):
    person = factories.person()
    person.move_to("erased")

    with pytest.raises(IllegalMove, match="erased"):
        person.move_to("active")
