"""Processes that outlive the command which started them, and how they end."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from scn.services.accounts import Account

PROC = Path("/proc")
SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)


def spawn(command, *, folder, log, account: Account | None = None, env=None, tied_by=None):
    """Start a process in a session of its own, working in `folder`, writing to the open file `log`.

    With `tied_by`, the process gets that signal should the command that started it be killed.
    """
    return subprocess.Popen(  # noqa: S603 - the callers' commands are lists of our own making
        [str(word) for word in command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_tie(tied_by) if tied_by and sys.platform == "linux" else None,
        **(account.popen_options() if account else {}),
    )


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was not yet cleared away does not."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return not PROC.is_dir()


def works_in(pid: int, folder: Path) -> bool:
    """Whether a living process has `folder` as its working folder: what tells ours from a stranger
    that was given the same number later."""
    if not alive(pid):
        return False
    if not PROC.is_dir():
        return True
    try:
        return os.path.samefile(PROC / str(pid) / "cwd", folder)
    except OSError:
        return False


def inhabitants(folder: Path) -> list[int]:
    """All living processes that work in the folder."""
    pids = [int(entry.name) for entry in PROC.glob("[0-9]*")] if PROC.is_dir() else []
    return [pid for pid in pids if works_in(pid, folder)]


def end(pid: int, *steps: tuple[signal.Signals, float]) -> bool:
    """Send each signal in turn until the process is gone; False if it outlived them all."""
    for number, seconds in steps:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: not alive(pid), seconds):
            return True
    return False


def wait_until(question, seconds: float) -> bool:
    """Ask until the answer is yes or the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(answer)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def port_is_free(port: int) -> bool:
    """Whether a server could listen there. Raises PermissionError for a port kept for root."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def _tie(number):
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(SET_PARENT_DEATH_SIGNAL, int(number))
