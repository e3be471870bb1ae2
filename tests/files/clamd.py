"""A stand-in for clamd: listens on a real port, speaks its protocol, and knows one virus."""

import socketserver
import struct
import threading
import time
from contextlib import suppress

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """with Clamd() as clamd: settings.CLAMD_URL = clamd.url; `manner` says how it behaves."""

    def __init__(self, manner="honest"):
        self.manner, self.heard = manner, []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self):
        return f"tcp://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        clamd = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with suppress(ConnectionError):  # whoever asks may hang up before the answer
                    MANNERS[clamd.manner](clamd, self.request)

        return Handler


def read(connection, length):
    data = b""
    while len(data) < length:
        block = connection.recv(min(1 << 20, length - len(data)))
        if not block:
            raise EOFError
        data += block
    return data


def stream(connection):
    """The file of one INSTREAM command, whose blocks come after their lengths and end with none."""
    assert read(connection, 10) == b"zINSTREAM\0"
    blocks = []
    while length := struct.unpack(">I", read(connection, 4))[0]:
        blocks.append(read(connection, length))
    return b"".join(blocks)


def honest(clamd, connection):
    data = stream(connection)
    clamd.heard.append(len(data))
    found = b"Eicar-Test-Signature FOUND" if EICAR in data else b"OK"
    connection.sendall(b"stream: " + found + b"\0")


def slow(_clamd, connection):
    stream(connection)
    time.sleep(1.5)


def dripping(_clamd, connection):
    stream(connection)
    for _number in range(20):
        connection.sendall(b"x")
        time.sleep(0.2)


def garbage(_clamd, connection):
    stream(connection)
    connection.sendall(b"\xff\xfe<html>OK FOUND</html>\0")


def nameless(_clamd, connection):
    stream(connection)
    connection.sendall(b"stream:  FOUND\0")


def silent(_clamd, connection):
    stream(connection)


def limited(_clamd, connection):
    """Stops listening after the first block, as clamd does above its StreamMaxLength."""
    read(connection, 14)
    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")


MANNERS = {
    "honest": honest, "slow": slow, "dripping": dripping, "garbage": garbage, "nameless": nameless,
    "silent": silent, "limited": limited,
}  # fmt: skip
