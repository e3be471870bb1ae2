"""Every form is protected against being sent from elsewhere."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import RegexPattern, URLPattern

SAMPLES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "path": "x",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
REGEX_SAMPLES = {
    "account_confirm_email": "confirm-email/x/",
    "account_reset_password_from_key": "password/reset/key/x-y/",
}
# Sent by programs, which have no session and no token.
WITHOUT = {
    "/csp-report/",  # browsers, by themselves; it changes nothing but a log
    "/hub/oai/",  # harvesters; it changes nothing
    "/hub/searches/stop/x/",  # mail programs (RFC 8058); the signed link alone is the right to stop its letters
}


def _routes(patterns, prefix=""):
    for pattern in patterns:
        route = _sample(pattern)
        if route is None:
            continue
        if isinstance(pattern, URLPattern):
            yield f"/{prefix}{route}", pattern.callback
        else:
            yield from _routes(pattern.url_patterns, prefix + route)


def _sample(pattern):
    if isinstance(pattern.pattern, RegexPattern):
        return REGEX_SAMPLES.get(getattr(pattern, "name", None))  # else the admin's catch-all
    return re.sub(
        r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], str(pattern.pattern)
    )


ADDRESSES = dict(_routes(get_resolver().url_patterns))


def test_the_walk_finds_the_addresses():
    assert {"/accounts/login/", "/accounts/logout/", "/join/", "/admin/login/"} <= ADDRESSES.keys()
    assert len(ADDRESSES) > 80


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}], ids=str
)
def test_no_address_takes_a_form_without_its_token(db, ana, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    client.get("/accounts/email/")

    taken = [
        address
        for address in ADDRESSES
        if client.post(address, headers=headers).status_code not in (403, 404)
    ]

    assert set(taken) == WITHOUT


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/csp-report", '{"csp-report": {"document-uri": "http://x/?a=b"}}', 204),
        ("application/csp-report", "[]", 204),
        ("application/csp-report", '{"csp-report": "x"}', 204),
        ("application/csp-report", "no json", 204),
        ("application/csp-report", "x" * 20_000, 413),
        ("multipart/form-data; boundary=x", "--x--", 204),
        ("application/x-www-form-urlencoded", "a=b", 204),
    ],
)
def test_reports_of_browsers_are_taken_with_care(client, db, content_type, body, status):
    assert client.post("/csp-report/", body, content_type=content_type).status_code == status


def test_few_views_do_without():
    exempt = {a for a, view in ADDRESSES.items() if getattr(view, "csrf_exempt", False)}

    assert len(exempt) <= 3
    assert exempt == WITHOUT
