# ruff: noqa: T201 - the figures are what these tests are for
"""With a broker that accepts connections and never answers, requests that send letters stay as fast."""

import socket
import statistics
import time

import pytest
from celery import Celery
from django.urls import reverse

from core import wakeup
from outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 5


@pytest.fixture
def silent_broker(monkeypatch):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        app = Celery(
            broker=f"redis://127.0.0.1:{listener.getsockname()[1]}/0", set_as_current=False
        )
        monkeypatch.setattr(wakeup, "current_app", app)
        monkeypatch.setattr(wakeup, "_courier", wakeup.Courier())
        yield


def write_to_us(client, number):
    """Send the contact form; returns the seconds it took."""
    page = reverse("contact")
    once = client.get(page).context["form"]["once"].value()
    facts = {
        "name": "Zoe",
        "email": "zoe@example.org",
        "text": "Hello there, this is a question.",
        "once": once,
        "website": "",
    }
    began = time.monotonic()
    response = client.post(page, facts, REMOTE_ADDR=f"127.0.1.{number}")
    assert response.status_code == 302
    return time.monotonic() - began


@pytest.fixture
def usual(client, monkeypatch):
    monkeypatch.setattr(wakeup, "wake", lambda task: None)
    write_to_us(client, 99)  # warm up
    seconds = statistics.median(write_to_us(client, number) for number in range(TRIES))
    monkeypatch.undo()
    return seconds


def test_no_request_is_slower_by_more_than_250_ms(client, usual, silent_broker):
    slowest = max(write_to_us(client, 100 + number) for number in range(TRIES))

    print(f"\nsilent broker: slowest request {slowest * 1000:.0f} ms, usual {usual * 1000:.0f} ms")
    assert slowest - usual < 0.25
    assert Message.objects.count() == 1 + TRIES + TRIES
