"""Several processes that start together, are watched together and stop together."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from scn.services import processes

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C was pressed, or the system asked us to stop."""


class Supervisor:
    """The children of one command, each with a log of its own."""

    def __init__(self, *, folder: Path, logs: Path):
        self.folder = folder
        self.logs = logs
        self.env = dict(os.environ)
        self.children: dict[str, subprocess.Popen] = {}

    def start(self, name: str, *command) -> None:
        self.logs.mkdir(exist_ok=True)
        with self.log(name).open("wb") as log:
            self.children[name] = processes.spawn(
                command, folder=self.folder, log=log, env=self.env, tied_by=signal.SIGTERM
            )

    def fallen(self) -> str | None:
        """The name of a child that ended by itself."""
        return next(
            (name for name, child in self.children.items() if child.poll() is not None), None
        )

    def stop(self, seconds: float = 15) -> None:
        """Ask the children to finish and end those that do not, with all they started.

        The one that was started first is asked last, because the others lean on it.
        """
        deadline = time.monotonic() + seconds
        first, *others = self.children.values() or [None]
        _finish(others, deadline)
        _finish([first] if first else [], deadline + 2)
        self.children.clear()

    def log(self, name: str) -> Path:
        return self.logs / f"{name.replace(' ', '-')}.log"

    def last_words(self, name: str) -> str:
        """How a child that fell came to its end."""
        code = self.children[name].returncode
        if code < 0:
            return f"killed by signal {-code}"
        lines = self.log(name).read_text(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _finish(children, deadline):
    for child in children:
        with suppress(ProcessLookupError):
            child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def stoppable():
    """Inside, the first signal to stop raises Stopped and later ones are not needed any more."""

    def stop(*_):
        stop_once()
        raise Stopped

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_once() -> None:
    """From now on nothing interrupts the stopping."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
