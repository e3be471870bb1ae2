"""What is measured on a page: accessibility faults, sideways scrolling; and a picture of it."""

import base64
from pathlib import Path

from tests.browser.conftest import SHOTS, path, visit

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {390: 844, 1440: 1000}
# What passed, and how to find it again, is not asked for: telling it takes longer than measuring.
BRIEFLY = {"resultTypes": ["violations"], "selectors": False}
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}} | BRIEFLY
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
} | BRIEFLY
MEASURE = """async options => (await axe.run(document, options)).violations.map(
  fault => [fault.id, fault.nodes.slice(0, 3).map(node => node.html.slice(0, 160))])"""
REFUSALS = ("-dead", "not-found", "forbidden")
SETTLE = """async theme => {
  document.documentElement.dataset.theme = theme
  await document.fonts.ready
  await Promise.all(document.getAnimations().map(animation => animation.finished))
}"""


def faults(page, rules=EVERYTHING):
    """The accessibility faults of the open page, as (rule, some of the elements)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(MEASURE, rules)


def look(page, name, language):
    """Check the open page in both themes and widths; what is wrong, as readable lines.

    A theme changes nothing but colours, so the dark one is asked for those (a test of the house holds
    the style sheets to that).
    """
    wrong = []
    camera = page.context.new_cdp_session(page)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
            page.evaluate(SETTLE, theme)
            where = f"{name} {language} {theme} {width}"
            wrong += [f"{where}: {fault}" for fault in faults(page, rules)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{where}: scrolls sideways")
            _photograph(page, camera, width, f"{name}-{language}-{theme}-{width}.png")
    camera.detach()
    return wrong


def look_at_all(page, portal, language, pages):
    """Open each of the pages ({name: address}) in a language and check it."""
    wrong = []
    for name, address in pages.items():
        address = path(language, address.format_map(portal.things))
        status = visit(page, portal, address)
        assert page.url == portal.url + address
        assert (status >= 400) == name.endswith(REFUSALS), (name, status)
        assert page.get_attribute("html", "lang")[:2] == language, name
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr"), name
        wrong += look(page, name, language)
    return wrong


def _photograph(page, camera, width, name):
    """The whole page. Chromium asked directly: half the time of Playwright's own full_page picture."""
    height = page.evaluate("document.documentElement.scrollHeight")
    whole = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    picture = camera.send(
        "Page.captureScreenshot",
        {"clip": whole, "captureBeyondViewport": True, "optimizeForSpeed": True},
    )
    (SHOTS / name).write_bytes(base64.b64decode(picture["data"]))
