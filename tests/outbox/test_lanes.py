"""Two lanes: heaps of bulk mail over several connections, and nothing transactional behind them."""

import threading
import time

import pytest
from django.db import connection, transaction

from outbox import delivery, mail
from outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heap():
    """A newsletter for more readers than one batch holds."""
    with transaction.atomic():
        for number in range(delivery.BATCH + 50):
            mail.queue(
                "outbox/emails/sample.txt",
                to=f"reader{number}@example.org",
                key=f"newsletter:{number}",
                kind="bulk",
                params={"name": "Reader", "city": "Port Amity"},
                links={
                    name: ["members.emails.accounts.reset_page"] for name in ("button", "plain")
                },
            )


def states():
    return set(Message.objects.values_list("kind", "status"))


def test_heap_goes_over_several_connections_once_each(sink, heap):
    sink.script.accept_seconds = 0.005

    more = delivery.deliver("bulk")

    assert more is False
    assert states() == {("bulk", "sent")}
    assert len({kept.to for kept in sink.kept}) == len(sink.kept) == delivery.BATCH + 50
    assert 1 < sink.connections <= delivery.BULK_RELAYS


def test_heap_waits_when_the_server_is_away(settings, heap):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9

    assert delivery.deliver("bulk") is False

    assert states() == {("bulk", "queued")}


def test_password_reset_does_not_wait_for_the_newsletter(sink, heap, write):
    sink.script.accept_seconds = 0.05
    bulk = threading.Thread(
        target=lambda: (delivery.deliver("bulk", seconds=5), connection.close())
    )
    bulk.start()
    while len(sink.kept) < 5:
        time.sleep(0.01)

    write(to="ana@example.org")
    delivery.deliver("transactional")

    behind = len(sink.kept)
    bulk.join()
    assert "ana@example.org" in {kept.to for kept in sink.kept[:behind]}
    assert behind < delivery.BATCH + 51


def test_two_workers_on_one_lane_send_each_letter_once(sink, write):
    for _ in range(delivery.BATCH + 20):
        write()

    def work():
        delivery.deliver("transactional")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    identities = [kept.mail["Message-ID"] for kept in sink.kept]
    assert len(identities) == len(set(identities)) == delivery.BATCH + 20
    assert states() == {("transactional", "sent")}
