"""A record told in short: strangers read title and summary, members all of it."""

import pytest

from hub.models import (
    Adaptation,
    Evaluation,
    EvaluationRating,
    Record,
    RecordContact,
    RecordFile,
    RecordLink,
    RecordRelation,
    RecordText,
)
from tests import factories

SECRET = "zxsecretword"
KEPT = ["story", "link", "contact", "city", "leader", "reasons", "file", "note", "outcome"]


@pytest.fixture
def told(shelve, attach):
    """A record in short with something in every part that strangers must not read."""
    record = shelve(
        "SCN-P-0005",
        visibility="teaser",
        title="Night buses",
        texts={
            "en": {
                "title": "Night buses",
                "summary": "Buses that run all night.",
                "description": f"{SECRET} story",
                "keywords": f"{SECRET} keywords",
            }
        },
        terms=[("country", "DK"), ("target_audience", "youth")],
        lead_organization=f"{SECRET} leader",
        start_date="2021-05-01",
        self_declared_on="2022-02-02",
    )
    city = factories.city(f"{SECRET} city")
    record.cities.create(city=city, role="owner")
    RecordText.objects.filter(record=record).update(description=f"{SECRET} story")
    RecordLink.objects.create(record=record, kind="useful", title=f"{SECRET} link")
    RecordContact.objects.create(record=record, name=f"{SECRET} contact")
    evaluation = Evaluation.objects.create(record=record, evaluator_kind="peer")
    EvaluationRating.objects.create(
        evaluation=evaluation,
        criterion=factories.term("criterion", "quality"),
        rating="4",
        assessment_en=f"{SECRET} reasons",
    )
    other = shelve("SCN-P-0006", visibility="public")
    RecordRelation.objects.create(source=record, kind="adapts", target=other, note=f"{SECRET} note")
    Adaptation.objects.create(source=record, city=city, outcome_en=f"{SECRET} outcome")
    record.file = attach(record, visibility="public", title=f"{SECRET} file")
    record.teaser_file = attach(record, visibility="teaser", title=f"{SECRET} file")
    return record


def _page(client, user, record, query=""):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(f"/hub/{record.code}/{query}")


@pytest.mark.parametrize("kind", ["stranger", "applicant", "suspended", "reviewer"])
def test_whoever_is_not_inside_reads_title_and_summary_only(client, visitors, told, kind):
    page = _page(client, visitors[kind], told).content.decode()

    assert "Night buses" in page
    assert "Buses that run all night." in page
    assert "Denmark" in page
    assert "2021" in page
    assert "Ask to read it" in page
    assert SECRET not in page
    assert "2022" not in page
    assert "Young people" not in page


@pytest.mark.parametrize("kind", ["stranger", "applicant", "suspended", "reviewer"])
def test_whoever_reads_it_in_short_can_report_it(client, visitors, told, kind):
    page = _page(client, visitors[kind], told).content.decode()

    assert "Report a problem" in page
    assert client.get(f"/hub/{told.code}/report/").status_code == 200


@pytest.mark.parametrize("kind", ["member", "group", "staff"])
def test_members_and_staff_read_it_all(client, visitors, told, kind):
    page = _page(client, visitors[kind], told).content.decode()

    assert f"{SECRET} story" in page
    assert f"{SECRET} link" in page
    assert "Ask to read it" not in page


@pytest.mark.parametrize("kind", ["stranger", "applicant", "suspended", "reviewer"])
def test_its_files_are_closed_to_whoever_is_not_inside(client, visitors, told, kind):
    client.logout()
    if visitors[kind]:
        client.force_login(visitors[kind])

    for file in (told.file, told.teaser_file):
        address = f"/hub/{told.code}/files/{file.pk}/"
        assert client.get(address).status_code == 404
        assert client.head(address).status_code == 404
        assert client.get(address, headers={"Range": "bytes=0-3"}).status_code == 404


def test_its_files_are_open_to_members(client, visitors, told):
    client.force_login(visitors["member"])

    assert client.get(f"/hub/{told.code}/files/{told.file.pk}/").status_code == 200
    assert client.get(f"/hub/{told.code}/files/{told.teaser_file.pk}/").status_code == 200


def test_a_file_in_short_of_a_public_record_is_for_members(client, visitors, shelve, attach):
    record = shelve("SCN-P-0007", visibility="public")
    file = attach(record, visibility="teaser")

    assert client.get(f"/hub/{record.code}/files/{file.pk}/").status_code == 404
    client.force_login(visitors["member"])
    assert client.get(f"/hub/{record.code}/files/{file.pk}/").status_code == 200


@pytest.mark.parametrize("words", [SECRET, f"{SECRET} story", f"{SECRET} leader"])
def test_strangers_do_not_find_it_by_what_they_may_not_read(client, told, words):
    page = client.get("/hub/", {"q": f'"{words}"'})

    assert told.code not in page.content.decode()


def test_members_find_it_by_its_words(client, ana, told):
    client.force_login(ana)

    assert told.code in client.get("/hub/", {"q": SECRET}).content.decode()


@pytest.mark.parametrize("address", ["/hub/", "/", "/hub/feed/", "/sitemap.xml", "/fr/hub/feed/"])
def test_lists_and_feeds_for_strangers_say_title_and_summary_at_most(client, told, address):
    assert SECRET not in client.get(address).content.decode()


def test_the_feed_and_the_sitemap_name_it(client, told):
    assert "Buses that run all night." in client.get("/hub/feed/").content.decode()
    assert "/hub/SCN-P-0005/" in client.get("/sitemap.xml").content.decode()


def test_the_summary_comes_in_the_readers_language(client, told):
    RecordText.objects.create(
        record=told, language="fr", title="Bus de nuit", summary="Toute la nuit."
    )

    assert "Toute la nuit." in client.get(f"/fr/hub/{told.code}/").content.decode()
    assert "Toute la nuit." in _page(client, None, told, "?text=fr").content.decode()


def test_the_page_says_when_a_translation_is_old_or_a_machines(client, told):
    RecordText.objects.create(
        record=told, language="fr", title="Bus de nuit", status="machine", source_revision=1
    )
    Record.objects.filter(pk=told.pk).update(text_revision=2)

    page = _page(client, None, told, "?text=fr").content.decode()

    assert "Translated by a machine" in page
    assert "This translation is older than the original" in page


def test_a_teaser_that_is_embargoed_or_a_draft_is_nobodys(client, shelve):
    for number, fields in enumerate(
        [{"status": "draft"}, {"embargo_until": "2999-01-01T00:00:00Z"}], start=1
    ):
        record = shelve(f"SCN-P-001{number}", visibility="teaser", **fields)

        assert _page(client, None, record).status_code == 404


def test_the_rows_of_what_is_read_in_full_leave_it_out_for_strangers(visitors, told, shelve):
    public = Record.objects.get(code="SCN-P-0006")
    stranger = visitors["applicant"]

    assert set(Record.objects.readable_in_full(stranger)) == {public}
    assert set(Record.objects.readable_in_full(visitors["member"])) == {public, told}
    assert RecordFile.objects.visible_to(stranger).count() == 0
