import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from core import journal
from outbox.models import Message
from tests import factories
from tests.hub.owning import letters, owned, text_of


@pytest.fixture
def bus(aarhus, folke):
    return owned(aarhus, "SCN-P-0001", title="Evening bus")


def _ask(client, record, user, text="How do you train them?", **changes):
    client.force_login(user)
    address = reverse("hub:ask_city", args=[record.code])
    return client.post(address, {"purpose": "question", "text": text} | changes)


def test_the_question_reaches_focal_point_and_author_and_answers_go_to_the_asker(
    client, aarhus, folke, ana, zoe
):
    record = owned(aarhus, "SCN-P-0001", title="Evening bus", author=ana)

    _ask(client, record, zoe)

    assert sorted(letters("question")) == sorted([folke.email, ana.email])
    assert set(Message.objects.values_list("reply_to", flat=True)) == {zoe.email}
    words = text_of("question", folke.email)
    assert "Zoe Sample read “Evening bus”" in words
    assert "City: Mombasa" in words
    assert "How do you train them?" in words


def test_the_page_says_before_what_is_sent_along(client, bus, zoe, folke):
    client.force_login(zoe)

    page = client.get(reverse("hub:ask_city", args=[bus.code])).content.decode()

    assert "<bdi>Zoe Sample</bdi>" in page
    assert "<bdi>Mombasa</bdi>" in page
    assert zoe.email in page
    assert folke.email not in page
    assert "Folke" not in page


def test_owners_stand_between_the_commas_of_the_language(client, bus, zoe):
    bus.cities.create(city=factories.city("Ghent"), role="owner")
    client.force_login(zoe)

    page = client.get(f"/ar/hub/{bus.code}/question/").content.decode()

    with override("ar"):
        owners = "، ".join(str(place.city) for place in bus.cities.order_by("pk"))
    assert f"<bdi>{owners}</bdi>" in page


def test_an_exchange_says_so(client, bus, zoe):
    _ask(client, bus, zoe, purpose="exchange")

    assert "would like to talk to your city" in text_of("question")


def test_an_author_who_left_the_city_hears_nothing(client, aarhus, folke, zoe):
    gone = factories.member(aarhus, email="gone@aarhus.example.org")
    record = owned(aarhus, "SCN-P-0001", author=gone)
    post = gone.person.posts.get()
    post.move_to("ended")
    post.save(update_fields=["status"])

    _ask(client, record, zoe)

    assert letters("question") == [folke.email]


def test_without_anybody_to_ask_the_question_goes_to_staff(client, zoe):
    record = factories.record("SCN-P-0002", title="Nobody’s bus")

    _ask(client, record, zoe, purpose="exchange")

    assert letters("question_to_staff") == [settings.STAFF_EMAIL]
    assert "They would like an exchange." in text_of("question_to_staff")


def test_a_suspended_city_is_not_written_to(client, bus, aarhus, folke, zoe):
    membership = aarhus.memberships.get()
    membership.move_to("suspended")
    membership.save(update_fields=["status"])

    _ask(client, bus, zoe)

    assert letters("question") == []
    assert letters("question_to_staff") == [settings.STAFF_EMAIL]


def test_sent_twice_it_is_one_letter_and_the_journal_keeps_no_words(client, bus, zoe):
    _ask(client, bus, zoe)
    _ask(client, bus, zoe)

    (entry,) = journal.of(bus)
    assert (entry.verb, entry.by) == ("asked the city", zoe)
    assert set(entry.facts) == {"purpose", "key"}
    assert len(letters("question")) == 1


def test_nobody_asks_without_end(client, bus, zoe):
    for number in range(10):
        _ask(client, bus, zoe, text=f"Question {number}")
    page = _ask(client, bus, zoe, text="Question 11")

    assert "Try again tomorrow." in page.content.decode()
    assert "Question 11" in page.content.decode()
    assert len(letters("question")) == 10


def test_an_empty_question_is_asked_for_again(client, bus, zoe):
    page = _ask(client, bus, zoe, text="", purpose="exchange").content.decode()

    assert "This field is required." in page
    assert letters("question") == []


def test_owners_staff_and_reviewers_do_not_ask(client, bus, ana, staff, rui):
    answers = [_ask(client, bus, user).status_code for user in (ana, staff, rui)]

    assert answers == [403, 403, 404]
    assert letters("question") == []
