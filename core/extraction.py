"""The words inside a file, read in a process of its own with little memory and little time.

What people send may be made to break whoever reads it. The child process knows no password, opens no other
file, and is ended when it takes more than it is given; whoever asked learns why.
"""

import codecs
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from tempfile import TemporaryFile

KINDS = ("pdf", "docx", "txt")
MOST_LETTERS = 1_000_000
SECONDS = 30
_READING_SECONDS = 20  # after these the child stops and gives what it has
_MEMORY = 768 * 1024 * 1024
_TOO_MUCH_MEMORY = 3
_DAMAGED = 4


class Unreadable(Exception):
    """Why there are no words: `code` is "damaged", "memory" or "time"."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def words_of(file, kind: str) -> str:
    """The words of an open file, at most a million letters. Raises Unreadable."""
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return _read_apart(copy, kind)


def _read_apart(copy, kind):
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and one of KINDS
            [sys.executable, "-m", "core.extraction", kind],
            stdin=copy, capture_output=True, timeout=SECONDS, check=False,
            cwd=Path(__file__).resolve().parent.parent,
            env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unreadable("time") from error
    if done.returncode == 0:
        return json.loads(done.stdout)
    codes = {_TOO_MUCH_MEMORY: "memory", -9: "time", -24: "time"}
    raise Unreadable(codes.get(done.returncode, "damaged"))


# --- What the child process does


def main(kind):
    _limit()
    try:
        words = _tidy(_READERS[kind](sys.stdin.buffer))
    except (MemoryError, RecursionError):
        return _TOO_MUCH_MEMORY
    except Exception:  # whatever a broken file breaks in whoever reads it
        return _DAMAGED
    json.dump(words, sys.stdout, ensure_ascii=False)
    return 0


def _limit():
    os.nice(10)  # whoever waits for a page goes first
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _from_pdf(file):
    from pypdf import PdfReader  # noqa: PLC0415 - only the child pays for it, within its limits

    for page in PdfReader(file).pages:
        yield page.extract_text()


def _from_docx(file):
    from docx import Document  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    for block in Document(file).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " ".join(cell.text for cell in row.cells)
        else:
            yield block.text


def _from_txt(file):
    yield decoded(file.read(MOST_LETTERS * 4))


_READERS = {"pdf": _from_pdf, "docx": _from_docx, "txt": _from_txt}


def decoded(data: bytes) -> str:
    """Text in the encoding it most likely has: Unicode, else what Windows wrote in Arabic or in the West."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # cut in the middle of a letter
            return data[: error.start].decode("utf-8-sig")
    arabic = data.decode("cp1256", "replace")
    letters = [letter for letter in arabic if letter > "\x7f" and letter.isalpha()]
    is_arabic = sum("\u0600" <= letter <= "\u06ff" for letter in letters) > 0.7 * len(letters)
    # In French text single letters have accents; in Arabic text whole words lie above 0x7F.
    return (
        arabic if is_arabic and len(letters) * 4 > len(data) else data.decode("cp1252", "replace")
    )


def _tidy(parts):
    """One line a part, without what Postgres cannot keep and searches do not need."""
    kept, left, end = [], MOST_LETTERS, time.monotonic() + _READING_SECONDS
    for part in parts:
        line = " ".join("".join(map(_letter, part)).split())[:left]
        if line:
            kept.append(line)
            left -= len(line) + 1
        if left <= 0 or time.monotonic() > end:
            break
    return "\n".join(kept)


def _letter(letter):
    return " " if unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") else letter


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
