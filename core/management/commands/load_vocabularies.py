"""Load the vocabularies: `manage.py load_vocabularies [FOLDER]`."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core import vocabularies


class Command(BaseCommand):
    help = (
        "Bring the vocabularies in line with core/data. Terms that staff edited stay as they are."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=vocabularies.DATA)

    def handle(self, *args, folder, **options):
        started = time.monotonic()
        try:
            summary = vocabularies.load(folder)
        except vocabularies.BadVocabularyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Vocabularies: {summary.created} terms new, {summary.updated} changed,"
            f" {summary.ended} ended, {summary.kept} kept as staff edited them;"
            f" {time.monotonic() - started:.1f} s"
        )
