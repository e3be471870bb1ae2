import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

CSS = Path(settings.BASE_DIR) / "static" / "css"

# What staff's pages add to Django's own admin sheet. The public sheet takes every component.
STAFF_COMPONENTS = (
    "answer-by",
    "ask",
    "attachments",
    "badge",
    "chart",
    "demo-note",
    "difference",
    "empty",
    "error-summary",
    "facts",
    "field",
    "job",
    "listing",
    "message",
    "meter",
    "more",
    "ratings",
    "side",
    "stages",
    "table",
    "two-texts",
    "waiting",
)


def joined() -> dict[str, str]:
    """The two sheets browsers load, by file name: one request instead of fifty.

    `site.css` puts each part in its cascade layer, so a component wins over a bare element without
    a stronger selector. `staff.css` has no layers: Django's own sheet has none and would win.
    """
    components = sorted((CSS / "components").glob("*.css"))
    staff = [CSS / "components" / f"{name}.css" for name in STAFF_COMPONENTS]
    layers = {
        "tokens": [CSS / "tokens.css"],
        "base": [CSS / "base.css"],
        "layout": [CSS / "layout.css"],
        "components": components,
        "print": [CSS / "print.css"],
    }
    site = "".join(
        f"@layer {layer} {{\n{''.join(map(_part, files))}}}\n" for layer, files in layers.items()
    )
    return {
        "site.css": f"{_HEAD}@layer {', '.join(layers)};\n{site}",
        "staff.css": _HEAD + "".join(map(_part, [CSS / "tokens.css", *staff, CSS / "admin.css"])),
    }


_HEAD = "/* Made by `python manage.py join_css`. Change the parts, not this file. */\n"


def _part(path: Path) -> str:
    """One part without its comments; its addresses as seen from the joined sheet."""
    text = re.sub(r"/\*.*?\*/\s*", "", path.read_text(), flags=re.DOTALL)
    return text.replace('url("../../', 'url("../')


class Command(BaseCommand):
    help = "Write static/css/site.css and staff.css from their parts."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Only say if they are current.")

    def handle(self, *args, check, **options):
        for name, text in joined().items():
            path = CSS / name
            if not check:
                path.write_text(text)
            elif not path.exists() or path.read_text() != text:
                raise CommandError(f"static/css/{name} is stale: run python manage.py join_css.")
        if not check:
            self.stdout.write("static/css/site.css and static/css/staff.css are written.")
