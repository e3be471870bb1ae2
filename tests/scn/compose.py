"""docker-compose.yml, read as Compose reads it, and its services' commands run without Docker."""

import os
import re
import signal
import subprocess
from contextlib import contextmanager, suppress

import yaml
from django.conf import settings

from scn.services import processes

COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SECRETS = {
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "SITE_HOST": "portal.example.org",
    "POSTGRES_PASSWORD": "secret-of-postgres",
    "REDIS_PASSWORD": "secret-of-redis",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "DEFAULT_FROM_EMAIL": "Portal <portal@example.org>",
    "CERTIFICATES": "/certificates",
}


def interpolate(value):
    """Compose's ${NAME}, ${NAME:?why} and ${NAME:-default}; $$ is a dollar sign."""
    pattern = r"\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}"

    def fill(found):
        name, kind, text = found.groups()
        if found[0] == "$$":
            return "$"
        if name in SECRETS:
            return SECRETS[name]
        assert kind == "-", f"{name} has neither a value nor a default"
        return text

    return re.sub(pattern, fill, value)


def command(name):
    return [interpolate(word) for word in SERVICES[name]["command"]]


@contextmanager
def running(name, env, log, *, words=None, **options):
    """A service's process, ended again with all it started."""
    with log.open("wb") as out:
        child = subprocess.Popen(
            words or command(name), cwd=options.pop("cwd", settings.BASE_DIR), env=env, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True, **options,
        )  # fmt: skip
    try:
        yield child
        child.terminate()
        child.wait(30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def soon(question, seconds=60):
    return processes.wait_until(question, seconds)
