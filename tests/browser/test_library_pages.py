"""The pages of the library in every state a reader, a writer or staff may find them in."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import expect

from tests.browser.addresses import LIBRARY
from tests.browser.conftest import path, sign_in, visit
from tests.browser.looking import look, look_at_all

SUBMIT = "#content form button[type=submit]"
CARD = {
    "code": "SCN-P-8001",
    "kind": "practice",
    "original_language": "en",
    "visibility": "members",
    "texts": {"en": {"title": "A street of doors", "summary": "Neighbours open them on Sundays."}},
    "codes": {"theme": ["youth"], "country": ["DK"]},
}


@pytest.fixture(scope="module")
def shelf(portal):
    """The portal with some of each in its library."""
    portal.things.fill()
    return portal


@pytest.fixture
def wrong():
    """What the pictures of a test showed; a test passes when there is nothing in it."""
    found = []
    yield found
    assert found == [], json.dumps(found, indent=1, ensure_ascii=False)


@pytest.fixture
def go(page, shelf, language):
    """Somebody at work: opens an address in the language of the test."""

    def to(address, tab=page):
        visit(tab, shelf, path(language, address.format_map(shelf.things)))
        return tab

    return to


@pytest.mark.parametrize("account", LIBRARY, ids=lambda account: account or "stranger")
def test_pages_have_no_fault(page, shelf, language, account, wrong):
    if account:
        sign_in(page, shelf, account, language=language)

    wrong += look_at_all(page, shelf, language, LIBRARY[account])


def test_two_write_the_same_part(page, shelf, language, go, wrong):
    """Whoever saves second sees both texts, in the languages they were written in."""
    sign_in(page, shelf, "member.aarhus", language=language)
    first, second = page, page.context.new_page()
    for tab, words in ((first, "By the harbour."), (second, "By the station.")):
        go("/hub/contributions/{draft_text}/edit/story/", tab)
        tab.fill("main [name=description]", words)
    for tab in (first, second):
        with tab.expect_navigation():
            tab.locator(".save-bar button[value=save]").click()

    expect(second.locator(".two-texts")).to_have_count(1)
    wrong += look(second, "contribute-conflict", language)
    second.locator("input[value=theirs]").check()
    with second.expect_navigation():
        second.locator("main form.form .buttons button").click()
    go("/hub/contributions/{draft_text}/edit/story/", second)
    expect(second.locator("main [name=description]")).to_have_value("By the harbour.")


def test_a_stranger_asks_for_more(page, language, go, wrong):
    """What is missing is said on the page of the record; asked, a letter is on its way."""
    go("/hub/SCN-P-0007/")
    page.locator("main form button[type=submit]").click()
    page.locator(".error-summary").wait_for()
    wrong += look(page, "teaser-wrong", language)
    page.fill("main input[name=email]", "stranger@example.com")
    page.fill("main textarea[name=reason]", "We plan the same.")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    expect(page.locator(".message").first).to_be_visible()


def test_what_says_what_is_missing_has_no_fault(page, shelf, language, go, wrong):
    """Sent as they are, which is not enough."""
    sign_in(page, shelf, "member.dakar", language=language)
    for name, address in [
        ("ask-city-wrong", "/hub/SCN-P-0001/question/"),
        ("evaluate-wrong", "/hub/SCN-P-0001/evaluate/"),
        ("report-wrong", "/hub/SCN-P-0001/report/"),
        ("access-asked-wrong", "/hub/ask/"),
    ]:
        go(address)
        page.locator("main form.form .buttons button").first.click()
        page.locator(".error-summary").wait_for()
        wrong += look(page, name, language)


def test_many_records_are_for_others(page, shelf, language, go, wrong):
    """First in numbers what it would do, then a tick."""
    sign_in(page, shelf, "staff", language=language)
    go("/admin/hub/record/?visibility__exact=members")
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "choose_audience")
    page.click("button[name=index]")
    page.locator("select[name=visibility]").wait_for()
    wrong += look(page, "admin-audiences", language)
    page.select_option("select[name=visibility]", "teaser")
    page.click(SUBMIT)
    page.locator("#sure").wait_for()
    wrong += look(page, "admin-audiences-confirm", language)


def test_a_file_of_records_is_tried_first(page, shelf, language, go, wrong):
    sign_in(page, shelf, "staff", language=language)
    go("/admin/hub/record/import/")
    cards = {"format": "strong-cities-records/1", "records": [CARD]}
    file = {"name": "records.json", "mimeType": "application/json"}
    page.set_input_files("input[type=file]", file | {"buffer": json.dumps(cards).encode()})
    page.locator(SUBMIT).first.click()
    page.wait_for_url("**/jobs/**")
    link = page.locator("main a.button[href*='tried=']")
    expect(link).to_be_visible(timeout=30000)
    wrong += look(page, "import-would-change", language)
    with page.expect_navigation():
        link.click()
    wrong += look(page, "admin-import-tried", language)


@pytest.mark.parametrize("is_inside", [True, False], ids=["member", "stranger"])
def test_a_large_workbook(page, shelf, language, wrong, rf, is_inside):
    """The demo has too few records to be asked; the page is drawn from its template."""
    request = rf.get("/hub/export/")
    request.user, request.session = AnonymousUser(), {}
    context = {"number": 5000, "query": "theme=youth", "is_inside": is_inside}
    with override(language):
        drawn = render_to_string("hub/export.html", context, request=request)
    page.route("**/drawn", lambda route: route.fulfill(body=drawn, content_type="text/html"))
    page.goto(f"{shelf.url}/drawn")
    wrong += look(page, f"export-{'member' if is_inside else 'stranger'}", language)
