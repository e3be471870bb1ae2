"""Message catalogues: from the .po files people write to the .mo files Django reads.

Django's own `compilemessages` calls the program msgfmt, which a fresh machine does not have: polib
does the same in Python.
"""

from pathlib import Path

import polib  # type: ignore[import-untyped]


class BrokenCatalogue(Exception):
    """A .po file that cannot be read, with the line."""


def compile_catalogue(po: Path) -> Path:
    """Write the .mo file beside the .po file, in one step."""
    try:
        catalogue = polib.pofile(str(po), encoding="utf-8", check_for_duplicates=True)
    except (OSError, ValueError) as error:
        raise BrokenCatalogue(str(error)) from error
    mo = po.with_suffix(".mo")
    new = mo.with_suffix(".mo.new")
    catalogue.save_as_mofile(str(new))
    new.replace(mo)
    return mo
