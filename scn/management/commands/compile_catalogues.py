from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scn.catalogues import BrokenCatalogue, compile_catalogue


class Command(BaseCommand):
    help = "Make the .mo files that Django reads from the .po files; needs no gettext."
    requires_system_checks: list = []

    def handle(self, *, verbosity, **options):
        for folder in settings.LOCALE_PATHS:
            for po in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if _is_stale(po):
                    self.compile(po, verbosity)

    def compile(self, po, verbosity):
        try:
            mo = compile_catalogue(po)
        except BrokenCatalogue as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{mo} is up to date")


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns
