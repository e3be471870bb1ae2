from pathlib import Path

import pytest

from outbox import mail
from tests.outbox.sink import Sink, listening

TEMPLATES = Path(__file__).parent / "templates"
LINK = ["members.emails.accounts.reset_page"]


@pytest.fixture(autouse=True)
def _sample_letters(settings):
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [templates | {"DIRS": [*templates["DIRS"], TEMPLATES]}]


@pytest.fixture
def sink(settings):
    """A mail server that the outbox hands its letters to; tell `sink.script` how to misbehave."""
    sink = Sink()
    with listening(sink) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 1
        yield sink


@pytest.fixture
def write():
    """Queue a sample letter; every one has another key unless the test says so."""

    def queue(to="ana@example.org", **fields):
        number = queue.count = queue.count + 1
        defaults = {
            "key": f"sample:{number}",
            "params": {"name": "Ana", "city": "Port Amity"},
            "links": {"button": LINK, "plain": LINK},
        }
        return mail.queue("outbox/emails/sample.txt", to=to, **defaults | fields)

    queue.count = 0
    return queue
