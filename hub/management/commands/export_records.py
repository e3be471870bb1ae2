from pathlib import Path

from django.core.management.base import BaseCommand

from hub.actions.card_dump import dump
from hub.actions.cards import export_cards
from hub.actions.sheets import csv_lines
from hub.actions.workbooks import Writer
from hub.models import Record


class Command(BaseCommand):
    help = (
        "Write the library's records, whoever may read them, to a file that import_records takes: "
        "JSON, or by its ending CSV or XLSX."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", help="default: JSON to standard output")
        parser.add_argument("--code", action="append", help="only this record (may be repeated)")
        parser.add_argument(
            "--without-files", action="store_true", help="leave out what is in the files (JSON)"
        )

    def handle(self, *, file, code, without_files, **options):
        records = Record.objects.with_card_parts().order_by("code")
        if code:
            records = records.filter(code__in=code)
        ending = file.suffix.lower() if file else ""
        if ending == ".csv":
            _write_csv(file, records)
        elif ending == ".xlsx":
            _write_workbook(file, records)
        else:
            self._write_json(file, export_cards(records, contents=not without_files))

    def _write_json(self, file, cards):
        if file:
            file.write_text(cards, encoding="utf-8")
        else:
            self.stdout.write(cards, ending="")


def _cards(records):
    return (dump(record, with_files=False) for record in records.iterator(chunk_size=200))


def _write_csv(file, records):
    with file.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(_cards(records)))


def _write_workbook(file, records):
    with file.open("wb") as out:
        writer = Writer(out)
        for card in _cards(records):
            writer.add(card)
        writer.close()
