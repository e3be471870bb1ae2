"""How fast the outbox sends bulk mail, against raw smtplib over one connection to the same server.

Both send letters of the same size, in pairs, one after the other. Ours renders each letter, asks whether its
reader may have it, and commits its fate before the next; it uses as many connections as production does. The
figure means something on two cores with nothing else to do: ours needs both, raw smtplib waits most of the time.
"""

import os
import smtplib
import subprocess
import sys
import time

from _frame import ROOT, Figures, database

LETTERS = 400
PAIRS = 7
TARGET = 0.40
SINK = """
import sys
from aiosmtpd.controller import Controller
class Take:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
controller = Controller(Take(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
"""


def main():
    port = _free_port()
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    sink = subprocess.Popen(
        [sys.executable, "-c", SINK, str(port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        sink.stdout.readline()
        with database("mail"):
            from django.conf import settings

            settings.TEMPLATES[0]["DIRS"].append(ROOT / "tests" / "outbox" / "templates")
            figures = Figures()
            figures.at_least("bulk_mail_to_smtplib", TARGET, _measure(port))
            return bool(figures.missed)
    finally:
        sink.stdin.close()
        sink.wait(10)


def _measure(port):
    """The ratio of our rate to the raw rate, once for each pair; the first pair warms up."""
    from outbox import delivery
    from outbox.letters import render
    from outbox.models import Message

    ratios = []
    for number in range(PAIRS + 1):
        _write(number)
        example = Message.objects.order_by("pk").last()
        content = render(example).content
        raw = _timed(lambda content=content: _raw(port, content))
        ours = _timed(lambda: delivery.deliver("bulk", seconds=600))
        sent = Message.objects.filter(key__startswith=f"bench:{number}:", status="sent").count()
        if sent != LETTERS:
            raise SystemExit(f"Only {sent} of {LETTERS} letters were sent.")
        print(
            f"  pair {number}: raw {LETTERS / raw:.0f}/s, ours {LETTERS / ours:.0f}/s",
            file=sys.stderr,
        )
        ratios.append(raw / ours)
    return ratios[1:]


def _write(number):
    from django.db import transaction

    from outbox import mail

    with transaction.atomic():
        for letter in range(LETTERS):
            mail.queue(
                "outbox/emails/sample.txt",
                to=f"reader{letter}@example.org",
                key=f"bench:{number}:{letter}",
                kind="bulk",
                params={"name": f"Reader {letter}", "city": "Port Amity", "due": "2026-11-25"},
                links={
                    name: ["members.emails.accounts.reset_page"] for name in ("button", "plain")
                },
            )


def _raw(port, content):
    with smtplib.SMTP("127.0.0.1", port) as server:
        for letter in range(LETTERS):
            server.sendmail("no-reply@example.org", [f"reader{letter}@example.org"], content)


def _timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
