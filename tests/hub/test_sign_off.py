"""The city's word: its focal point signs off what colleagues write, sends it back, and is reminded."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.lifecycle import IllegalMove
from core.models import JournalEntry
from hub import tasks
from hub.actions import contributions, reviewing, sign_off
from hub.models import Contribution
from outbox.models import Message
from tests import factories
from tests.hub.contributing import page, ready, reload


@pytest.fixture
def asked(ana, folke, aarhus):
    """With the focal point since just now."""
    return contributions.send(ready(ana, aarhus), by=ana)


def _letters(template):
    return [letter.to for letter in Message.objects.filter(template__endswith=template)]


def test_it_stands_on_the_focal_points_page(client, asked, folke):
    client.force_login(folke)

    body = client.get(reverse("me")).content.decode()

    assert "Sign off “<bdi>Night buses</bdi>”" in body
    assert page(asked) in body


def test_signed_off_it_goes_to_staff_and_its_author_knows(client, asked, ana, folke):
    client.force_login(folke)

    client.post(page(asked, "contribution_sign_off"))

    asked = reload(asked)
    assert (asked.status, asked.signed_off_by) == ("submitted", folke)
    assert _letters("contribution_received.txt") == [ana.email]
    verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["began", "handed to the city", "signed off", "sent"]


def test_signing_off_twice_is_refused(client, asked, folke):
    client.force_login(folke)

    client.post(page(asked, "contribution_sign_off"))

    assert client.post(page(asked, "contribution_sign_off")).status_code == 409
    assert client.post(page(asked, "contribution_send_back"), {"text": "No."}).status_code == 409


def test_sent_back_with_a_reason_that_its_author_reads(client, asked, ana, folke):
    client.force_login(folke)

    client.post(page(asked, "contribution_send_back"), {"text": "Please add the cost."})

    assert reload(asked).status == "draft"
    assert _letters("contribution_sent_back.txt") == [ana.email]
    client.force_login(ana)
    assert "Please add the cost." in client.get(page(asked)).content.decode()


def test_a_reason_is_needed_to_send_back(client, asked, folke):
    client.force_login(folke)

    response = client.post(page(asked, "contribution_send_back"), {"text": " "})

    assert response.status_code == 200
    assert "This field is required." in response.content.decode()
    assert reload(asked).status == "city_review"


def test_only_the_focal_point_of_that_city_may(client, asked, ana, mombasa):
    other = factories.member(mombasa, focal=True)
    for user, status in [(ana, 403), (other, 404)]:
        client.force_login(user)
        assert client.post(page(asked, "contribution_sign_off")).status_code == status


def test_a_remark_is_crossed_off_once(client, asked, ana, folke):
    sign_off.send_back(asked, text="Please add the cost.", by=folke)
    comment = asked.comments.get()
    client.force_login(ana)
    address = page(asked, "contribution_settle", comment.pk)

    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404
    comment.refresh_from_db()
    assert comment.settled_by == ana


def test_many_remarks_ask_the_database_as_often_as_one(client, asked, ana, folke):
    sign_off.send_back(asked, text="Please add the cost.", by=folke)
    client.force_login(ana)
    client.get(page(asked))
    with CaptureQueriesContext(connection) as of_one:
        client.get(page(asked))

    for number in range(3):
        asked.comments.create(text=f"Remark {number}", by=folke)
    with CaptureQueriesContext(connection) as of_many:
        body = client.get(page(asked)).content.decode()

    assert "Remark 2" in body
    assert len(of_many) == len(of_one)


def test_a_remark_that_is_not_sent_yet_cannot_be_crossed_off(client, asked, ana, folke, staff):
    sign_off.sign_off(asked, by=folke)
    comment = reviewing.comment(asked, section="", text="Please add the cost.", by=staff)
    client.force_login(ana)

    assert client.post(page(asked, "contribution_settle", comment.pk)).status_code == 404


def test_the_focal_point_is_reminded_once_after_a_week(asked, folke):
    for days in (6, 8, 9):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            tasks.remind_of_sign_off()

    assert _letters("sign_off_reminder.txt") == [folke.email]


def test_a_second_reminder_writes_nothing(asked, folke):
    sign_off.remind(asked)
    sign_off.remind(asked)

    assert _letters("sign_off_reminder.txt") == [folke.email]


def test_without_a_focal_point_any_more_staff_get_it(asked, ana, folke):
    folke.person.posts.update(is_focal_point=False)

    sign_off.remind(asked)

    assert reload(asked).status == "submitted"
    assert _letters("contribution_received.txt") == [ana.email]


def test_a_focal_point_who_may_not_read_it_is_not_reminded(asked, ana, folke):
    change = factories.record("SCN-P-0009", visibility="staff")
    Contribution.objects.filter(pk=asked.pk).update(record=change)

    sign_off.remind(reload(asked))

    assert reload(asked).status == "submitted"
    assert _letters("sign_off_reminder.txt") == []


def test_what_moved_on_meanwhile_is_left_alone(asked, ana):
    contributions.withdraw(asked, by=ana)

    with pytest.raises(IllegalMove):
        sign_off.remind(asked)


def test_changed_after_staff_asked_it_needs_the_city_again(asked, ana, folke):
    Contribution.objects.filter(pk=asked.pk).update(
        status="changes_requested", signed_off_at=timezone.now(), signed_off_by=folke
    )

    again = contributions.send(asked, by=ana)

    assert (again.status, again.signed_off_at) == ("city_review", None)
