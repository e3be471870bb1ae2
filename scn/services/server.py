"""What the embedded servers have in common: a folder, a port, a password, a log, a process."""

import secrets
import subprocess
import time
from pathlib import Path

from scn.services import processes
from scn.services.accounts import Account, give
from scn.services.notes import Notes
from scn.services.trouble import Trouble, disk_full, no_permission

LONGEST_LOG = 10_000_000  # bytes; an older log is begun anew at the next start
RECOVERY_SECONDS = 120  # a server that was killed reads its log back before it answers
LOCK_SECONDS = 20  # a killed server's number may stay on the books for a while


class Server:
    """One embedded server of one project. It listens on 127.0.0.1 only and asks for a password."""

    name = ""
    signals: tuple = ()

    def __init__(self, *, state_dir: Path, home: Path, account: Account | None, notes: Notes):
        self.state_dir = state_dir
        self.account = account
        self.notes = notes
        self.data = home / self.key
        self.log = state_dir / "logs" / f"{self.key}.log"

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def port(self) -> int:
        return self.notes.read(self.key).get("port", 0)

    @property
    def password(self) -> str:
        return self.notes.read(self.key).get("password", "")

    def start(self, *, tied=False) -> bool:
        """Bring the server up, or leave it be if it runs. True if this call started it.

        A tied server stops when the command that started it is killed.
        """
        if self.pid():
            self.wait_until_ready(None, 0)
            return False
        self.remember()
        self.prepare()
        deadline = time.monotonic() + LOCK_SECONDS
        while not self._launch(tied):
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.name} in {self.data} was killed and is not cleared away yet: "
                    "wait a minute and start again."
                )
            time.sleep(0.5)
        return True

    def stop(self) -> bool:
        """End the server and all it started. True if it ran."""
        pid = self.pid()
        if pid is None:
            return False
        if not processes.end(pid, *self.signals):
            raise Trouble(
                f"{self.name} (process {pid}) does not stop: end it with `kill -9 {pid}`."
            )
        processes.wait_until(lambda: not processes.inhabitants(self.data), 5)
        return True

    def status(self) -> str:
        pid = self.pid()
        state = f"runs on 127.0.0.1:{self.port} (process {pid})" if pid else "is stopped"
        return f"{self.name} {state}, data in {self.data}"

    def remember(self) -> None:
        """Have a password, and a port that nobody else took meanwhile."""
        facts = self.notes.read(self.key)
        port = facts.get("port", 0)
        if not port or not processes.port_is_free(port):
            port = processes.free_port()
        self.notes.write(
            self.key, port=port, password=facts.get("password") or secrets.token_urlsafe(24)
        )

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        give(folder, self.account)

    def pid(self) -> int | None:
        """The process of the running server, told from others by the folder it works in."""
        try:
            pid = int(self.pid_file().read_text().split()[0])
        except PermissionError:
            raise no_permission(self.data) from None
        except (OSError, ValueError, IndexError):
            return None
        return pid if processes.works_in(pid, self.data) else None

    # What each server does its own way.

    def pid_file(self) -> Path:
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the data folder ready for a start."""
        raise NotImplementedError

    def command(self) -> list:
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def url(self) -> str:
        raise NotImplementedError

    # The start.

    def _launch(self, tied) -> bool:
        """Start once. False if it is worth another try."""
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.unlink()
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            seen = log.tell()
            process = processes.spawn(
                self.command(),
                folder=self.data,
                log=log,
                account=self.account,
                env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
                tied_by=self.signals[0][0] if tied else None,
            )
        return self.wait_until_ready(process, seen)

    def wait_until_ready(self, process: subprocess.Popen | None, seen: int) -> bool:
        def settled():
            return (process is not None and process.poll() is not None) or self.ready()

        if not processes.wait_until(settled, RECOVERY_SECONDS):
            raise Trouble(f"{self.name} does not answer: its log is {self.log}.")
        if process is None or process.returncode is None:
            return True
        return self._explain(self.log.read_bytes()[seen:].decode(errors="replace"))

    def _explain(self, words: str) -> bool:
        """Read why the server ended: False for a passing reason, Trouble for a lasting one."""
        if "No space left on device" in words:
            raise disk_full(self.data)
        if "ddress already in use" in words:
            self.remember()
        elif "lock file" in words or "pre-existing shared memory block" in words:
            pass
        elif "Permission denied" in words and str(self.data) in words:
            raise no_permission(self.data)
        else:
            lines = [line for line in words.splitlines() if line.strip()]
            telling = (
                [line for line in lines if "FATAL" in line or "PANIC" in line]
                or lines
                or ["no reason given"]
            )
            raise Trouble(
                f"{self.name} did not start ({telling[-1].strip()}): its log is {self.log}."
            )
        return False
