"""A letter's HTML: the one shell, with the styles written into each tag, as mail programs need it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info, gettext

UNSAID = "…"  # stands for a link in what staff may read
BUTTON = re.compile(r"^\[\[button:(?P<label>[^|\n]+)\|(?P<url>[^\n]+)\]\]$")

# Private characters that stand for words and an address in the pieces; letters.py lets none through.
_WORDS, _URL = "\ue000", "\ue001"
_RULE = re.compile("<hr[^>]*>")
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class Shell:
    """The frame of a letter and the pieces of its body, with their styles written into each tag."""

    end: str
    page: str
    paragraph: str
    points: str
    point: str
    link: str
    button: str
    dead_button: str


@lru_cache(maxsize=32)
def shell(language, demo) -> Shell:
    """Render the shell and a specimen of each piece once for each language, and move the styles inside."""
    footer = [
        gettext("Strong Cities Network. Questions: %(address)s") % {"address": settings.STAFF_EMAIL}
    ]
    specimens = [
        f'<p dir="auto">{_WORDS}</p>',
        f"<ul>{_WORDS}</ul>",
        f'<li dir="auto">{_WORDS}</li>',
        f'<a href="{_URL}" dir="ltr">{_URL}</a>',
        render_to_string("outbox/_button.html", {"label": _WORDS, "url": _URL}),
        f'<p><span class="act">{_WORDS}</span></p>',
    ]
    context = {
        "language": language,
        "bidi": get_language_info(language)["bidi"],
        "subject": _WORDS,
        "body_html": mark_safe("<hr>".join(["", *specimens, ""])),
        "footer": footer,
        "DEMO": demo,
    }
    before, *pieces, after = _RULE.split(
        _inliner.inline(render_to_string("outbox/email.html", context))
    )
    return Shell("\n\n-- \n" + "\n".join(footer) + "\n", before + _URL + after, *pieces)


def page(subject, paragraphs, shell, links) -> str:
    """The letter as HTML; `links` are the addresses made for it."""
    links = sorted({escape(link) for link in links if link and link != UNSAID}, key=len)[::-1]
    body = "\n".join(_paragraph(paragraph.split("\n"), shell, links) for paragraph in paragraphs)
    return shell.page.replace(_URL, body).replace(_WORDS, escape(subject))


def _paragraph(lines, shell, links):
    button = BUTTON.match(lines[0].strip()) if len(lines) == 1 else None
    if button:
        return _button(escape(button["label"].strip()), escape(button["url"].strip()), shell, links)
    if all(line.startswith("- ") for line in lines):
        points = [shell.point.replace(_WORDS, _line(line[2:], shell, links)) for line in lines]
        return shell.points.replace(_WORDS, "".join(points))
    words = "<br>\n".join(_line(line, shell, links) for line in lines)
    return shell.paragraph.replace(_WORDS, words)


def _button(label, url, shell, links):
    if url not in links:
        return shell.dead_button.replace(_WORDS, label)
    return shell.button.replace(_URL, url).replace(_WORDS, label)


def _line(line, shell, links):
    """The words, escaped; clickable are only the links made for this letter."""
    line = escape(line)
    if not any(link in line for link in links):
        return line
    pattern = "|".join(map(re.escape, links))
    return re.sub(pattern, lambda match: shell.link.replace(_URL, match[0]), line)
