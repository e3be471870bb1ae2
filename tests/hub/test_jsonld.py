"""What search engines read of a public record (schema.org)."""

import pytest
from django.test import Client

from hub.models import Record
from tests import factories


@pytest.fixture
def buses(shelve):
    return shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        texts={"fr": {"title": "Bus de nuit", "keywords": "bus, nuit"}},
        licence=factories.term("licence", "CC-BY-4.0"),
        themes=["youth"],
        terms=[("country", "DK"), ("target_audience", "practitioners")],
    )


def test_linked_data_say_what_the_page_says(buses):
    response = Client().get("/fr/hub/SCN-P-0001/record.jsonld")
    said = response.json()

    assert response["Content-Type"] == "application/ld+json"
    assert (said["@context"], said["@type"]) == ("https://schema.org", "Article")
    assert said["@id"] == said["url"] == "http://localhost:8000/hub/SCN-P-0001/"
    assert (said["name"], said["inLanguage"]) == ("Bus de nuit", "fr")
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["isAccessibleForFree"] is True
    assert said["keywords"] == "bus, nuit"
    assert said["spatialCoverage"] == ["Danemark"]
    assert said["isPartOf"]["url"] == "http://localhost:8000/fr/hub/"
    assert said["workTranslation"] == [
        {
            "inLanguage": "en",
            "name": "Night buses",
            "url": "http://localhost:8000/hub/SCN-P-0001/",
        }
    ]


def test_page_of_a_public_record_names_its_linked_data(buses, shelve, ana, client):
    shelve("SCN-P-0002", title="For members")
    client.force_login(ana)

    public, members = (client.get(f"/hub/SCN-P-000{n}/").content.decode() for n in (1, 2))

    link = '<link rel="alternate" type="application/ld+json" href="/hub/{}/record.jsonld?text=en">'
    assert link.format("SCN-P-0001") in public
    assert "application/ld+json" not in members


def test_of_a_record_in_short_they_say_that_the_rest_is_not_free(shelve):
    shelve(
        "SCN-P-0001",
        visibility="teaser",
        themes=["youth"],
        terms=[("target_audience", "practitioners")],
        licence=factories.term("licence", "CC-BY-4.0"),
        lead_organization="Port Amity",
    )

    said = Client().get("/hub/SCN-P-0001/record.jsonld").json()

    assert said["isAccessibleForFree"] is False
    assert not {"license", "audience", "keywords"} & said.keys()
    assert said["author"] == [{"@type": "Organization", "name": "Strong Cities Network"}]


def test_they_are_the_same_for_staff_and_not_there_for_what_is_not_public(
    buses, shelve, staff, client
):
    shelve("SCN-P-0002", title="For members")
    client.force_login(staff)

    assert client.get("/hub/SCN-P-0001/record.jsonld").content == (
        Client().get("/hub/SCN-P-0001/record.jsonld").content
    )
    assert client.get("/hub/SCN-P-0002/record.jsonld").status_code == 404


def test_a_record_without_text_or_licence_has_little_to_say(shelve):
    record = shelve("SCN-P-0001", visibility="public")
    assert "license" not in Client().get("/hub/SCN-P-0001/record.jsonld").json()

    record.texts.all().delete()

    assert Client().get("/hub/SCN-P-0001/record.jsonld").status_code == 404


@pytest.mark.parametrize("kind", Record.Kind.values)
def test_every_kind_has_a_type(shelve, kind):
    shelve("SCN-P-0001", visibility="public", kind=kind)

    assert Client().get("/hub/SCN-P-0001/record.jsonld").json()["@type"]
