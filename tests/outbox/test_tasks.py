"""The lanes, the sweep, the tidying, and the same from the shell."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from outbox import delivery, fates, tasks
from outbox.models import Attempt, Message
from scn.celery import look_after_connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr("core.wakeup.wake", names.append)
    return names


def run(*words):
    out = io.StringIO()
    call_command("outbox", *words, stdout=out)
    return out.getvalue()


def test_each_lane_sends_its_own(sink, write):
    write(to="ana@example.org"), write(to="zoe@example.org", kind="bulk")

    tasks.deliver()
    first = [kept.to for kept in sink.kept]
    tasks.deliver_bulk()

    assert first == ["ana@example.org"]
    assert [kept.to for kept in sink.kept] == ["ana@example.org", "zoe@example.org"]


def test_lane_that_has_more_to_do_wakes_itself(sink, write, woken, monkeypatch):
    monkeypatch.setattr(delivery, "deliver", lambda kind: True)

    tasks.deliver()

    assert woken == ["outbox.tasks.deliver"]


def test_sweep_wakes_the_lanes_in_which_something_is_due(write, woken):
    tasks.sweep()
    write(kind="bulk")
    tasks.sweep()
    write()
    tasks.sweep()

    assert woken == [
        "outbox.tasks.deliver_bulk",
        "outbox.tasks.deliver",
        "outbox.tasks.deliver_bulk",
    ]


def test_sweep_lists_bulk_letters_left_in_hand(write, woken):
    message = write(kind="bulk")
    fates.begin(delivery._take("bulk")[0])
    Message.objects.update(leased_until=None)

    tasks.sweep()

    message.refresh_from_db()
    assert message.status == "unknown"
    assert woken == []


def test_tidy_erases_what_letters_said_after_thirty_days(write):
    now = timezone.now()
    ages = {"fresh": 29, "old": 31, "older": 366, "waiting": 40}
    for name, days in ages.items():
        write(key=name, reply_to="zoe@example.org")
        Message.objects.filter(key=name).update(
            created_at=now - timedelta(days=days),
            status="queued" if name == "waiting" else "sent",
        )
    Attempt.objects.create(message=Message.objects.get(key="older"), outcome="later")

    tasks.tidy()

    kept = {message.key: message for message in Message.objects.all()}
    assert set(kept) == {"fresh", "old", "waiting"}
    assert (kept["old"].params, kept["old"].links, kept["old"].reply_to) == ({}, {}, "")
    assert kept["old"].erased_at is not None
    assert kept["old"].to == "ana@example.org"
    assert kept["fresh"].params == kept["waiting"].params == {"name": "Ana", "city": "Port Amity"}
    assert Attempt.objects.count() == 0


def test_status_counts_letters_by_state(write):
    write(), write()
    Message.objects.filter(pk=write().pk).update(status="failed", created_at="2026-01-02T03:04Z")

    lines = run("status").splitlines()

    assert [line.split()[:2] for line in lines] == [
        ["queued", "2"], ["sending", "0"], ["sent", "0"], ["failed", "1"], ["unknown", "0"], ["cancelled", "0"],
    ]  # fmt: skip
    assert lines[3].endswith("oldest 2026-01-02 03:04 UTC")
    assert lines[4].endswith("oldest -")


def test_sweep_command_sends_everything_by_itself(sink, write):
    write(), write(kind="bulk")

    assert run("sweep") == "2 letters sent.\n"
    assert len(sink.kept) == 2


def test_retry_command(sink, write):
    message = write()
    Message.objects.update(status="failed")

    assert run("retry", str(message.pk)) == f"Letter {message.pk} is due now.\n"
    assert Message.objects.get().status == "queued"


def test_retry_command_explains_a_refusal(write):
    message = write()
    Message.objects.update(status="sent")

    with pytest.raises(CommandError, match="cannot become"):
        run("retry", str(message.pk))
    with pytest.raises(CommandError, match="There is no letter 99999999"):
        run("retry", "99999999")


@pytest.mark.django_db(transaction=True)
def test_worker_does_not_keep_a_connection_that_postgres_dropped(write):
    write()
    connection.connection.close()  # what a restart of Postgres leaves behind
    with pytest.raises(OperationalError):
        delivery.is_due("transactional")

    look_after_connections()

    assert delivery.is_due("transactional")
