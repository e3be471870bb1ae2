"""`make demo` as a newcomer sees it: one command, one address, and nothing left behind."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from scn.services import processes
from scn.services.together import Services

ACCOUNTS = [
    "staff", "staff.mena", "focal.aarhus", "member.aarhus", "signatory.aarhus", "focal.mombasa",
    "member.tunis", "member.dakar", "reviewer", "reviewer.aarhus", "applicant.malaga",
    "suspended.oslo",
]  # fmt: skip
# What this test run was given is not for a demo of its own.
NOT_FOR_IT = {
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_URL", "SITE_ORIGIN", "DJANGO_SETTINGS_MODULE",
}  # fmt: skip


class Demo:
    """A demo of our own: its folder, its port, its process, what it printed."""

    def __init__(self, folder):
        self.state_dir = folder / "state"
        self.port = processes.free_port()
        self.printed = folder / "printed"
        self.child = None

    def start(self, **variables):
        self.child = self.command(self.printed.open("w"), **variables)
        assert processes.wait_until(lambda: self.answers() or self.child.poll() is not None, 120)
        assert processes.wait_until(lambda: "Ctrl-C" in self.text(), 10), self.text()

    def command(self, out, **variables):
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo"], cwd=settings.BASE_DIR,
            env=self.env() | variables, stdout=out, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip

    def refusal(self, **variables):
        child = self.command(subprocess.PIPE, **variables)
        words, _ = child.communicate(timeout=60)
        return child.returncode, words

    def env(self):
        kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_IT}
        return kept | {"STATE_DIR": str(self.state_dir), "PORT": str(self.port)}

    def answers(self):
        try:
            with urllib.request.urlopen(
                f"http://localhost:{self.port}/readyz", timeout=5
            ) as answer:
                return answer.status == 200
        except OSError:
            return False

    def text(self):
        return self.printed.read_text()

    def stop(self, number=signal.SIGINT):
        self.child.send_signal(number)
        return self.child.wait(30)

    def processes(self):
        """All that runs for this demo, the servers too, whoever their parent is by now."""
        mark = f"STATE_DIR={self.state_dir}".encode()
        ours = [
            int(p.parent.name) for p in Path("/proc").glob("[0-9]*/environ") if mark in _bytes(p)
        ]
        servers = Services(self.state_dir).servers(every=True).values()
        return [p for p in ours if processes.alive(p)] + [
            pid for server in servers for pid in processes.inhabitants(server.data)
        ]

    def process(self, words):
        found = [p for p in self.processes() if words in _bytes(Path(f"/proc/{p}/cmdline"))]
        return min(found)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    if demo.child and demo.child.poll() is None:
        demo.stop()
    Services(demo.state_dir).reset()


@pytest.fixture
def running(demo):
    if demo.child is None or demo.child.poll() is not None:
        demo.start()
    return demo


def test_first_start_says_where_it_is_and_who_may_enter(running):
    words = running.text()

    assert f"The portal is ready: http://localhost:{running.port}\n" in words
    accounts = re.findall(r"^  (\S+)@example.org", words, re.MULTILINE)
    assert sorted(accounts) == sorted(ACCOUNTS)
    assert re.search(r"^Password of all accounts: \S{12,}$", words, re.MULTILINE)


def test_its_letters_become_files_and_go_nowhere(running):
    port = int(_bytes(Path(f"/proc/{running.process(b'mailcatcher')}/cmdline")).split(b"\0")[4])

    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.sendmail("a@example.org", ["b@example.org"], "Subject: Hello\n\nA letter.\n")

    (file,) = [
        f for f in (running.state_dir / "mail").glob("*.eml") if b"A letter." in f.read_bytes()
    ]
    assert b"X-Envelope-To: b@example.org" in file.read_bytes()


def test_port_in_use_is_one_sentence_before_anything_starts(tmp_path):
    demo = Demo(tmp_path)

    with socket.create_server(("127.0.0.1", demo.port)):
        code, words = demo.refusal()

    assert (code, words) == (
        1,
        f"CommandError: Port {demo.port} is in use: stop the program that uses it or choose "
        f"another, for example `PORT={demo.port + 1} make demo`.\n",
    )
    assert demo.state_dir.exists() is False


def test_second_demo_on_the_same_data_is_refused(running):
    code, words = running.refusal(PORT=str(processes.free_port()))

    assert (code, words) == (
        1,
        f"CommandError: The demo already runs with the data in {running.state_dir}: stop it first, "
        "or set STATE_DIR to another folder.\n",
    )


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("many", "PORT has a value that cannot be used (many): give a number from 1 to 65535."),
        ("70000", "PORT has a value that cannot be used (70000): give a number from 1 to 65535."),
    ],
)
def test_wrong_port_is_one_sentence_that_names_the_variable(demo, value, sentence):
    assert demo.refusal(PORT=value) == (1, f"CommandError: {sentence}\n")


def test_killed_server_comes_back_by_itself(running):
    for server in Services(running.state_dir).servers(every=True).values():
        os.kill(server.pid(), signal.SIGKILL)

    assert processes.wait_until(lambda: running.text().count("has been started again.") == 2, 30)
    assert processes.wait_until(running.answers, 20) is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_leaves_nothing_behind_and_the_next_start_is_quick(running, number):
    assert running.stop(number) == 0
    assert running.processes() == []

    began = time.monotonic()
    running.start()

    assert time.monotonic() - began < 20  # 10 s on a machine with nothing else to do
    assert "Loading the demo world" not in running.text()


def test_part_that_dies_is_named_and_everything_stops(running):
    os.kill(running.process(b"beat"), signal.SIGKILL)

    assert running.child.wait(30) == 1
    assert running.text().splitlines()[-1] == (
        "CommandError: The beat stopped by itself (killed by signal 9), so everything stops: its "
        f"log is {running.state_dir}/logs/beat.log."
    )
    assert running.processes() == []


def test_killed_demo_takes_everything_with_it(running):
    running.child.kill()
    running.child.wait()

    assert processes.wait_until(lambda: running.processes() == [], 30) is True


def _bytes(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
