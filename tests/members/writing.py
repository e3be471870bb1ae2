"""Somebody who writes an application in a browser, and reads the letters that come."""

import re
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import MembershipApplication
from outbox.letters import render
from outbox.models import Message

EMAIL = "noor@portamity.example.org"
CITY = {
    "place": "other",
    "city_name": "Port Amity",
    "country": "DK",
    "authority_level": "city",
    "city_website": "https://portamity.example.org",
    "city_listing": "members",
}
POST = {
    "name": "Noor Example",
    "role": "senior",
    "office": "Head of the mayor’s office",
    "department": "Mayor’s office",
    "sector": "education",
    "email": EMAIL,
    "employer_page": "https://portamity.example.org/mayor",
    "languages": ["en", "ar"],
    "is_signatory": "yes",
    "person_listing": "members",
}
THEMES = {"themes": ["communications"], "motivation": "We want to learn from others."}
PLEDGE = {"agrees": "on", "privacy": "on"}
STEPS = {"city": CITY, "post": POST, "themes": THEMES, "pledge": PLEDGE}


def step(name):
    return f"/join/{name}/"


def write(client, **changes):
    """Answer every step; `changes` maps a step to answers that differ."""
    for name, answers in STEPS.items():
        client.post(step(name), answers | changes.get(name, {}))
    return MembershipApplication.objects.get(uid=client.session["application"])


def send(client, **changes):
    """Answer everything and send it."""
    application = write(client, **changes)
    client.post(step("check"))
    application.refresh_from_db()
    return application


def letters(to=EMAIL):
    """What one address was written, oldest first: the names of the letters."""
    messages = Message.objects.filter(to=to).order_by("pk")
    return [
        message.template.removeprefix("members/emails/").removesuffix(".txt")
        for message in messages
    ]


def link_in(letter, to=EMAIL):
    """The path that the newest such letter leads to."""
    message = Message.objects.filter(to=to, template=f"members/emails/{letter}.txt").latest("pk")
    return urlsplit(re.search(r"https?://\S+", render(message).text)[0]).path


def confirm(client, to=EMAIL):
    """Follow the newest letter and press the button."""
    return client.post(link_in("confirm_application", to))


def pdf(name="letter.pdf", content=b"%PDF-1.4\n%%EOF\n"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")
