"""What staff do with an application before, and instead of, a yes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members.actions import vetting
from members.models import Endorsement, MembershipApplication
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


def _verbs(thing):
    return [entry.verb for entry in journal.of(thing)]


def _letters():
    return list(Message.objects.order_by("pk").values_list("template", "to"))


def _again(application):
    application.refresh_from_db()
    return application


# --- assign


def test_assign_takes_a_new_application_up(staff):
    application = factories.application()

    vetting.assign(application, to=staff, by=staff)

    assert _again(application).status == "in_vetting"
    assert application.assigned_to == staff
    assert _verbs(application) == ["assigned"]


@pytest.mark.parametrize("status", ["in_vetting", "more_info"])
def test_assign_leaves_the_state_of_others(staff, status):
    application = factories.application(status)

    vetting.assign(application, to=staff, by=staff)

    assert (_again(application).status, application.assigned_to) == (status, staff)


@pytest.mark.parametrize("status", ["awaiting_city", "approved", "declined", "withdrawn"])
def test_assign_refuses_what_does_not_wait_for_staff(staff, status):
    application = factories.application(status)

    with pytest.raises(IllegalMove):
        vetting.assign(application, to=staff, by=staff)

    assert _again(application).assigned_to is None


# --- ask


@pytest.mark.parametrize("status", ["submitted", "in_vetting"])
def test_ask_sends_the_question(staff, status):
    application = factories.application(status, language="fr")

    question = vetting.ask(application, text="Who signs?", by=staff)

    letter = Message.objects.get()
    assert _again(application).status == "more_info"
    assert (question.kind, question.text, question.by) == ("question", "Who signs?", staff)
    assert (letter.template, letter.to, letter.language) == (
        "members/emails/asked.txt",
        application.email,
        "fr",
    )
    assert letter.links == {"button": ["members.emails.registration.status_link", application.pk]}
    assert _verbs(application) == ["asked"]


def test_second_question_is_a_second_letter(staff):
    application = factories.application("in_vetting")
    vetting.ask(application, text="Who?", by=staff)
    MembershipApplication.objects.update(status="in_vetting")

    vetting.ask(application, text="When?", by=staff)

    assert Message.objects.count() == 2


@pytest.mark.parametrize("status", ["more_info", "awaiting_city", "approved", "declined"])
def test_ask_refuses_other_states(staff, status):
    application = factories.application(status)

    with pytest.raises(IllegalMove):
        vetting.ask(application, text="Who signs?", by=staff)

    assert application.exchanges.count() == Message.objects.count() == 0


# --- note and check


def test_note_is_for_colleagues(staff):
    application = factories.application("declined")

    entry = vetting.note(application, text="Called the switchboard.", by=staff)

    assert (entry.kind, entry.by) == ("note", staff)
    assert _verbs(application) == ["noted"]
    assert _letters() == []


def test_record_check_keeps_who_looked(staff):
    application = factories.application()

    check = vetting.record_check(
        application, kind="call_back", result="pass", detail="Confirmed.", by=staff
    )

    assert (check.by, check.result, check.detail) == (staff, "pass", "Confirmed.")
    assert journal.of(application).get().facts == {"check": "call_back", "result": "pass"}


# --- decline


@pytest.mark.parametrize("status", ["submitted", "in_vetting", "more_info", "awaiting_city"])
def test_decline_says_why(staff, status):
    application = factories.application(status, language="ar")
    reason = factories.term("decline_reason", "cannot_verify")

    vetting.decline(application, reason=reason, text="لم نتمكن", by=staff)

    letter = Message.objects.get()
    assert _again(application).status == "declined"
    assert (application.decided_by, application.decision_reason) == (staff, reason)
    assert application.decided_at
    assert (letter.template, letter.language) == ("members/emails/declined.txt", "ar")
    assert letter.params["reason"] == reason.label_ar
    assert letter.params["text"] == "لم نتمكن"
    assert journal.of(application).get().facts == {"reason": "cannot_verify"}


@pytest.mark.parametrize("status", ["approved", "declined", "withdrawn"])
def test_decline_refuses_what_is_decided(staff, status):
    application = factories.application(status)

    with pytest.raises(IllegalMove):
        vetting.decline(
            application, reason=factories.term("decline_reason", "other"), text="No.", by=staff
        )

    assert _letters() == []


def test_decline_puts_the_oldest_colleague_in_front(staff):
    front = factories.application("in_vetting")
    now = timezone.now()
    joined = {"joined_to": front, "route": "join_application"}
    younger = factories.application(confirmed_at=now, **joined)
    older = factories.application(confirmed_at=now - timedelta(days=3), due_on=None, **joined)
    gone = factories.application("withdrawn", confirmed_at=now - timedelta(days=9), **joined)

    vetting.decline(front, reason=factories.term("decline_reason", "other"), text="No.", by=staff)

    assert (_again(older).joined_to, older.route, older.due_on) == (
        None,
        "new_city",
        vetting.due_from_today(),
    )
    assert (_again(younger).joined_to, younger.route) == (older, "join_application")
    assert _again(gone).joined_to == front
    assert set(MembershipApplication.objects.in_staff_queue()) == {older}
    assert _verbs(older) == ["left to stand alone"]


# --- duplicate


def test_duplicate_points_at_the_one_that_goes_on(staff):
    kept, double = factories.application(), factories.application("in_vetting")

    vetting.mark_duplicate(double, of=kept, by=staff)

    assert (_again(double).status, double.duplicate_of) == ("declined", kept)
    assert double.decision_reason.code == "duplicate"
    assert _letters() == [("members/emails/duplicate.txt", double.email)]
    assert _verbs(double) == ["marked as duplicate"]


def test_duplicate_takes_its_colleagues_along(staff):
    kept, double = factories.application(), factories.application()
    colleague = factories.application(joined_to=double, route="join_application")

    vetting.mark_duplicate(double, of=kept, by=staff)

    assert (_again(colleague).joined_to, colleague.route) == (kept, "join_application")


def test_duplicate_of_a_decided_one_leaves_colleagues_standing(staff):
    kept, double = factories.application("declined"), factories.application()
    colleague = factories.application(joined_to=double, route="join_application")

    vetting.mark_duplicate(double, of=kept, by=staff)

    assert (_again(colleague).joined_to, colleague.route) == (None, "new_city")


def test_colleague_that_goes_on_stands_alone(staff):
    """The one in front was the double: the colleague who had joined it goes on, no longer joined."""
    double = factories.application()
    kept = factories.application(joined_to=double, route="join_application")

    vetting.mark_duplicate(double, of=kept, by=staff)

    assert (_again(kept).joined_to, kept.route) == (None, "new_city")


def test_duplicate_of_itself_is_refused(staff):
    application = factories.application()

    with pytest.raises(IllegalMove):
        vetting.mark_duplicate(application, of=application, by=staff)


def test_two_are_not_duplicates_of_each_other(staff):
    first, second = factories.application(), factories.application()
    vetting.mark_duplicate(first, of=second, by=staff)
    first.refresh_from_db()

    with pytest.raises(IllegalMove):
        vetting.mark_duplicate(second, of=first, by=staff)

    assert _again(second).status == "submitted"


# --- reopen


def test_reopen_starts_afresh_with_a_new_link(staff):
    application = factories.application()
    reason = factories.term("decline_reason", "other")
    vetting.decline(application, reason=reason, text="No.", by=staff)

    vetting.reopen(application, by=staff)

    assert (_again(application).status, application.link_version) == ("in_vetting", 2)
    assert (application.decided_at, application.decision_reason, application.decision_text) == (
        None,
        None,
        "",
    )
    assert application.due_on == vetting.due_from_today()
    assert _letters()[-1] == ("members/emails/reopened.txt", application.email)
    assert _verbs(application) == ["declined", "reopened"]


def test_declined_reopened_and_declined_again_are_two_letters(staff):
    application = factories.application()
    reason = factories.term("decline_reason", "other")
    for _round in range(2):
        vetting.decline(application, reason=reason, text="No.", by=staff)
        vetting.reopen(application, by=staff)

    assert [template for template, _to in _letters()] == [
        "members/emails/declined.txt",
        "members/emails/reopened.txt",
        "members/emails/declined.txt",
        "members/emails/reopened.txt",
    ]


def test_expired_with_an_unconfirmed_address_stays_closed(staff):
    application = factories.application("expired", confirmed_at=None)

    with pytest.raises(IllegalMove):
        vetting.reopen(application, by=staff)


@pytest.mark.parametrize("status", ["submitted", "approved", "withdrawn"])
def test_reopen_refuses_other_states(staff, status):
    with pytest.raises(IllegalMove):
        vetting.reopen(factories.application(status), by=staff)


def test_reopen_refuses_a_second_open_application_of_one_address(staff):
    application = factories.application("declined", email="noor@example.test")
    factories.application(email="Noor@example.test")

    with pytest.raises(IllegalMove):
        vetting.reopen(application, by=staff)


# --- hand to the city


def test_hand_to_city_asks_its_focal_point(staff, aarhus, folke):
    front = factories.application("withdrawn")
    application = factories.application("in_vetting", joined_to=front)

    vetting.return_to_city(application, city=aarhus, by=staff)

    assert (_again(application).status, application.route) == ("awaiting_city", "join_city")
    assert (application.city, application.joined_to) == (aarhus, None)
    assert application.city_asked_at
    assert _letters() == [("members/emails/colleague_waits.txt", folke.email)]
    assert _verbs(application) == ["handed to the city"]


def test_city_without_a_focal_point_cannot_answer(staff, aarhus):
    application = factories.application("in_vetting")

    with pytest.raises(IllegalMove):
        vetting.return_to_city(application, city=aarhus, by=staff)

    assert _again(application).status == "in_vetting"


def test_suspended_focal_point_cannot_answer(staff, aarhus, folke):
    folke.person.move_to("suspended")
    folke.person.save()

    with pytest.raises(IllegalMove):
        vetting.return_to_city(factories.application("in_vetting"), city=aarhus, by=staff)

    assert _letters() == []


def test_hand_to_city_refuses_what_is_decided(staff, aarhus, folke):
    with pytest.raises(IllegalMove):
        vetting.return_to_city(factories.application("declined"), city=aarhus, by=staff)


def test_no_endorsement_is_made_by_staff(staff, aarhus, folke):
    vetting.return_to_city(factories.application(), city=aarhus, by=staff)

    assert not Endorsement.objects.exists()
