"""The embedded Valkey, which speaks Redis."""

import signal
import socket
from functools import cached_property
from pathlib import Path

from scn.services import binaries
from scn.services.accounts import give
from scn.services.notes import write_private
from scn.services.server import Server


class Valkey(Server):
    """A broker that writes down what it holds."""

    name = "Valkey"
    signals = ((signal.SIGTERM, 8), (signal.SIGKILL, 3))

    @cached_property
    def program(self) -> Path:
        return binaries.valkey(self.account)

    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        self.make_folder(self.data)

    def command(self) -> list:
        # The password stays off the command line, which every account of the machine can read.
        file = self.data / "valkey.conf"
        write_private(
            file,
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f"dir {_quoted(self.data)}\npidfile {_quoted(self.pid_file())}\n"
            'appendonly yes\nsave ""\nmaxmemory-policy noeviction\n',
        )
        give(file, self.account)
        return [self.program, file]

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while chunk := connection.recv(100):
                    answer += chunk
                    if answer == b"+OK\r\n+PONG\r\n":
                        return True
                    if answer.startswith(b"-"):
                        return False
        except OSError:
            return False
        return False


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
