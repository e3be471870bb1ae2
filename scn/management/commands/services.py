import argparse
import os
import signal
import subprocess

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scn.services.supervisor import Stopped, stop_once, stoppable
from scn.services.together import Services
from scn.services.trouble import Trouble, from_os_error


class Command(BaseCommand):
    help = "The embedded Postgres and Valkey, where DATABASE_URL and REDIS_URL name no others."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("start", help="start what does not run yet")
        verbs.add_parser("stop", help="stop what runs")
        verbs.add_parser("status", help="say what runs, where; exit 1 if something is stopped")
        verbs.add_parser("env", help="start, and print the addresses as export lines for a shell")
        verbs.add_parser("reset", help="stop, and delete all that a demo left behind")
        run = verbs.add_parser(
            "run", help="run a command with the servers up, and stop them after it"
        )
        run.add_argument("words", nargs=argparse.REMAINDER)

    def handle(self, *, verb, **options):
        self.services = Services(settings.STATE_DIR)
        try:
            getattr(self, verb)(**options)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        except OSError as error:
            raise CommandError(str(from_os_error(error))) from error

    def start(self, **options):
        self.services.start(keep=True)
        self.stdout.write("\n".join(self.services.status()))

    def stop(self, **options):
        stopped = self.services.stop()
        self.stdout.write(
            "\n".join(f"{server.name} is stopped" for server in stopped) or "Nothing ran"
        )

    def status(self, **options):
        self.stdout.write("\n".join(self.services.status()))
        if not self.services.running():
            raise SystemExit(1)

    def env(self, **options):
        self.services.start(keep=True)
        self.stdout.write(self.services.exports())

    def reset(self, **options):
        self.services.reset()
        self.stdout.write(f"The demo's state in {settings.STATE_DIR} is deleted")
        for name in sorted(self.services.given):
            self.stdout.write(f"{name} is set: that server keeps its data")

    def run(self, words, **options):
        """Servers for one command. Whoever finds them running leaves them running."""
        words = words[1:] if words[:1] == ["--"] else words
        if not words:
            raise CommandError("Say which command to run, for example `services run -- pytest`.")
        found = self.services.running()
        with stoppable():
            try:
                self.services.start(tied=True)
                code = self._call(words)
            except Stopped:
                code = 130
            finally:
                stop_once()
                if not found:
                    self.services.stop()
        raise SystemExit(code)

    def _call(self, words) -> int:
        env = os.environ | {"DEMO": os.environ.get("DEMO", "1")} | self.services.variables()
        try:
            child = subprocess.Popen(words, env=env)  # noqa: S603 - the words come from the caller's shell
        except FileNotFoundError:
            raise CommandError(f"There is no command `{words[0]}`.") from None
        try:
            return child.wait()
        except Stopped:
            child.send_signal(signal.SIGTERM)
            child.wait()
            raise
