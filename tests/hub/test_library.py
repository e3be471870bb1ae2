import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories

MOST_QUERIES = 12


def _get(client, **query):
    return client.get(reverse("hub:library"), query)


def test_library_says_what_a_record_is_in_the_reader_s_language(client, shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        lead_organization="Port Amity",
        is_fictional=True,
        themes=["youth"],
        texts={"fr": {"title": "Bus de nuit"}},
    )

    english, french, arabic = (
        client.get(url).content.decode() for url in ("/hub/", "/fr/hub/", "/ar/hub/")
    )

    assert '<h3 lang="en" dir="ltr"><a href="/hub/SCN-P-0001/">Night buses</a></h3>' in english
    assert "Port Amity (fictional city)" in english
    assert "Bus de nuit" in french
    assert '<h3 lang="en" dir="ltr"><a href="/ar/hub/SCN-P-0001/">Night buses</a></h3>' in arabic


def test_library_marks_what_was_looked_for(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Youth mediators <on> buses")

    html = _get(client, q="mediation").content.decode()

    assert "Youth <mark>mediators</mark> &lt;on&gt; buses" in html


def test_filters_stay_in_the_address_and_can_be_taken_off_one_by_one(client, shelve):
    shelve("SCN-P-0001", visibility="public", themes=["youth"])
    shelve("SCN-T-0001", kind="toolkit", visibility="public", themes=["dialogue"])

    response = _get(client, kind=["practice", "toolkit"], theme="youth", page="1")
    html = response.content.decode()

    assert [card.record.code for card in response.context["cards"]] == ["SCN-P-0001"]
    assert [chip["url"] for chip in response.context["chips"]] == [
        "?kind=toolkit&theme=youth",
        "?kind=practice&theme=youth",
        "?kind=practice&kind=toolkit",
    ]
    assert html.count(" checked>") == 3


@pytest.mark.parametrize(
    "query",
    [{"kind": "x' OR 1=1"}, {"theme": "nonsense"}, {"sort": "drop"}, {"page": "-1"}, {"page": "٣"}],
)
def test_unknown_filters_are_left_out(client, shelve, query):
    shelve("SCN-P-0001", visibility="public")

    assert len(_get(client, **query).context["cards"]) == 1


def test_nothing_found_says_what_to_do_next(client, shelve):
    empty = _get(client).content.decode()
    shelve("SCN-P-0001", visibility="public")
    nothing = _get(client, q="zzzz").content.decode()

    assert "The library has no record for you yet." in empty
    assert "Nothing here answers this search." in nothing


def test_strangers_are_invited_and_members_are_not(client, shelve, ana):
    shelve("SCN-P-0001", title="Kept inside")
    invitation = "Part of the library is for member cities."

    stranger = _get(client).content.decode()
    client.force_login(ana)

    assert (invitation in stranger, "Kept inside" in stranger) == (True, False)
    assert invitation not in _get(client).content.decode()


def test_htmx_gets_results_counts_and_announcement_without_the_page(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses")

    part = client.get(reverse("hub:library"), {"q": "night"}, headers={"HX-Request": "true"})
    restored = client.get(
        reverse("hub:library"),
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )

    html = part.content.decode()
    assert html.count("hx-swap-oob") == 3
    assert '<p id="announcement" hx-swap-oob="innerHTML">1 record for “night”</p>' in html
    assert "<html" not in html
    assert "<html" in restored.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("query", [{}, {"q": "record"}, {"q": "record nowhere", "theme": "youth"}])
def test_library_takes_as_many_queries_for_thirty_records_as_for_one(client, shelve, ana, query):
    client.force_login(ana)
    city = factories.city("Port Amity")
    _get(client)  # the first request after a login also writes to the session
    counts = []
    for numbers in (range(1, 2), range(2, 31)):
        for number in numbers:
            record = shelve(f"SCN-P-{number:04d}", themes=["youth"], terms=[("country", "DK")])
            record.cities.create(city=city)
        with CaptureQueriesContext(connection) as captured:
            assert _get(client, **query).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
