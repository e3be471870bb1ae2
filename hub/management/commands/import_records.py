from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hub.actions.card_values import BadCards
from hub.actions.cards import import_cards, with_files


class Command(BaseCommand):
    help = "Take library records from a JSON file (its shape: hub/data/README.md): all of them, or none."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="try everything, keep nothing")

    def handle(self, *, file, dry_run, **options):
        try:
            source = with_files(file.read_text(encoding="utf-8"), file.parent)
            summary = import_cards(source, by=None, dry_run=dry_run)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except BadCards as error:
            for problem in error.problems:
                self.stderr.write(_line(problem))
            raise CommandError(
                f"Nothing was taken: {len(error.problems)} problems in {file}."
            ) from error
        self.stdout.write(
            f"{summary.new} records new, {summary.changed} changed, {summary.unchanged} as they were"
            + ("; nothing was kept (dry run)" if dry_run else "")
        )


def _line(problem):
    where = f"Record {problem.row}" if problem.row else "The file"
    return (
        f"{where}, {problem.field}: {problem.message}"
        if problem.field
        else f"{where}: {problem.message}"
    )
