"""Two versions beside each other: which words went, which came, readable and heard, for those who may."""

import pytest
from django.urls import reverse

from core.difference import Piece, words
from hub.actions import records, revisions
from hub.actions.card_fields import card_of, differences, flat, label
from hub.models import RecordCity, RecordText
from tests import factories


@pytest.fixture
def record(aarhus, staff):
    """A record with two versions, in Arabic."""
    made = factories.record("SCN-P-0100", language="ar", title="حافلات الليل", visibility="public")
    RecordCity.objects.create(record=made, city=aarhus)
    made.terms.add(factories.term("theme", "youth"))
    revisions.keep(made)
    RecordText.objects.filter(record=made).update(title="حافلات المساء")
    made.terms.set([factories.term("theme", "youth"), factories.term("theme", "dialogue")])
    records.revise(made, fields=["title"], original_changed=True, by=staff)
    return made


def _shown(pieces):
    marks = {"same": "{}", "taken": "[-{}-]", "added": "[+{}+]"}
    return "".join(marks[kind].format(text) for kind, text in pieces)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ""),
        ("Same words.", "Same words.", "Same words."),
        ("", "All new.", "[+All new.+]"),
        ("All gone.", "", "[-All gone.-]"),
        ("Night buses run.", "Late buses run.", "[-Night-][+Late+] buses run."),
        ("One two three.", "Four five three.", "[-One two-][+Four five+] three."),
        ("Buses run.", "Buses, run.", "Buses[+,+] run."),
        ("بِيروت مدينة", "طرابلس مدينة", "[-بِيروت-][+طرابلس+] مدينة"),
        ("L’été finit", "L’hiver finit", "[-L’été-][+L’hiver+] finit"),
        ("One.\nTwo.\nThree.", "One.\nThree.", "One.\n[-Two.\n-]Three."),
    ],
)
def test_words_that_went_and_came(before, after, shown):
    assert _shown(words(before, after)) == shown


def test_without_the_added_words_it_is_what_was():
    before, after = "A b  c.\n\nD e (f).", "A c.\n\nE e [f] g."

    pieces = words(before, after)

    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "taken") == after


def test_a_passage_that_is_very_long_counts_as_rewritten():
    before, after = "a " * 2000, "b " * 2000

    assert words(before, after) == [Piece("taken", before), Piece("added", after)]


@pytest.mark.django_db
def test_fields_come_in_the_order_of_the_article_with_words_for_codes():
    old = {"kind": "practice", "texts": {"en": {"title": "A", "description": "Long."}}}
    new = {
        "kind": "policy",
        "texts": {"en": {"title": "B", "keywords": "k"}, "fr": {"title": "C"}},
        "codes": {"theme": ["youth"], "scale": []},
        "links": [{"kind": "useful", "title": "A page"}],
        "funders": ["One", "Two"],
        "is_ongoing": True,
        "conflict_affected": False,
        "internet_dependence": "low",
        "staff_fte": "1.50",
    }

    found = [(each.label, each.language, each.before, each.after) for each in differences(old, new)]

    youth = factories.term("theme", "youth").label
    assert found == [
        ("Title", "en", "A", "B"),
        ("What it is", "en", "Long.", ""),
        ("Keywords", "en", "", "k"),
        ("Title", "fr", "", "C"),
        ("Kind", "", "practice", "policy or strategy"),
        ("Still going on", "", "", "yes"),
        ("Needs the internet", "", "", "a little"),
        ("Done amid conflict", "", "", "no"),
        ("Staff, in full-time posts", "", "", "1.50"),
        ("Paid for by", "", "", "One\nTwo"),
        ("Theme", "", "", youth),
        ("Links", "", "", "useful link, A page"),
    ]


@pytest.mark.django_db
def test_a_licence_is_told_by_its_name():
    licence = factories.term("licence", "CC-BY-4.0")

    [found] = differences({}, {"licence": licence.code})

    assert (found.label, found.after) == ("Licence", licence.label)


def test_flat_and_back():
    card = {"kind": "practice", "texts": {"en": {"title": "A"}}, "codes": {"theme": ["youth"]}}

    assert card_of(flat(card)) == card
    assert flat(card_of(flat(card))) == flat(card)
    assert label("contacts") == "People to ask"


def test_the_citys_people_read_versions_and_their_difference(client, record, ana):
    client.force_login(ana)

    listed = client.get(reverse("hub:versions", args=[record.code])).content.decode()
    body = client.get(reverse("hub:version", args=[record.code, 2])).content.decode()

    assert "Version 2" in listed
    assert "Version 1" in listed
    assert '<p class="words" lang="ar" dir="rtl">حافلات ' in body
    assert '<del><span class="hidden-words">removed: </span>الليل</del>' in body
    assert '<ins><span class="hidden-words">added: </span>المساء</ins>' in body
    assert "Bring this version back" not in body


def test_the_first_version_has_nothing_before_it_but_can_be_compared(client, record, ana):
    client.force_login(ana)
    address = reverse("hub:version", args=[record.code, 1])

    alone, beside = client.get(address), client.get(address + "?with=2")

    assert "The first that was kept." in alone.content.decode()
    assert "Compared with version 2." in beside.content.decode()
    assert client.get(address + "?with=evil").status_code == 200


def test_other_members_and_strangers_read_no_versions(client, record, zoe):
    address = reverse("hub:versions", args=[record.code])
    assert client.get(address).status_code == 302
    client.force_login(zoe)

    assert client.get(address).status_code == 403
    assert client.get(reverse("hub:version", args=[record.code, 1])).status_code == 403


def test_only_staff_bring_back(client, record, ana, staff):
    address = reverse("hub:restore", args=[record.code, 1])
    client.force_login(ana)
    assert client.post(address).status_code == 403
    client.force_login(staff)

    assert (
        "Bring this version back"
        in client.get(reverse("hub:version", args=[record.code, 1])).content.decode()
    )
    assert client.get(reverse("hub:version", args=[record.code, 7])).status_code == 404


def test_a_record_never_changed_has_no_versions_yet(client, ana, aarhus):
    made = factories.record("SCN-P-0101")
    RecordCity.objects.create(record=made, city=aarhus)
    client.force_login(ana)

    body = client.get(reverse("hub:versions", args=[made.code])).content.decode()

    assert "Only the version you can read." in body


def test_versions_ask_the_database_as_often_for_many(
    client, record, ana, staff, django_assert_max_num_queries
):
    for _change in range(3):
        records.revise(record, fields=["title"], original_changed=False, by=staff)
    client.force_login(ana)

    with django_assert_max_num_queries(12):
        client.get(reverse("hub:versions", args=[record.code]))
