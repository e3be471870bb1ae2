from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.actions import searches as actions
from hub.models import SavedSearch
from hub.views import undo

WEEK = timedelta(days=7)


@pytest.fixture
def night(ana):
    """Ana's search for night buses, kept two weeks ago."""
    return actions.keep("q=night", name="night", told_until=timezone.now() - 2 * WEEK, by=ana)


def test_a_member_keeps_what_is_on_the_page(client, ana, shelve):
    shelve("SCN-P-0001", visibility="public", title="Night", themes=["youth"])
    client.force_login(ana)
    address = client.get("/hub/?theme=youth&q=night&page=1&sort=newest").context["form"].address

    answer = client.post("/hub/searches/keep/", {"query": address}, follow=True)
    client.post("/hub/searches/keep/", {"query": address})

    kept = SavedSearch.objects.get()
    assert (kept.user, kept.query, kept.frequency) == (ana, "q=night&theme=youth", "weekly")
    assert kept.name == "night, Youth engagement"
    html = answer.content.decode()
    assert "A letter comes once a week when something new appears" in html
    assert 'href="/hub/?q=night&amp;theme=youth"' in html


def test_the_whole_library_can_be_kept(client, ana):
    client.force_login(ana)

    client.post("/hub/searches/keep/")

    assert SavedSearch.objects.get().name == "Everything new"


def test_strangers_and_reviewers_are_not_offered_to_keep_a_search(client, rui, shelve):
    shelve("SCN-P-0001", visibility="public")
    page = client.get("/hub/?q=record").content.decode()
    client.force_login(rui)

    assert "Keep this search" not in page
    assert client.post("/hub/searches/keep/", {"query": "q=x"}).status_code == 403


def test_there_is_an_end_to_how_many_searches_one_keeps(client, ana, monkeypatch):
    monkeypatch.setattr(SavedSearch, "MOST", 1)
    client.force_login(ana)
    client.post("/hub/searches/keep/", {"query": "q=one"})

    html = client.post("/hub/searches/keep/", {"query": "q=two"}, follow=True).content.decode()

    assert "You keep 1 searches already." in html
    assert SavedSearch.objects.get().query == "q=one"


def test_a_search_too_long_to_keep_is_refused_with_a_reason(client, ana):
    client.force_login(ana)
    cities = "&".join(
        f"city=a-very-long-name-of-a-city-that-nobody-knows-{n:03d}" for n in range(40)
    )

    html = client.post("/hub/searches/keep/", {"query": cities}, follow=True).content.decode()

    assert "This search has too many filters to keep." in html
    assert not SavedSearch.objects.exists()


def test_name_and_letters_are_changed_with_what_was_typed_kept(client, ana, night):
    client.force_login(ana)
    address = f"/hub/searches/{night.uid}/change/"

    wrong = client.post(address, {"name": "", "frequency": "daily"}).content.decode()
    client.post(address, {"name": "Late buses", "frequency": "daily"})

    night.refresh_from_db()
    assert '<option value="daily" selected>' in wrong
    assert (night.name, night.frequency) == ("Late buses", "daily")


def test_a_search_that_was_silent_tells_only_what_is_new_from_now_on(ana, night):
    silent = actions.change(night, name="Night", frequency="never", by=ana)
    before = silent.told_until

    loud = actions.change(silent, name="Night", frequency="daily", by=ana)

    assert loud.told_until > before


def test_a_deleted_search_can_be_put_back_as_it_was(client, ana, night):
    client.force_login(ana)

    page = client.post(f"/hub/searches/{night.uid}/delete/", follow=True).content.decode()
    gone = not SavedSearch.objects.exists()
    client.post("/hub/searches/put-back/")
    client.post("/hub/searches/put-back/")

    back = SavedSearch.objects.get()
    assert "Put it back" in page
    assert gone
    assert (back.name, back.query, back.told_until) == (night.name, night.query, night.told_until)


def test_the_way_back_closes_after_a_while(client, ana, night, monkeypatch):
    client.force_login(ana)
    client.post(f"/hub/searches/{night.uid}/delete/")

    monkeypatch.setattr(undo, "_SECONDS", -1)
    client.post("/hub/searches/put-back/")

    assert not SavedSearch.objects.exists()


def test_a_search_is_nobody_else_s(client, folke, staff, night):
    for user in (folke, staff):
        client.force_login(user)
        assert client.post(f"/hub/searches/{night.uid}/delete/").status_code == 404
        assert client.post(f"/hub/searches/{night.uid}/change/").status_code == 404
        assert night.name not in client.get("/hub/searches/").content.decode()


def test_the_page_takes_as_many_queries_for_thirty_searches_as_for_one(client, ana):
    client.force_login(ana)
    client.get("/hub/searches/")
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            actions.keep(f"q=w{number}", name=f"W{number}", by=ana)
        with CaptureQueriesContext(connection) as captured:
            client.get("/hub/searches/")
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12
