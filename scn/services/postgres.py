"""The embedded Postgres."""

import locale
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path

import psycopg

from scn.services import binaries, processes
from scn.services.accounts import Account, can_write, give
from scn.services.server import Server
from scn.services.trouble import Trouble, disk_full

ROLE = DATABASE = "scn"
READY_LINE = 7  # of postmaster.pid, where the server writes its state
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
ENOUGH_SHARED_MEMORY = 128_000_000


class Postgres(Server):
    """A cluster of its own, in UTF-8, with scram passwords and without a socket file."""

    name = "Postgres"
    signals = ((signal.SIGINT, 12), (signal.SIGQUIT, 5), (signal.SIGKILL, 3))

    @cached_property
    def programs(self) -> binaries.PostgresPrograms:
        return binaries.postgres(self.account)

    def start(self, *, tied=False) -> bool:
        self.refuse_other_major()
        started = super().start(tied=tied)
        self._create_database()
        return started

    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def url(self) -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        if not self.data.exists():
            self._initialise()
        # After a kill -9 the lock file stays. With nobody left in the folder it says nothing.
        processes.wait_until(lambda: not processes.inhabitants(self.data), 10)
        if processes.PROC.is_dir() and not processes.inhabitants(self.data):
            self.pid_file().unlink(missing_ok=True)

    def command(self) -> list:
        return [
            self.programs.bin / "postgres", "-D", self.data, "-p", self.port,
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", f"dynamic_shared_memory_type={_shared_memory(self.account)}",
            # As in docker-compose.yml.
            "-c", f"shared_buffers={os.environ.get('POSTGRES_BUFFERS') or '256MB'}",
            "-c", "jit=off", "-c", "io_method=sync",
        ]  # fmt: skip

    def ready(self) -> bool:
        with suppress(OSError, IndexError):
            return self.pid_file().read_text().splitlines()[READY_LINE].strip() == "ready"
        return False

    def refuse_other_major(self) -> None:
        """The files of one major version mean nothing to another."""
        try:
            major = int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return
        if major != self.programs.major:
            raise Trouble(
                f"The data in {self.data} belong to Postgres {major} and this program brings "
                f"{self.programs.major}: carry them over with pg_dump (docs/operations.md) or "
                "delete them with `make reset`."
            )

    def _initialise(self) -> None:
        """Make the cluster beside its place, then move it, so that half of one is never used."""
        new = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        self.make_folder(new)
        with tempfile.NamedTemporaryFile("w", prefix=".new-", dir=new.parent) as password:
            password.write(self.password)
            password.flush()
            give(Path(password.name), self.account)
            result = subprocess.run(  # noqa: S603
                [self.programs.bin / "initdb", "-D", new, "-U", ROLE, f"--pwfile={password.name}",
                 "--auth=scram-sha-256", "--encoding=UTF8", f"--locale={_system_locale()}",
                 "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
                cwd=new, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
                **(self.account.popen_options() if self.account else {}),
            )  # fmt: skip
        if result.returncode:
            shutil.rmtree(new, ignore_errors=True)
            words = result.stderr.strip().splitlines() or ["no reason given"]
            if "No space left on device" in result.stderr:
                raise disk_full(self.data)
            raise Trouble(f"The embedded Postgres could not be set up in {self.data}: {words[-1]}.")
        new.rename(self.data)

    def _create_database(self) -> None:
        try:
            with closing(self._connect("postgres")) as connection:
                known = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                )
                if not known.fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise Trouble(f"Postgres refuses connections: its log is {self.log}.") from error
            raise Trouble(
                f"The password noted in {self.notes.file} does not open the data in {self.data}: "
                "put the file back, or delete the data with `make reset`."
            ) from error

    def _connect(self, database):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ROLE, password=self.password, dbname=database,
            autocommit=True, connect_timeout=10,
        )  # fmt: skip


def _system_locale() -> str:
    """A UTF-8 locale of this machine; the search parser asks it which signs are letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _shared_memory(account: Account | None) -> str:
    """Files in the data folder where a container gives too little shared memory."""
    try:
        room = os.statvfs(SHARED_MEMORY)
    except OSError:
        return "mmap"
    plenty = room.f_bavail * room.f_frsize >= ENOUGH_SHARED_MEMORY
    return "posix" if plenty and can_write(account, SHARED_MEMORY) else "mmap"
