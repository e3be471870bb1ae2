from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from hub import rules
from hub.actions import freshness, records
from hub.models import Record, SearchRow
from hub.models.freshness import a_year_after
from hub.tasks import keep_fresh
from tests import factories
from tests.hub.owning import letters, owned, text_of

DUE = date(2026, 6, 1)


@pytest.fixture
def clock():
    with time_machine.travel("2026-01-01 08:00Z", tick=False) as moving:
        yield moving


@pytest.fixture
def bus(clock, aarhus, folke):
    return owned(aarhus, "SCN-P-0001", title="Evening bus", review_due=DUE)


def _on(clock, days):
    """The task runs so many days after the record is due."""
    moment = timezone.datetime(2026, 6, 1, 8, tzinfo=timezone.get_default_timezone())
    clock.move_to(moment + timedelta(days=days))
    keep_fresh()


def _verbs(record):
    return [entry.verb for entry in journal.of(record)]


# --- the day


def test_publishing_sets_the_day_a_year_ahead(clock, staff):
    draft = factories.record("SCN-P-0001", status="draft")

    assert records.publish(draft, by=staff).review_due == date(2027, 1, 1)


def test_a_day_that_staff_set_before_stays(clock, staff):
    draft = factories.record("SCN-P-0001", status="draft", review_due=date(2026, 3, 1))

    assert records.publish(draft, by=staff).review_due == date(2026, 3, 1)


def test_a_year_after_a_leap_day_is_the_first_of_march():
    assert a_year_after(date(2028, 2, 29)) == date(2029, 3, 1)


# --- letters


def test_three_letters_go_out_each_once(clock, bus, folke):
    for days in (-31, -30, -29, -1, 0, 1, 59, 60, 61, 179):
        _on(clock, days)

    assert letters("confirm") == [folke.email] * 3
    assert _verbs(bus) == ["asked to confirm"] * 3
    assert "Nobody has confirmed SCN-P-0001" in text_of("confirm")
    assert "1 June 2026" in text_of("confirm")
    assert f"/hub/{bus.code}/confirm/" in text_of("confirm")


def test_the_author_hears_too_and_nobody_twice(clock, aarhus, folke, ana):
    owned(aarhus, "SCN-P-0001", author=ana, review_due=DUE)
    owned(aarhus, "SCN-P-0002", author=folke, review_due=DUE)

    _on(clock, -30)

    assert sorted(letters("confirm")) == sorted([ana.email, folke.email, folke.email])


def test_after_a_long_silence_of_the_task_there_is_one_letter_and_time_to_answer(clock, bus):
    _on(clock, 200)
    _on(clock, 229)
    bus.refresh_from_db()
    assert (len(letters("confirm")), bus.status) == (1, "published")

    _on(clock, 230)

    bus.refresh_from_db()
    assert bus.status == "archived"


def test_letters_read_in_three_languages(clock, bus, folke):
    said = []
    for number, language in enumerate(("en", "fr", "ar")):
        type(folke.person).objects.filter(pk=folke.person.pk).update(language=language)
        _on(clock, [-30, 0, 60][number])
        said.append(text_of("confirm"))

    assert all("SCN-P-0001" in words for words in said)


# --- the badge


def test_the_badge_comes_the_day_after(clock, bus, client, ana):
    pages = []
    for days in (0, 1):
        clock.move_to(DUE + timedelta(days=days))
        client.logout()  # a session of last month has ended
        client.force_login(ana)
        pages.append("Unconfirmed since" in client.get(f"/hub/{bus.code}/").content.decode())

    assert pages == [False, True]


def test_a_draft_is_never_called_unconfirmed(clock, bus):
    clock.move_to(DUE + timedelta(days=9))
    bus.move_to("draft")

    assert bus.unconfirmed_since is None


# --- still right


def test_still_right_renews_it_for_a_year(clock, client, bus, folke):
    _on(clock, 60)
    client.force_login(folke)
    page = client.get(reverse("hub:confirm", args=[bus.code])).content.decode()
    client.post(reverse("hub:confirm", args=[bus.code]))
    client.post(reverse("hub:confirm", args=[bus.code]))

    bus.refresh_from_db()
    assert "Is it still right?" in page
    assert (bus.last_confirmed_on, bus.review_due) == (date(2026, 7, 31), date(2027, 7, 31))
    assert (bus.times_asked, bus.last_asked_on) == (0, None)
    assert _verbs(bus) == ["asked to confirm", "confirmed"]
    assert SearchRow.objects.differing() == []
    _on(clock, 200)
    assert len(letters("confirm")) == 1


def test_confirming_early_counts_from_today(clock, bus, staff):
    assert freshness.confirm(bus, by=staff).review_due == date(2027, 1, 1)


def test_a_look_changes_nothing(clock, client, bus, folke):
    client.force_login(folke)
    client.get(reverse("hub:confirm", args=[bus.code]))

    bus.refresh_from_db()
    assert bus.last_confirmed_on is None


def test_who_may_confirm(clock, client, bus, aarhus, ana, folke, zoe, staff, rui):
    def answers(record):
        said = {}
        for name, user in {
            "ana": ana,
            "folke": folke,
            "zoe": zoe,
            "staff": staff,
            "rui": rui,
        }.items():
            client.force_login(user)
            said[name] = client.post(reverse("hub:confirm", args=[record.code])).status_code
        return said

    own = owned(aarhus, "SCN-P-0002", author=ana)
    told = owned(aarhus, "SCN-P-0003", from_public_record=True)

    assert answers(bus) == {"ana": 403, "folke": 302, "zoe": 403, "staff": 302, "rui": 404}
    assert answers(own) == {"ana": 302, "folke": 302, "zoe": 403, "staff": 302, "rui": 404}
    assert answers(told) == {"ana": 403, "folke": 403, "zoe": 403, "staff": 302, "rui": 404}


def test_only_what_is_on_the_shelf_is_confirmed(clock, bus, staff):
    records.archive(bus, by=staff)
    bus.refresh_from_db()

    assert rules.may_confirm(staff, bus) is False
    with pytest.raises(IllegalMove):
        freshness.confirm(bus, by=staff)


def test_the_button_comes_with_the_first_letter(clock, client, bus, folke):
    seen = []
    for days in (-31, -30):
        clock.move_to(DUE + timedelta(days=days))
        client.logout()  # a session of last month has ended
        client.force_login(folke)
        page = client.get(f"/hub/{bus.code}/").content.decode()
        seen.append(reverse("hub:confirm", args=[bus.code]) in page)

    assert seen == [False, True]


# --- the archive


def test_nobody_answers_and_it_leaves_the_shelf_with_a_letter(clock, client, bus, folke):
    for days in (-30, 0, 60, 180, 181):
        _on(clock, days)

    bus.refresh_from_db()
    assert bus.status == "archived"
    assert letters("archived") == [folke.email]
    assert "Nothing is deleted" in text_of("archived")
    assert _verbs(bus)[-1] == "archived"
    client.force_login(folke)
    assert client.get(f"/hub/{bus.code}/").status_code == 404
    assert SearchRow.objects.differing() == []


def test_staff_bring_it_back_for_another_year(clock, bus, staff):
    for days in (60, 180):
        _on(clock, days)
    records.publish(bus, by=staff)
    _on(clock, 182)

    bus.refresh_from_db()
    assert bus.status == "published"
    assert bus.review_due == a_year_after(DUE + timedelta(days=180))


# --- what nobody owns


def test_staff_have_one_letter_about_all_that_nobody_owns(clock, aarhus, folke):
    factories.record("SCN-P-0001", title="Nobody’s bus", review_due=DUE)
    owned(aarhus, "SCN-P-0002", title="Told", from_public_record=True, review_due=DUE)
    owned(factories.city(), "SCN-P-0003", title="Silent", review_due=DUE)

    for days in (-30, -30, -29):
        _on(clock, days)

    assert letters("confirm") == []
    assert letters("confirm_digest") == [settings.STAFF_EMAIL]
    words = text_of("confirm_digest")
    assert [code in words for code in ("SCN-P-0001", "SCN-P-0002", "SCN-P-0003")] == [True] * 3


def test_what_nobody_owns_leaves_the_shelf_too_and_staff_know(clock, db):
    record = factories.record("SCN-P-0001", title="Nobody’s bus", review_due=DUE)
    for days in (-30, 0, 60, 180):
        _on(clock, days)

    record.refresh_from_db()
    assert record.status == "archived"
    assert len(letters("confirm_digest")) == 4
    assert "have left the library today" in text_of("confirm_digest")


def test_what_has_no_day_is_left_alone(clock, db):
    factories.record("SCN-P-0001")

    _on(clock, 999)

    assert letters("confirm_digest") == []


def test_what_changed_since_it_was_chosen_is_left_alone(clock, bus, staff):
    """A record confirmed between the choice and its turn gets no letter."""
    clock.move_to(DUE)
    stale = list(Record.objects.waiting_for_confirmation(DUE))
    freshness.confirm(bus, by=staff)

    freshness._look_after_owned(stale[0], DUE, None)
    records.archive(bus, by=staff)
    freshness._look_after_owned(stale[0], DUE, None)

    assert letters("confirm") == []


# --- staff


def test_staff_find_what_is_due(clock, client, bus, staff):
    factories.record("SCN-P-0002", review_due=DUE + timedelta(days=300))
    confirmed = factories.record("SCN-P-0003", last_confirmed_on=date(2026, 5, 1))
    clock.move_to(DUE + timedelta(days=1))
    client.force_login(staff)

    found = {
        name: [
            record.code
            for record in client.get(f"/admin/hub/record/?fresh={name}").context["cl"].queryset
        ]
        for name in ("due", "late", "confirmed")
    }

    assert found == {"due": [bus.code], "late": [bus.code], "confirmed": [confirmed.code]}
    assert client.get("/admin/hub/record/").status_code == 200


def test_a_new_day_begins_the_letters_anew_and_makes_no_version(clock, bus, staff):
    _on(clock, 0)
    Record.objects.filter(pk=bus.pk).update(review_due=date(2027, 1, 1), staff_checked_on=DUE)

    revised = records.revise(
        bus, fields=["review_due", "staff_checked_on"], original_changed=False, by=staff
    )

    assert (revised.revision, revised.times_asked) == (1, 0)
    assert revised.staff_checked_revision == 1


def test_evidence_taken_back_loses_its_version(clock, bus, staff):
    Record.objects.filter(pk=bus.pk).update(staff_checked_revision=1)

    revised = records.revise(
        bus, fields=["staff_checked_on", "lead_organization"], original_changed=False, by=staff
    )

    assert (revised.revision, revised.staff_checked_revision) == (2, None)
