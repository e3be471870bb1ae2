"""A record in another language, beside the original."""

import re

import pytest

from core import journal
from hub.actions import translations
from hub.actions.translations import Overtaken, mark_of
from hub.models import Contribution, Record, RecordText, Revision, SearchRow, TextState
from outbox.models import Message


@pytest.fixture
def record(shelve, aarhus):
    """A public record of Aarhus in English."""
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        terms=[("country", "DK")],
        themes=["youth"],
        texts={
            "en": {
                "title": "Night buses",
                "summary": "Buses that run all night.",
                "description": "Drivers greet everybody.",
            }
        },
    )
    record.cities.create(city=aarhus, role="owner")
    return record


def _translate(record, staff, **changes):
    facts = {
        "language": "fr",
        "words": {"title": "Bus de nuit", "summary": "Toute la nuit."},
        "status": "reviewed",
        "made_from": record.text_revision,
        "seen": mark_of(record.texts.filter(language="fr").first()),
    }
    return translations.translate(record, **facts | changes, by=staff)


def _hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def _write(client, record, page=None, language="fr", **changes):
    address = f"/hub/{record.code}/translate/{language}/"
    page = page or client.get(address).content.decode()
    data = {
        "made_from": _hidden(page, "made_from"),
        "seen": _hidden(page, "seen"),
        "title": "Bus de nuit",
        "summary": "Des bus toute la nuit.",
        "description": "Les conducteurs saluent.",
        "status": "reviewed",
    }
    return client.post(address, data | changes)


# --- how it stands


def test_states_are_derived(record):
    RecordText.objects.create(record=record, language="fr", title="x", status="machine")
    assert dict(record.text_states()) == {"en": "original", "fr": "machine", "ar": "missing"}

    Record.objects.update(text_revision=2)
    RecordText.objects.create(record=record, language="ar", title="x", status="draft")
    record = Record.objects.get()
    assert dict(record.text_states()) == {"en": "original", "fr": "stale", "ar": "draft"}

    RecordText.objects.filter(language="fr").update(source_revision=2, status="reviewed")
    assert dict(Record.objects.get().text_states())["fr"] == "reviewed"


@pytest.mark.parametrize("state", list(TextState))
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_records_are_found_by_the_state_they_show(shelve, state, language):
    for number, (status, made_from) in enumerate(
        [(None, 1), ("draft", 1), ("machine", 1), ("reviewed", 1), ("reviewed", 2), ("machine", 2)]
    ):
        record = shelve(f"SCN-P-01{number:02d}", text_revision=2)
        if status:
            RecordText.objects.create(
                record=record, language="fr", title="x", status=status, source_revision=made_from
            )
    shelve("SCN-P-0120", texts={"en": {"status": "draft"}})

    found = set(Record.objects.in_text_state(language, state))

    assert found == {r for r in Record.objects.all() if (language, state) in r.text_states()}


def test_whoever_may_edit_sees_the_states_on_the_record(client, record, ana, staff, zoe):
    RecordText.objects.create(record=record, language="fr", title="Bus", status="machine")

    for account in (ana, staff):
        client.force_login(account)
        page = client.get("/hub/SCN-P-0001/").content.decode()
        assert "/hub/SCN-P-0001/translate/fr/" in page
        assert "/hub/SCN-P-0001/translate/en/" not in page
    client.force_login(zoe)
    assert "/translate/" not in client.get("/hub/SCN-P-0001/").content.decode()


# --- who may


@pytest.mark.parametrize(
    ("kind", "status"),
    [("stranger", 302), ("reviewer", 403), ("member", 200), ("group", 200), ("staff", 200)],
)
def test_staff_and_the_owner_city_translate(client, visitors, record, kind, status):
    if visitors[kind]:
        client.force_login(visitors[kind])

    assert client.get("/hub/SCN-P-0001/translate/fr/").status_code == status


def test_another_city_does_not(client, zoe, record):
    client.force_login(zoe)

    assert client.get("/hub/SCN-P-0001/translate/fr/").status_code == 403


def test_what_one_may_not_read_is_not_there_to_translate(client, zoe, shelve):
    shelve("SCN-P-0002", visibility="staff")
    client.force_login(zoe)

    assert client.get("/hub/SCN-P-0002/translate/fr/").status_code == 404


@pytest.mark.parametrize("language", ["en", "de"])
def test_only_into_another_language_of_the_portal(client, staff, record, language):
    client.force_login(staff)

    assert client.get(f"/hub/SCN-P-0001/translate/{language}/").status_code == 404


def test_without_an_original_there_is_nothing_to_translate(client, staff, shelve):
    record = shelve("SCN-P-0002", texts={"fr": {"title": "x"}})
    record.texts.filter(language="en").delete()
    client.force_login(staff)

    assert client.get("/hub/SCN-P-0002/translate/ar/").status_code == 404


# --- staff


def test_staff_write_beside_the_original(client, staff, record):
    client.force_login(staff)

    page = client.get("/hub/SCN-P-0001/translate/ar/").content.decode()

    assert "Drivers greet everybody." in page
    assert re.search(r'<textarea[^>]*name="summary"[^>]*dir="rtl"', page)
    assert 'name="ethics_and_rights"' not in page


def test_a_translation_is_read_found_and_kept(client, staff, record):
    client.force_login(staff)
    response = _write(client, record)

    text = record.texts.get(language="fr")
    assert (response.status_code, response.url) == (302, "/hub/SCN-P-0001/")
    assert (text.title, text.status, text.source_revision) == ("Bus de nuit", "reviewed", 1)
    assert "Les conducteurs saluent." in client.get("/fr/hub/SCN-P-0001/").content.decode()
    assert SearchRow.objects.filter(record=record).exists()
    assert [revision.number for revision in Revision.objects.order_by("number")] == [1, 2]
    assert Revision.objects.get(number=2).card["texts"]["fr"]["title"] == "Bus de nuit"
    assert journal.of(record).get(verb="translated").facts == {
        "language": "fr",
        "status": "reviewed",
    }


def test_a_draft_is_offered_to_no_reader(client, staff, record):
    client.force_login(staff)
    _write(client, record, status="draft")

    assert "Bus de nuit" not in client.get("/fr/hub/SCN-P-0001/").content.decode()


def test_a_machine_translation_says_so(client, staff, record):
    client.force_login(staff)
    _write(client, record, status="machine")
    client.logout()

    page = client.get("/hub/SCN-P-0001/?text=fr").content.decode()

    assert "Translated by a machine" in page


def test_a_translation_of_an_older_original_stays_older(staff, record):
    Record.objects.update(text_revision=3, revision=3)

    text = _translate(Record.objects.get(), staff, made_from=2)

    assert text.state(Record.objects.get()) == "stale"


def test_nobody_makes_a_translation_newer_than_its_original(staff, record):
    assert _translate(record, staff, made_from=99).source_revision == 1


def test_the_second_to_save_overwrites_nothing(client, staff, record):
    client.force_login(staff)
    page = client.get("/hub/SCN-P-0001/translate/fr/").content.decode()
    _translate(record, staff, words={"title": "Autobus nocturnes"})

    refused = _write(client, record, page)

    answer = refused.content.decode()
    assert refused.status_code == 409
    assert record.texts.get(language="fr").title == "Autobus nocturnes"
    assert "Autobus nocturnes" in answer
    assert 'value="Bus de nuit"' in answer

    assert _write(client, record, answer).status_code == 302
    assert record.texts.get(language="fr").title == "Bus de nuit"


def test_lines_are_kept_as_everywhere_however_a_browser_sends_them(client, staff, record):
    client.force_login(staff)

    _write(client, record, description="Les conducteurs saluent.\r\nTous.")

    assert record.texts.get(language="fr").description == "Les conducteurs saluent.\nTous."


def test_the_same_refusal_in_the_action(staff, record):
    _translate(record, staff)

    with pytest.raises(Overtaken) as refusal:
        _translate(record, staff, seen=mark_of(None))

    assert refusal.value.text.title == "Bus de nuit"


def test_a_title_is_needed_and_what_was_typed_stays(client, staff, record):
    client.force_login(staff)

    page = _write(client, record, title="").content.decode()

    assert "Les conducteurs saluent." in page
    assert not record.texts.filter(language="fr").exists()


# --- what changed in the original


def test_changes_of_the_original_are_marked(client, staff, record):
    _translate(record, staff)
    record.texts.filter(language="en").update(summary="Trams that run all night.")
    Record.objects.update(text_revision=3, revision=3)
    client.force_login(staff)

    page = client.get("/hub/SCN-P-0001/translate/fr/").content.decode()

    assert "The original has changed since this translation was made" in page
    assert "<del>Buses</del><ins>Trams</ins>" in page
    assert page.count("Changed since") == 1


def test_without_a_kept_version_nothing_is_marked(client, staff, record):
    RecordText.objects.create(record=record, language="fr", title="Bus")
    Record.objects.update(text_revision=3, revision=3)
    client.force_login(staff)

    page = client.get("/hub/SCN-P-0001/translate/fr/").content.decode()

    assert "The original has changed" in page
    assert "<ins>" not in page


# --- the owner city


def test_a_member_hands_a_translation_in_and_nobody_reads_it_yet(client, record, ana, folke):
    client.force_login(ana)
    response = _write(client, record)

    contribution = Contribution.objects.get()
    assert response.url == f"/hub/contributions/{contribution.uid}/"
    assert (contribution.record, contribution.language) == (record, "fr")
    assert contribution.status == "city_review"
    assert contribution.card["texts"]["fr"]["title"] == "Bus de nuit"
    assert contribution.card["texts"]["en"]["title"] == "Night buses"
    assert not record.texts.filter(language="fr").exists()
    assert "Bus de nuit" not in client.get("/fr/hub/SCN-P-0001/").content.decode()


def test_a_member_does_not_touch_what_readers_have(client, record, ana, folke, staff):
    _translate(record, staff)
    client.force_login(ana)

    _write(client, record, status="machine", title="Autre titre")

    text = record.texts.get(language="fr")
    assert (text.title, text.status) == ("Bus de nuit", "reviewed")


def test_the_page_tells_of_a_translation_under_way(client, record, ana, folke):
    client.force_login(ana)
    _write(client, record)

    page = client.get("/hub/SCN-P-0001/translate/fr/").content.decode()

    assert f"/hub/contributions/{Contribution.objects.get().uid}/" in page


def test_handed_in_twice_it_is_one_contribution_and_one_letter(client, record, ana, folke):
    client.force_login(ana)
    page = client.get(f"/hub/{record.code}/translate/fr/").content.decode()

    first, second = (_write(client, record, page) for _press in range(2))

    assert first.url == second.url
    assert Contribution.objects.count() == 1
    assert [letter.to for letter in Message.objects.all()] == [folke.email]


def test_other_words_are_another_contribution(client, record, ana, folke):
    client.force_login(ana)
    page = client.get(f"/hub/{record.code}/translate/fr/").content.decode()

    _write(client, record, page)
    _write(client, record, page, title="Les bus de nuit")

    assert Contribution.objects.count() == 2


def test_what_still_lacks_something_is_kept_as_a_draft(client, record, ana):
    client.force_login(ana)
    _write(client, record, summary="")

    assert Contribution.objects.get().status == "draft"


# --- the overview


def test_staff_see_records_against_languages(client, staff, record, shelve):
    RecordText.objects.create(record=record, language="fr", title="Bus", status="machine")
    shelve("SCN-P-0009", title="Old paths", status="archived")
    client.force_login(staff)

    page = client.get("/admin/hub/record/translations/").content.decode()

    assert "Night buses" in page
    assert "/hub/SCN-P-0001/translate/ar/" in page
    assert "Old paths" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("missing=ar", True),
        ("missing=fr", False),
        ("machine=fr", True),
        ("stale=fr", False),
        ("original=en", True),
        ("missing=xx", True),
    ],
)
def test_the_overview_is_narrowed_by_its_address(client, staff, record, query, found):
    RecordText.objects.create(record=record, language="fr", title="Bus", status="machine")
    client.force_login(staff)

    page = client.get(f"/admin/hub/record/translations/?{query}").content.decode()

    assert ("Night buses" in page) is found


def test_the_overview_costs_the_same_for_one_and_thirty(
    client, staff, shelve, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(staff)
    shelve("SCN-P-0100")
    client.get("/admin/hub/record/translations/")
    with django_assert_max_num_queries(30) as few:
        client.get("/admin/hub/record/translations/")
    for number in range(30):
        shelve(f"SCN-P-02{number:02d}")

    with django_assert_num_queries(len(few)):
        client.get("/admin/hub/record/translations/")
