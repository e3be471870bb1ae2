"""The look keeps its promises: sides, values, themes, sheets, weight."""

import gzip
import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.template.loader import render_to_string
from django.utils import translation

from core.management.commands import join_css
from core.projection import place, project

ROOT = settings.BASE_DIR
CSS = ROOT / "static" / "css"
PARTS = sorted({*CSS.rglob("*.css")} - {CSS / "site.css", CSS / "staff.css"})
VALUES = [path for path in PARTS if path.name != "tokens.css"]
HTML = sorted((ROOT / "templates").rglob("*.html"))
LETTER = ROOT / "templates" / "outbox" / "email.html"
FIRST_VIEW_BYTES = 150_000


def _name(path):
    return str(path.relative_to(ROOT))


def _rules(path):
    """A sheet without comments, without media queries: CSS cannot read a token there."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return re.sub(r"@media[^{]*\{", "{", text)


def _dark_blocks():
    text = (CSS / "tokens.css").read_text()
    return [
        re.findall(r"[\w-]+: [^;]+;", text.split(opening, 1)[1].split("}", 1)[0])
        for opening in (':root:not([data-theme="light"]) {', ':root[data-theme="dark"] {')
    ]


@pytest.mark.parametrize("path", PARTS, ids=_name)
def test_sheet_names_no_side(path):
    found = re.findall(r"[^\n{;]*\b(?:left|right)\b[^\n;]*", _rules(path))

    assert found == []


@pytest.mark.parametrize("path", VALUES, ids=_name)
def test_sheet_takes_every_value_from_the_tokens(path):
    rules = _rules(path)

    lengths = re.findall(r"(?<![\w.-])\d*\.?\d+(?:px|rem|em|ch|vw|vh|ms|s)\b", rules)
    colours = re.findall(
        r"#[0-9a-f]{3,8}\b(?=[^{]*;)|(?<![\w-])(?:rgb|hsl|oklch|white|black)(?![\w-])", rules
    )
    important = re.findall("!important", rules)

    assert (lengths, colours, important) == ([], [], [])


@pytest.mark.parametrize("path", VALUES, ids=_name)
def test_sheet_uses_only_tokens_that_exist(path):
    known = set(re.findall(r"(--[\w-]+):", (CSS / "tokens.css").read_text()))

    used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))

    assert used - known == set()


def test_two_dark_blocks_are_equal():
    follows_system, chosen = _dark_blocks()

    assert follows_system == chosen
    assert len(chosen) > 20


def test_a_theme_changes_colours_alone():
    """The browser tests rely on it: in the dark they measure colours again, and nothing else."""
    colour = re.compile(r"--[\w-]+: oklch\([^()]*\);|color-scheme: dark;")

    assert [line for line in _dark_blocks()[1] if not colour.fullmatch(line)] == []
    assert [_name(path) for path in VALUES if "prefers-color-scheme" in path.read_text()] == []


def test_joined_sheets_are_current():
    call_command("join_css", check=True)


def test_stale_sheet_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(join_css, "joined", lambda: {"site.css": "old"})

    with pytest.raises(CommandError, match="is stale"):
        call_command("join_css", check=True)


def test_joined_sheets_point_at_files_that_exist():
    addresses = re.findall(r'url\("([^"]+)"\)', (CSS / "site.css").read_text())

    assert [a for a in addresses if not (CSS / a).resolve().is_file()] == []
    assert len(addresses) > 10


@pytest.mark.parametrize("path", [p for p in HTML if p != LETTER], ids=_name)
def test_template_has_no_inline_style_script_or_handler(path):
    text = path.read_text()

    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_first_view_is_light(client, language):
    with translation.override(language):
        page = client.get({"en": "/", "fr": "/fr/", "ar": "/ar/"}[language])

    fonts = ["latin"] if language != "ar" else ["latin", "arabic"]
    weight = (
        len(page.content)
        + len(gzip.compress((CSS / "site.css").read_bytes()))
        + sum(p.stat().st_size for p in (ROOT / "static" / "img").iterdir())
        + sum(
            (ROOT / "static" / "fonts" / f"ibm-plex-sans-{font}-{strength}.woff2").stat().st_size
            for font in fonts
            for strength in (400, 600)
        )
    )

    assert weight <= FIRST_VIEW_BYTES


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "language", "direction"),
    [("/about/", "en", "ltr"), ("/fr/about/", "fr", "ltr"), ("/ar/about/", "ar", "rtl")],
)
def test_page_says_its_language_and_leads_to_itself_in_the_others(
    client, address, language, direction
):
    page = client.get(address).content.decode()

    assert f'<html lang="{language}" dir="{direction}">' in page
    assert re.findall(r'<a href="([^"]+)" lang="(?:en|fr|ar)" hreflang', page) == [
        "/about/",
        "/fr/about/",
        "/ar/about/",
    ]


@pytest.mark.django_db
def test_missing_page_offers_the_home_page_in_each_language(client):
    page = client.get("/nowhere/").content.decode()

    assert re.findall(r'<a href="([^"]+)" lang="(?:en|fr|ar)" hreflang', page) == [
        "/",
        "/fr/",
        "/ar/",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("system", ""), ("<x>", "")],
)
def test_theme_cookie_decides_the_first_paint(client, cookie, attribute):
    client.cookies["theme"] = cookie

    page = client.get("/about/").content.decode()

    assert re.search(r'<html lang="en" dir="ltr"([^>]*)>', page).group(1) == attribute


def test_page_of_our_own_error_needs_nothing():
    page = render_to_string("500.html")

    assert "Something went wrong on our side" in page
    assert "info@strongcitiesnetwork.org" in page


@pytest.mark.parametrize(
    ("place_", "point"),
    [
        ((40.7143, -74.006), (466.7, 146.4)),  # New York
        ((51.5085, -0.1257), (759.7, 93.7)),  # London
        ((-15.8422, -70.0199), (446.5, 473.2)),  # Puno
        ((22.5626, 88.363), (1131.2, 245.7)),  # Kolkata
        ((0, 11), (800, 379)),  # the middle of the drawing
    ],
)
def test_projection_puts_places_where_the_land_is(place_, point):
    assert project(*place_) == pytest.approx(point, abs=0.2)


class _Place:
    def __init__(self, name, lat, lon, population=0):
        self.name, self.lat, self.lon, self.population = name, lat, lon, population
        self.country = "Denmark"


def test_map_lists_by_name_and_leaves_out_what_has_no_place():
    dots = place(
        [_Place("Århus", 56.2, 10.2), _Place("Nowhere", None, None), _Place("Aalborg", 57, 9.9)]
    )

    assert [dot.name for dot in dots] == ["Aalborg", "Århus"]


def test_crowded_names_take_the_other_side_or_none():
    dots = place(
        [
            _Place("Large", 50, 10, 3_000_000),
            _Place("Middle", 50, 10.3, 2_000_000),
            _Place("Small", 50.2, 10.1, 1_000),
        ]
    )

    assert {dot.name: dot.side for dot in dots} == {"Large": "start", "Middle": "end", "Small": ""}


def test_names_stand_west_of_the_dot_in_arabic():
    with translation.override("ar"):
        (dot,) = place([_Place("Dakar", 14.7, -17.4)])

    assert dot.side == "end"
    assert dot.label_x < dot.x
