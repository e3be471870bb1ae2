"""Citing a record: for people, for reference managers, and for search engines."""

import json

import pytest
from django.test import Client

from hub.views.citations import Citation
from tests import factories
from tests.hub.conftest import list_as


@pytest.fixture
def buses(shelve, aarhus):
    list_as(aarhus, "public")
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses & {trams}",
        texts={"fr": {"title": "Bus de nuit"}},
        licence=factories.term("licence", "CC-BY-4.0"),
        themes=["youth"],
    )
    record.cities.create(city=aarhus)
    return record


def test_bibtex_is_a_file_that_latex_takes(buses):
    response = Client().get("/hub/SCN-P-0001/cite.bib")

    year = buses.updated_at.year
    assert response.content.decode() == (
        "@techreport{SCN-P-0001,\n"
        "  author = {{Aarhus}},\n"
        "  title = {{Night buses \\& \\{trams\\}}},\n"
        f"  year = {{{year}}},\n"
        "  version = {1},\n"
        "  type = {Practice},\n"
        "  number = {SCN-P-0001},\n"
        "  institution = {Strong Cities Network},\n"
        "  langid = {english},\n"
        "  url = {http://localhost:8000/hub/SCN-P-0001/}\n"
        "}\n"
    )
    assert response["Content-Disposition"] == 'attachment; filename="SCN-P-0001.bib"'


def test_csl_names_the_version_in_the_language_asked_for(buses):
    [entry] = json.loads(Client().get("/hub/SCN-P-0001/cite.json?text=fr").content)

    assert entry == {
        "id": "SCN-P-0001",
        "type": "report",
        "genre": "Practice",
        "title": "Bus de nuit",
        "author": [{"literal": "Aarhus"}],
        "issued": {
            "date-parts": [[buses.updated_at.year, buses.updated_at.month, buses.updated_at.day]]
        },
        "publisher": "Strong Cities Network",
        "number": "SCN-P-0001",
        "version": "1",
        "language": "fr",
        "URL": "http://localhost:8000/hub/SCN-P-0001/",
    }


def test_a_city_is_cited_only_by_those_who_may_know_of_it(buses, aarhus, ana, client):
    list_as(aarhus, "members")
    client.force_login(ana)

    strangers, members = (
        each.get("/hub/SCN-P-0001/cite.json").json()[0]["author"] for each in (Client(), client)
    )

    assert strangers == [{"literal": "Strong Cities Network"}]
    assert members == [{"literal": "Aarhus"}]


def test_who_led_it_is_cited_where_no_city_is_and_never_of_a_record_in_short(shelve):
    shelve("SCN-P-0001", visibility="public", lead_organization="Port Amity", is_fictional=True)
    shelve("SCN-P-0002", visibility="teaser", lead_organization="Port Amity")

    led, short = (
        Client().get(f"/hub/{code}/cite.json").json()[0]["author"]
        for code in ("SCN-P-0001", "SCN-P-0002")
    )

    assert led == [{"literal": "Port Amity (fictional city)"}]
    assert short == [{"literal": "Strong Cities Network"}]


def test_page_shows_the_citation_and_leads_to_its_files(buses):
    html = Client().get("/hub/SCN-P-0001/").content.decode()

    assert "Night buses &amp; {trams}</bdi></i>, version 1." in html
    assert 'href="/hub/SCN-P-0001/cite.bib?text=en"' in html
    assert 'href="/hub/SCN-P-0001/cite.json?text=en"' in html


def test_a_record_without_any_text_is_cited_by_its_code(shelve, staff, client):
    record = shelve("SCN-P-0001", status="draft")
    record.texts.all().delete()
    client.force_login(staff)

    assert client.get("/hub/SCN-P-0001/cite.json").json()[0]["title"] == "SCN-P-0001"


def test_latex_characters_are_words_and_not_commands():
    cited = Citation("A-1", ["100 % \\input{x}"], "a_b ^ ~ $", "de", "Practice", 2026, 1, 2, 3, "u")

    assert "author = {{100 \\% \\textbackslash{}input\\{x\\}}}" in cited.bibtex()
    assert "title = {{a\\_b \\textasciicircum{} \\textasciitilde{} \\$}}" in cited.bibtex()
    assert "langid = {de}" in cited.bibtex()
