"""As whom the embedded servers run: Postgres refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scn.services.trouble import Trouble

CANDIDATES = ("postgres", "nobody")  # initdb looks the name up, so a bare number will not do


@dataclass(frozen=True)
class Account:
    """An account without privileges that exists on this machine."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged() -> Account | None:
    """The account to drop to when the caller is root; None when the caller is an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "Postgres does not run as root and this machine has no account `postgres` or `nobody` "
        "to run it as: start the command as an ordinary user."
    )


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether the account reaches the folder through all the folders above it."""
    return _test(account, "-x", folder)


def can_read(account: Account | None, file: Path) -> bool:
    return _test(account, "-r", file)


def can_write(account: Account | None, folder: Path) -> bool:
    return _test(account, "-w", folder)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or folder of ours. An ordinary user owns it already."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _test(account, flag, path) -> bool:
    options = account.popen_options() if account else {}
    command = ["/bin/sh", "-c", f'test {flag} "$1"', "sh", str(path)]
    # S603: the shell gets the path as an argument, never as text to read.
    return subprocess.run(command, cwd="/", check=False, **options).returncode == 0  # noqa: S603
