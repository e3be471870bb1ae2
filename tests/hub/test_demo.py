"""The library of the demonstration: complete, in three languages, and honest about what is invented."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from hub.management.commands.load_demo_records import DEMO
from hub.models import Adaptation, Record, RecordFile, SearchRow
from members.models import City
from tests import factories

CARDS = json.loads(DEMO.read_text(encoding="utf-8"))["records"]
FICTIONAL_CITIES = {"", "Port Amity", "Sample Bay", "Nouvelle-Rive", "Qasr Mithal", "Test Island"}


def _count(condition):
    return sum(condition(card) for card in CARDS)


def test_demo_has_every_kind_and_three_languages():
    assert {card["kind"] for card in CARDS} == set(Record.Kind.values)
    assert len(CARDS) >= 41
    assert _count(lambda card: "fr" in card["texts"]) >= 12
    assert _count(lambda card: "ar" in card["texts"]) >= 12


def test_demo_has_something_for_every_audience():
    assert _count(lambda card: card["visibility"] == "members") >= 12
    assert _count(lambda card: card["visibility"] == "group") == 2
    assert _count(lambda card: card["visibility"] == "staff") == 1
    assert _count(lambda card: card["status"] == "draft") == 1


def test_a_demo_record_is_invented_or_on_the_public_record_and_never_both():
    for card in CARDS:
        assert card["is_fictional"] != card["from_public_record"], card["code"]
        if card["is_fictional"]:
            assert "cities" not in card, card["code"]
            assert card.get("lead_organization", "") in FICTIONAL_CITIES, card["code"]


@pytest.fixture
def loaded(db):
    for slug in ("aarhus", "antalya", "dakar"):
        factories.city(slug.title(), slug=slug)
    call_command("load_demo_records", stdout=StringIO())


def test_demo_loads_and_loading_again_changes_nothing(loaded):
    out = StringIO()

    call_command("load_demo_records", stdout=out)

    assert Record.objects.count() == len(CARDS)
    assert out.getvalue() == f"0 records new, 0 changed, {len(CARDS)} as they were\n"
    assert SearchRow.objects.differing() == []


def test_demo_files_are_what_they_say(loaded):
    for file in RecordFile.objects.all():
        head = file.file.open("rb").read(4)
        file.file.close()
        assert head == (b"%PDF" if file.content_type == "application/pdf" else b"PK\x03\x04")


def test_the_card_of_the_network_is_held_whole(loaded, client):
    card = Record.objects.get(code="SCN-A-0001")
    ratings = card.evaluations.get().ratings.select_related("criterion")

    assert {rating.criterion.code: rating.rating for rating in ratings} == {
        "relevance": "4",
        "impact": "3",
        "effectiveness": "NEI",
        "efficiency": "3",
        "inclusiveness": "4",
        "sustainability": "2",
    }
    assert all(rating.assessment_en for rating in ratings)
    assert card.terms.filter(vocabulary="practice_type").count() == 7
    assert card.terms.filter(vocabulary="point_of_intervention").count() == 6
    for language in ("", "/fr", "/ar"):
        assert client.get(f"{language}/hub/SCN-A-0001/").status_code == 200


def test_demo_shows_who_adapted_what_and_what_is_unconfirmed(loaded, client):
    for _ in range(2):
        call_command("load_demo_lineage")

    page = client.get("/hub/SCN-P-0001/").content.decode()

    assert Adaptation.objects.count() == 3
    assert "Adapted in 2 cities." in page
    assert "Sample Bay (fictional)" in page
    assert "Unconfirmed since" in client.get("/hub/SCN-P-0004/").content.decode()
    assert City.objects.members().count() == 3
    assert SearchRow.objects.differing() == []
