"""The demo's mailbox: the letters that the mail catcher put into STATE_DIR/mail/, one `.eml` file each."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,80}")
_STYLE = re.compile(r' style="([^"]*)"')
_STYLE_TAG = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Caught:
    """One letter as its reader would find it."""

    name: str
    mail: EmailMessage

    @property
    def subject(self):
        return str(self.mail["Subject"] or "")

    @property
    def to(self):
        return str(self.mail["To"] or "")

    @property
    def sent_at(self):
        return self.mail["Date"].datetime if self.mail["Date"] else None

    @property
    def language(self):
        return str(self.mail["Content-Language"] or "")

    @property
    def text(self):
        return self._part("plain")

    def page(self, style_url: str) -> str:
        """The HTML part without inline styles, which our pages do not allow: they stand in `style()`."""
        numbers = iter(range(10_000))
        html = _STYLE_TAG.sub("", self._part("html"))
        html = _STYLE.sub(lambda _match: f' data-style="{next(numbers)}"', html)
        head = f'<base target="_top"><link rel="stylesheet" href="{style_url}">'
        return html.replace("</head>", head + "</head>", 1)

    def style(self) -> str:
        """The styles of the HTML part as a style sheet of its own."""
        html = self._part("html")
        inline = _STYLE.findall(_STYLE_TAG.sub("", html))
        rules = [f'[data-style="{number}"] {{{rule}}}' for number, rule in enumerate(inline)]
        return "\n".join(rules + _STYLE_TAG.findall(html)).replace("&quot;", '"')

    def _part(self, subtype):
        part = self.mail.get_body((subtype,))
        return part.get_content() if part else ""


def names() -> list[str]:
    """The names of all letters, newest first."""
    folder = _folder()
    files = folder.glob("*.eml") if folder.is_dir() else []
    return sorted((file.stem for file in files), reverse=True)


def read(name: str) -> Caught | None:
    """One letter, or None when there is none of that name."""
    file = _folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not file.is_file():
        return None
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Caught(name, mail)


def _folder() -> Path:
    return Path(settings.STATE_DIR) / "mail"
