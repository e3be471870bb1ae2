"""Staff see the queue and each letter's fate, and act by POST; one-time links they never see."""

import pytest
from django.urls import reverse

from core.models import JournalEntry
from outbox import delivery
from outbox.models import Attempt, Message

pytestmark = pytest.mark.django_db
LIST = "admin:outbox_message_changelist"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def page(message):
    return reverse("admin:outbox_message_change", args=[message.pk])


def verb(message, name):
    return reverse(f"admin:outbox_message_{name}", args=[message.pk])


def test_list_counts_the_queue_by_state(desk, write):
    for number, status in enumerate(["queued", "queued", "failed", "unknown"]):
        Message.objects.filter(pk=write().pk).update(
            status=status, to=f"reader{number}@example.org"
        )
    Message.objects.filter(status="failed").update(created_at="2020-01-01T00:00Z")

    html = desk.get(reverse(LIST)).content.decode()

    assert '<a href="?status__exact=queued">queued</a></th><td class="number">2</td>' in html
    assert '<a href="?status__exact=failed">failed</a></th><td class="number">1</td>' in html
    assert "days ago" in html
    assert "reader3@example.org" in html


@pytest.mark.parametrize("rows", [1, 30])
def test_list_asks_the_same_questions_for_any_number_of_rows(
    desk, write, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        write()
    desk.get(reverse(LIST))

    with django_assert_max_num_queries(12):
        desk.get(reverse(LIST))


def test_letter_is_found_by_its_reader(desk, write):
    write(to="ana@example.org"), write(to="zoe@example.org")

    html = desk.get(reverse(LIST), {"q": "ANA@"}).content.decode()

    assert "ana@example.org" in html
    assert "zoe@example.org" not in html


def test_page_shows_the_words_and_the_tries_but_no_link(desk, write):
    message = write()
    Attempt.objects.create(message=message, outcome="later", detail="450 grey listed")

    html = desk.get(page(message)).content.decode()

    assert "Your application for Port Amity is here." in html
    assert "450 grey listed" in html
    assert "Follow your application:" in html
    assert "reset_page" not in html
    assert reverse("account_reset_password") not in html
    assert message.message_id.strip("<>") in html


def test_page_does_not_show_the_link_that_stops_a_bulk_letter(desk, write):
    message = write(kind="bulk", links={"stop": ["members.emails.accounts.reset_page"]})

    html = desk.get(page(message)).content.decode()

    assert "Your application for Port Amity is here." in html
    assert [words for words in ("reset_page", "Unsubscribe") if words in html] == []
    assert reverse("account_reset_password") not in html


def test_page_of_a_letter_that_cannot_be_written_says_why(desk, write):
    message = write()
    Message.objects.update(template="outbox/emails/missing.txt")

    assert "TemplateDoesNotExist" in desk.get(page(message)).content.decode()


def test_page_of_an_erased_letter_says_so(desk, write):
    message = write()
    Message.objects.update(status="sent", params={}, erased_at="2026-01-31T00:00Z")

    html = desk.get(page(message)).content.decode()

    assert "thirty days after" in html
    assert "Dear" not in html


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        ("queued", ["Send it now", "Cancel the letter"]),
        ("failed", ["Send it again", "Cancel the letter"]),
        ("unknown", ["Send it again", "Cancel the letter"]),
        ("cancelled", ["Send it again"]),
        ("sent", []),
    ],
)
def test_page_offers_what_the_state_allows(desk, write, status, buttons):
    message = write()
    Message.objects.update(status=status)

    html = desk.get(page(message)).content.decode()

    every = ["Send it now", "Send it again", "Cancel the letter"]
    assert [words for words in every if words in html] == buttons


def test_staff_send_a_failed_letter_again(desk, write, staff):
    message = write()
    Message.objects.update(status="failed")

    response = desk.post(verb(message, "retry"))

    message.refresh_from_db()
    assert (response.status_code, response.url) == (302, page(message))
    assert message.status == "queued"
    assert [(e.verb, e.by) for e in JournalEntry.objects.all()] == [("sent again", staff)]


def test_staff_cancel_a_letter(desk, write):
    message = write()

    desk.post(verb(message, "cancel"))

    message.refresh_from_db()
    assert message.status == "cancelled"


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_letter_that_was_sent_is_refused_with_409(desk, write, name):
    message = write()
    Message.objects.update(status="sent")

    assert desk.post(verb(message, name)).status_code == 409


def test_letter_in_a_workers_hand_is_refused_with_409(desk, write):
    message = write()
    delivery.leases.take(Message.objects.all(), n=1, seconds=60)

    assert desk.post(verb(message, "cancel")).status_code == 409


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_looking_changes_nothing(desk, write, name):
    message = write()

    assert desk.get(verb(message, name)).status_code == 405
    message.refresh_from_db()
    assert message.status == "queued"


def test_several_letters_at_once(desk, write):
    letters = [write() for _ in range(3)]
    for letter, status in zip(letters, ["failed", "unknown", "sent"], strict=True):
        Message.objects.filter(pk=letter.pk).update(status=status)

    response = desk.post(
        reverse(LIST),
        {"action": "retry_chosen", "_selected_action": [letter.pk for letter in letters]},
        follow=True,
    )

    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == [
        "queued", "queued", "sent",
    ]  # fmt: skip
    words = [str(message) for message in response.context["messages"]]
    assert words == [
        "2 letters changed.",
        "1 letter was left as it is: its state does not allow this.",
    ]


def test_several_letters_cancelled(desk, write):
    letter = write()

    desk.post(reverse(LIST), {"action": "cancel_chosen", "_selected_action": [letter.pk]})

    assert Message.objects.get().status == "cancelled"


def test_nobody_writes_or_deletes_letters_here(desk, write):
    message = write()
    delete = reverse("admin:outbox_message_delete", args=[message.pk])

    assert desk.get(reverse("admin:outbox_message_add")).status_code == 403
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    assert desk.post(page(message), {"to": "evil@example.org"}).status_code == 403
    assert Message.objects.get().to == "ana@example.org"


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_members_have_no_business_here(client, write, ana, name):
    message = write()
    client.force_login(ana)

    client.post(verb(message, name))

    assert client.get(page(message)).status_code != 200
    assert Message.objects.get().status == "queued"
