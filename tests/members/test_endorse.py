"""The city speaks for its colleagues: yes, no, or nothing at all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members import tasks
from members.actions import endorsements
from members.models import Endorsement, MembershipApplication, Post, User
from outbox.models import Message
from tests import factories
from tests.members.writing import letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(aarhus):
    return _asking(aarhus)


def _asking(city, **fields):
    return factories.application(
        "awaiting_city",
        **{
            "route": "join_city",
            "city": city,
            "city_asked_at": timezone.now(),
            "motivation": "CANARY",
        }
        | fields,
    )


def _url(name, application):
    return reverse(f"members:{name}", args=[application.uid])


# --- Who may


def test_focal_point_sees_who_asks_and_who_is_in(client, folke, ana, asking):
    client.force_login(folke)

    page = client.get("/me/team/").content.decode()

    assert "One colleague asks to join" in page
    assert "Noor Example" in page
    assert "Ana Example" in page
    assert page.index("Folke Example") < page.index("Ana Example")


@pytest.mark.parametrize("language", ["/fr", "/ar"])
def test_team_opens_in_every_language(client, folke, asking, language):
    client.force_login(folke)

    assert client.get(f"{language}/me/team/").status_code == 200
    assert client.get(f"{language}/me/team/{asking.uid}/").status_code == 200


def test_team_of_one_city_shows_nobody_of_another(client, folke, mombasa, zoe):
    _asking(mombasa, name="Somebody Else")
    client.force_login(folke)

    page = client.get("/me/team/").content.decode()

    assert "Nobody is waiting." in page
    assert "Somebody Else" not in page
    assert "Zoe Sample" not in page


def test_suspended_colleagues_are_not_in_the_team(client, folke, ana):
    ana.person.move_to("suspended")
    ana.person.save()
    client.force_login(folke)

    assert "Ana Example" not in client.get("/me/team/").content.decode()


def test_focal_point_sees_four_facts_and_no_more(client, folke, asking):
    client.force_login(folke)

    page = client.get(_url("colleague", asking)).content.decode()

    for words in [
        "Noor Example",
        "Head of the mayor’s office",
        "Mayor’s office",
        asking.email,
        "Endorse",
        "Refuse",
    ]:
        assert words in page
    assert "CANARY" not in page
    assert "no-store" not in page


@pytest.mark.parametrize("who", ["ana", "rui", "staff"])
def test_whoever_is_no_focal_point_has_no_team(client, request, who, asking):
    client.force_login(request.getfixturevalue(who))

    assert client.get("/me/team/").status_code in (302, 403)
    for name in ["colleague", "endorse", "refuse"]:
        method = client.get if name == "colleague" else client.post
        assert method(_url(name, asking)).status_code in (302, 404)
    asking.refresh_from_db()
    assert asking.status == "awaiting_city"


def test_member_is_refused_and_sees_no_colleague(client, ana, asking):
    client.force_login(ana)

    assert client.get("/me/team/").status_code == 403
    assert client.get(_url("colleague", asking)).status_code == 404
    assert client.post(_url("endorse", asking)).status_code == 404


def test_focal_point_of_another_city_sees_no_such_page(client, mombasa, asking):
    client.force_login(factories.member(mombasa, focal=True))

    assert client.get(_url("colleague", asking)).status_code == 404
    assert client.post(_url("endorse", asking)).status_code == 404


def test_application_for_staff_is_not_the_focal_points(client, folke, aarhus):
    application = factories.application(route="new_city")
    client.force_login(folke)

    assert client.get(_url("colleague", application)).status_code == 404


def test_strangers_sign_in_first(client, asking):
    assert client.get("/me/team/").url.startswith("/accounts/login/")
    assert client.get(_url("colleague", asking)).url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["endorse", "refuse"])
def test_reading_decides_nothing(client, folke, asking, name):
    client.force_login(folke)

    assert client.get(_url(name, asking)).status_code == 405


def test_team_takes_the_same_queries_for_one_and_for_three(
    client, folke, aarhus, django_assert_max_num_queries
):
    client.force_login(folke)
    _asking(aarhus)
    client.get("/me/team/")
    with django_assert_max_num_queries(30) as one:
        client.get("/me/team/")
    _asking(aarhus)
    _asking(aarhus)
    factories.member(aarhus)

    with django_assert_max_num_queries(30) as three:
        client.get("/me/team/")

    assert len(three) == len(one)


# --- Yes


def test_endorsed_colleague_is_in(client, folke, aarhus, asking):
    client.force_login(folke)

    response = client.post(_url("endorse", asking), follow=True)

    asking.refresh_from_db()
    account = User.objects.get(email=asking.email)
    post = Post.objects.get(person__user=account)
    assert "is in your team now" in response.content.decode()
    assert asking.status == "approved"
    assert (post.city, post.status, post.endorsed_by, post.is_focal_point) == (
        aarhus,
        "active",
        folke.person,
        False,
    )
    assert Endorsement.objects.get().endorsed is True
    assert letters(asking.email) == ["welcome"]
    assert [entry.verb for entry in journal.of(asking)] == ["endorsed", "approved"]


def test_second_press_is_answered_409(client, folke, asking):
    client.force_login(folke)
    client.post(_url("endorse", asking))

    assert client.post(_url("endorse", asking)).status_code == 409
    assert client.post(_url("refuse", asking), {"reason": "No."}).status_code == 409
    assert User.objects.filter(email=asking.email).count() == 1


# --- No


def test_refused_colleague_reads_the_reason_and_hears_of_it(client, folke, asking):
    client.force_login(folke)

    client.post(_url("refuse", asking), {"reason": "Nobody here knows the name."})

    asking.refresh_from_db()
    assert asking.status == "declined"
    assert (asking.decided_by, asking.decision_text) == (folke, "Nobody here knows the name.")
    assert Endorsement.objects.get().endorsed is False
    assert letters(asking.email) == ["colleague_refused"]
    assert not User.objects.filter(email=asking.email).exists()
    assert [entry.verb for entry in journal.of(asking)] == ["refused by the city"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_refusing_needs_a_reason(client, folke, asking, reason):
    client.force_login(folke)

    response = client.post(_url("refuse", asking), {"reason": reason})

    asking.refresh_from_db()
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert asking.status == "awaiting_city"


def test_decided_application_says_that_nothing_is_to_decide(client, folke, asking):
    client.force_login(folke)
    client.post(_url("refuse", asking), {"reason": "No."})

    assert "Nothing to decide here now" in client.get(_url("colleague", asking)).content.decode()


def test_city_that_is_asked_a_second_time_may_say_something_else(folke, asking):
    endorsements.refuse(asking, reason="Not known.", by=folke)
    MembershipApplication.objects.update(status="awaiting_city", decided_at=None)

    endorsements.endorse(asking, by=folke)

    assert Endorsement.objects.get().endorsed is True


# --- Nothing


def _asked_days_ago(application, days):
    MembershipApplication.objects.filter(pk=application.pk).update(
        city_asked_at=timezone.now() - timedelta(days=days)
    )


def test_focal_point_is_reminded_once_after_a_week(folke, asking):
    _asked_days_ago(asking, 6)
    tasks.remind()
    before = letters(folke.email)
    _asked_days_ago(asking, 8)
    tasks.remind()
    tasks.remind()

    asking.refresh_from_db()
    assert before == []
    assert letters(folke.email) == ["colleague_reminder"]
    assert asking.reminded_at is not None
    assert asking.status == "awaiting_city"


def test_staff_take_over_after_two_weeks(folke, asking):
    _asked_days_ago(asking, 15)

    tasks.remind()

    asking.refresh_from_db()
    assert asking.status == "in_vetting"
    assert asking.due_on > timezone.localdate()
    assert list(MembershipApplication.objects.in_staff_queue()) == [asking]
    assert [entry.verb for entry in journal.of(asking)] == ["handed to staff"]
    assert not Message.objects.exists()


def test_city_that_lost_its_focal_point_goes_to_staff_at_the_reminder(asking):
    _asked_days_ago(asking, 8)

    tasks.remind()

    asking.refresh_from_db()
    assert asking.status == "in_vetting"


def test_focal_point_is_too_late_once_staff_have_it(client, folke, asking):
    endorsements.hand_to_staff(asking)
    client.force_login(folke)

    assert "Nothing to decide here now" in client.get(_url("colleague", asking)).content.decode()
    assert client.post(_url("endorse", asking)).status_code == 409


def test_reminder_for_what_was_decided_meanwhile_is_refused(folke, asking):
    endorsements.refuse(asking, reason="No.", by=folke)

    with pytest.raises(IllegalMove):
        endorsements.remind(asking)
