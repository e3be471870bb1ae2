"""Finding records with filters: with scripts and without, by keyboard, on a phone, and with the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import path, sign_in
from tests.browser.looking import look

PHONE = {"width": 390, "height": 844}


def _count(page):
    """How many records were found; one and two are words in Arabic, not figures."""
    return int(page.locator("#found").get_attribute("data-total"))


def _theme(page):
    """The first theme there is to choose, and how many records it promises."""
    label = page.locator("#f-theme label").first
    return label, int(label.locator("i").inner_text())


def _open(page, portal, language, query=""):
    page.goto(portal.url + path(language, f"/hub/{query}"))


@pytest.fixture
def plain(browser, portal):
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_filters_change_results_counts_and_address_together(page, portal, language):
    _open(page, portal, language)
    everything = _count(page)
    label, promised = _theme(page)
    box = label.locator("input")
    value = box.get_attribute("value")

    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(rf"[?&]theme={value}(&|$)"))
    expect(page.locator(".chips a:not(.clear)")).to_have_count(1)

    assert _count(page) == promised < everything
    assert page.locator(".result-card").count() == min(promised, 20)
    expect(page.locator(f"#f-theme input[value='{value}']")).to_be_focused()
    expect(page.locator("#announcement")).to_have_text(page.locator("#found").inner_text())
    assert page.locator("#f-kind label i").first.inner_text() != ""


def test_back_shows_what_was_there_before(page, portal, language):
    _open(page, portal, language)
    everything = _count(page)
    label, _promised = _theme(page)
    label.click()
    expect(page.locator(".chips a:not(.clear)")).to_have_count(1)

    page.go_back()
    expect(page.locator(".chips")).to_have_count(0)
    assert _count(page) == everything
    assert not page.locator("#f-theme input:checked").count()
    page.go_forward()
    expect(page.locator(".chips a:not(.clear)")).to_have_count(1)
    # The page still works: one more filter, one request, one answer.
    page.locator("#f-kind label").first.click()
    expect(page.locator(".chips a:not(.clear)")).to_have_count(2)


def test_a_chip_takes_its_filter_off_and_focus_goes_to_the_results(page, portal, language):
    _open(page, portal, language, "?theme=youth")

    page.locator(".chips a:not(.clear)").first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".chips")).to_have_count(0)
    expect(page.locator("#found")).to_be_focused()
    assert page.url == portal.url + path(language, "/hub/")


def test_what_one_unfolds_stays_unfolded(page, portal, language):
    _open(page, portal, language)
    page.locator("#f-language > summary").click()
    page.locator("#f-kind > summary").click()

    _theme(page)[0].click()
    expect(page.locator(".chips a:not(.clear)")).to_have_count(1)

    expect(page.locator("#f-language")).to_have_attribute("open", "")
    assert page.locator("#f-kind").get_attribute("open") is None


def test_without_scripts_a_button_does_the_same(plain, portal, language):
    _open(plain, portal, language)
    label, promised = _theme(plain)
    label.locator("input").check()

    plain.click(".facets .apply button")

    assert "theme=" in plain.url
    assert _count(plain) == promised
    assert plain.locator("#f-theme input:checked").count() == 1
    plain.locator(".chips a:not(.clear)").click()
    assert "theme=" not in plain.url


def test_without_scripts_words_and_filters_go_together(plain, portal, language):
    _open(plain, portal, language, "?theme=youth&kind=practice")
    plain.fill("#q", "zzzzzz")
    plain.keyboard.press("Enter")

    expect(plain.locator("#results .empty")).to_be_visible()
    assert "theme=youth" in plain.url


def test_on_a_phone_the_filters_fold_away(page, portal, language):
    page.set_viewport_size(PHONE)
    _open(page, portal, language)
    expect(page.locator("#facets")).to_be_hidden()

    page.click("details.facets > summary")
    _theme(page)[0].click()
    expect(page.locator(".chips a:not(.clear)")).to_have_count(1)
    page.click(".facets .apply button")

    expect(page.locator("#found")).to_be_in_viewport()
    expect(page.locator("#filters-chosen")).to_contain_text("1")


def test_the_device_remembers_what_was_opened_until_somebody_else_reads(page, portal, language):
    _open(page, portal, language)
    first = page.locator(".result-card h3 a").first
    title = first.inner_text()
    first.click()
    page.wait_for_url(re.compile("SCN-"))
    _open(page, portal, language)

    expect(page.locator("[data-recent-list] a")).to_have_text([title])
    page.locator("[data-recent] button[value=off]").click()
    expect(page.locator("[data-recent-list] a")).to_have_count(0)
    page.locator("[data-recent] button[value=on]").click()
    page.goto(portal.url + path(language, "/hub/SCN-P-0001/"))
    sign_in(page, portal, "focal.aarhus", language=language)
    _open(page, portal, language)

    expect(page.locator("[data-recent]")).to_be_hidden()


def test_signing_out_forgets_what_was_opened(page, portal, language):
    sign_in(page, portal, "focal.aarhus", language=language)
    _open(page, portal, language)
    page.locator(".result-card h3 a").first.click()
    page.wait_for_url(re.compile("SCN-"))
    assert page.evaluate("localStorage.length") == 1

    page.goto(portal.url + path(language, "/accounts/logout/"))
    page.click("main form button")
    page.wait_for_load_state()

    assert page.evaluate("localStorage.length") == 0


def test_a_search_is_kept_and_a_record_put_on_a_list(page, portal, language):
    sign_in(page, portal, "focal.aarhus", language=language)
    wrong = []
    _open(page, portal, language, "?q=youth&theme=youth")
    wrong += look(page, "library-filtered", language)
    page.click(".keep-search button")
    expect(page.locator(".kept-searches li")).to_have_count(1)
    page.locator(".kept-searches details summary").click()
    wrong += look(page, "searches", language)

    page.goto(portal.url + path(language, "/hub/SCN-P-0001/keep/"))
    wrong += look(page, "keep", language)
    page.fill("input[name=title]", "Briefing")
    page.fill("input[name=note]", "Read this first.")
    page.click("main form.form button[type=submit]")
    page.wait_for_url(re.compile("/hub/SCN-P-0001/$"))
    page.goto(portal.url + path(language, "/hub/lists/"))
    wrong += look(page, "lists", language)
    page.click(".listing a")
    expect(page.locator(".reading-list > li")).to_have_count(1)
    wrong += look(page, "reading-list", language)
    page.locator(".reading-list .tools > button").last.click()
    expect(page.locator(".undo button")).to_be_visible()
    page.click(".undo button")
    expect(page.locator(".reading-list > li")).to_have_count(1)

    assert wrong == []
