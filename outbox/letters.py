"""A letter as it is sent: rendered from its template at the last moment, in its reader's language."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import cached_property, lru_cache

from django.apps import apps
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from outbox import markup

LONGEST_SUBJECT = 200
BASE64_ABOVE = 1 / 8  # share of bytes beyond one a character; quoted-printable triples those

_LINK_PATH = re.compile(r"(?P<app>[a-z_]+)\.emails(\.[a-z_]+)+")
_PUSHES_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_UNWRITABLE = re.compile(
    "\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ue000\ue001\ud800-\udfff]"
)
_BREAKS_OUT = re.compile(r"[\s\"<>\\]")
_LOOKS_LIKE_AN_ADDRESS = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2})|(?<=:)(?=//)")


class BadLink(Exception):
    """A letter names a link that no function of an app's emails makes, or that leads off the site."""


class BadAddress(Exception):
    """An address that cannot be written in ASCII."""


@dataclass(frozen=True)
class Letter:
    """What a reader gets: a subject, the text, and the same as HTML.

    `stop` is where a mail program's own button stops such letters with one POST (RFC 8058), or empty.
    """

    uid: str
    message_id: str
    written_at: datetime
    to: str
    reply_to: str
    language: str
    bulk: bool
    stop: str
    subject: str
    text: str
    html: str

    def headers(self) -> dict[str, str]:
        """The headers besides Subject, From and To. None holds a word that a user wrote."""
        headers = {
            "Date": format_datetime(self.written_at.astimezone(UTC)),
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": self.language,
        }
        if self.reply_to:
            headers["Reply-To"] = self.reply_to
        if self.bulk:
            headers["Precedence"] = "bulk"
        if self.stop:
            headers["List-Unsubscribe"] = f"<{self.stop}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    @cached_property
    def content(self) -> bytes:
        """The letter for the wire (RFC 5322, CRLF). Every copy of one letter has the same bytes."""
        boundary = f"=_{self.uid}"
        head = {
            "From": sender(),
            "To": wire_address(self.to),
            "Subject": Header(self.subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
            if not self.subject.isascii()
            else self.subject,
            **self.headers(),
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        }
        lines = "\r\n".join(f"{name}: {value}" for name, value in head.items())
        parts = [_part("plain", self.text), _part("html", self.html)]
        body = b"".join(b"\r\n--%b\r\n%b" % (boundary.encode(), part) for part in parts)
        return b"%b\r\n%b\r\n--%b--\r\n" % (lines.encode("ascii"), body, boundary.encode())


def render(message) -> Letter:
    """The letter with its real links; raises BadLink, or whatever a template or a link's function raises."""
    with override(message.language):
        return _render(message, {name: _make(spec) for name, spec in message.links.items()})


def preview(message) -> Letter:
    """The letter as staff may read it: one-time links are not made, a mark stands in their place."""
    with override(message.language):
        return _render(message, dict.fromkeys(message.links, markup.UNSAID))


def check_links(links: dict) -> None:
    """Only functions in an app's emails may make links; raises BadLink for any other."""
    for path, *_arguments in links.values():
        _allow(path)


def sender() -> str:
    """The From header, whatever characters its name has."""
    return _sender(settings.DEFAULT_FROM_EMAIL)[0]


def sender_address() -> str:
    return _sender(settings.DEFAULT_FROM_EMAIL)[1]


def wire_address(address: str) -> str:
    """An address with its domain in ASCII (IDNA), as servers without SMTPUTF8 want it; or BadAddress."""
    local, _at, domain = address.rpartition("@")
    try:
        wired = f"{local}@{domain.encode('idna').decode('ascii')}"
        wired.encode("ascii")
    except UnicodeError as error:
        raise BadAddress("The address has characters that mail servers do not take.") from error
    return wired


@lru_cache
def _sender(value):
    name, address = parseaddr(value)
    return formataddr((name, address), "utf-8"), address


@lru_cache
def _allow(path):
    match = _LINK_PATH.fullmatch(path)
    if match is None or not apps.is_installed(match["app"]):
        raise BadLink(f"{path} is not a function in an app's emails.")


def _make(spec):
    """Call the function behind a link. What it returns leads to this site, or is empty for "no link"."""
    path, *arguments = spec
    _allow(path)
    url = import_string(path)(*arguments)
    if url and (not url.startswith(settings.SITE_ORIGIN + "/") or _BREAKS_OUT.search(url)):
        raise BadLink(f"{path} does not lead to {settings.SITE_ORIGIN}.")
    return url


def _render(message, links):
    facts = {
        "SITE_ORIGIN": settings.SITE_ORIGIN,
        "STAFF_EMAIL": settings.STAFF_EMAIL,
        "DEMO": settings.DEMO,
        "to": message.to,
    }
    context = facts | {name: _fact(value) for name, value in message.params.items()} | links
    # Not escaped here: the plain part is no HTML, and the HTML is made from it by escaping it whole.
    written = _template(message.template).render(Context(context, autoescape=False))
    subject, _newline, body = written.replace("\r", "").strip("\n").partition("\n")
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    paragraphs = [p.strip("\n") for p in re.split(r"\n[^\S\n]*\n\s*", body) if p.strip()]
    shell = markup.shell(message.language, settings.DEMO)
    return Letter(
        uid=message.uid.hex,
        message_id=message.message_id,
        written_at=message.created_at,
        to=message.to,
        reply_to=message.reply_to,
        language=message.language,
        bulk=message.kind == message.Kind.BULK,
        stop=_stop(message, links),
        subject=subject,
        text=_as_text(paragraphs, shell),
        html=markup.page(subject, paragraphs, shell, links.values()),
    )


def _stop(message, links):
    """The link "stop" of a bulk letter, where there is one and it was made."""
    link = links.get("stop", "") if message.kind == message.Kind.BULK else ""
    return "" if link == markup.UNSAID else link


def _template(name) -> Template:
    return get_template(name).template  # type: ignore[attr-defined]


def _fact(value):
    """A parameter made harmless: people must not press a button, a link or a header line into a letter."""
    if isinstance(value, str):
        when = _moment(value)
        return when if when else _harmless(value)
    if isinstance(value, dict):
        return {_harmless(str(name)): _fact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_fact(part) for part in value]
    return value


def _moment(value):
    """A date or time written in ISO form, as templates like it: {{ due|date:"j F Y" }}."""
    if not re.match(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        return parse_date(value) or parse_datetime(value)
    except ValueError:
        return None


def _harmless(text):
    text = _UNWRITABLE.sub(lambda match: "\n" if "\r" in match[0] else " ", text)
    text = _PUSHES_DIRECTION.sub("", text).replace("[[", "[\u200b[")
    return "".join(_unlinked(word) for word in re.split(r"(\s+)", text))


def _unlinked(word):
    """Mail programs make links of what looks like one; those of other people's words they must not."""
    if settings.SITE_HOST in word or ("@" in word and "//" not in word):
        return word
    return _LOOKS_LIKE_AN_ADDRESS.sub(lambda match: match[0] + "\u200b", word)


def _as_text(paragraphs, shell):
    lines = (map(_text_line, paragraph.split("\n")) for paragraph in paragraphs)
    return "\n\n".join("\n".join(paragraph) for paragraph in lines) + shell.end


def _text_line(line):
    button = markup.BUTTON.match(line.strip())
    if not button:
        return line.rstrip()
    label = _("%(label)s:") % {"label": button["label"].strip()}
    return f"{label}\n{button['url'].strip()}"


def _part(subtype, text):
    data = text.encode()
    if len(data) - len(text) > len(data) * BASE64_ABOVE:
        encoding, data = b"base64", base64.encodebytes(data)
    else:
        encoding, data = b"quoted-printable", binascii.b2a_qp(data)
    return b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b" % (
        subtype.encode(),
        encoding,
        data.replace(b"\n", b"\r\n"),
    )
