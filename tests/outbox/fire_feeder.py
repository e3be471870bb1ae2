# ruff: noqa: T201 - the test reads what is printed here
"""Queues letters one transaction each, through whatever happens to Postgres; prints each key it was promised.

python -m tests.outbox.fire_feeder TRANSACTIONAL BULK
"""

import sys
import time

import django

django.setup()

from django.db import OperationalError, connection, transaction  # noqa: E402

from outbox import mail  # noqa: E402

LINK = ["members.emails.accounts.reset_page"]


def main(transactional, bulk):
    for number in range(max(transactional, bulk)):
        for kind, most in (("transactional", transactional), ("bulk", bulk)):
            if number < most:
                print(persistently(f"{kind}-{number}", kind), flush=True)


def persistently(key, kind):
    while True:
        try:
            queue(key, kind)
        except OperationalError:
            connection.close()
            time.sleep(0.1)
        else:
            return key


@transaction.atomic
def queue(key, kind):
    mail.queue(
        "outbox/emails/sample.txt",
        to=f"{key}@example.org",
        key=key,
        kind=kind,
        params={"name": key, "city": "Port Amity"},
        links={"button": LINK, "plain": LINK},
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
