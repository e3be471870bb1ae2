"""An official of Kolkata goes through the five steps, and stops to look where asked."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import path

# How somebody would look for Kolkata in each language.
TYPED = {"en": "kolkata", "fr": "Calcutta", "ar": "كلكتا"}
KOLKATA = re.compile("Kolkata")


def send(page):
    page.click("form.form .buttons button.large")


def apply(page, portal, language, address, *, look=lambda name: None):
    """Through the five steps, as an official of Kolkata would."""
    page.goto(portal.url + path(language, "/"))
    page.locator("main a.button", has_text=re.compile(".")).first.click()
    page.locator(f"main a.button[href$='{path(language, '/join/city/')}']").click()
    page.fill("#id_q", TYPED[language])
    page.locator("[data-places] label.choice", has_text=KOLKATA).first.click()
    look("join-city")
    page.locator("input[name=authority_level]").first.check()
    page.fill("input[name=city_website]", "https://kolkata.example.org/")
    send(page)

    page.wait_for_url("**/join/post/")
    page.fill("input[name=name]", "Noor Example")
    page.locator("input[name=role][value=senior]").check()
    page.fill("input[name=office]", "Head of community safety")
    page.fill("input[name=department]", "Mayor’s office")
    page.locator("input[name=sector]").first.check()
    page.fill("input[name=email]", "noor@kolkata")
    page.fill("input[name=employer_page]", "https://kolkata.example.org/people")
    page.locator("input[name=is_signatory][value=yes]").check()
    send(page)

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("input[name=office]")).to_have_value("Head of community safety")
    look("join-post-wrong")
    page.fill("input[name=email]", address)
    send(page)

    page.wait_for_url("**/join/themes/")
    look("join-themes")
    page.locator("input[name=themes]").first.check()
    page.fill("textarea[name=motivation]", "To learn from cities that have tried it before us.")
    send(page)

    page.wait_for_url("**/join/pledge/")
    expect(page.locator("main .pledge ol li")).to_have_count(3)
    look("join-pledge")
    page.check("input[name=agrees]")
    page.check("input[name=privacy]")
    send(page)

    page.wait_for_url("**/join/check/")
    look("join-check")
    send(page)
    page.wait_for_url("**/join/sent/")
    look("join-sent")
