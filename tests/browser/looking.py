"""What is measured on a page: accessibility faults, sideways scrolling; and a picture of it."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SHOTS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {390: 844, 1440: 1000}


def faults(page):
    """The accessibility faults of the open page, as (rule, some of the elements)."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]][:3])
        for fault in results.response["violations"]
    ]


def look(page, name, language):
    """Check the open page in both themes and widths; what is wrong, as readable lines."""
    wrong = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            page.evaluate("Promise.all(document.getAnimations().map(a => a.finished))")
            where = f"{name} {language} {theme} {width}"
            wrong += [f"{where}: {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{where}: scrolls sideways")
            page.screenshot(path=SHOTS / f"{name}-{language}-{theme}-{width}.png", full_page=True)
    return wrong
