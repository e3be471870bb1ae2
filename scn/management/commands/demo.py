import hashlib
import json
from contextlib import suppress
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, transaction

from scn.management.commands.load_demo import DATA, password
from scn.services.demo import Demo
from scn.services.notes import write_private
from scn.services.supervisor import Stopped, stoppable
from scn.services.trouble import Trouble, from_os_error


class Command(BaseCommand):
    help = (
        "Run the whole portal with the demo world on http://localhost:8000 (PORT); Ctrl-C stops it."
    )
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--prepare", action="store_true", help="only bring database and files up to date"
        )

    def handle(self, *, prepare, **options):
        if prepare:
            self.prepare()
        else:
            self.run()

    def run(self):
        """Start everything, say where it is, and wait."""
        with stoppable():
            try:
                demo = Demo(
                    project=settings.BASE_DIR, state_dir=settings.STATE_DIR.resolve(), say=self.say
                )
                demo.run(when_ready=lambda: self.welcome(demo.port))
            except Stopped:
                pass  # before there was anything to stop
            except Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
            except OSError as error:
                raise CommandError(str(from_os_error(error))) from error

    def say(self, words):
        self.stdout.write(words)
        self.stdout.flush()

    def welcome(self, port):
        self.say(f"\nThe portal is ready: http://localhost:{port}")
        self.say(f"The letters it sends: http://localhost:{port}/demo/mail/\n")
        for address, who in _accounts():
            self.say(f"  {address:<30} {who}")
        self.say(f"\nPassword of all accounts: {password()}")
        self.say("Ctrl-C stops everything; the data are kept.")

    def prepare(self):
        """Bring catalogues, static files, tables and the demo world up to date."""
        try:
            call_command("compile_catalogues", verbosity=0)
            self.collect_static()
            self.say("Bringing the tables up to date ...")
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            self.load_world()
        except OperationalError as error:
            raise CommandError(f"The database does not answer ({str(error).strip()}).") from error
        except OSError as error:
            raise CommandError(str(from_os_error(error))) from error

    def load_world(self):
        """Fill an empty database, all of it or nothing."""
        if get_user_model().objects.exists():
            call_command("load_vocabularies", verbosity=0, stdout=StringIO())
            return
        self.say("Loading the demo world (once) ...")
        with transaction.atomic():
            for command in ("load_vocabularies", "load_gazetteer", "load_demo"):
                call_command(command, verbosity=0, stdout=StringIO())

    def collect_static(self):
        """Collect the static files if one changed since the last time."""
        file = settings.STATE_DIR / "stamps.json"
        stamp = _static_stamp()
        with suppress(OSError, ValueError):
            if json.loads(file.read_text()) == {"static": stamp} and settings.STATIC_ROOT.is_dir():
                return
        self.say("Collecting the static files ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        write_private(file, json.dumps({"static": stamp}))


def _accounts():
    """The demo's accounts, each with a few words on who it is."""
    world = json.loads(DATA.read_text(encoding="utf-8"))
    people = [*world["people"], {"account": "applicant.malaga", "in": "Málaga, in vetting"}]
    for person in people:
        staff = f"staff ({person['staff']})" if "staff" in person else None
        place = person.get("in") or person.get("city", "").title()
        words = [person.get("name"), person.get("title"), staff, place]
        yield f"{person['account']}@example.org", ", ".join(word for word in words if word)


def _static_stamp() -> str:
    """Changes when a static file of ours or of a library does."""
    facts = [
        (path, Path(storage.path(path)).stat().st_size, Path(storage.path(path)).stat().st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
    ]
    return hashlib.sha256(repr(sorted(facts)).encode()).hexdigest()
