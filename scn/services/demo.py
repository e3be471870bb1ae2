"""The whole portal on one machine, for somebody who wants to see it."""

import fcntl
import http.client
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from scn.services import processes
from scn.services.notes import secret_key
from scn.services.supervisor import Stopped, Supervisor, stop_once
from scn.services.together import Services
from scn.services.trouble import Trouble

READY_SECONDS = 60
PYTHON = (sys.executable, "-m")
GUNICORN = ("-c", "deploy/gunicorn.conf.py", "--graceful-timeout", "8")


class Demo:
    """Servers, mail catcher, web, workers and clock: started in turn, stopped together."""

    def __init__(self, *, project: Path, state_dir: Path, say):
        self.project = project
        self.state_dir = state_dir
        self.say = say
        self.port = chosen_port()
        self.services = Services(state_dir)
        self.supervisor = Supervisor(folder=project, logs=state_dir / "logs")

    def run(self, when_ready) -> None:
        """Run until somebody stops it. Raises Trouble when a part fails for good."""
        if not _may_listen(self.port):
            raise Trouble(
                f"Port {self.port} is in use: stop the program that uses it or choose another, "
                f"for example `PORT={self.port + 1} make demo`."
            )
        self.state_dir.mkdir(parents=True, exist_ok=True)
        with self._alone():
            try:
                self._start()
                when_ready()
                self._watch()
            except Stopped:
                self.say("Stopping ...")
            finally:
                self._stop()

    def _start(self) -> None:
        self.say("Starting the database and the broker ...")
        self.services.start(tied=True)
        mail_port = processes.free_port()
        env = self.supervisor.env = self._environment(mail_port)
        self.supervisor.start("mail catcher", *self._mail_catcher(mail_port))
        self._prepare(env)
        for name, command in self._portal().items():
            self.supervisor.start(name, *command)
        self._wait_until_ready()

    def _environment(self, mail_port) -> dict:
        env = os.environ | self.services.variables()
        env.setdefault("SECRET_KEY", secret_key(self.state_dir))
        env.setdefault("SITE_ORIGIN", f"http://localhost:{self.port}")
        env.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1")
        ours = {
            "DEMO": "1",
            "DEBUG": "0",
            "STAFF_MFA_REQUIRED": "0",
            "STATE_DIR": str(self.state_dir),
            "PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",  # a demo never writes to real people
            "PYTHONUNBUFFERED": "1",
            # In a container the demo often runs as root, and need not be told so at each start.
            "PYTHONWARNINGS": "ignore:You're running the worker",
        }
        return {name: value for name, value in env.items() if not _stands_for(name, ours)} | ours

    def _mail_catcher(self, port) -> list:
        folder = self.state_dir / "mail"
        return [*PYTHON, "scn.services.mailcatcher", "--port", port, "--folder", folder]

    def _portal(self) -> dict[str, list]:
        beat = self.state_dir / "beat"
        beat.mkdir(exist_ok=True)
        celery = [*PYTHON, "celery", "-A", "scn"]
        worker = [*celery, "worker", *_pool(), "--without-gossip", "--without-mingle"]
        return {
            "web": [*PYTHON, "gunicorn", *GUNICORN, "scn.wsgi"],
            "worker": [*worker, "-n", "worker@%h", "-Q", "mail,default", "-c", 2],
            "long-work worker": [*worker, "-n", "long@%h", "-Q", "bulk", "-c", 2],
            "beat": [*celery, "beat", "-s", beat / "schedule", "--pidfile="],
        }

    def _prepare(self, env) -> None:
        command = [sys.executable, "manage.py", "demo", "--prepare"]
        child = subprocess.Popen(command, cwd=self.project, env=env, start_new_session=True)  # noqa: S603
        try:
            if child.wait():
                raise Trouble("The demo could not be prepared: the lines above say why.")
        finally:
            child.kill()
            child.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            self._refuse_fallen()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The portal does not get ready: {self.supervisor.logs} holds its logs."
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            self._refuse_fallen()
            if not self.services.running():
                for server in self.services.start(tied=True):
                    self.say(f"{server.name} was gone and has been started again.")

    def _refuse_fallen(self) -> None:
        name = self.supervisor.fallen()
        if name:
            raise Trouble(
                f"The {name} stopped by itself ({self.supervisor.last_words(name)}), so everything "
                f"stops: its log is {self.supervisor.log(name)}."
            )

    def _stop(self) -> None:
        stop_once()
        self.supervisor.stop()
        if not self.services.kept():
            self.services.stop()

    @contextmanager
    def _alone(self):
        """One demo a state folder: two would stop the servers under each other."""
        with (self.state_dir / "demo.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Trouble(
                    f"The demo already runs with the data in {self.state_dir}: stop it first, "
                    "or set STATE_DIR to another folder."
                ) from None
            yield


def chosen_port() -> int:
    """PORT, or 8000."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(
            f"PORT has a value that cannot be used ({text}): give a number from 1 to 65535."
        )
    return int(text)


def _may_listen(port) -> bool:
    try:
        return processes.port_is_free(port)
    except PermissionError:
        raise Trouble(
            f"Port {port} is kept for root: choose a higher one, for example `PORT=8000`."
        ) from None


def _stands_for(name, ours) -> bool:
    """Whether the variable names a file that would be read in the place of one of ours."""
    return name.removesuffix("_FILE") in ours


def _pool() -> list:
    """Worker processes need shared memory, which some containers do not give; threads do not."""
    return [] if os.access("/dev/shm", os.W_OK) or sys.platform != "linux" else ["--pool=threads"]  # noqa: S108
