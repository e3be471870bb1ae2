"""What the page of results says: why a record is there, and what to do when none is."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from hub.models import FileText, RecordFile, SearchRow
from hub.search import learn
from tests import factories


def _get(client, path="/hub/", **query):
    return client.get(path, query)


def _cards(client, **query):
    return [
        (card.record.code, card.where, card.other_language)
        for card in _get(client, **query).context["cards"]
    ]


@pytest.fixture
def with_file(shelve, attach):
    """A public record whose members-only file speaks of navigation, and whose public one of ferries."""
    record = shelve("SCN-P-0001", visibility="public", title="Crossing the bay")
    for visibility, title, words in [
        ("members", "Inside", "Night navigation for beginners."),
        ("public", "Outside", "Ferries leave every hour."),
    ]:
        file = attach(record, visibility=visibility, title=title)
        FileText.objects.create(file=file, words=words)
    SearchRow.objects.refresh(record)
    return record


def test_a_record_found_in_another_language_says_which(client, shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        texts={"fr": {"title": "Bus de nuit", "summary": "La médiation dans le bus."}},
    )

    page = _get(client, q="médiation")
    html = page.content.decode()

    assert _cards(client, q="night") == [("SCN-P-0001", "title", "")]
    assert _cards(client, q="médiation") == [("SCN-P-0001", "summary", "fr")]
    assert '<b lang="fr" dir="ltr">Français</b>' in html
    assert "La <mark>médiation</mark> dans le bus." in html


def test_a_record_found_in_its_full_text_shows_the_words_around(client, shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        texts={"en": {"title": "Buses", "description": "Two <b>ferry</b> captains were trained."}},
    )

    html = _get(client, q="ferry").content.decode()

    assert "the full text" in html
    assert "&lt;b&gt;<mark>ferry</mark>&lt;/b&gt; captains" in html


def test_a_record_found_by_its_codes_says_so(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Buses", themes=["youth"])

    html = _get(client, q="youth").content.decode()

    assert "its codes, city or country" in html


def test_a_record_found_in_a_file_names_the_file(client, with_file):
    file = RecordFile.objects.get(title="Outside")

    html = _get(client, q="ferries").content.decode()

    address = reverse("hub:file", args=[with_file.code, file.pk])
    assert f'<a href="{address}" lang="en" dir="ltr">Outside</a>' in html
    assert "<mark>Ferries</mark> leave every hour." in html


def test_words_of_a_file_are_told_only_to_who_may_open_it(client, ana, with_file):
    stranger = _get(client, q="navigation").content.decode()
    client.force_login(ana)
    member = _get(client, q="navigation").content.decode()

    assert [word for word in ("Inside", "for beginners") if word in stranger] == []
    assert [word for word in ("Inside", "for beginners") if word in member] == [
        "Inside",
        "for beginners",
    ]


def test_a_teaser_tells_strangers_neither_its_text_nor_its_evidence(client, shelve):
    shelve(
        "SCN-P-0001",
        visibility="teaser",
        self_declared_on="2026-01-01",
        texts={"en": {"title": "Night buses", "description": "A quiet ferry."}},
    )

    night = _get(client, q="night").content.decode()

    assert "Members read it in full" in night
    assert "Self-declared" not in night
    assert _cards(client, q="ferry") == []


def test_a_misspelt_word_is_put_right_with_one_press(client, shelve):
    for number in range(3):
        shelve(f"SCN-P-{number:04d}", visibility="public", title="Youth mediation on buses")
    learn()

    page = _get(client, q="mediaton", kind="practice")

    assert page.context["meant"] == {"words": "mediation", "url": "?q=mediation&kind=practice"}
    assert "Did you mean" in page.content.decode()


def test_what_is_spelt_well_is_not_put_right(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Youth mediation")
    learn()

    assert "meant" not in _get(client, q="mediation").context


def test_nothing_found_offers_fewer_filters_with_what_each_would_give(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses", themes=["youth"])
    shelve("SCN-T-0001", kind="toolkit", visibility="public", title="Trams", themes=["dialogue"])

    page = _get(client, q="night", theme="dialogue", kind="practice")
    html = page.content.decode()

    assert [(way.get("label", ""), way["total"]) for way in page.context["ways"]] == [
        ("Theme", 1),
        ("", 1),
    ]
    assert 'href="?q=night&amp;kind=practice">Without “Theme”: 1 record' in html
    assert 'href="?q=night">Without any filter: 1 record' in html


def test_nothing_found_shows_what_comes_nearest(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses", themes=["youth"])

    page = _get(client, q="night", theme="dialogue")

    assert [hit.record.code for hit in page.context["nearest"]] == ["SCN-P-0001"]
    assert "What comes nearest" in page.content.decode()


def test_what_comes_nearest_is_what_the_visitor_may_read(client, shelve):
    shelve("SCN-P-0001", visibility="members", title="Night buses")

    html = _get(client, q="night", theme="youth").content.decode()

    assert "Night buses" not in html


def test_nothing_found_asks_members_to_write_it_and_everybody_to_ask(client, shelve, ana):
    shelve("SCN-P-0001", visibility="public")
    write, ask = f'href="{reverse("hub:contribute")}"', f'href="{reverse("contact")}"'
    stranger = _get(client, q="zzzz").content.decode()
    client.force_login(ana)
    member = _get(client, q="zzzz").content.decode()

    assert (write in stranger, ask in stranger) == (False, True)
    assert (write in member, ask in member) == (True, True)


def test_what_is_typed_is_never_markup(client, shelve):
    shelve("SCN-P-0001", visibility="public")
    typed = '"><script>alert(1)</script>'

    html = _get(client, q=typed, theme=typed).content.decode()

    assert "<script>alert" not in html
    assert escape(typed) in html


def test_cards_name_cities_as_each_chose_to_be_listed(client, shelve, ana):
    record = shelve("SCN-P-0001", visibility="public")
    record.cities.create(city=factories.city("Quiet Harbour", listing="unlisted"))

    client.force_login(ana)

    assert "Quiet Harbour" not in _get(client).content.decode()
