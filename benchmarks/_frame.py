"""What all benchmarks share: a database of their own on the server of DATABASE_URL, and one line a figure."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # `manage.py services run` has set another
os.environ.setdefault("DEMO", "1")


@contextmanager
def database(name):
    """Django, set up on an empty database that is dropped afterwards; gives the connection to it."""
    django.setup()
    from django.db import connection

    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


class Figures:
    """Prints `name  figure  target  verdict (min-max, n)`, of several the median; `missed` says which fell short."""

    def __init__(self):
        self.missed = []

    def at_most(self, name, target, measured, **said):
        figure = median(measured)
        self._say(name, f"<= {target:.6g}", measured, is_met=figure <= target, **said)

    def at_least(self, name, target, measured, **said):
        figure = median(measured)
        self._say(name, f">= {target:.6g}", measured, is_met=figure >= target, **said)

    def tell(self, name, measured, unit="", note="", digits=1):
        """A figure without a target."""
        self._print(name, median(measured), "-", "for information", note, unit, digits)

    def _say(self, name, target, measured, *, is_met, unit="", note="", digits=2):
        if not is_met:
            self.missed.append(name)
        spread = f"{min(measured):.{digits}f}-{max(measured):.{digits}f}, n={len(measured)}"
        note = note or (spread if len(measured) > 1 else "")
        verdict = "ok" if is_met else "MISSED"
        self._print(name, median(measured), target, verdict, note, unit, digits)

    def _print(self, name, figure, target, verdict, note, unit, digits):
        measure = f"{figure:.{digits}f} {unit}".strip()
        print(f"{name}  {measure}  {target}  {verdict}" + f" ({note})" * bool(note), flush=True)
