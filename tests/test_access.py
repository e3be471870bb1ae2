"""Every address against every kind of visitor. An address without a line in access.csv fails.

The cells of permissions.csv: A allowed, F allowed with fewer fields, G sent to sign in, W sent to
the own status page, H sent on, D 403, N 404 like something that never was, R only after signing in
afresh.
"""

import csv
import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import URLPattern, get_resolver, reverse

from hub.emails.searches import token as letter_token
from members.emails.registration import token
from tests import world

HERE = Path(__file__).resolve().parent
# Covered elsewhere, each with its reason; at most ten lines.
EXEMPT = {
    "admin": "every admin address: test_admin_is_for_staff below",
    "mfa": "allauth's second factor: tests/members/test_second_factor.py",
    "no name": "static parts of allauth that only redirect",
}


def _read(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PERMISSIONS = {row["id"]: row for row in _read("permissions.csv")}
ROWS = _read("access.csv")


@pytest.fixture
def everybody(db):
    return world.build()


@pytest.fixture
def as_kind(client, everybody):
    """The client, signed in as one kind of visitor."""

    def become(kind):
        client.logout()
        if user := everybody.people[kind]:
            client.force_login(user)
        return client

    return become


def _address(row, everybody):
    target = row["target"]
    record = getattr(everybody, target, None)
    colleague, job = everybody.colleague, everybody.job
    arguments = {
        "hub:record": lambda: [record.code],
        "hub:file": lambda: [record.code, record.file.pk],
        "core:job": lambda: [job.uid],
        "core:cancel_job": lambda: [job.uid],
        "core:media": lambda: [everybody.picture.uid],
        "hub:record_pdf": lambda: [record.code],
        "hub:record_jsonld": lambda: [record.code],
        "hub:cite_bibtex": lambda: [record.code],
        "hub:cite_csl": lambda: [record.code],
        "hub:export_file": lambda: [job.uid],
        "hub:keep_record": lambda: [record.code],
        "hub:adapt": lambda: [record.code],
        "hub:ask_city": lambda: [record.code],
        "hub:evaluate": lambda: [record.code],
        "hub:report": lambda: [record.code],
        "hub:confirm": lambda: [record.code],
        "hub:ask_to_join": lambda: [record.code],
        "hub:translate": lambda: [record.code, "fr"],
        "hub:propose": lambda: [record.code],
        "hub:versions": lambda: [record.code],
        "hub:version": lambda: [record.code, 1],
        "hub:restore": lambda: [record.code, 1],
        "hub:contribution_edit": lambda: [record.uid, "story"],
        "hub:contribution_file": lambda: [record.contribution.uid, record.pk],
        "hub:contribution_file_describe": lambda: [record.contribution.uid, record.pk],
        "hub:contribution_file_remove": lambda: [record.contribution.uid, record.pk],
        "hub:contribution_settle": lambda: [record.contribution.uid, record.pk],
        "members:join_step": lambda: ["city"],
        "members:colleague": lambda: [colleague.uid],
        "members:endorse": lambda: [colleague.uid],
        "members:refuse": lambda: [colleague.uid],
    }
    targets = {
        "confirm": lambda: [token("confirm", everybody.unconfirmed)],
        "resume": lambda: [token("resume", everybody.begun)],
        "status": lambda: [token("status", colleague)],
        "saved": lambda: [everybody.saved.uid],
        "asked": lambda: [everybody.asked.uid],
        "grant": lambda: [everybody.grant.pk],
        "saved_token": lambda: [letter_token(everybody.saved)],
        "reading": lambda: [everybody.reading.uid],
        "reading_shared": lambda: [everybody.reading_shared.uid],
        "reading_adm": lambda: [everybody.reading_adm.uid],
        "reading_item": lambda: [everybody.reading.uid, everybody.reading_item.pk],
        "evaluation": lambda: [everybody.owned.code, everybody.evaluation.pk],
        **{
            name: lambda: [record.uid]
            for name in [
                "draft_text",
                "to_sign_off",
                "alone",
                "alone_asked",
                "alone_withdrawn",
                "alone_to_withdraw",
            ]
        },
        "forged": lambda: ["forged-token"],
        "forged_reset": lambda: ["1", "forged-token"],
        "letter": lambda: ["no-such.eml"],
    }
    path = reverse(row["name"], args=(arguments.get(row["name"]) or targets.get(target, list))())
    return path + QUERIES.get(row["name"], "")


# What an address needs to answer at all.
QUERIES = {"hub:export": "?format=xlsx", "hub:oai": "?verb=Identify"}
POSTED = {"theme": {"theme": "dark", "next": "/"}}


def _verdict(response):
    """The cell that describes what came back."""
    where = response.headers.get("Location", "")
    if response.status_code == 302:
        return next(
            (
                cell
                for cell, pattern in [
                    ("R", r"^/accounts/reauthenticate/"),
                    ("G", r"^/(accounts|admin)/login/"),
                    ("W", r"^/me/status/$"),
                ]
                if re.search(pattern, where)
            ),
            "H",
        )
    # 410: a page for everybody that says the link is dead.
    return {200: "A", 204: "A", 410: "A", 403: "D", 404: "N", 409: "C"}.get(
        response.status_code, f"status {response.status_code}"
    )


ALIKE = {"F": "A"}


def _expected(row, kind):
    cell = PERMISSIONS[row["permission"]][kind]
    cells = {ALIKE.get(cell, cell)}
    if cell == "R":
        cells.add("A")  # signed in a moment ago
    if cell in "AF" and row["method"] == "POST":
        cells.add("H")  # done, and sent on
    return cells


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['name']}-{r['method']}-{r['target']}")
def test_everybody_gets_what_the_table_says(row, everybody, as_kind):
    address = _address(row, everybody)

    wrong = {}
    for kind in world.KINDS:
        response = as_kind(kind).generic(row["method"], address, **_body(row))
        if _verdict(response) not in _expected(row, kind):
            wrong[kind] = (_verdict(response), PERMISSIONS[row["permission"]][kind])

    assert wrong == {}


def _body(row):
    if row["method"] != "POST":
        return {}
    data = POSTED.get(row["target"], {})
    return {
        "data": "&".join(f"{name}={value}" for name, value in data.items()),
        "content_type": "application/x-www-form-urlencoded",
    }


def test_the_table_can_fail(everybody, as_kind):
    """A record that everybody may read is told apart from one that strangers may not."""
    open_ = as_kind("ANON").get(reverse("hub:record", args=[everybody.public.code]))
    closed = as_kind("ANON").get(reverse("hub:record", args=[everybody.members.code]))

    assert (_verdict(open_), _verdict(closed)) == ("A", "N")


def _names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}" if pattern.name else "no name"
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern.url_patterns, prefix + namespace)


def test_every_address_has_a_row():
    known = {row["name"] for row in ROWS}
    missing = {
        name
        for name in _names(get_resolver().url_patterns)
        if name not in known and re.split(r"[:_]", name)[0] not in EXEMPT and name not in EXEMPT
    }

    assert missing == set()
    assert len(EXEMPT) <= 10


def test_every_row_leads_somewhere():
    assert {row["name"] for row in ROWS} <= set(_names(get_resolver().url_patterns))
    assert {row["permission"] for row in ROWS} <= set(PERMISSIONS)


def _admin_addresses():
    yield reverse("admin:index")
    for _model, model_admin in admin.site._registry.items():
        for pattern in model_admin.urls:
            if pattern.name:
                arguments = (
                    ["1"] * pattern.pattern.regex.groups if pattern.pattern.regex.groups else []
                )
                arguments = arguments or ["1"] * len(pattern.pattern.converters)
                yield reverse(f"admin:{pattern.name}", args=arguments)


@pytest.mark.parametrize("method", ["get", "post"])
def test_admin_is_for_staff(everybody, as_kind, method):
    wrong = []
    for kind in world.KINDS[:-2]:
        expected = "G" if everybody.people[kind] is None else "D"
        visitor = as_kind(kind)
        wrong += [
            (kind, address, verdict)
            for address in _admin_addresses()
            if (verdict := _verdict(getattr(visitor, method)(address))) != expected
        ]

    assert wrong == []


@pytest.mark.parametrize("kind", ["STF", "ADM"])
def test_staff_open_the_admin_lists(everybody, as_kind, kind):
    visitor = as_kind(kind)
    lists = [
        reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist")
        for m, model_admin in admin.site._registry.items()
        if model_admin.has_view_permission(_request(everybody.people[kind]))
    ]

    assert len(lists) > 5
    assert {visitor.get(address).status_code for address in lists} == {200}


def _request(user):
    class Asked:
        pass

    asked = Asked()
    asked.user = user
    return asked


@pytest.mark.parametrize("kind", ["ANON", "PEN", "MOC", "RVA"])
@pytest.mark.parametrize("target", ["members", "group", "draft"])
def test_what_is_hidden_looks_like_what_never_was(everybody, as_kind, kind, target):
    record = getattr(everybody, target)
    if kind == "MOC" and target == "members":
        return  # a member may read it
    visitor = as_kind(kind)

    hidden = visitor.get(reverse("hub:record", args=[record.code]))
    absent = visitor.get(reverse("hub:record", args=["SCN-P-8888"]))

    assert _scrubbed(hidden, record.code) == _scrubbed(absent, "SCN-P-8888")


def _scrubbed(response, code):
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return response.status_code, body.replace(code, "").replace(code.lower(), "")


@pytest.mark.parametrize("kind", ["ANON", "UNV", "PEN", "SUS", "RVA", "MOC"])
def test_no_trace_of_what_is_hidden(everybody, as_kind, kind):
    """Lists, search, facets, feed and sitemap hold no word of a record the visitor may not read."""
    visitor = as_kind(kind)
    hidden = {"SCN-P-0003", "SCN-P-0004"} | (set() if kind == "MOC" else {"SCN-P-0002"})

    pages = [
        visitor.get(address).content.decode()
        for address in [
            "/hub/",
            "/hub/?q=canary",
            "/fr/hub/?q=canary",
            "/hub/feed/",
            "/sitemap.xml",
            "/",
        ]
    ]

    assert [code for code in hidden for body in pages if code in body] == []
    assert "SCN-P-0001" in pages[1]
