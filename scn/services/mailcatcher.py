"""The demo's mail server: it takes every letter and delivers none. Each becomes a file."""

import argparse
import itertools
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller

LARGEST_LETTER = 20_000_000


class Catcher:
    """Writes each letter to `<UTC time>-<number>.eml`, whole or not at all."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope):
        time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        file = self.folder / f"{time}-{next(self.numbers):06}.eml"
        to = ", ".join(envelope.rcpt_tos)
        heads = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {to}\r\n"
        new = file.with_suffix(".new")
        new.write_bytes(heads.encode("utf-8", "replace") + envelope.content)
        new.rename(file)
        return "250 OK kept"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.umask(0o077)
    controller = Controller(
        Catcher(options.folder),
        hostname="127.0.0.1",
        port=options.port,
        data_size_limit=LARGEST_LETTER,
        enable_SMTPUTF8=True,
    )
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
