from django.core.management.base import BaseCommand, CommandError

from hub.models import SearchRow
from hub.search import learn


class Command(BaseCommand):
    help = "Make the search rows anew from the records and count their words, or check that they are right."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if any row differs"
        )

    def handle(self, *, check, **options):
        if check:
            self._check()
        else:
            self.stdout.write(f"{SearchRow.objects.refresh()} search rows written")
            learn()

    def _check(self):
        differing = SearchRow.objects.differing()
        for code, readers in differing:
            self.stderr.write(f"{code} ({readers}) differs from its record.")
        if differing:
            raise CommandError(
                f"{len(differing)} search rows differ. Run rebuild_search to mend them."
            )
        self.stdout.write(f"{SearchRow.objects.count()} search rows are what they should be")
