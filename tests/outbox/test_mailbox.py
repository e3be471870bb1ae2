"""The demo's mailbox: letters a visitor can read and follow; no such page in real use."""

import re

import pytest
from django.urls import reverse

from outbox import letters
from outbox.models import Message

pytestmark = pytest.mark.django_db
LINK = ["members.emails.accounts.reset_page"]


@pytest.fixture
def catch(settings):
    """Put a letter where the mail catcher puts them."""
    folder = settings.STATE_DIR / "mail"

    def put(name, **fields):
        defaults = {
            "template": "outbox/emails/sample.txt",
            "to": "ana@example.org",
            "params": {"name": "Ana", "city": "Port Amity"},
            "links": {"button": LINK, "plain": LINK},
        }
        folder.mkdir(exist_ok=True)
        heads = b"X-Envelope-To: ana@example.org\r\n"
        content = letters.render(Message(pk=1, **defaults | fields)).content
        (folder / f"{name}.eml").write_bytes(heads + content)
        return name

    return put


def test_letters_stand_newest_first(client, catch):
    catch("20261120T100000.000000Z-000001", params={"name": "Early", "city": "x"})
    catch("20261120T110000.000000Z-000001", params={"name": "Late", "city": "x"})

    html = client.get(reverse("outbox:demo_mail")).content.decode()

    assert re.findall(r"Hello (\w+)", html) == ["Late", "Early"]
    assert "ana@example.org" in html


def test_empty_mailbox_says_what_to_do(client):
    assert "No letter yet." in client.get(reverse("outbox:demo_mail")).content.decode()


def test_long_mailbox_has_pages(client, catch):
    for number in range(51):
        catch(f"20261120T100000.000000Z-{number:06}")

    html = client.get(reverse("outbox:demo_mail"), {"page": 2}).content.decode()

    assert html.count("Hello Ana") == 1


def test_letter_can_be_read_and_its_links_followed(client, catch):
    name = catch("20261120T100000.000000Z-000001")

    response = client.get(reverse("outbox:demo_mail_item", args=[name]))

    html = response.content.decode()
    assert "Your application for Port Amity is here." in html
    assert f'<a href="http://localhost:8000{reverse("account_reset_password")}"' in html
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_arabic_letter_stands_right_to_left(client, catch):
    name = catch("20261120T100000.000000Z-000001", language="ar")

    html = client.get(reverse("outbox:demo_mail_item", args=[name])).content.decode()

    assert 'lang="ar" dir="rtl"' in html


def test_html_part_shows_in_a_frame_without_inline_styles(client, catch):
    name = catch("20261120T100000.000000Z-000001")

    letter = client.get(reverse("outbox:demo_mail_letter", args=[name]))
    style = client.get(reverse("outbox:demo_mail_style", args=[name]))

    html = letter.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert reverse("outbox:demo_mail_style", args=[name]) in html
    assert letter["X-Frame-Options"] == "SAMEORIGIN"
    assert letter["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'"
    )
    assert style["Content-Type"] == "text/css; charset=utf-8"
    numbers = re.findall(r'data-style="(\d+)"', html)
    assert len(numbers) > 5
    assert re.findall(r'\[data-style="(\d+)"\] \{', style.content.decode()) == numbers
    assert "prefers-color-scheme: dark" in style.content.decode()


@pytest.mark.parametrize("name", ["missing", "..%2Fsecret-key", "%2e%2e", "a b", ".hidden"])
@pytest.mark.parametrize("page", ["demo_mail_item", "demo_mail_letter", "demo_mail_style"])
def test_what_is_not_there_is_not_found(client, catch, name, page, settings):
    (settings.STATE_DIR / "secret-key.eml").write_text("secret")
    url = reverse(f"outbox:{page}", args=["NAME"]).replace("NAME", name)

    assert client.get(url).status_code == 404


def test_real_use_has_no_such_pages(client, catch, settings):
    name = catch("20261120T100000.000000Z-000001")
    settings.DEMO = False

    assert client.get(reverse("outbox:demo_mail")).status_code == 404
    assert client.get(reverse("outbox:demo_mail_item", args=[name])).status_code == 404


def test_plain_mail_of_others_shows_too(client, settings):
    folder = settings.STATE_DIR / "mail"
    folder.mkdir()
    (folder / "x.eml").write_bytes(b"Subject: bare\r\n\r\n<script>alert(1)</script>\r\n")

    html = client.get(reverse("outbox:demo_mail_item", args=["x"])).content.decode()

    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert client.get(reverse("outbox:demo_mail_letter", args=["x"])).content == b""
