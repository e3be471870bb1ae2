"""Ports and passwords of the embedded servers, remembered in the state folder."""

import json
import os
import secrets
from pathlib import Path


class Notes:
    """A small JSON file that only its owner can read."""

    def __init__(self, file: Path):
        self.file = file

    def read(self, name: str) -> dict:
        return self._all().get(name, {})

    def write(self, name: str, **facts) -> dict:
        everything = self._all()
        everything[name] = everything.get(name, {}) | facts
        write_private(self.file, json.dumps(everything, indent=2) + "\n")
        return everything[name]

    def _all(self) -> dict:
        try:
            return json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return {}


def write_private(file: Path, text: str) -> None:
    """Put the text in place in one step, readable by its owner only."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def secret_key(state_dir: Path) -> str:
    """The demo's own SECRET_KEY, made once and kept."""
    file = state_dir / "secret-key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(50) + "\n")
    return file.read_text().strip()
