"""A letter is a row in the transaction of what it tells: one a key, gone when the transaction is."""

import socket
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from core import wakeup
from core.lifecycle import IllegalMove
from core.models import JournalEntry
from outbox import delivery, letters, mail
from outbox.models import Message

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr(wakeup, "wake", names.append)
    return names


@pytest.mark.parametrize(
    ("kind", "task"),
    [("transactional", "outbox.tasks.deliver"), ("bulk", "outbox.tasks.deliver_bulk")],
)
def test_queue_writes_a_row_and_wakes_its_lane(
    write, woken, kind, task, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        message = write(kind=kind, language="fr")

    assert (message.status, message.kind, message.language) == ("queued", kind, "fr")
    assert message.pk is not None
    assert woken == [task]
    assert delivery.is_due(kind)


def test_same_key_twice_is_one_letter(write):
    first = write(key="welcome:1", to="ana@example.org")

    second = write(key="welcome:1", to="zoe@example.org")

    assert second.pk == first.pk
    assert [m.to for m in Message.objects.all()] == ["ana@example.org"]


def test_same_key_does_not_break_the_callers_transaction(write):
    with transaction.atomic():
        write(key="welcome:1")
        write(key="welcome:1")
        write(key="welcome:2")

    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_same_key_at_the_same_moment_is_one_letter(write):
    barrier, found = threading.Barrier(8), []

    def work():
        with transaction.atomic():
            barrier.wait()
            found.append(write(key="welcome:1").pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert set(found) == {Message.objects.get().pk}


def test_letter_goes_when_its_transaction_goes(write):
    for number in range(40):
        try:
            with transaction.atomic():
                write(key=f"n:{number}")
                if number % 2:
                    raise RuntimeError
        except RuntimeError:
            pass

    keys = set(Message.objects.values_list("key", flat=True))
    assert keys == {f"n:{number}" for number in range(0, 40, 2)}


def test_queue_opens_no_connection_but_the_databases(write, monkeypatch):
    connection.ensure_connection()

    def refuse(*args):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert write().status == "queued"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "ana@example.org\nBcc: evil@example.com",
        "ana@example.org\r\nX: y",
        "a@example.org,b@example.org",
        "Ana <ana@example.org>",
        '"\x01"@example.org',
        "ana@exam\0ple.org",
    ],
)
def test_address_that_cannot_be_one_is_refused(write, address):
    with pytest.raises(ValidationError):
        write(to=address)
    with pytest.raises(ValidationError):
        write(reply_to=address or "x")


@pytest.mark.parametrize(
    "template", ["../settings.txt", "outbox/demo_mail.html", "x.txt", "outbox/emails/../x.txt"]
)
def test_only_letters_can_be_queued(template):
    with pytest.raises(ValueError, match="is not a letter"):
        mail.queue(template, to="ana@example.org", key="x")


@pytest.mark.parametrize(
    "path",
    [
        "os.system",
        "members.models.User",
        "members.actions.people.suspend_person",
        "nowhere.emails.link",
        "subprocess.emails.run",
        "members.emails",
    ],
)
def test_only_functions_of_an_apps_emails_make_links(write, path):
    with pytest.raises(letters.BadLink):
        write(links={"button": [path]})


# --- Again, and not at all


def journal():
    return list(JournalEntry.objects.order_by("pk").values_list("verb", "by__email"))


@pytest.mark.parametrize("status", ["failed", "unknown", "cancelled", "queued"])
def test_retry_makes_the_letter_due_at_once(write, status, staff):
    message = write()
    Message.objects.update(status=status, failures=9, next_try_at="2099-01-01T00:00Z")

    mail.retry(message, by=staff)

    message.refresh_from_db()
    assert (message.status, message.failures) == ("queued", 0)
    assert delivery.is_due("transactional")
    assert journal() == [("sent again", staff.email)]


@pytest.mark.parametrize("status", ["sent", "sending"])
def test_letter_that_was_sent_is_not_sent_again(write, status):
    message = write()
    Message.objects.update(status=status)

    with pytest.raises(IllegalMove):
        mail.retry(message)
    assert journal() == []


@pytest.mark.parametrize("status", ["queued", "failed", "unknown"])
def test_cancelled_letter_is_not_sent(write, status, staff):
    message = write()
    Message.objects.update(status=status)

    mail.cancel(message, by=staff)

    message.refresh_from_db()
    assert message.status == "cancelled"
    assert not delivery.is_due("transactional")
    assert journal() == [("cancelled", staff.email)]


@pytest.mark.parametrize("verb", [mail.retry, mail.cancel])
def test_letter_in_a_workers_hand_is_left_alone(write, verb):
    message = write()
    delivery.leases.take(Message.objects.all(), n=1, seconds=60)

    with pytest.raises(IllegalMove, match="being sent"):
        verb(message)


def test_letter_whose_content_was_erased_cannot_go_again(write):
    message = write()
    Message.objects.update(status="failed", params={}, erased_at="2026-01-01T00:00Z")

    with pytest.raises(IllegalMove):
        mail.retry(message)


def test_journal_never_holds_the_address(write):
    mail.cancel(write(to="ana@example.org"))

    assert "ana" not in JournalEntry.objects.get().subject_name
