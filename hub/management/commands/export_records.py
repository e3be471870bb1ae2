from pathlib import Path

from django.core.management.base import BaseCommand

from hub.actions.cards import export_cards
from hub.models import Record


class Command(BaseCommand):
    help = "Write the library's records, whoever may read them, to a JSON file that import_records takes."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", help="default: standard output")
        parser.add_argument("--code", action="append", help="only this record (may be repeated)")
        parser.add_argument(
            "--without-files", action="store_true", help="leave out what is in the files"
        )

    def handle(self, *, file, code, without_files, **options):
        records = Record.objects.select_related("licence").order_by("code")
        if code:
            records = records.filter(code__in=code)
        cards = export_cards(records, contents=not without_files)
        if file:
            file.write_text(cards, encoding="utf-8")
        else:
            self.stdout.write(cards, ending="")
