"""What a search found, as files: the rights of the page, nothing that runs, and memory that does not grow."""

import csv
import json
import re
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from core import jobs
from core.models import Job, JournalEntry
from hub.actions import exports
from hub.actions.imports import read_file
from hub.models import Evaluation, Record
from hub.tasks import clear_away
from hub.views import exports as views
from tests.hub.conftest import client_of, list_as

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"http://x\")",
    "=cmd|' /C calc'!A0", "'=1", "''=1", "=1\n=2", "-2+3+cmd|x", "@x", "=IMPORTXML(1)", "+A1", "=A1&B1", "=-1",
    "= 1", "=\"x\"", "=\u202e1", "=a;b", "=a,b", "=[x]", "={1}", "=ｘ",
]  # fmt: skip


def _export(style, user=None, path="/hub/export/", **query):
    response = client_of(user).get(path, {"format": style, **query})
    assert response.status_code == 200, response
    return response


def _body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def _cards(user=None, **query):
    found = json.loads(_body(_export("json", user, **query)))["records"]
    return {card["code"]: card for card in found}


@pytest.fixture
def shelf(shelve, focal_points, aarhus):
    """A record of each audience, the public one with all that some of its readers may not know."""
    public = shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        themes=["youth"],
        texts={"fr": {"title": "Canary unfinished", "status": "draft"}},
    )
    list_as(aarhus, "members")
    public.cities.create(city=aarhus)
    public.contacts.create(name="Canary Contact", email="canary@example.org")
    Evaluation.objects.create(
        record=public, evaluator_kind="peer", evaluator="Canary waiting", published=False
    )
    Evaluation.objects.create(
        record=public,
        evaluator_kind="peer",
        city=aarhus,
        evaluator="Canary Peer",
        date="2026-01-02",
    )
    members = shelve("SCN-P-0002", title="Canary members")
    public.relations.create(kind="part_of", target=members)
    return {
        "public": public,
        "members": members,
        "group": shelve("SCN-P-0003", title="Canary group", visibility="group", groups=[focal_points]),
        "staff": shelve("SCN-P-0004", title="Canary staff", visibility="staff"),
        "teaser": shelve(
            "SCN-P-0005",
            visibility="teaser",
            title="In short",
            themes=["youth"],
            terms=[("area", "x")],
            texts={"en": {"title": "In short", "summary": "Open.", "description": "Canary body"}},
            lead_organization="Canary lead",
            start_date="2020-05-06",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("style", ["csv", "json", "bibtex", "csl", "xlsx"])
def test_each_visitor_takes_what_the_page_shows_and_no_more(shelf, visitors, style):
    inside = {"SCN-P-0001", "SCN-P-0002", "SCN-P-0005"}
    everything = {f"SCN-P-000{number}" for number in range(1, 6)}
    readable = {
        **dict.fromkeys(
            ["stranger", "applicant", "suspended", "reviewer"], inside - {"SCN-P-0002"}
        ),
        "member": inside,
        "group": inside | {"SCN-P-0003"},
        "staff": everything,
        "staff_mena": everything,
    }
    for who, user in visitors.items():
        body = _body(_export(style, user))
        if style == "xlsx":
            rows = openpyxl.load_workbook(BytesIO(body))["records"].iter_rows(min_row=2, max_col=1)
            found = {row[0].value for row in rows}
        else:
            found = set(re.findall(r"SCN-P-\d{4}", body.decode()))
        assert (who, found) == (who, readable[who])


@pytest.mark.parametrize("style", ["csv", "json", "xlsx"])
def test_of_one_record_each_visitor_takes_their_part(shelf, visitors, style):
    for who, user in visitors.items():
        body = _body(_export(style, user))
        if style == "xlsx":
            book = openpyxl.load_workbook(BytesIO(body))
            cells = [
                str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row
            ]
            body = "\n".join(cells).encode()
        canaries = set(re.findall(r"Canary \w+|Canary Contact|aarhus", body.decode()))
        inside = who in ("member", "group", "staff", "staff_mena")
        assert ("Canary Contact" in canaries) == inside, who
        assert ("Canary body" in canaries) == inside, who
        assert ("aarhus" in canaries) == inside, who
        assert ("Canary Peer" in canaries) == inside, who
        assert ("Canary unfinished" in canaries) == ("staff" in who), who
        assert ("Canary waiting" in canaries) == ("staff" in who), who


def test_of_a_record_in_short_strangers_take_what_they_may_read(shelf):
    assert _cards()["SCN-P-0005"].keys() == {
        *("code", "kind", "visibility", "original_language", "is_fictional"),
        *("from_public_record", "published_at", "updated_at", "codes", "texts", "start_date"),
    }
    card = _cards()["SCN-P-0005"]
    assert (card["codes"], card["start_date"]) == ({"theme": ["youth"]}, "2020")
    assert card["texts"]["en"].keys() == {"title", "summary", "status", "source_revision"}


def test_files_and_relations_are_named_to_those_who_may_open_them(shelf, attach, ana):
    attach(shelf["public"], title="Open plan", content=b"%PDF-1.4 open")
    attach(shelf["public"], title="Budget", visibility="members")

    stranger, member = _cards()["SCN-P-0001"], _cards(ana)["SCN-P-0001"]

    assert [file["title"] for file in stranger["files"]] == ["Open plan"]
    assert [file["title"] for file in member["files"]] == ["Open plan", "Budget"]
    assert "relations" not in stranger
    assert member["relations"] == [{"kind": "part_of", "target": "SCN-P-0002"}]
    assert "content" not in member["files"][0]


def test_a_restricted_file_is_not_named_for_having_the_content_of_an_open_one(shelf, attach, ana):
    attach(shelf["public"], title="Open plan")
    attach(shelf["public"], title="Canary plan", visibility="staff")

    stranger, member = _cards()["SCN-P-0001"], _cards(ana)["SCN-P-0001"]

    assert [file["title"] for file in stranger["files"]] == ["Open plan"]
    assert [file["title"] for file in member["files"]] == ["Open plan"]


def test_an_export_is_the_search_with_its_filters_and_order(shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses", themes=["youth"])
    shelve("SCN-P-0002", visibility="public", title="Night trams", themes=["dialogue"])
    shelve("SCN-P-0003", visibility="public", title="Gardens", themes=["youth"])

    def codes(**query):
        return re.findall(r"^@techreport{(.*),$", _body(_export("bibtex", **query)).decode(), re.M)

    def listed(**query):
        html = Client().get("/hub/", query).content.decode()
        return list(dict.fromkeys(re.findall(r'href="/hub/(SCN-P-\d{4})/', html)))

    assert codes() == listed() == ["SCN-P-0003", "SCN-P-0002", "SCN-P-0001"]
    assert codes(q="night") == listed(q="night")
    assert sorted(codes(q="night")) == ["SCN-P-0001", "SCN-P-0002"]
    assert codes(q="night", theme="youth") == ["SCN-P-0001"]
    assert codes(q="zzzzzz") == []
    assert json.loads(_body(_export("csl", q="zzzzzz"))) == []


def test_each_form_is_a_file_with_a_name_that_no_cache_keeps(shelf):
    today = timezone.localdate().isoformat()
    endings = {"csv": "csv", "json": "json", "bibtex": "bib", "csl": "csl.json", "xlsx": "xlsx"}
    for style, ending in endings.items():
        response = _export(style)
        assert response["Content-Disposition"] == (
            f'attachment; filename="strong-cities-library-{today}.{ending}"'
        )
        assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("style", ["", "pdf", "../x"])
def test_other_forms_there_are_none(db, style):
    assert Client().get("/hub/export/", {"format": style}).status_code == 404


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_in_a_table_is_a_formula_and_it_comes_back_as_it_was(shelve, staff, formula):
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        texts={"en": {"title": formula, "summary": formula, "description": formula, "keywords": formula}},
        lead_organization=formula,
        funders=[formula],
    )  # fmt: skip
    record.links.create(kind="useful", title=formula)
    record.contacts.create(name=formula, function=formula)
    plain = formula.replace("\r", "\n")

    table, book = (_body(_export(style, staff)) for style in ("csv", "xlsx"))

    cells = [
        cell for row in csv.reader(StringIO(table.decode("utf-8-sig"), newline="")) for cell in row
    ]
    assert [cell for cell in cells if re.match("[=+\\-@\t\r\n＝＋－＠]", cell)] == []
    sheets = openpyxl.load_workbook(BytesIO(book))
    kinds = {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    for file in (BytesIO(table), BytesIO(book)):
        [row] = read_file(file)
        assert row.card["texts"]["en"]["title"] == plain
        assert row.card["lead_organization"] == plain
        assert [link["title"] for link in row.card["links"]] == [
            formula if file.getvalue() == table else plain
        ]


def test_members_exports_are_written_down_and_strangers_are_not_watched(shelf, ana):
    _body(_export("csv", ana))
    client_of(ana).head("/hub/export/?format=csv")
    _body(_export("csv"))

    entries = JournalEntry.objects.filter(verb="exported")
    assert [(entry.by, entry.facts) for entry in entries] == [(ana, {"format": "csv", "number": 3})]


def test_words_of_an_export_are_in_the_language_of_its_page(shelf):
    response = _export("csl", path="/fr/hub/export/")

    titles = [entry["title"] for entry in json.loads(_body(response))]

    assert titles == ["In short", "Night buses"]


def test_pieces_are_made_one_after_the_other(shelve, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(exports, "TOGETHER", 5)
    for number in range(20):
        shelve(f"SCN-P-{number:04d}", visibility="public")
    response = _export("csv")

    with django_assert_max_num_queries(20):
        pieces = response.streaming_content
        assert [next(pieces)[:8] for _ in range(2)] == [b"\xef\xbb\xbfcode,", b"SCN-P-00"]
    assert len(list(pieces)) == 19


@pytest.mark.parametrize("style", ["csv", "json", "xlsx", "bibtex", "csl"])
def test_queries_do_not_grow_with_the_number_of_records(
    shelve, style, django_assert_max_num_queries
):
    for number in range(30):
        record = shelve(f"SCN-P-{number:04d}", visibility="public", themes=["youth"])
        record.links.create(kind="useful", title="A page")

    with django_assert_max_num_queries(34):
        assert b"SCN-P-0029" in _body(_export(style)) or style == "xlsx"


# --- a large workbook


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 1)


def test_a_large_workbook_is_made_in_the_background_for_its_owner(
    transactional_db, shelf, large, ana, folke
):
    client = client_of(ana)
    offered = client.get("/hub/export/?format=xlsx&q=canary").content.decode()
    page = client.get("/hub/export/?format=xlsx").content.decode()
    sent = client.post("/hub/export/?format=xlsx")
    jobs.run_next()
    job = Job.objects.get()
    address = f"/hub/export/{job.uid}/"

    file = client.get(address)

    assert "A workbook of 3 records" in page
    assert "A workbook of" in offered or not offered.startswith("<!doctype")
    assert f'href="{address}"' in client.get(sent["Location"]).content.decode()
    assert file["Content-Disposition"].startswith('attachment; filename="strong-cities-library-')
    sheet = openpyxl.load_workbook(BytesIO(b"".join(file.streaming_content)))["records"]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {
        "SCN-P-0001", "SCN-P-0002", "SCN-P-0005",
    }  # fmt: skip
    assert client_of(folke).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_what_was_taken_from_the_owner_meanwhile_is_not_in_the_workbook(
    transactional_db, shelf, large, ana
):
    client_of(ana).post("/hub/export/?format=xlsx")
    Record.objects.filter(code="SCN-P-0002").update(visibility="staff")
    jobs.run_next()

    assert list(Job.objects.get().result["counts"].values()) == [2]


def test_workbooks_are_kept_for_a_day(transactional_db, shelf, large, ana, time_machine):
    client = client_of(ana)
    client.post("/hub/export/?format=xlsx")
    jobs.run_next()
    job = Job.objects.get()

    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    clear_away()

    assert not default_storage.exists(exports.place_of(job))
    client = client_of(ana)
    assert client.get(f"/hub/export/{job.uid}/").status_code == 404


def test_strangers_are_offered_the_same_as_csv(shelf, large):
    page = Client().get("/hub/export/?format=xlsx&theme=youth").content.decode()
    sent = Client().post("/hub/export/?format=xlsx&theme=youth")

    assert 'href="/hub/export/?format=csv&amp;theme=youth"' in page
    assert sent.content.decode().count("Download as CSV") == 1
    assert Job.objects.count() == 0


def test_a_job_of_another_kind_is_no_workbook(shelf, ana):
    job = Job.objects.create(owner=ana, kind="import_records", status="done")

    assert client_of(ana).get(f"/hub/export/{job.uid}/").status_code == 404
