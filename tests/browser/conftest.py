"""The whole portal as `make demo` runs it, with a database of its own, and a real browser."""

import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.browser.things import Things

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("STATE_DIR", ROOT / "var")) / "screenshots"
LINK = re.compile(r"https?://\S+")
START_SECONDS = 120
LETTER_SECONDS = 20


class Portal:
    """A running portal: where it is, what it holds, its letters, the password of its demo accounts."""

    def __init__(self, url, state, database):
        self.url = url
        self.state = state
        self.things = Things(database, state)

    @property
    def password(self):
        return (self.state / "demo-password").read_text().strip()

    def letters(self, to):
        """The letters to one address so far, oldest first, as parsed messages."""
        files = sorted((self.state / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        found = [
            email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files
        ]
        return [letter for letter in found if to in letter["To"]]

    def link(self, to, words):
        """The newest link in the letters to an address whose path holds `words`; waits for it."""
        deadline = time.monotonic() + LETTER_SECONDS
        while True:
            for letter in reversed(self.letters(to)):
                text = letter.get_body(("plain",)).get_content()
                if found := [link for link in LINK.findall(text) if words in link]:
                    return found[0]
            assert time.monotonic() < deadline, f"no letter to {to} leads to {words}"
            time.sleep(0.2)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _server():
    """The database server of this test run, as the URL of its maintenance database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts, urlunsplit(parts._replace(path="/postgres"))


def _database(name, *, template=None):
    parts, maintenance = _server()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        copy = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy}')
    return urlunsplit(parts._replace(path=f"/{name}"))


def _drop(name):
    with psycopg.connect(_server()[1], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """A state folder and a database with the demo world, prepared once and copied for each run."""
    state = tmp_path_factory.mktemp("portal")
    name = f"scn_browser_{os.getpid()}"
    url = _database(name)
    environment = _environment(state, url)
    subprocess.run(
        [sys.executable, "manage.py", "demo", "--prepare"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=START_SECONDS,
        stdout=subprocess.DEVNULL,
    )
    yield state, name
    _drop(name)


def _environment(state, database):
    kept = {
        k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "SITE_ORIGIN")
    }
    return kept | {"STATE_DIR": str(state), "DATABASE_URL": database, "DEMO": "1"}


@pytest.fixture(scope="session")
def running(world):
    """Where the portal runs, started once, and the name of the database it stands on."""
    state, template = world
    name = f"{template}_copy"
    database = _database(name, template=template)
    port = _free_port()
    log = (state / "portal.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
        env=_environment(state, database) | {"PORT": str(port)},
    )
    url = f"http://localhost:{port}"
    try:
        _wait_until_ready(url, process, log.name)
        yield url, name
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        _drop(name)


@pytest.fixture(scope="module", params=["en", "fr", "ar"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def portal(world, running, language):
    """The portal with a fresh copy of the demo world, put in the place of the one before.

    Its processes notice that their connections are gone, as they would if Postgres had been started anew.
    """
    state, template = world
    url, name = running
    database = _database(name, template=template)
    for letter in (state / "mail").glob("*.eml"):
        letter.unlink()
    return Portal(url, state, database)


def _wait_until_ready(url, process, log):
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, Path(log).read_text()
        assert time.monotonic() < deadline, Path(log).read_text()
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium, kept from calling home."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session", autouse=True)
def _screenshots():
    SHOTS.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def browser_context_args():
    """Nothing moves, so what is measured is what stays."""
    return {"reduced_motion": "reduce"}


@pytest.fixture
def page(context):
    """A page that fails its test when the browser refused something or a script broke."""
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda message: trouble.append(message.text) if _is_refusal(message) else None,
    )
    yield page
    assert trouble == []


def _is_refusal(message):
    """Did the page break its own policy? What the measuring tool does has no address."""
    return "Content Security Policy" in message.text and message.location["url"]


def path(language, address):
    """The address of a page in a language: English stands unprefixed."""
    return address if language == "en" else f"/{language}{address}"


def address_of(link):
    """The address a link leads to, whatever the language of its letter."""
    return re.sub("^/(fr|ar)/", "/", urlsplit(link).path)


def sign_in(page, portal, account, *, password=None, language="en"):
    page.goto(portal.url + path(language, "/accounts/login/"))
    page.fill("input[name=login]", f"{account}@example.org" if "@" not in account else account)
    page.fill("input[name=password]", password or portal.password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def prove(page, portal):
    """Where a page asks again who one is, say so."""
    if "/reauthenticate/?next=" in page.url:
        page.fill("input[name=password]", portal.password)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def visit(page, portal, address):
    """Open a page, after saying who one is where it asks again; its status."""
    status = page.goto(portal.url + address).status
    if "/reauthenticate/?next=" in page.url:
        prove(page, portal)
        status = page.goto(portal.url + address).status
    return status
