# ruff: noqa: T201 - the figures are what these tests are for
"""The outbox under fire: workers and beat killed, the broker emptied, Postgres stopped; nothing is lost.

Everything runs as in production (Celery worker and beat, Postgres, Valkey, SMTP) on servers of the test's own.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack

import psycopg
import pytest
import redis

from outbox.delivery import BULK_RELAYS
from scn.services.together import Services
from tests.outbox.sink import Script, Sink, listening

pytestmark = pytest.mark.fire

SEED = 20261120
LETTERS, BULK, KILLS = 2000, 300, 10
LONGEST_SECONDS = 240  # generous for a busy machine; about 60 on two idle cores


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """Postgres and Valkey of our own, empty of letters at each `battle`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE"):
            patch.delenv(name, raising=False)
        services = Services(tmp_path_factory.mktemp("fire"))
        services.start(tied=True)
        try:
            field = Field(services.servers())
            field.manage("migrate", "--verbosity=0", "--skip-checks")
            yield field
        finally:
            services.reset()


class Field:
    """The servers, and the commands that run against them."""

    def __init__(self, servers):
        self.postgres, self.valkey = servers["DATABASE_URL"], servers["REDIS_URL"]
        self.env = os.environ | {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.valkey.url(),
            "DJANGO_SETTINGS_MODULE": "tests.outbox.fire_settings",
            "PYTHONPATH": os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")]),
        }
        self.env.pop("COVERAGE_PROCESS_START", None)

    def manage(self, *words):
        subprocess.run([sys.executable, "manage.py", *words], env=self.env, check=True)

    def query(self, sql):
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


class Battle:
    """Letters are fed and sent while things break; afterwards `sink` and the database tell what came of it."""

    def __init__(self, field, log, *, letters, bulk=0, kills, **env):
        self.field, self.log = field, log
        self.letters, self.bulk = letters, bulk
        self.random = random.Random(SEED)
        self.sink = Sink(Script(accept_seconds=0.002))
        self.env = field.env | env
        self.promised: list[str] = []
        everything = letters + bulk
        self.kill_at = sorted(self.random.sample(range(20, everything * 9 // 10), kills))
        self.kills = 0

    def fight(self, *, flush_at=(), stop_postgres_at=None):
        self.field.query("TRUNCATE outbox_message CASCADE")
        surprises = [(at, self.flush) for at in flush_at] + [(at, self.kill) for at in self.kill_at]
        if stop_postgres_at:
            surprises.append((stop_postgres_at, self.stop_postgres))
        with ExitStack() as stack:
            self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{stack.enter_context(listening(self.sink))}"
            self.start_worker()
            stack.callback(self.end_worker)
            feeder = threading.Thread(target=self.feed)
            feeder.start()
            stack.callback(feeder.join)
            for at, surprise in sorted(surprises, key=lambda pair: pair[0]):
                self.wait_until(lambda at=at: len(self.sink.kept) >= at)
                surprise()
            self.wait_until(self.is_over)

    def feed(self):
        command = [
            sys.executable,
            "-m",
            "tests.outbox.fire_feeder",
            str(self.letters),
            str(self.bulk),
        ]
        with subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True) as feeder:
            self.promised.extend(line.strip() for line in feeder.stdout)

    def start_worker(self):
        """A worker with one process, and beat beside it, in a group that dies together."""
        command = [
            sys.executable, "-m", "celery", "-A", "tests.outbox.fire_worker", "worker", "-B", "-c", "1",
            "-Q", "mail,default,bulk", "--without-gossip", "--without-mingle", "--without-heartbeat",
            "-l", "WARNING", "-s", str(self.log.parent / f"beat-{self.kills}"),
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.worker = subprocess.Popen(
                command, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def end_worker(self):
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def kill(self):
        self.end_worker()
        self.kills += 1
        self.start_worker()

    def flush(self):
        redis.Redis.from_url(self.field.valkey.url()).flushall()

    def stop_postgres(self):
        """As when the power fails: no goodbye, no checkpoint."""
        os.kill(self.field.postgres.pid(), signal.SIGQUIT)
        self.wait_until(lambda: not self.field.postgres.pid())
        self.field.postgres.start(tied=True)

    def is_over(self):
        time.sleep(0.3)
        if len(self.promised) < self.letters + self.bulk:
            return False
        ((waiting,),) = self.field.query(
            "SELECT count(*) FROM outbox_message WHERE status IN ('queued', 'sending')"
        )
        return waiting == 0

    def wait_until(self, question):
        deadline = time.monotonic() + LONGEST_SECONDS
        while not question():
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.sink.kept)} letters arrived; log:\n{self.tail()}")
            time.sleep(0.01)

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def arrived(self, kind) -> Counter:
        return Counter(
            kept.mail["Message-ID"] for kept in self.sink.kept if kept.to.startswith(f"{kind}-")
        )

    def missing(self, kind, most):
        there = {kept.to for kept in self.sink.kept}
        return {f"{kind}-{n}@example.org" for n in range(most)} - there


def test_nothing_is_lost_under_fire(field, tmp_path):
    battle = Battle(field, tmp_path / "worker.log", letters=LETTERS, bulk=BULK, kills=KILLS)
    began = time.monotonic()

    battle.fight(flush_at=(500, 1500), stop_postgres_at=1000)

    seconds = time.monotonic() - began
    copies = battle.arrived("transactional")
    extra = sum(copies.values()) - len(copies)
    bulk = battle.arrived("bulk")
    unknown = {
        to for (to,) in field.query("SELECT \"to\" FROM outbox_message WHERE status = 'unknown'")
    }
    lost = battle.missing("transactional", LETTERS)
    print(
        f"\nunder fire, seed {SEED}: {LETTERS} letters, {battle.kills} kills, 2 flushes, 1 stop of Postgres:"
        f" lost {len(lost)}, extra copies {extra}; bulk {BULK}: extra copies {sum(bulk.values()) - len(bulk)},"
        f" perhaps sent {len(unknown)}; {seconds:.0f} s"
    )
    assert (lost, len(copies)) == (set(), LETTERS)
    assert battle.kills == KILLS
    assert extra <= KILLS + 1  # one relay; the stop of Postgres counts like a kill
    assert all(len(contents) == 1 for contents in _contents(battle.sink).values())
    assert sum(bulk.values()) == len(bulk)
    assert battle.missing("bulk", BULK) <= unknown
    assert len(unknown) <= (KILLS + 1) * BULK_RELAYS


def test_without_the_protection_letters_are_lost(field, tmp_path):
    """The negative control: the same fire, the same checks, but "sent" is written before sending."""
    battle = Battle(field, tmp_path / "worker.log", letters=400, kills=2, UNPROTECTED="1")

    battle.fight()

    lost = battle.missing("transactional", 400)
    print(f"\nunprotected, seed {SEED}: lost {len(lost)} of 400 with {battle.kills} kills")
    assert len(lost) > 0


def _contents(sink):
    """The different texts that came under each Message-ID."""
    found = defaultdict(set)
    for kept in sink.kept:
        found[kept.mail["Message-ID"]].add(kept.content)
    return found
