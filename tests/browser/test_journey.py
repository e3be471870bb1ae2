"""The first journey, whole: a city joins in its own words, and its people read the library."""

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.conftest import path, sign_in
from tests.browser.joining import KOLKATA, TYPED, apply
from tests.browser.looking import look

NEW_PASSWORD = "seven quiet lanterns over water"


def _first_restricted_code(page, portal, language):
    """A record that is marked as for members only, as a member sees the list."""
    page.goto(portal.url + path(language, "/hub/"))
    card = page.locator(".result-card", has=page.locator(".badge.members")).first
    return card.locator("h3 a").get_attribute("href")


def test_a_city_joins_and_its_people_read_the_library(browser, page, portal, language):
    address = f"noor.{language}@kolkata.example.org"
    wrong = []

    def look_at(name, at=page):
        wrong.extend(look(at, name, language))

    apply(page, portal, language, address, look=look_at)

    # The letter's link opens nothing by itself; the button does.
    confirm = portal.link(address, "/join/confirm/")
    page.goto(confirm)
    page.goto(confirm)
    look_at("join-confirm")
    page.click("main form button.large")
    page.wait_for_url("**/join/status/**")
    expect(page.locator(".stages [aria-current=step]")).to_have_count(1)
    look_at("join-status")

    _approve(browser, portal, language, look_at)

    # The applicant learns it, sets a password and signs in.
    page.goto(portal.link(address, "/accounts/welcome/"))
    look_at("welcome")
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
    look_at("record-member")
    assert _what_others_see(browser, portal, record, files, title, None) == set()
    assert _what_others_see(browser, portal, record, files, title, "applicant.malaga") == set()
    assert wrong == []


def _approve(browser, portal, language, look_at):
    """Staff read the dossier and approve; somebody who presses later is told so."""
    context = browser.new_context(reduced_motion="reduce")
    desk, late = context.new_page(), context.new_page()
    sign_in(desk, portal, "staff", language=language)
    desk.goto(portal.url + path(language, "/admin/members/membershipapplication/"))
    desk.get_by_role("link", name=KOLKATA).first.click()
    expect(desk.locator("table").first).to_be_visible()
    look_at("admin-dossier", desk)
    way = desk.locator("[href$='/approve/']").first.get_attribute("href")
    for tab in (desk, late):
        tab.goto(portal.url + way)
    look_at("admin-approve", desk)
    button = "#content form.form button[type=submit]"
    desk.click(button)
    desk.wait_for_load_state()
    with late.expect_response(lambda answer: answer.request.method == "POST") as answer:
        late.click(button)
    assert answer.value.status == 409
    look_at("conflict", late)
    context.close()


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


def test_places_are_asked_for_again_when_an_answer_does_not_come(page, portal, language):
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=503) if len(asked) == 1 else route.continue_()

    page.route("**/join/places/**", answer)
    page.goto(portal.url + path(language, "/join/city/"))
    page.fill("#id_q", TYPED[language])

    expect(page.locator("[data-places] label.choice", has_text=KOLKATA).first).to_be_visible()
    assert len(asked) == 2


def test_what_was_typed_before_the_script_came_is_looked_for(page, portal, language):
    late = []
    page.route("**/js/city-search*.js", lambda route: late.append(route))
    page.goto(portal.url + path(language, "/join/city/"), wait_until="commit")
    page.fill("#id_q", TYPED[language])
    late.pop().continue_()

    expect(page.locator("[data-places] label.choice", has_text=KOLKATA).first).to_be_visible()


def test_a_colleague_goes_to_the_focal_point(browser, page, portal, language):
    """The second person from a member city never enters the staff's queue."""
    sign_in(page, portal, "focal.aarhus", language=language)
    page.goto(portal.url + path(language, "/me/"))
    page.locator(".waiting a", has_text="Zoe").first.click()
    expect(page.locator("main")).to_contain_text("Zoe Prøve")
