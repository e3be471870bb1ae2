"""Who may read many records: the numbers first, then the change, at once everywhere."""

import re

import pytest

from core import jobs, journal
from core.models import Job, JournalEntry
from hub.actions.audience import change_audience_of
from hub.admin import audience as page
from hub.models import ReadingList, Record, SearchRow
from hub.models.readers import effect
from members.models import Body, BodyMember
from tests import factories


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def people(ana, folke, zoe, rui, focal_points):
    """Three members, one of whom is of the group; a reviewer and a suspended person count nowhere."""
    BodyMember.objects.create(body=focal_points, person=folke.person)
    gone = factories.member(factories.city("Sample Bay"), name="Sam Sample")
    BodyMember.objects.create(body=focal_points, person=gone.person)
    gone.person.move_to("suspended")
    gone.person.save()


def _effect(*records, to, groups=()):
    chosen = Record.objects.filter(pk__in=[record.pk for record in records])
    return effect(chosen, visibility=to, groups=groups)


def _numbers(found):
    return [
        (change.before, change.members_in, change.members_out, change.strangers)
        for change in found.changes
    ]


def test_widening_to_everyone_lets_strangers_in(shelve, people):
    record = shelve("SCN-P-0001", visibility="members")

    found = _effect(record, to="public")

    assert _numbers(found) == [("members", 0, 0, 2)]
    assert found.widens


def test_numbers_of_people_are_of_those_who_are_inside_today(shelve, people, focal_points):
    for_staff = shelve("SCN-P-0001", visibility="staff")
    for_group = shelve("SCN-P-0002", visibility="group", groups=[focal_points])
    told = shelve("SCN-P-0003", visibility="teaser")
    public = shelve("SCN-P-0004", visibility="public")

    found = _effect(for_staff, for_group, told, public, to="members")

    assert sorted(_numbers(found)) == [
        ("group", 2, 0, 0),
        ("public", 0, 0, -2),
        ("staff", 3, 0, 0),
        ("teaser", 0, 0, -1),
    ]
    assert (found.records, found.unchanged) == (4, 0)


def test_narrowing_to_a_group_shuts_members_out_and_widens_nothing(shelve, people, focal_points):
    record = shelve("SCN-P-0001", visibility="members")

    found = _effect(record, to="group", groups=[focal_points])

    assert _numbers(found) == [("members", 0, 2, 0)]
    assert not found.widens


def test_another_group_widens_for_its_people(shelve, people, focal_points, zoe):
    other = Body.objects.create(code="other", kind="working_group", name_en="Other")
    BodyMember.objects.create(body=other, person=zoe.person)
    record = shelve("SCN-P-0001", visibility="group", groups=[focal_points])

    found = _effect(record, to="group", groups=[other])

    assert _numbers(found) == [("group", 1, 1, 0)]
    assert found.widens


def test_what_is_so_already_counts_as_unchanged(shelve, focal_points):
    record = shelve("SCN-P-0001", visibility="group", groups=[focal_points])
    members = shelve("SCN-P-0002", visibility="members", groups=[focal_points])

    assert _effect(record, to="group", groups=[focal_points]).unchanged == 1
    assert _effect(members, to="members").unchanged == 1


def test_even_an_empty_group_counts_as_widening(shelve, focal_points):
    record = shelve("SCN-P-0001", visibility="staff")

    assert _effect(record, to="group", groups=[focal_points]).widens


def test_files_drafts_and_lists_are_counted(shelve, attach, ana):
    record = shelve("SCN-P-0001", visibility="members", status="draft")
    attach(record, visibility="public")
    attach(record, visibility="members")
    kept = ReadingList.objects.create(owner=ana, title="Mine")
    kept.items.create(record=record)

    found = _effect(record, to="public")

    assert (found.files_opened, found.off_shelf, found.lists_touched) == (1, 1, 1)


# --- the action


def test_records_change_together_with_their_search_rows(shelve, staff, ana):
    records = [shelve(f"SCN-P-000{number}", visibility="members") for number in (1, 2)]
    keys = [record.pk for record in records]

    assert change_audience_of(keys, visibility="staff", groups=[], by=staff) == 2

    assert set(Record.objects.values_list("visibility", flat=True)) == {"staff"}
    assert set(SearchRow.objects.values_list("visibility", flat=True)) == {"staff"}
    assert not SearchRow.objects.visible_to(ana).exists()
    entry = journal.of(records[0]).get(verb="audience changed")
    assert entry.facts == {
        "before": {"record": "members"},
        "after": {"record": "staff"},
        "together": True,
    }


def test_doing_it_twice_changes_nothing(shelve, staff):
    record = shelve("SCN-P-0001")
    change_audience_of([record.pk], visibility="staff", groups=[], by=staff)

    assert change_audience_of([record.pk], visibility="staff", groups=[], by=staff) == 0
    assert JournalEntry.objects.filter(verb="audience changed").count() == 1


def test_groups_are_set_only_for_a_group(shelve, staff, focal_points):
    record = shelve("SCN-P-0001", groups=[])
    change_audience_of([record.pk], visibility="group", groups=[focal_points], by=staff)
    assert list(record.groups.all()) == [focal_points]

    change_audience_of([record.pk], visibility="members", groups=[], by=staff)
    assert list(record.groups.all()) == [focal_points]


# --- the pages


def _choose(desk, *records, everything=False, query=""):
    data = {"action": "choose_audience", "_selected_action": [record.pk for record in records]}
    if everything:
        data |= {"select_across": "1"}
    return desk.post(f"/admin/hub/record/{query}", data)


def _hidden(response, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return found and found[1]


def _send(desk, records, to, **more):
    keys = ",".join(str(record.pk) for record in records)
    return desk.post("/admin/hub/record/audience/", {"records": keys, "visibility": to, **more})


def test_choosing_records_leads_to_a_page_that_changes_nothing(desk, shelve):
    one, two = shelve("SCN-P-0001"), shelve("SCN-P-0002")

    response = _choose(desk, one, two)

    assert "2 records are chosen" in response.content.decode()
    assert _hidden(response, "records") == f"{one.pk},{two.pk}"


def test_all_that_match_the_filter_may_be_chosen(desk, shelve):
    drafts = [shelve(f"SCN-P-00{number}", status="draft") for number in range(10, 13)]
    shelve("SCN-P-0020")

    response = _choose(desk, drafts[0], everything=True, query="?status__exact=draft")

    assert _hidden(response, "records") == ",".join(str(record.pk) for record in drafts)


def test_widening_shows_numbers_and_wants_a_tick(desk, shelve, people):
    record = shelve("SCN-P-0001", visibility="members")

    numbers = _send(desk, [record], "public")
    seen = _hidden(numbers, "seen")
    unticked = _send(desk, [record], "public", seen=seen)
    assert "read them in full" in numbers.content.decode()
    assert "Tick that you want more people to read this." in unticked.content.decode()
    assert Record.objects.get().visibility == "members"

    done = _send(desk, [record], "public", seen=seen, sure="yes")

    assert done.status_code == 302
    assert Record.objects.get().visibility == "public"


def test_a_tick_without_the_numbers_is_not_enough(desk, shelve):
    record = shelve("SCN-P-0001", visibility="members")

    _send(desk, [record], "public", sure="yes")

    assert Record.objects.get().visibility == "members"


def test_narrowing_shows_numbers_and_needs_no_tick(desk, shelve):
    record = shelve("SCN-P-0001", visibility="public")
    seen = _hidden(_send(desk, [record], "staff"), "seen")
    assert Record.objects.get().visibility == "public"

    _send(desk, [record], "staff", seen=seen)

    assert Record.objects.get().visibility == "staff"


def test_what_changed_meanwhile_is_shown_anew(desk, shelve):
    record = shelve("SCN-P-0001", visibility="members")
    seen = _hidden(_send(desk, [record], "public"), "seen")
    Record.objects.update(visibility="staff")

    again = _send(desk, [record], "public", seen=seen, sure="yes")

    assert "The records changed meanwhile" in again.content.decode()
    assert Record.objects.get().visibility == "staff"


def test_pressing_twice_says_that_it_is_so_already(desk, shelve):
    record = shelve("SCN-P-0001", visibility="public")
    seen = _hidden(_send(desk, [record], "staff"), "seen")
    for _time in range(2):
        response = _send(desk, [record], "staff", seen=seen)

    assert response.status_code == 302
    assert JournalEntry.objects.filter(verb="audience changed").count() == 1


@pytest.mark.parametrize("keys", ["", "1,x", "1,,2", "-1", "9" * 30])
def test_forged_keys_are_refused(desk, shelve, keys):
    shelve("SCN-P-0001")

    response = desk.post("/admin/hub/record/audience/", {"records": keys, "visibility": "public"})

    assert response.status_code == 200
    assert Record.objects.get().visibility == "members"


def test_a_group_has_to_be_named(desk, shelve):
    record = shelve("SCN-P-0001")

    assert "Choose at least one group." in _send(desk, [record], "group").content.decode()


def test_the_address_alone_leads_back_to_the_list(desk):
    assert desk.get("/admin/hub/record/audience/").url == "/admin/hub/record/"


def test_too_many_at_once_are_refused(desk, shelve, monkeypatch):
    monkeypatch.setattr(page, "MOST_CHOSEN", 1)
    one, two = shelve("SCN-P-0001"), shelve("SCN-P-0002")

    response = _choose(desk, one, two)

    assert response.status_code == 302


def test_many_are_changed_by_a_job_with_progress(desk, shelve, monkeypatch):
    monkeypatch.setattr(page, "MOST_AT_ONCE", 2)
    records = [shelve(f"SCN-P-00{number}", visibility="public") for number in range(10, 13)]
    seen = _hidden(_send(desk, records, "staff"), "seen")

    response = _send(desk, records, "staff", seen=seen)
    assert Record.objects.filter(visibility="staff").count() == 0
    jobs.run_next()

    job = Job.objects.get()
    assert response.url == f"/jobs/{job.uid}/" or str(job.uid) in response.url
    assert (job.status, job.done, job.total) == ("done", 3, 3)
    assert job.result == {"counts": {"changed": 3, "as they were": 0}}
    assert Record.objects.filter(visibility="staff").count() == 3


@pytest.mark.parametrize("kind", ["member", "reviewer", "group"])
def test_only_staff_change_audiences(client, visitors, shelve, kind):
    record = shelve("SCN-P-0001")
    client.force_login(visitors[kind])

    assert _send(client, [record], "public").status_code == 403
