"""A record's page: its languages, its ratings in words, its citation and the way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.models import Evaluation, EvaluationRating, SearchRow
from tests import factories


@pytest.fixture
def practice(shelve):
    return shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        lead_organization="Port Amity",
        is_fictional=True,
        texts={
            "en": {"title": "Night buses", "description": "**Bold** <script>alert(1)</script>"},
            "fr": {"title": "Bus de nuit", "description": "Le soir."},
        },
        terms=[("target_audience", "youth"), ("scale", "city")],
    )


def _page(client, url="/hub/SCN-P-0001/", **headers):
    return client.get(url, headers=headers).content.decode()


def test_record_is_read_in_the_language_of_the_page_or_the_one_asked_for(client, practice):
    assert '<h1 lang="fr" dir="ltr">Bus de nuit</h1>' in _page(client, "/fr/hub/SCN-P-0001/")
    assert '<h1 lang="en" dir="ltr">Night buses</h1>' in _page(client, "/ar/hub/SCN-P-0001/")
    assert '<h1 lang="fr" dir="ltr">Bus de nuit</h1>' in _page(client, "/hub/SCN-P-0001/?text=fr")
    assert '<h1 lang="en" dir="ltr">Night buses</h1>' in _page(client, "/hub/SCN-P-0001/?text=xx")


def test_record_shows_markdown_without_what_could_hurt(client, practice):
    html = _page(client)

    assert "<strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_translation_that_fell_behind_says_so(client, practice):
    practice.text_revision = 2
    practice.save(update_fields=["text_revision"])
    sentence = "This translation is older than the original"

    assert sentence in _page(client, "/hub/SCN-P-0001/?text=fr")
    assert sentence not in _page(client)


def test_machine_translation_is_named(client, practice):
    practice.texts.filter(language="fr").update(status="machine")

    assert "Translated by a machine" in _page(client, "/hub/SCN-P-0001/?text=fr")


def test_ratings_are_words_and_not_enough_information_is_an_answer(client, practice):
    evaluation = Evaluation.objects.create(
        record=practice, evaluator_kind="peer", reply_en="We agree."
    )
    for criterion, rating in [("relevance", "4"), ("impact", "3"), ("effectiveness", "NEI")]:
        EvaluationRating.objects.create(
            evaluation=evaluation, criterion=factories.term("criterion", criterion), rating=rating
        )
    Evaluation.objects.create(record=practice, evaluator_kind="staff", published=False)

    html = _page(client)

    assert "<b>Very relevant</b>" in html
    assert "<b>Positive impact</b>" in html
    assert '<p class="scale unknown"><b>Not enough information</b>' in html
    assert html.count('<i class="on"></i>') == 7
    assert "<b>Très pertinent</b>" in _page(client, "/fr/hub/SCN-P-0001/")
    assert "We agree." in html
    assert html.count('class="ratings"') == 1


def test_citation_names_place_year_title_version_and_code(client, practice):
    html = " ".join(_page(client).split())

    assert (
        f"<bdi>Port Amity (fictional city)</bdi> ({practice.updated_at.year}). "
        "<i><bdi>Night buses</bdi></i>, version 1. "
        'Strong Cities Network library, <code dir="ltr">SCN-P-0001</code>.'
    ) in html


def test_way_back_leads_to_the_search_one_came_from_and_nowhere_else(client, practice):
    ours = _page(client, Referer="http://testserver/hub/?q=bus&theme=youth")
    other = _page(client, Referer="https://example.org/hub/?q=bus")

    assert 'href="/hub/?q=bus&amp;theme=youth"' in ours
    assert "?q=bus" not in other


def test_restricted_records_stay_out_of_search_engines_and_say_so(client, shelve, ana, practice):
    shelve("SCN-P-0002", title="For members")
    client.force_login(ana)
    noindex = '<meta name="robots" content="noindex">'

    html = _page(client, "/hub/SCN-P-0002/")

    assert noindex in html
    assert "The link opens only for those who may read this record." in html
    assert noindex not in _page(client)


def test_record_without_a_finished_text_is_shown_to_staff(client, staff, practice):
    practice.texts.all().delete()
    client.force_login(staff)

    assert "<h1 >SCN-P-0001</h1>" in _page(client)


def test_page_takes_as_many_queries_with_many_parts_as_with_few(client, practice, attach):
    def count():
        with CaptureQueriesContext(connection) as captured:
            _page(client)
        return len(captured)

    def add():
        evaluation = Evaluation.objects.create(record=practice, evaluator_kind="peer")
        evaluation.ratings.create(criterion=factories.term("criterion", "impact"), rating="3")
        practice.links.create(kind="useful", title="A page")
        practice.cities.create(city=factories.city())
        attach(practice)

    add()
    few = count()
    for _ in range(3):
        add()

    assert count() == few
    # Three of them look for related records, by codes and by words: what leads readers on is worth 10 ms.
    assert few <= 13


def test_feed_tells_of_public_records_in_the_language_of_its_address(client, practice):
    english, french = (client.get(url) for url in ("/hub/feed/", "/fr/hub/feed/"))

    assert english["Content-Type"].startswith("application/atom+xml")
    assert "<title>Night buses</title>" in english.content.decode()
    assert "<title>Bus de nuit</title>" in french.content.decode()
    assert 'xml:lang="fr"' in french.content.decode()
    assert "http://testserver/fr/hub/SCN-P-0001/" in french.content.decode()


def test_a_search_row_says_its_record_and_its_readers(practice):
    assert [str(row) for row in SearchRow.objects.all()] == [f"{practice.pk} everyone"]
