"""The first journey, whole: a city joins in its own words, and its people read the library."""

import re
import time
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.conftest import path, sign_in

# How somebody would look for Kolkata in each language.
TYPED = {"en": "kolkata", "fr": "Calcutta", "ar": "كلكتا"}
KOLKATA = re.compile("Kolkata|Calcutta|কলকাতা")
NEW_PASSWORD = "seven quiet lanterns over water"


def _send(page):
    page.click("form.form .buttons button.large")


def _apply(page, portal, language, address):
    """Through the five steps, as an official of Kolkata would."""
    page.goto(portal.url + path(language, "/"))
    page.locator("main a.button", has_text=re.compile(".")).first.click()
    page.locator(f"main a.button[href$='{path(language, '/join/city/')}']").click()
    page.fill("#id_q", TYPED[language])
    page.locator("[data-places] label.choice", has_text=KOLKATA).first.click()
    page.locator("input[name=authority_level]").first.check()
    page.fill("input[name=city_website]", "https://kolkata.example.org/")
    _send(page)

    page.wait_for_url("**/join/post/")
    page.fill("input[name=name]", "Noor Example")
    page.locator("input[name=role][value=senior]").check()
    page.fill("input[name=office]", "Head of community safety")
    page.fill("input[name=department]", "Mayor’s office")
    page.locator("input[name=sector]").first.check()
    page.fill("input[name=email]", "noor@kolkata")
    page.fill("input[name=employer_page]", "https://kolkata.example.org/people")
    page.locator("input[name=is_signatory][value=yes]").check()
    _send(page)

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("input[name=office]")).to_have_value("Head of community safety")
    page.fill("input[name=email]", address)
    _send(page)

    page.wait_for_url("**/join/themes/")
    page.locator("input[name=themes]").first.check()
    page.fill("textarea[name=motivation]", "To learn from cities that have tried it before us.")
    _send(page)

    page.wait_for_url("**/join/pledge/")
    expect(page.locator("main .pledge ol li")).to_have_count(3)
    page.check("input[name=agrees]")
    page.check("input[name=privacy]")
    _send(page)

    page.wait_for_url("**/join/check/")
    _send(page)
    page.wait_for_url("**/join/sent/")


def _link_of(portal, address, words):
    """The newest link to the portal in the letters to an address whose path holds `words`."""
    for _ in range(100):
        for letter in reversed(portal.letters(address)):
            text = letter.get_body(("plain",)).get_content()
            found = [link for link in re.findall(r"https?://\S+", text) if words in link]
            if found:
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no letter to {address} leads to {words}")


def _first_restricted_code(page, portal, language):
    """A record that is marked as for members only, as a member sees the list."""
    page.goto(portal.url + path(language, "/hub/"))
    card = page.locator(".result-card", has=page.locator(".badge.members")).first
    return card.locator("h3 a").get_attribute("href")


def test_a_city_joins_and_its_people_read_the_library(browser, page, portal, language):
    address = f"noor.{language}@kolkata.example.org"
    _apply(page, portal, language, address)

    # The letter's link opens nothing by itself; the button does.
    confirm = _link_of(portal, address, "/join/confirm/")
    page.goto(confirm)
    page.goto(confirm)
    page.click("main form button.large")
    page.wait_for_url("**/join/status/**")
    expect(page.locator(".stages [aria-current=step]")).to_have_count(1)

    # Staff vet it in the admin.
    desk = browser.new_context().new_page()
    sign_in(desk, portal, "staff")
    desk.goto(portal.url + "/admin/members/membershipapplication/")
    desk.get_by_role("link", name=KOLKATA).first.click()
    expect(desk.locator("table").first).to_be_visible()
    desk.locator(
        "[href$='/approve/'], [formaction$='/approve/'], form[action$='/approve/'] button"
    ).first.click()
    if "/approve/" in desk.url:
        desk.locator(
            "main form button[type=submit].button, #content form button.button"
        ).first.click()
    desk.wait_for_load_state()

    # The applicant learns it, sets a password and signs in.
    page.goto(_link_of(portal, address, "/accounts/welcome/"))
    for field in page.locator("input[type=password]").all():
        field.fill(NEW_PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    if not page.url.rstrip("/").endswith("/me"):
        sign_in(page, portal, address, password=NEW_PASSWORD, language=language)
    page.goto(portal.url + path(language, "/me/"))
    expect(page.locator("h1")).to_contain_text("Noor Example")

    # A members-only record: theirs to read, and nothing at all to a stranger and to an applicant.
    record = _first_restricted_code(page, portal, language)
    assert page.goto(portal.url + record).status == 200
    title = page.locator("h1").inner_text()
    files = [link.get_attribute("href") for link in page.locator("a[href*='/files/']").all()]
    assert _what_others_see(browser, portal, record, files, title, None) == set()
    assert _what_others_see(browser, portal, record, files, title, "applicant.malaga") == set()


def _what_others_see(browser, portal, record, files, title, account):
    """Whatever of a restricted record somebody without a right can reach; should be nothing."""
    context = browser.new_context()
    page = context.new_page()
    if account:
        sign_in(page, portal, account)
    reached = {
        address
        for address in [record, *files]
        if context.request.get(portal.url + address).status != 404
    }
    code = record.rstrip("/").rpartition("/")[2]
    for address in (f"/hub/?q={quote(title)}", "/hub/", "/hub/feed/", "/sitemap.xml"):
        if code in context.request.get(portal.url + address).text():
            reached.add(address)
    context.close()
    return reached


def test_a_colleague_goes_to_the_focal_point(browser, page, portal, language):
    """The second person from a member city never enters the staff's queue."""
    sign_in(page, portal, "focal.aarhus", language=language)
    page.goto(portal.url + path(language, "/me/"))
    page.locator(".waiting a", has_text="Zoe").first.click()
    expect(page.locator("main")).to_contain_text("Zoe Prøve")
