from io import BytesIO
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hub.actions.card_values import BadCards
from hub.actions.cards import with_files
from hub.actions.imports import import_file

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Take library records from a file (JSON, CSV or XLSX; its shape: hub/data/README.md): all of them, or none."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, keep nothing"
        )

    def handle(self, *, file, dry_run, **options):
        try:
            summary = import_file(_opened(file), by=None, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except BadCards as error:
            for problem in error.problems:
                self.stderr.write(
                    f"Record {problem.row}, {problem.field or 'file'}: {problem.message}"
                )
            message = f"Nothing was taken: {len(error.problems)} problems in {file}."
            raise CommandError(message) from error
        if dry_run:
            self._show(summary)
        kept = "; nothing was kept (dry run)" if dry_run else ""
        self.stdout.write(
            f"{summary.new} records new, {summary.changed} changed, {summary.unchanged} as they were{kept}"
        )

    def _show(self, summary):
        for change in summary.changes[:MOST_SHOWN]:
            what = ", ".join(change.fields) or "new"
            self.stdout.write(f"Record {change.row}, {change.code} “{change.title}”: {what}")
        left = summary.new + summary.changed - MOST_SHOWN
        if left > 0:
            self.stdout.write(f"… and {left} more")


def _opened(file):
    """The file in memory; of JSON with the files that it names by `path` inside."""
    content = file.read_bytes()
    if file.suffix.lower() == ".json":
        source = with_files(content.decode("utf-8", errors="replace"), file.parent)
        content = source.encode("utf-8", errors="replace")
    return BytesIO(content)
