"""Both embedded servers as one: start, stop, say how they are, forget everything."""

import fcntl
import hashlib
import os
import shlex
import shutil
from contextlib import contextmanager
from pathlib import Path

from scn.services import accounts, binaries
from scn.services.notes import Notes, secret_key
from scn.services.postgres import Postgres
from scn.services.server import Server
from scn.services.valkey import Valkey

VARIABLES = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
DEMO_STATE = (
    "logs",
    "mail",
    "files",
    "static",
    "beat",
    "services.json",
    "secret-key",
    "demo-password",
    "stamps.json",
)


class Services:
    """The servers a project needs and does not get from the environment."""

    def __init__(self, state_dir: Path):
        self.state_dir = state_dir
        self.notes = Notes(state_dir / "services.json")
        self._known_home: Path | None = None
        self.given = {
            name for name in VARIABLES if name in os.environ or f"{name}_FILE" in os.environ
        }

    def start(self, *, tied=False, keep=False) -> list[Server]:
        """Start what does not run yet; the servers that this call started."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        with self._one_at_a_time():
            if self._home() != self.state_dir:
                binaries.shared_folder(self._home())
            if keep:
                self.notes.write("services", keep=True)
            return [server for server in self.servers().values() if server.start(tied=tied)]

    def stop(self) -> list[Server]:
        """Stop what runs; the servers that this call stopped."""
        if not self.state_dir.is_dir():
            return []
        with self._one_at_a_time():
            stopped = [server for server in self.servers(every=True).values() if server.stop()]
            if self.kept():
                self.notes.write("services", keep=False)
            return stopped

    def status(self) -> list[str]:
        running = (
            [server.status() for server in self.servers().values()]
            if self.state_dir.is_dir()
            else []
        )
        return [f"{name} is set: that server is used" for name in sorted(self.given)] + (
            running
            or [
                f"{kind.name} is stopped"
                for name, kind in VARIABLES.items()
                if name not in self.given
            ]
        )

    def running(self) -> bool:
        return self.state_dir.is_dir() and all(server.pid() for server in self.servers().values())

    def kept(self) -> bool:
        """Whether somebody asked for the servers themselves, so that others leave them running."""
        return self.notes.read("services").get("keep", False)

    def variables(self) -> dict[str, str]:
        """The addresses of the embedded servers."""
        return {name: server.url() for name, server in self.servers().items()}

    def exports(self) -> str:
        """Lines for a shell: the addresses first, then what makes the demo's own commands agree."""
        lines = [self.variables()]
        if "SECRET_KEY" not in os.environ and "SECRET_KEY_FILE" not in os.environ:
            lines.append({"DEMO": "1", "SECRET_KEY": secret_key(self.state_dir)})
        return "\n".join(
            "export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in line.items())
            for line in lines
            if line
        )

    def reset(self) -> None:
        """Stop the servers and delete all that a demo leaves behind."""
        self.stop()
        home = self._home()
        for folder in {self.state_dir, home}:
            for name in (*DEMO_STATE, "postgres", "postgres.new", "valkey"):
                _delete(folder / name)
        for name in ("services.lock", "demo.lock"):
            _delete(self.state_dir / name)
        if home != self.state_dir:
            _delete(home)
        self._known_home = None

    def servers(self, *, every=False) -> dict[str, Server]:
        account, home = accounts.unprivileged(), self._home()
        return {
            name: kind(state_dir=self.state_dir, home=home, account=account, notes=self.notes)
            for name, kind in VARIABLES.items()
            if every or name not in self.given
        }

    def _home(self) -> Path:
        """Where the data lie: in the state folder if the servers' account can get there."""
        if not self.state_dir.is_dir():
            return self.state_dir
        if self._known_home is None:
            self._known_home = self._find_home()
        return self._known_home

    def _find_home(self) -> Path:
        if accounts.can_enter(accounts.unprivileged(), self.state_dir):
            return self.state_dir
        name = hashlib.sha256(str(self.state_dir.resolve()).encode()).hexdigest()[:12]
        return binaries.SHARED_HOME / name

    @contextmanager
    def _one_at_a_time(self):
        with (self.state_dir / "services.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
