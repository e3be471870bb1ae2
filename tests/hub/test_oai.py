"""Harvesters: OAI-PMH 2.0 through a third party's client, and its rules word for word."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from sickle import Sickle
from sickle.oaiexceptions import (
    BadArgument,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoRecordsMatch,
)

from hub.actions import records
from hub.models import Record
from hub.views import oai
from tests import factories
from tests.hub.conftest import list_as

NS = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ID = "oai:localhost:"


def _ask(**arguments):
    response = Client().get("/hub/oai/", arguments)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def _error(**arguments):
    return _ask(**arguments).find("oai:error", NS).attrib["code"]


def _codes(verb="ListIdentifiers", **arguments):
    root = _ask(verb=verb, metadataPrefix="oai_dc", **arguments)
    return [each.text.removeprefix(ID) for each in root.iterfind(".//oai:identifier", NS)]


@pytest.fixture
def shelf(shelve):
    """Two public records, one in short, and one of each that nobody may hear of."""
    later = timezone.now() + timedelta(days=1)
    return {
        "public": shelve(
            "SCN-P-0001",
            visibility="public",
            title="Night buses",
            themes=["youth"],
            terms=[("country", "DK")],
            texts={"fr": {"title": "Bus de nuit", "summary": "En bref."}},
            licence=factories.term("licence", "CC-BY-4.0"),
        ),
        "policy": shelve("SCN-S-0001", visibility="public", title="A plan", kind="policy"),
        "teaser": shelve(
            "SCN-P-0002", visibility="teaser", title="In short", terms=[("area", "x")]
        ),
        "members": shelve("SCN-P-0003", title="Canary members"),
        "draft": shelve("SCN-P-0004", visibility="public", status="draft", title="Canary draft"),
        "embargo": shelve(
            "SCN-P-0005", visibility="public", embargo_until=later, title="Canary embargo"
        ),
    }


def test_a_third_party_harvests_everything_public(live_server, transactional_db, shelf):
    harvester = Sickle(f"{live_server.url}/hub/oai/")

    found = {
        each.header.identifier.removeprefix(ID): each.metadata
        for each in harvester.ListRecords(metadataPrefix="oai_dc")
    }

    assert sorted(found) == ["SCN-P-0001", "SCN-P-0002", "SCN-S-0001"]
    said = found["SCN-P-0001"]
    assert said["title"] == ["Night buses", "Bus de nuit"]
    assert said["language"] == ["en", "fr"]
    assert said["identifier"] == ["http://localhost:8000/hub/SCN-P-0001/", "SCN-P-0001"]
    assert said["rights"] == ["https://spdx.org/licenses/CC-BY-4.0"]
    assert said["subject"] == ["Youth engagement"]
    assert said["coverage"] == ["Denmark"]
    assert [each.setSpec for each in harvester.ListSets()] == Record.Kind.values
    assert [each.metadataPrefix for each in harvester.ListMetadataFormats()] == ["oai_dc"]
    assert harvester.Identify().deletedRecord == "transient"
    record = harvester.GetRecord(identifier=f"{ID}SCN-S-0001", metadataPrefix="oai_dc")
    assert record.header.setSpecs == ["policy"]


def test_a_third_party_follows_the_tokens_of_a_long_list(
    live_server, transactional_db, shelf, monkeypatch
):
    monkeypatch.setattr(oai, "BATCH", 1)
    harvester = Sickle(f"{live_server.url}/hub/oai/")

    found = [each.identifier for each in harvester.ListIdentifiers(metadataPrefix="oai_dc")]

    assert sorted(found) == [f"{ID}SCN-P-0001", f"{ID}SCN-P-0002", f"{ID}SCN-S-0001"]


def test_a_third_party_is_told_why_it_gets_nothing(live_server, transactional_db, shelf):
    harvester = Sickle(f"{live_server.url}/hub/oai/")

    with pytest.raises(IdDoesNotExist):
        harvester.GetRecord(identifier=f"{ID}SCN-P-0003", metadataPrefix="oai_dc")
    with pytest.raises(CannotDisseminateFormat):
        harvester.ListRecords(metadataPrefix="marc21")
    with pytest.raises(NoRecordsMatch):
        harvester.ListRecords(metadataPrefix="oai_dc", **{"from": "2090-01-01"})
    with pytest.raises(BadArgument):
        harvester.ListRecords(metadataPrefix="oai_dc", wrong="x")


def test_of_a_record_in_short_only_title_and_summary_are_told(shelf, aarhus):
    list_as(aarhus, "public")
    shelf["teaser"].cities.create(city=aarhus)
    root = _ask(verb="GetRecord", identifier=f"{ID}SCN-P-0002", metadataPrefix="oai_dc")

    said = {each.tag.rpartition("}")[2] for each in root.iter() if NS["dc"] in each.tag}
    assert said == {
        *("title", "description", "publisher", "date", "type", "format"),
        *("identifier", "language", "rights"),
    }


def test_sets_and_dates_narrow_the_list(shelf):
    day = timezone.now().date().isoformat()

    assert _codes(set="policy") == ["SCN-S-0001"]
    assert len(_codes(**{"from": day, "until": day})) == 3
    assert len(_codes(**{"from": day, "until": "9999-12-31"})) == 3
    assert _error(verb="ListRecords", metadataPrefix="oai_dc", until="2001-01-01") == (
        "noRecordsMatch"
    )
    assert _error(verb="ListRecords", metadataPrefix="oai_dc", set="nothing") == "noRecordsMatch"


def test_a_second_belongs_to_the_period_that_names_it(shelf):
    moment = timezone.now() - timedelta(days=3)
    Record.objects.filter(code="SCN-S-0001").update(
        updated_at=moment.replace(microsecond=500_000), published_at=moment
    )
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert _codes(**{"from": stamp, "until": stamp}) == ["SCN-S-0001"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "x", "identifier": "y"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "y"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "SCN-P-0001"}, "idDoesNotExist"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "y"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "May"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-01-01"},
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01",
                "until": "2026-02-01T10:00:00Z",
            },
            "badArgument",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_the_words_of_the_protocol(shelf, arguments, code):
    assert _error(**arguments) == code


def test_formats_of_one_record_and_an_empty_repository(db, shelve):
    assert _ask(verb="Identify").find(".//oai:earliestDatestamp", NS).text == "2015-09-29T00:00:00Z"
    shelve("SCN-P-0001", visibility="public")

    root = _ask(verb="ListMetadataFormats", identifier=f"{ID}SCN-P-0001")

    assert root.find(".//oai:metadataPrefix", NS).text == "oai_dc"


def test_posting_asks_the_same_without_a_token(shelf):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/hub/oai/", {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})

    assert response.content.count(b"<header>") == 3


def test_members_and_staff_harvest_no_more_than_strangers(shelf, staff, client):
    client.force_login(staff)

    response = client.get("/hub/oai/", {"verb": "ListRecords", "metadataPrefix": "oai_dc"})

    assert b"Canary" not in response.content
    assert b"SCN-P-0003" not in response.content


def test_tokens_hold_while_records_change(shelf, monkeypatch, staff):
    monkeypatch.setattr(oai, "BATCH", 1)
    first = _ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.find(".//oai:resumptionToken", NS)
    seen = [each.text for each in first.iterfind(".//oai:identifier", NS)]
    records.revise(shelf["public"], fields=[], original_changed=False, by=staff)

    while token is not None and token.text:
        root = _ask(verb="ListIdentifiers", resumptionToken=token.text)
        seen += [each.text for each in root.iterfind(".//oai:identifier", NS)]
        token = root.find(".//oai:resumptionToken", NS)

    assert {each.removeprefix(ID) for each in seen} == {"SCN-P-0001", "SCN-P-0002", "SCN-S-0001"}
    assert token.attrib == {"cursor": str(len(seen) - 1)}


def test_an_old_token_is_refused(shelf, monkeypatch, time_machine):
    monkeypatch.setattr(oai, "BATCH", 1)
    token = _ask(verb="ListIdentifiers", metadataPrefix="oai_dc").find(".//oai:resumptionToken", NS)

    time_machine.move_to(timezone.now() + timedelta(days=2))

    assert _error(verb="ListIdentifiers", resumptionToken=token.text) == "badResumptionToken"


def test_what_left_the_shelf_is_told_as_deleted_and_by_its_code_alone(shelf, staff):
    records.archive(shelf["public"], by=staff)
    records.change_audience(shelf["policy"], visibility="members", groups=[], files={}, by=staff)
    shelf["members"].refresh_from_db()
    records.archive(shelf["members"], by=staff)

    root = _ask(verb="ListRecords", metadataPrefix="oai_dc")

    gone = {
        header.find("oai:identifier", NS).text.removeprefix(ID)
        for header in root.iterfind(".//oai:header[@status='deleted']", NS)
    }
    titles = [each.text for each in root.iter(f"{{{NS['dc']}}}title")]
    assert gone == {"SCN-P-0001", "SCN-S-0001"}
    assert titles == ["In short"]


def test_what_was_narrowed_before_its_day_was_never_public(shelf, staff, time_machine):
    records.change_audience(shelf["embargo"], visibility="members", groups=[], files={}, by=staff)

    time_machine.move_to(timezone.now() + timedelta(days=2))

    assert sorted(_codes()) == ["SCN-P-0001", "SCN-P-0002", "SCN-S-0001"]


def test_control_characters_do_not_break_the_answer(shelve):
    shelve("SCN-P-0001", visibility="public", title="Bell \x07 and \ufffe & <b>")

    root = _ask(verb="ListRecords", metadataPrefix="oai_dc")

    assert root.find(f".//{{{NS['dc']}}}title").text == "Bell  and  & <b>"


def test_queries_do_not_grow_with_the_list(shelve, django_assert_max_num_queries):
    for number in range(30):
        shelve(f"SCN-P-{number:04d}", visibility="public", themes=["youth"])

    with django_assert_max_num_queries(8):
        assert len(_codes("ListRecords")) == 30
