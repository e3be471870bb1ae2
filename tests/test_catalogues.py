"""Every sentence is there in French and Arabic, with its placeholders and its plurals."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCALES = {"fr": 2, "ar": 6}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def _catalogue(locale):
    return polib.pofile(str(ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"))


def _placeholders(text):
    return sorted(match.group(0) for match in PLACEHOLDER.finditer(text))


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_is_complete(locale):
    catalogue = _catalogue(locale)

    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_plurals_are_all_there(locale):
    plurals = [entry for entry in _catalogue(locale) if entry.msgid_plural and not entry.obsolete]

    assert plurals
    assert [
        entry.msgid
        for entry in plurals
        if len(entry.msgstr_plural) != LOCALES[locale] or not all(entry.msgstr_plural.values())
    ] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_their_placeholders(locale):
    wrong = [
        entry.msgid
        for entry in _catalogue(locale)
        if entry.msgstr and _placeholders(entry.msgid) != _placeholders(entry.msgstr)
    ]

    assert wrong == []


def test_catalogue_holds_every_sentence_of_the_source(tmp_path):
    """Collect the sentences anew in a copy of the tree; none may be missing from the catalogues."""
    copy = tmp_path / "tree"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".venv", "var", ".git", "node_modules", "tests")
    )
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "fr", "--no-obsolete"],
        cwd=copy,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "scn.settings", "DEMO": "1"},
        check=True,
        capture_output=True,
    )
    fresh = polib.pofile(str(copy / "locale" / "fr" / "LC_MESSAGES" / "django.po"))

    assert sorted(e.msgid for e in fresh) == sorted(
        e.msgid for e in _catalogue("fr") if not e.obsolete
    )
