"""The scanner is asked over a real socket; what is there is a stand-in that speaks as clamd does."""

import io
import socket
import threading

import pytest

from core import scanner
from tests.files.clamd import EICAR, Clamd

VIRUS = b"before " + EICAR.replace(b"\\\\", b"\\") + b" after"


@pytest.fixture
def clamd(settings):
    with Clamd() as running:
        settings.CLAMD_URL = running.url
        yield running


def test_there_is_no_scanner_until_one_is_named(settings):
    assert scanner.is_on() is False
    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    assert scanner.is_on() is True


def test_clean_file_has_no_finding(clamd):
    assert scanner.scan(io.BytesIO(b"A plan")) == ""


def test_virus_is_named(clamd):
    assert scanner.scan(io.BytesIO(VIRUS)) == "Eicar-Test-Signature"


def test_file_is_read_from_its_beginning_and_whole(clamd):
    file = io.BytesIO(b"x" * 200_000)
    file.seek(100)

    assert scanner.scan(file) == ""
    assert clamd.heard == [200_000]


def test_empty_file_is_heard_too(clamd):
    assert scanner.scan(io.BytesIO()) == ""


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("slow", "timed out"),
        ("garbage", "OK FOUND"),
        ("nameless", "stream:  FOUND"),
        ("silent", "The scanner hung up."),
        ("limited", "size limit exceeded"),
        ("dripping", "The scanner takes too long."),
    ],
)
def test_whatever_is_no_verdict_is_no_answer(clamd, monkeypatch, manner, reason):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(scanner, "LONGEST_SECONDS", 1)
    clamd.manner = manner

    with pytest.raises(scanner.NoAnswer, match=reason):
        scanner.scan(io.BytesIO(VIRUS))


def test_scanner_that_stops_listening_is_heard_out(clamd):
    """Far more than fits on the way: sending fails, and what it said meanwhile is the answer, or that it left."""
    clamd.manner = "limited"

    with pytest.raises(scanner.NoAnswer):
        scanner.scan(io.BytesIO(bytes(20_000_000)))


def test_scanner_that_is_away_is_no_answer(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{free.getsockname()[1]}"

        with pytest.raises(scanner.NoAnswer, match="refused"):
            scanner.scan(io.BytesIO(b"A plan"))


def test_scanner_behind_a_unix_socket(settings, tmp_path):
    place = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()
        settings.CLAMD_URL = f"unix://{place}"

        def answer():
            connection, _ = door.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"stream: OK\0")

        threading.Thread(target=answer, daemon=True).start()

        assert scanner.scan(io.BytesIO(b"A plan")) == ""
