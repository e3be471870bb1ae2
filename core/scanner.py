"""The virus scanner: clamd, asked over its own protocol (man clamd, INSTREAM).

CLAMD_URL=tcp://clamd:3310      or      unix:///run/clamav/clamd.ctl      or empty: there is none
"""

import socket
import struct
import time
from urllib.parse import urlsplit

from django.conf import settings

BLOCK = 64 * 1024
CONNECT_SECONDS = 5
ANSWER_SECONDS = 60  # for one step
LONGEST_SECONDS = 180  # for a whole file
LONGEST_ANSWER = 1024


class NoAnswer(Exception):
    """The scanner is away, too slow, or says something that is no verdict."""


def is_on() -> bool:
    """Whether files wait for a scanner at all."""
    return bool(settings.CLAMD_URL)


def scan(file) -> str:
    """What the scanner found in a file, by its name there; empty for a clean one. Raises NoAnswer."""
    end = time.monotonic() + LONGEST_SECONDS
    try:
        with _connect() as connection:
            _send(connection, file, end)
            answer = _answer(connection, end)
    except OSError as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    return _verdict(answer)


def _connect():
    place = urlsplit(settings.CLAMD_URL)
    if place.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(place.path)
    else:
        address = (place.hostname, place.port or 3310)
        connection = socket.create_connection(address, timeout=CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _send(connection, file, end):
    """The file in blocks, each after its length; a scanner that has heard enough may hang up."""
    file.seek(0)
    try:
        connection.sendall(b"zINSTREAM\0")
        while block := file.read(BLOCK):
            _refuse_late(end)
            connection.sendall(struct.pack(">I", len(block)) + block)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return  # its answer says why


def _answer(connection, end):
    answer = b""
    while len(answer) < LONGEST_ANSWER and not answer.endswith(b"\0"):
        _refuse_late(end)
        block = connection.recv(LONGEST_ANSWER)
        if not block:
            break
        answer += block
    return answer.rstrip(b"\0\n").decode("ascii", "replace")


def _refuse_late(end):
    if time.monotonic() > end:
        raise TimeoutError("The scanner takes too long.")


def _verdict(answer):
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND") and said != " FOUND":
        return said.removesuffix(" FOUND")
    raise NoAnswer(answer[:150] or "The scanner hung up.")
