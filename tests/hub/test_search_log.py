from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry
from hub.actions import searches as actions
from hub.models import SearchLog
from hub.tasks import forget_searches
from hub.views.search_log import storable
from tests import factories

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
HTMX = {"HX-Request": "true"}
BACK = HTMX | {"HX-History-Restore-Request": "true"}


def _look_for(client, query, path="/hub/", **headers):
    return client.get(path, query, headers=BROWSER | headers)


def _rows():
    return list(SearchLog.objects.order_by("pk").values_list("query", "results", "times"))


def _asked(words, *, days=0, results=0, times=1, filters="", language="en"):
    return SearchLog.objects.create(
        on=date.today() - timedelta(days=days),
        query=words,
        results=results,
        times=times,
        filters=filters,
        language=language,
    )


def test_what_is_typed_is_counted_by_day_and_names_nobody(client, ana, shelve):
    shelve("SCN-P-0001", visibility="public", title="Médiation")
    client.force_login(ana)

    for _time in range(2):
        _look_for(client, {"q": " MÉDIATION "}, HX_Request="true")
    _look_for(client, {"q": "rumours", "theme": "youth"}, "/fr/hub/")

    row = SearchLog.objects.get(query="rumours")
    assert _rows() == [("mediation", 1, 2), ("rumours", 0, 1)]
    assert (row.on, row.filters, row.language) == (date.today(), "theme=youth", "fr")
    assert {field.name for field in SearchLog._meta.get_fields()}.isdisjoint({"user", "by"})


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {}),
        ({"theme": "youth"}, {}),
        ({"q": "night", "page": "2"}, {}),
        ({"q": "night"}, {"User-Agent": "Examplebot/2.1 (+https://bot.example.org)"}),
        ({"q": "night"}, {"User-Agent": ""}),
        ({"q": "night"}, {"Sec-Purpose": "prefetch;prerender"}),
        ({"q": "night"}, BACK),
        ({"q": "zoe@example.org"}, {}),
    ],
)
def test_what_nobody_typed_is_not_counted(client, db, query, headers):
    client.get("/hub/", query, headers=BROWSER | headers)

    assert _rows() == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Médiation à l’École", "mediation a l'ecole"),
        ("who is zoe.sample@example.org", "who is"),
        ("call +45 12 34 56 78 now", "call now"),
        ("passport 123456789", "passport"),
        ("SCN-P-0001 in 2018", "scn-p-0001 in 2018"),
        ("٠١٢٣٤٥٦٧", ""),
        ("   ", ""),
    ],
)
def test_what_may_name_a_person_is_not_kept(typed, kept):
    assert storable(typed) == kept


def test_of_several_answers_the_fullest_is_kept(client, shelve, ana):
    shelve("SCN-P-0001", title="Night buses")
    _look_for(client, {"q": "buses"})
    client.force_login(ana)
    _look_for(client, {"q": "buses"})
    client.logout()
    _look_for(client, {"q": "buses"})

    assert _rows() == [("buses", 1, 3)]


def test_records_with_only_some_of_the_words_count_as_nothing_found(client, shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses")

    _look_for(client, {"q": "night ferry"})

    assert _rows() == [("night ferry", 0, 1)]


def test_staff_see_what_was_not_found_most_asked_first(client, staff):
    _asked("rumours", times=2)
    _asked("rumours", days=3, language="ar")
    _asked("drones", times=1)
    _asked("night", days=2)
    _asked("night", results=3)
    _asked("ferries", days=1, results=2)
    client.force_login(staff)

    page = client.get("/admin/hub/searchlog/")
    rows = [(row["query"], row["times"], row["days"]) for row in page.context["page"]]

    assert rows == [("rumours", 3, 2), ("drones", 1, 1)]
    assert "Searched and not found" in page.content.decode()


def test_words_that_found_something_later_leave_the_list_and_come_back_when_they_fail(db):
    _asked("night", days=4)
    _asked("night", days=3, results=2)
    gone = list(SearchLog.objects.not_found())

    _asked("night", days=1)

    assert gone == []
    assert [row["query"] for row in SearchLog.objects.not_found()] == ["night"]


def test_staff_see_the_cities_that_may_know(client, staff, shelve, aarhus, mombasa):
    row = _asked("night ferries")
    for code, city in [("SCN-P-0001", aarhus), ("SCN-P-0002", aarhus), ("SCN-P-0003", mombasa)]:
        shelve(code, title="Night ferry").cities.create(city=city)
    client.force_login(staff)

    page = client.get(f"/admin/hub/searchlog/{row.pk}/words/")

    found = [(str(line["city"]), line["records"]) for line in page.context["cities"]]
    assert found == [("Aarhus", 2), ("Mombasa", 1)]


def test_cities_that_care_for_the_theme_may_know_too(client, staff, mombasa):
    mombasa.themes.add(factories.term("theme", "youth"))
    row = _asked("youth parliaments")
    client.force_login(staff)

    page = client.get(f"/admin/hub/searchlog/{row.pk}/words/")

    assert [str(line["city"]) for line in page.context["cities"]] == ["Mombasa"]


def test_words_that_nothing_comes_near_say_so(client, staff):
    row = _asked("zzzz")
    client.force_login(staff)

    html = client.get(f"/admin/hub/searchlog/{row.pk}/words/").content.decode()

    assert "No member city stands behind what comes near this." in html


def test_settled_words_leave_the_list_with_a_line_in_the_journal(client, staff):
    _asked("rumours", days=3)
    row = _asked("rumours")
    client.force_login(staff)

    looked = client.get(f"/admin/hub/searchlog/{row.pk}/settle/").status_code
    for _time in range(2):
        client.post(f"/admin/hub/searchlog/{row.pk}/settle/")

    waiting = client.get("/admin/hub/searchlog/").context["page"]
    settled = client.get("/admin/hub/searchlog/?settled=yes").context["page"]
    assert looked == 405
    assert ([*waiting], [line["query"] for line in settled]) == ([], ["rumours"])
    assert [entry.verb for entry in JournalEntry.objects.all()] == ["settled"]


def test_settled_words_stay_settled_when_they_are_typed_again(staff):
    row = _asked("rumours", days=3)
    actions.settle(row.query, by=staff)
    _asked("rumours")

    assert list(SearchLog.objects.not_found()) == []


def test_members_have_no_way_in(client, ana):
    row = _asked("rumours")
    client.force_login(ana)

    assert client.get("/admin/hub/searchlog/").status_code == 403
    assert client.get(f"/admin/hub/searchlog/{row.pk}/words/").status_code == 403
    assert client.post(f"/admin/hub/searchlog/{row.pk}/settle/").status_code == 403


def test_what_was_looked_for_is_forgotten_after_a_year(db):
    _asked("old", days=366)
    kept = _asked("new", days=364)

    forget_searches()

    assert list(SearchLog.objects.all()) == [kept]
    assert timezone.now()
