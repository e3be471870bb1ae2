import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import JournalEntry
from hub.actions import lists as actions
from hub.models import ReadingList
from hub.views import undo
from members.models import BodyMember
from tests import factories


@pytest.fixture
def briefing(ana):
    return actions.begin(title="For the mayor", by=ana)


@pytest.fixture
def night(shelve):
    return shelve("SCN-P-0001", visibility="public", title="Night buses")


def _page(reading_list):
    return f"/hub/lists/{reading_list.uid}/"


def _order(reading_list):
    return [item.record.code for item in reading_list.items.in_order()]


def _titles(client, reading_list):
    rows = client.get(_page(reading_list)).context["rows"]
    return [card.text.title for _item, card in rows]


def _fill(reading_list, shelve, by, number=3):
    records = [shelve(f"SCN-P-{n:04d}", visibility="public") for n in range(1, number + 1)]
    return [actions.add(reading_list, record, by=by) for record in records]


def test_a_member_begins_a_list_with_the_first_record_on_it(client, ana, night):
    client.force_login(ana)

    answer = client.post(
        f"/hub/{night.code}/keep/", {"title": "For the mayor", "note": "Read page two."}
    )

    made = ReadingList.objects.get()
    html = client.get(_page(made)).content.decode()
    assert answer.url == "/hub/SCN-P-0001/"
    assert (made.title, made.owner, made.audience) == ("For the mayor", ana, "own")
    assert "Night buses" in html
    assert "Read page two." in html


def test_a_record_goes_on_a_list_that_is_there_and_twice_is_once(client, ana, briefing, night):
    client.force_login(ana)
    for _time in range(2):
        client.post(f"/hub/{night.code}/keep/", {"list": briefing.uid})

    assert _order(briefing) == ["SCN-P-0001"]
    assert "It stands already on" in client.get(f"/hub/{night.code}/keep/").content.decode()


def test_a_note_for_a_record_that_is_on_the_list_already_is_kept(client, ana, briefing, night):
    item = actions.add(briefing, night, note="Read page two.", by=ana)
    client.force_login(ana)

    client.post(f"/hub/{night.code}/keep/", {"list": briefing.uid, "note": "Read page three."})
    item.refresh_from_db()
    assert item.note == "Read page three."

    client.post(f"/hub/{night.code}/keep/", {"list": briefing.uid})
    item.refresh_from_db()
    assert item.note == "Read page three."


def test_keeping_without_a_list_or_a_name_asks_for_one(client, ana, night):
    client.force_login(ana)
    first = client.post(f"/hub/{night.code}/keep/", {"note": "Mine"})
    actions.begin(title="For the mayor", by=ana)

    second = client.post(f"/hub/{night.code}/keep/", {"note": "Mine"})

    assert list(first.context["form"].errors) == ["title"]
    assert "Choose a list, or give a new one a name." in second.content.decode()
    assert 'value="Mine"' in second.content.decode()
    assert _order(ReadingList.objects.get()) == []


def test_a_list_of_somebody_else_cannot_be_filled(client, zoe, briefing, night):
    client.force_login(zoe)

    client.post(f"/hub/{night.code}/keep/", {"list": briefing.uid})

    assert _order(briefing) == []
    assert client.get(_page(briefing)).status_code == 404


def test_a_list_that_never_was_is_refused(client, ana, briefing, night):
    client.force_login(ana)

    for nonsense in ("x", "00000000-0000-4000-8000-000000000000"):
        answer = client.post(f"/hub/{night.code}/keep/", {"list": nonsense})
        assert "list" in answer.context["form"].errors


def test_what_two_people_take_off_at_once_is_off(ana, briefing, night):
    item = actions.add(briefing, night, by=ana)

    first, second = actions.take_off(item, by=ana), actions.take_off(item, by=ana)

    assert (first["behind"], second["behind"], _order(briefing)) == (None, None, [])


def test_a_full_list_takes_no_more(client, ana, briefing, night, shelve, monkeypatch):
    monkeypatch.setattr(ReadingList, "MOST", 1)
    actions.add(briefing, shelve("SCN-P-0002", visibility="public"), by=ana)
    client.force_login(ana)

    html = client.post(f"/hub/{night.code}/keep/", {"list": briefing.uid}).content.decode()

    assert "This list is full" in html
    assert _order(briefing) == ["SCN-P-0002"]


def test_records_move_up_and_down(client, ana, briefing, shelve):
    first, second, third = _fill(briefing, shelve, ana)
    client.force_login(ana)

    def move(item, to):
        client.post(f"{_page(briefing)}{item.pk}/move/", {"to": to})
        return [code[-1] for code in _order(briefing)]

    assert move(third, "up") == ["1", "3", "2"]
    assert move(third, "up") == ["3", "1", "2"]
    assert move(third, "up") == ["3", "1", "2"]
    assert move(first, "down") == ["3", "2", "1"]
    assert move(first, "down") == ["3", "2", "1"]
    assert move(second, "sideways") == ["3", "2", "1"]


def test_a_note_says_why_and_is_never_longer_than_its_place(client, ana, briefing, night):
    item = actions.add(briefing, night, by=ana)
    client.force_login(ana)

    client.post(f"{_page(briefing)}{item.pk}/note/", {"note": "Cheap."})
    long = client.post(f"{_page(briefing)}{item.pk}/note/", {"note": "x" * 301}, follow=True)

    item.refresh_from_db()
    assert item.note == "Cheap."
    assert "A note has room for 300 characters." in long.content.decode()


def test_what_was_taken_off_can_be_put_back_in_its_place(client, ana, briefing, shelve):
    _first, second, _third = _fill(briefing, shelve, ana)
    actions.annotate(second, note="The best one.", by=ana)
    client.force_login(ana)

    answer = client.post(f"{_page(briefing)}{second.pk}/remove/", follow=True)
    without = _order(briefing)
    client.post(f"{_page(briefing)}put-back/")
    client.post(f"{_page(briefing)}put-back/")

    assert "Put it back" in answer.content.decode()
    assert without == ["SCN-P-0001", "SCN-P-0003"]
    assert _order(briefing) == ["SCN-P-0001", "SCN-P-0002", "SCN-P-0003"]
    assert briefing.items.get(record__code="SCN-P-0002").note == "The best one."


def test_the_first_is_put_back_first_and_one_whose_neighbour_went_too(ana, briefing, shelve):
    first, second, third = _fill(briefing, shelve, ana)

    facts = actions.take_off(first, by=ana)
    actions.put_back(briefing, first.record, note="", behind=facts["behind"], by=ana)
    again = _order(briefing)
    after = actions.take_off(third, by=ana)
    actions.take_off(second, by=ana)
    actions.put_back(briefing, third.record, note="", behind=after["behind"], by=ana)

    assert again == ["SCN-P-0001", "SCN-P-0002", "SCN-P-0003"]
    assert _order(briefing) == ["SCN-P-0003", "SCN-P-0001"]


def test_the_way_back_is_open_for_ten_minutes(client, ana, briefing, night, monkeypatch):
    item = actions.add(briefing, night, by=ana)
    client.force_login(ana)
    client.post(f"{_page(briefing)}{item.pk}/remove/")

    monkeypatch.setattr(undo, "_SECONDS", -1)
    html = client.get(_page(briefing)).content.decode()
    client.post(f"{_page(briefing)}put-back/")

    assert "Put it back" not in html
    assert _order(briefing) == []


def test_a_list_opens_no_record_and_tells_of_none(client, ana, folke, zoe, shelve, focal_points):
    for person in (folke, ana):
        BodyMember.objects.create(body=focal_points, person=person.person, since="2020-01-01")
    shared = actions.begin(title="Security", audience="members", by=folke)
    public = shelve("SCN-P-0001", visibility="public", title="Night buses")
    closed = shelve("SCN-P-0002", visibility="group", groups=[focal_points], title="Quiet plan")
    for record in (closed, public):
        actions.add(shared, record, note=f"About {record.code}", by=folke)

    client.force_login(ana)
    in_group = _titles(client, shared)
    client.force_login(zoe)
    outside = client.get(_page(shared))
    overview = client.get("/hub/lists/").content.decode()

    assert in_group == ["Quiet plan", "Night buses"]
    assert "Night buses" in outside.content.decode()
    assert [word for word in ("Quiet", "0002") if word in outside.content.decode()] == []
    assert "1 record" in overview


def test_lists_are_seen_by_whom_they_are_for(client, ana, folke, zoe, staff, focal_points):
    BodyMember.objects.create(body=focal_points, person=ana.person, since="2020-01-01")
    own = actions.begin(title="Mine", by=folke)
    kept = actions.begin(title="Ours", body=focal_points, by=folke)
    shared = actions.begin(title="Everybody’s", audience="members", by=folke)

    def sees(user):
        client.force_login(user)
        return [client.get(_page(each)).status_code for each in (own, kept, shared)]

    assert sees(folke) == [200, 200, 200]
    assert sees(ana) == [404, 200, 200]
    assert sees(zoe) == [404, 404, 200]
    assert sees(staff) == [200, 200, 200]


def test_a_group_fills_its_list_and_its_owner_alone_changes_or_ends_it(
    client, ana, folke, zoe, focal_points, night
):
    BodyMember.objects.create(body=focal_points, person=ana.person, since="2020-01-01")
    kept = actions.begin(title="Ours", body=focal_points, audience="members", by=folke)
    item = actions.add(kept, night, by=folke)
    client.force_login(ana)

    assert client.post(f"/hub/{night.code}/keep/", {"list": kept.uid}).status_code == 302
    assert client.post(f"{_page(kept)}{item.pk}/note/", {"note": "Ours"}).status_code == 302
    assert client.get(f"{_page(kept)}change/").status_code == 403
    assert client.post(f"{_page(kept)}delete/").status_code == 403
    client.force_login(zoe)
    assert client.post(f"{_page(kept)}{item.pk}/remove/").status_code == 403
    client.force_login(folke)
    assert client.post(f"{_page(kept)}delete/", follow=True).redirect_chain == [
        ("/hub/lists/", 302)
    ]
    assert not ReadingList.objects.exists()


def test_a_list_is_changed_with_a_form_that_keeps_what_was_typed(client, ana, focal_points):
    BodyMember.objects.create(body=focal_points, person=ana.person, since="2020-01-01")
    client.force_login(ana)

    wrong = client.post("/hub/lists/new/", {"about": "For Thursday", "audience": "own"})
    made = client.post("/hub/lists/new/", {"title": "Visit", "about": "", "audience": "own"})
    client.post(
        f"{made.url}change/",
        {"title": "The visit", "audience": "members", "body": focal_points.pk},
    )

    visit = ReadingList.objects.get()
    assert "For Thursday" in wrong.content.decode()
    assert (visit.title, visit.audience, visit.body) == ("The visit", "members", focal_points)
    assert "Kept by <bdi>Focal points</bdi>" in client.get(made.url).content.decode()


def test_a_list_cannot_be_given_to_a_group_one_is_not_in(client, ana, focal_points):
    client.force_login(ana)

    client.post("/hub/lists/new/", {"title": "Visit", "audience": "own", "body": focal_points.pk})

    assert ReadingList.objects.get().body is None


@pytest.mark.parametrize(("listing", "is_named"), [("members", True), ("staff", False)])
def test_who_keeps_a_shared_list_is_named_as_they_chose(client, folke, zoe, listing, is_named):
    folke.person.listing = listing
    folke.person.save()
    shared = actions.begin(title="Everybody’s", audience="members", by=folke)
    client.force_login(zoe)

    assert ("Folke Example" in client.get(_page(shared)).content.decode()) is is_named


def test_a_list_stays_with_its_group_when_its_owner_has_left_the_group(client, folke, focal_points):
    kept = actions.begin(title="Ours", body=focal_points, by=folke)
    client.force_login(folke)

    page = client.get(f"{_page(kept)}change/").content.decode()
    client.post(
        f"{_page(kept)}change/", {"title": "Ours", "audience": "own", "body": focal_points.pk}
    )

    kept.refresh_from_db()
    assert "selected>Focal points</option>" in page
    assert kept.body == focal_points


def test_who_is_in_no_group_is_not_asked_for_one(client, ana):
    client.force_login(ana)

    html = client.get("/hub/lists/new/").content.decode()

    assert ('name="title"' in html, 'name="body"' in html) == (True, False)


def test_lists_are_for_members(client, rui, night, briefing):
    client.force_login(rui)

    assert client.get("/hub/lists/").status_code == 403
    assert client.get(_page(briefing)).status_code == 404
    assert client.get(f"/hub/{night.code}/keep/").status_code == 403


def test_nothing_about_lists_is_written_to_the_journal(ana, briefing, night):
    item = actions.add(briefing, night, by=ana)
    actions.annotate(item, note="Why", by=ana)
    actions.throw_away(briefing, by=ana)

    assert not JournalEntry.objects.exists()


def test_a_list_takes_as_many_queries_for_thirty_records_as_for_one(client, ana, briefing, shelve):
    city = factories.city("Port Amity")
    client.force_login(ana)
    client.get("/hub/lists/")
    counts = []
    for numbers in (range(1, 2), range(2, 31)):
        for number in numbers:
            record = shelve(f"SCN-P-{number:04d}", terms=[("country", "DK")])
            record.cities.create(city=city)
            actions.add(briefing, record, by=ana)
        for address in (_page(briefing), "/hub/lists/"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))

    assert counts[:2] == counts[2:]
    assert max(counts) <= 14
