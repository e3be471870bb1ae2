import pytest
from django.conf import settings
from django.urls import reverse

from core import journal
from outbox.models import Message
from tests import factories
from tests.hub.owning import letters, text_of


def _report(client, record, user=None, **changes):
    client.logout()
    if user:
        client.force_login(user)
    data = {"reason": "wrong", "text": "The figure is not so.", "email": "", "website": ""}
    return client.post(reverse("hub:report", args=[record.code]), data | changes)


@pytest.fixture
def public(db):
    return factories.record("SCN-P-0001", title="Evening bus", visibility="public")


def test_a_stranger_reports_and_staff_have_a_letter(client, public):
    answer = _report(client, public, email="reader@example.org")

    assert answer.status_code == 302
    assert letters("report") == [settings.STAFF_EMAIL]
    assert Message.objects.get().reply_to == "reader@example.org"
    assert "holds something wrong" in text_of("report")
    assert "The figure is not so." in text_of("report")
    (entry,) = journal.of(public)
    assert (entry.verb, entry.by, entry.facts["reason"]) == ("reported", None, "wrong")
    assert "figure" not in str(entry.facts)


def test_a_stranger_need_not_say_who_they_are(client, public):
    _report(client, public)

    assert Message.objects.get().reply_to == ""
    assert "They left no address." in text_of("report")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("harmful", "may harm people"),
        ("outdated", "out of date"),
        ("rights", "belongs to others"),
        ("other", "reports a problem"),
    ],
)
def test_the_letter_says_what_is_the_matter(client, public, reason, said):
    _report(client, public, reason=reason)

    assert said in text_of("report")


def test_a_members_address_goes_along_by_itself(client, public, ana):
    _report(client, public, ana, email="somebody.else@example.org")

    assert Message.objects.get().reply_to == ana.email
    assert journal.of(public).get().by == ana


def test_sent_twice_it_is_one_letter(client, public):
    _report(client, public)
    _report(client, public)

    assert len(letters("report")) == 1
    assert journal.of(public).count() == 1


def test_a_machine_that_fills_in_everything_reaches_nobody(client, public):
    answer = _report(client, public, website="https://example.org")

    assert answer.status_code == 302
    assert letters("report") == []


def test_too_many_from_one_place_are_refused(client, public):
    for number in range(5):
        _report(client, public, text=f"Problem {number}")

    page = _report(client, public, text="Problem 6").content.decode()
    assert "Try again in an hour." in page
    assert "Problem 6" in page
    assert len(letters("report")) == 5


def test_the_form_keeps_what_was_typed(client, public):
    page = _report(client, public, reason="", email="nonsense").content.decode()

    assert "The figure is not so." in page
    assert "nonsense" in page
    assert letters("report") == []


def test_what_one_may_not_read_cannot_be_reported(client, db):
    hidden = factories.record("SCN-P-0002")

    assert _report(client, hidden).status_code == 404
    assert client.get(reverse("hub:report", args=["SCN-P-9999"])).status_code == 404


def test_a_record_in_short_is_reported_without_telling_more(client, db):
    teaser = factories.record("SCN-P-0003", visibility="teaser", title="In short")

    page = client.get(reverse("hub:report", args=[teaser.code])).content.decode()

    assert "In short" in page
    assert _report(client, teaser).status_code == 302
