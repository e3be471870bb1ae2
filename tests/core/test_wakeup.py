"""Wake-ups: the broker may be stopped, silent or nowhere; nobody waits for it and nothing is raised."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from celery import Celery, current_app
from django.db import transaction

from core import wakeup


@pytest.fixture
def published(monkeypatch):
    """What would have gone to the broker."""
    names = []
    monkeypatch.setattr(wakeup.Courier, "_publish", lambda self, task: names.append(task))
    monkeypatch.setattr(wakeup, "_courier", wakeup.Courier())
    return names


@pytest.fixture
def broker(monkeypatch):
    """Let the wake-ups go to another broker."""

    def choose(url):
        app = Celery("elsewhere", broker=url, set_as_current=False)
        monkeypatch.setattr(wakeup, "current_app", app)
        courier = wakeup.Courier()
        monkeypatch.setattr(wakeup, "_courier", courier)
        return courier

    return choose


@contextmanager
def tarpit():
    """A server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def seconds(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def wait_until(question):
    deadline = time.monotonic() + 10
    while not question() and time.monotonic() < deadline:
        time.sleep(0.01)
    return question()


@pytest.mark.django_db(transaction=True)
def test_many_wake_ups_of_a_transaction_become_one_after_its_commit(published):
    with transaction.atomic():
        for _ in range(50):
            wakeup.after_commit("outbox.tasks.deliver")
        wakeup.after_commit("core.tasks.run_job")
        before = list(published)

    assert before == []
    assert wait_until(lambda: len(published) == 2)
    assert sorted(published) == ["core.tasks.run_job", "outbox.tasks.deliver"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_woken_by_a_transaction_that_rolls_back(published):
    with transaction.atomic():
        wakeup.after_commit("outbox.tasks.deliver")
        transaction.set_rollback(True)

    time.sleep(0.05)
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_wake_up_survives_the_rollback_of_an_inner_step(published):
    with transaction.atomic():
        with transaction.atomic():
            wakeup.after_commit("outbox.tasks.deliver")
            transaction.set_rollback(True)
        wakeup.after_commit("outbox.tasks.deliver")

    assert wait_until(lambda: published == ["outbox.tasks.deliver"])


@pytest.mark.parametrize("kind", ["silent", "stopped", "nowhere"])
def test_broken_broker_costs_nobody_anything(broker, kind):
    with tarpit() as port:
        urls = {
            "silent": f"redis://127.0.0.1:{port}/0",
            "stopped": "redis://127.0.0.1:9/0",
            "nowhere": "redis://no.such.host.invalid:6379/0",
        }
        courier = broker(urls[kind])

        slowest = max(seconds(lambda: wakeup.wake("outbox.tasks.deliver")) for _ in range(20))

        assert slowest < 0.2
        assert wait_until(lambda: courier._rests_until > time.monotonic())
        assert seconds(lambda: wakeup.wake("outbox.tasks.deliver")) < 0.05
        assert courier._waiting == set()  # left alone for a while


def test_without_the_courier_a_silent_broker_holds_the_request_up():
    """The negative control: what the plain call costs."""
    with tarpit() as port:
        app = Celery("elsewhere", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
        app.conf.broker_transport_options = {"socket_timeout": 1, "socket_connect_timeout": 1}
        done = threading.Event()

        def plain():
            with suppress(Exception):
                app.send_task("outbox.tasks.deliver", retry=False)
            done.set()

        threading.Thread(target=plain, daemon=True).start()

        assert not done.wait(0.25)


def test_courier_tries_again_after_its_rest(broker, monkeypatch):
    courier = broker("redis://127.0.0.1:9/0")
    monkeypatch.setattr(wakeup, "REST_SECONDS", 0)
    wakeup.wake("outbox.tasks.deliver")
    assert wait_until(lambda: courier._rests_until > 0)
    tried = []
    monkeypatch.setattr(wakeup.Courier, "_publish", lambda self, task: tried.append(task))

    wakeup.wake("outbox.tasks.deliver")

    assert wait_until(lambda: tried == ["outbox.tasks.deliver"])


def test_wake_up_reaches_the_lane_of_its_task(settings):
    import redis

    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("mail")

    wakeup.Courier()._publish("outbox.tasks.deliver")

    assert client.llen("mail") == 1
    client.delete("mail")


def test_every_thread_finds_our_celery():
    found = []
    thread = threading.Thread(target=lambda: found.append(current_app.main))
    thread.start()
    thread.join()

    assert found == ["scn"]


def test_child_process_has_a_courier_of_its_own():
    before = wakeup._courier
    wakeup._start_over()
    after = wakeup._courier
    wakeup._courier = before

    assert after is not before
