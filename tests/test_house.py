"""What neither import-linter nor ruff can see; see docs/architecture.md."""

import ast
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "outbox", "members", "hub", "scn"]
SOURCES = [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ALONE = re.compile(r'{% include "([^"]+)"[^%]* only %}')
# Counts that may fall and never rise: each is a place where safety rests on a reader's care.
RATCHET = {"mark_safe(": 6, "|safe": 3, "csrf_exempt": 5, ".raw(": 1, ".extra(": 0}


def _where(pattern, paths):
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_status_is_set_by_move_to_alone():
    outside = [p for p in SOURCES if p.parts[-2] != "outbox" and p.name != "lifecycle.py"]

    assert _where(r"\.status\s*=[^=]", outside) == []


def _public_functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


ACTIONS = sorted(p for app in APPS for p in (ROOT / app / "actions").glob("*.py"))


@pytest.mark.parametrize("path", ACTIONS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_public_action_says_what_the_world_sees(path):
    assert [f.name for f in _public_functions(path) if not ast.get_docstring(f)] == []


def test_templates_hold_no_inline_style_or_script():
    letters = ROOT / "templates" / "outbox" / "email.html"  # mail programs know no linked sheet
    pages = [p for p in TEMPLATES if p != letters]

    assert _where(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", pages) == []


def test_blocktranslate_is_always_trimmed():
    assert _where(r"{%\s*blocktrans(late)?\s(?!.*trimmed)", TEMPLATES) == []


def test_no_sentence_is_built_with_an_f_string_inside_gettext():
    assert _where(r"\b_\(f[\"']", SOURCES) == []


@pytest.mark.parametrize("needle", RATCHET)
def test_places_that_need_care_do_not_grow(needle):
    found = _where(re.escape(needle), [*SOURCES, *TEMPLATES])

    assert len(found) <= RATCHET[needle], found


def test_models_do_not_override_save_or_delete():
    models = [p for p in SOURCES if "models" in p.parts or p.name == "models.py"]

    assert _where(r"def (save|delete)\(self", models) == []


def test_nothing_names_a_registry_or_a_machine():
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", r"deb\.deb" + "ian"])
    kept = [
        p
        for pattern in ("*.py", "*.md", "*.toml", "*.txt", "*.yml", "Makefile", "Dockerfile")
        for p in ROOT.rglob(pattern)
        if not {".venv", "var", "node_modules"} & set(p.relative_to(ROOT).parts)
    ]

    assert _where(hosts, kept) == []


def test_a_form_in_a_piece_gets_the_token_that_its_button_needs():
    """`only` leaves the token behind, and then every press is refused."""
    with_forms = {
        str(path.relative_to(ROOT / "templates"))
        for path in TEMPLATES
        if "{% csrf_token %}" in path.read_text(encoding="utf-8")
    }
    without = [
        f"{path.relative_to(ROOT)}: {tag[0]}"
        for path in TEMPLATES
        for tag in ALONE.finditer(path.read_text(encoding="utf-8"))
        if tag[1] in with_forms and "csrf_token=csrf_token" not in tag[0]
    ]

    assert without == []


def test_house_rules_can_fail():
    """The patterns above find what they look for; a rule that cannot fail guards nothing."""
    assert re.search(r"\.status\s*=[^=]", "application.status = 'approved'")
    assert re.search(r"{%\s*blocktrans(late)?\s(?!.*trimmed)", "{% blocktranslate with a=b %}")
    assert ALONE.search('{% include "_form.html" with a=b only %}')
    assert inspect.getdoc(test_house_rules_can_fail)
