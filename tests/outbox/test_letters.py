"""How a letter reads: in three languages, as text and HTML, and whatever people wrote into it."""

import re
from email import message_from_bytes, policy

import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from outbox import letters
from outbox.models import Message

pytestmark = pytest.mark.django_db
LINK = ["members.emails.accounts.reset_page"]
URL = "http://localhost:8000/accounts/password/reset/"
STOPPING = {
    "List-Unsubscribe": f"<{URL}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def draft(**fields):
    defaults = {
        "template": "outbox/emails/sample.txt",
        "to": "ana@example.org",
        "params": {"name": "Ana", "city": "Port Amity"},
        "links": {"button": LINK, "plain": LINK},
    }
    return Message(pk=1, **defaults | fields)


def as_mail(letter):
    return message_from_bytes(letter.content, policy=policy.default)


def hrefs(html):
    return re.findall(r'href="([^"]*)"', html)


def test_text_is_what_the_template_says():
    letter = letters.render(
        draft(params={"name": "Ana", "city": "Port Amity", "due": "2026-11-25"})
    )

    assert letter.subject == "Hello Ana"
    assert letter.text.split("\n\n") == [
        "Dear Ana,",
        "Your application for Port Amity is here. We answer by 25 November 2026.",
        f"Follow your application:\n{URL}",
        "- one point\n- another point",
        f"See also {URL} please.",
        "-- \nStrong Cities Network. Questions: info@strongcitiesnetwork.org\n",
    ]


def test_button_is_announced_as_the_language_writes_it():
    letter = letters.render(draft(language="fr"))

    assert "Follow your application\u202f:\n" in letter.text


def test_html_has_the_same_words_and_styles_inside():
    html = letters.render(draft()).html

    assert html.lower().startswith("<!doctype html>")
    assert '<p dir="auto" style="' in html
    assert '<li dir="auto">one point</li>' in html
    assert re.search(rf'<a class="act" href="{URL}" style="[^"]*background', html)
    assert set(hrefs(html)) == {URL}
    assert "@media (prefers-color-scheme: dark)" in html
    assert "<link" not in html
    assert "<img" not in html  # no open pixel
    html5lib.HTMLParser(strict=False).parse(html)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_letter_speaks_its_readers_language(language, direction):
    letter = letters.render(draft(language=language))
    prefix = "" if language == "en" else f"/{language}"

    assert f'<html lang="{language}" dir="{direction}"' in letter.html
    assert f"http://localhost:8000{prefix}/accounts/password/reset/" in letter.text
    assert as_mail(letter)["Content-Language"] == language


def test_bytes_are_a_proper_mail():
    letter = letters.render(
        draft(language="ar", params={"name": "نور", "city": "Málaga"}, reply_to="zoe@example.org")
    )
    mail = as_mail(letter)

    assert mail["Subject"] == "Hello نور"
    assert (mail["To"], mail["Reply-To"]) == ("ana@example.org", "zoe@example.org")
    assert mail["From"] == "Strong Cities Network <no-reply@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter.text
    assert (
        mail.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == letter.html.strip()
    )
    assert not [line for line in letter.content.split(b"\r\n") if len(line) > 990 or b"\n" in line]
    assert [str(part.get_content_type()) for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_bulk_letter_says_so():
    assert as_mail(letters.render(draft(kind="bulk")))["Precedence"] == "bulk"


def test_bulk_letter_is_stopped_with_one_click():
    """RFC 8058, as mail programs show it: a button of their own beside the sender."""
    letter = letters.render(draft(kind="bulk", links={"button": LINK, "plain": LINK, "stop": LINK}))

    assert STOPPING.items() <= letter.headers().items()
    assert {name: as_mail(letter)[name] for name in STOPPING} == STOPPING


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "transactional", "links": {"stop": LINK}},
        {"kind": "bulk"},
        {"kind": "bulk", "links": {"stop": ["members.emails.accounts.reset_link", "nobody"]}},
    ],
    ids=["transactional", "no link", "empty link"],
)
def test_only_a_bulk_letter_with_a_link_to_stop_it_says_how(fields):
    assert STOPPING.keys() & letters.render(draft(**fields)).headers().keys() == set()


def test_preview_does_not_make_the_link_that_stops(monkeypatch):
    import members.emails.accounts as accounts

    monkeypatch.setattr(accounts, "reset_page", lambda: pytest.fail("a link was made"))

    letter = letters.preview(draft(kind="bulk", links={"stop": LINK}))

    assert STOPPING.keys() & letter.headers().keys() == set()


def test_message_id_stays_the_same():
    message = draft()

    assert as_mail(letters.render(message))["Message-ID"] == f"<{message.uid}@localhost>"
    assert letters.render(message).content == letters.render(message).content


def test_sender_with_any_name(settings):
    settings.DEFAULT_FROM_EMAIL = "Réseau des villes fortes <no-reply@example.org>"

    mail = as_mail(letters.render(draft()))

    assert mail["From"].addresses[0].display_name == "Réseau des villes fortes"
    assert letters.sender_address() == "no-reply@example.org"


@pytest.mark.parametrize("path", ["tests_link_elsewhere", "tests_link_with_space"])
def test_link_that_leads_elsewhere_is_refused(path, monkeypatch):
    import members.emails.accounts as accounts

    made = {
        "tests_link_elsewhere": "https://evil.example/",
        "tests_link_with_space": 'http://localhost:8000/" onclick="',
    }
    monkeypatch.setattr(accounts, path, lambda: made[path], raising=False)

    with pytest.raises(letters.BadLink):
        letters.render(draft(links={"button": [f"members.emails.accounts.{path}"]}))


def test_link_may_be_empty():
    letter = letters.render(
        draft(links={"button": ["members.emails.accounts.reset_link", "nobody@example.org"]})
    )

    assert hrefs(letter.html) == []


def test_preview_makes_no_link(monkeypatch):
    import members.emails.accounts as accounts

    monkeypatch.setattr(accounts, "reset_page", lambda: pytest.fail("a link was made"))

    letter = letters.preview(draft())

    assert "Follow your application:\n…" in letter.text
    assert hrefs(letter.html) == []


def test_values_in_lists_and_dictionaries_are_made_harmless_too():
    made = letters._fact({"a": ["[[button: x | y]]", {"b": "http://evil.example"}], "n": 3})

    assert made == {
        "a": ["[\u200b[button: x | y]]", {"b": "http:\u200b//evil.\u200bexample"}],
        "n": 3,
    }


@pytest.mark.parametrize("value", ["2026-13-45", "2026-01-01T99:99", "2026-01-01x"])
def test_what_only_looks_like_a_date_stays_text(value):
    assert letters._fact(value) == value


# --- What people write


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n\r\n"]
ATTACKS = [
    f"Ana{mark}{header}"
    for mark in BREAKS
    for header in (
        "Bcc: evil@example.com",
        "Subject: x",
        "=?utf-8?q?=0ABcc:_x?=",
        "Content-Type: text/html",
    )
]
WORDS = [
    "{user.password}",
    "{0.__class__}",
    "{{7*7}}",
    "{{ button }}",
    "{% debug %}",
    "{% load static %}",
    "[x](http://evil.example)",
    "<a href='http://evil.example'>x</a>",
    '<a href="http://evil.example">',
    "<b>",
    "<script>alert(1)</script>",
    "http://evil.example/path",
    "https://evil.example",
    "www.evil.example",
    "evil.example",
    "еvil.example",
    "//evil.example",
    "[[button: Press me | http://evil.example]]",
    "\n\n[[button: Press me | http://evil.example]]\n\n",
    "&lt;a href=x&gt;",
    "javascript:alert(1)",
    "\u202egro.elpmaxe",
    "<img src=x onerror=alert(1)>",
    "</p></div>",
    "]]>",
    "<!--",
    "\ue000",
    "\ue001",
    "%s %(name)s",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "ftp://evil.example",
    "mailto:evil@evil.example",
    "tel:+1",
    "\ud800",
    "data:text/html,x",
    "http://localhost:8000@evil.example/",
    "HTTP://EVIL.EXAMPLE",
    "evil。example",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_value_makes_a_header(attack):
    letter = letters.render(draft(params={"name": attack, "city": attack}))
    mail = as_mail(letter)

    assert set(mail.keys()) == HEADERS
    assert mail["To"] == "ana@example.org"
    assert mail.defects == []
    assert "\n" not in letter.subject
    assert letter.subject.isprintable()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_value_makes_a_header_of_a_bulk_letter(attack):
    written = {"name": attack, "city": attack, "stop": attack, "List-Unsubscribe": attack}
    mail = as_mail(letters.render(draft(kind="bulk", params=written, links={"stop": LINK})))

    assert set(mail.keys()) == HEADERS | {"Precedence", *STOPPING}
    assert mail["List-Unsubscribe"] == f"<{URL}>"
    assert mail.defects == []


@pytest.mark.parametrize("attack", WORDS)
def test_no_value_is_evaluated_or_clickable(attack):
    letter = letters.render(draft(params={"name": attack, "city": attack}))
    tree = html5lib.parse(letter.html, namespaceHTMLElements=False)
    body = letters.render(draft()).html

    assert {a.get("href") for a in tree.iter("a")} == {URL}
    assert len(list(tree.iter("a"))) == len(hrefs(body))
    assert [e for e in tree.iter() if e.tag in ("script", "img", "iframe", "object", "b")] == []
    assert [e for e in tree.iter() if any(name.startswith("on") for name in e.attrib)] == []
    assert "49" not in letter.text.replace(attack, "")
    assert "http://evil" not in letter.text.lower().replace(URL, "")
    assert letter.text.count(URL) == letters.render(draft()).text.count(URL)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_value_gives_a_whole_letter_to_one_reader(name, city):
    mail = as_mail(letters.render(draft(params={"name": name, "city": city})))

    assert mail["To"] == "ana@example.org"
    assert (mail["Cc"], mail["Bcc"]) == (None, None)
    assert mail.defects == []
    assert "Strong Cities Network" in mail.get_body(("plain",)).get_content()
