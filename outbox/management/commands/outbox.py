from django.core.management.base import BaseCommand, CommandError

from core.lifecycle import IllegalMove
from outbox import delivery, mail
from outbox.models import Message

ENDLESS_SECONDS = 24 * 3600


class Command(BaseCommand):
    help = (
        "The mail queue from the shell: how it stands, one letter again, or everything that is due."
    )

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="letters by state, with the age of the oldest")
        retry = verbs.add_parser("retry", help="send one letter again, or now")
        retry.add_argument("id", type=int)
        verbs.add_parser("sweep", help="send everything that is due, without workers or broker")

    def handle(self, *, verb, **options):
        if verb == "status":
            self.status()
        elif verb == "retry":
            self.retry(options["id"])
        else:
            self.sweep()

    def status(self):
        for state in Message.objects.by_state():
            oldest = f"{state['oldest']:%Y-%m-%d %H:%M} UTC" if state["oldest"] else "-"
            self.stdout.write(f"{state['status']:<10} {state['count']:>7}  oldest {oldest}")

    def retry(self, number):
        try:
            mail.retry(Message.objects.get(pk=number))
        except Message.DoesNotExist as error:
            raise CommandError(f"There is no letter {number}.") from error
        except IllegalMove as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Letter {number} is due now.")

    def sweep(self):
        before = Message.objects.filter(status=Message.Status.SENT).count()
        for kind in Message.Kind.values:
            delivery.deliver(kind, seconds=ENDLESS_SECONDS)
        after = Message.objects.filter(status=Message.Status.SENT).count()
        self.stdout.write(f"{after - before} letters sent.")
