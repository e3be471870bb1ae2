"""The staff's pages: every list, form and step of the admin, and what an applicant sees of the steps."""

import base64
import json

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import STAFF, of_the_admin
from tests.browser.conftest import address_of, path, sign_in, visit
from tests.browser.looking import look, look_at_all

DOSSIER = "/admin/members/membershipapplication/{dossier}/"
APPLICANT = "applicant.malaga@example.org"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SUBMIT = "#content form button[type=submit], #content form input[type=submit]"


@pytest.fixture
def wrong():
    """What the pictures of a test showed; a test passes when there is nothing in it."""
    found = []
    yield found
    assert found == [], json.dumps(found, indent=1, ensure_ascii=False)


@pytest.fixture
def desk(page, portal, language):
    """Staff at work: opens an address of the admin in the language of the test."""
    sign_in(page, portal, "staff", language=language)

    def to(address):
        visit(page, portal, path(language, address.format_map(portal.things)))
        return page

    return to


def test_staff_pages(desk, page, portal, language, wrong):
    wrong += look_at_all(page, portal, language, STAFF)


def test_an_application_asked_declined_and_reopened(desk, page, portal, language, browser, wrong):
    page = desk(f"{DOSSIER}ask/")
    page.click(SUBMIT)
    page.locator(".error-summary").wait_for()
    wrong += look(page, "admin-ask-wrong", language)
    page.fill("textarea[name=text]", "Who signs for the city?")
    page.click(SUBMIT)
    page.wait_for_url("**/change/")
    wrong += look(page, "admin-dossier-asked", language)

    status = address_of(portal.link(APPLICANT, "/join/status/"))
    visitor = browser.new_context(reduced_motion="reduce")
    pages = {
        "join-status-asked": status,
        "join-answers": f"{status}answers/",
        "join-letter": f"{status}letter/",
        "join-withdraw": f"{status}withdraw/",
    }
    tab = visitor.new_page()
    wrong += look_at_all(tab, portal, language, pages)
    tab.goto(portal.url + path(language, f"{status}letter/"))
    tab.click("main form button[type=submit]")
    tab.locator(".error-summary").wait_for()
    wrong += look(tab, "join-letter-wrong", language)

    page = desk(f"{DOSSIER}decline/")
    page.select_option("select[name=reason]", index=1)
    page.fill("textarea[name=text]", "There is nobody who can sign.")
    page.click(SUBMIT)
    page.wait_for_url("**/change/")
    wrong += look(page, "admin-dossier-declined", language)
    wrong += look(desk(f"{DOSSIER}reopen/"), "admin-reopen", language)
    status = address_of(portal.link(APPLICANT, "/join/status/"))
    wrong += look_at_all(tab, portal, language, {"join-status-declined": status})
    visitor.close()


def test_a_post_begins(desk, portal, language, wrong):
    portal.things.say(
        "UPDATE members_post SET status = 'pending' WHERE id = %s", portal.things["post"]
    )
    wrong += look(desk("/admin/members/post/{pending}/begin/"), "admin-post-begin", language)


def test_a_membership_suspended(desk, portal, language, wrong):
    """The steps that take something away ask who one is; then there is a step back."""
    for kind, what in [("city", "1"), ("person", "{person}")]:
        page = desk(f"/admin/members/{kind}/{what}/suspend/")
        page.fill("textarea[name=reason]", "While the case is looked at.")
        page.click(SUBMIT)
        page.wait_for_url("**/change/")
        page = desk(f"/admin/members/{kind}/{{suspended_{kind}}}/reinstate/")
        wrong += look(page, f"admin-{kind}-reinstate", language)


def test_more_people_may_read_it(desk, language, wrong):
    page = desk("/admin/hub/record/{restricted}/audience/")
    page.select_option("select[name=visibility]", "public")
    page.click(SUBMIT)
    page.locator(".ask").wait_for()
    wrong += look(page, "admin-record-audience-confirm", language)


def test_applications_handed_out(desk, language, wrong):
    """First what would happen, then what did."""
    page = desk("/admin/members/membershipapplication/?queue=city")
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "assign")
    page.click("button[name=index]")
    wrong += look(page, "admin-assign", language)
    page.select_option("select[name=to]", index=1)
    page.click(SUBMIT)
    page.locator(".dashboard a.more").wait_for()
    wrong += look(page, "admin-assigned", language)


def test_records_come_in_by_a_file(desk, language, wrong):
    """One that cannot be taken: the page of the job says why."""
    page = desk("/admin/hub/record/import/")
    card = {"code": "SCN-P-9999", "texts": {"en": {"title": ""}}, "kind": "song"}
    file = json.dumps({"format": "strong-cities-records/1", "records": [card]}).encode()
    page.set_input_files(
        "input[type=file]",
        {"name": "records.json", "mimeType": "application/json", "buffer": file},
    )
    page.click(SUBMIT)
    page.wait_for_url("**/jobs/**")
    expect(page.locator("#failures, .message.bad").first).to_be_visible(timeout=20000)
    wrong += look(page, "job", language)


def _some_of_each(page, portal, to):
    """What the demo world has none of: a picture and a domain, brought in as anybody would, and the library's."""
    portal.things.fill()
    page = to("/admin/core/media/add/")
    picture = {"name": "dot.png", "mimeType": "image/png", "buffer": DOT}
    page.set_input_files("input[name=file]", picture)
    page.fill("input[name=title]", "A street at night")
    page.fill("input[name=author]", "Nobody in particular")
    page.select_option("select[name=licence]", index=1)
    page.check("input[name=is_public]")
    page.click("input[name=_save]")
    page.wait_for_url("**/core/media/")
    page = to("/admin/members/citydomain/add/")
    page.fill("input[name=domain]", "letters.example.org")
    page.select_option("select[name=kind]", index=1)
    page.click("input[name=_save]")
    page.wait_for_url("**/members/citydomain/")


def test_everything_there_is_to_edit(page, portal, language, wrong):
    """By a superuser, who sees most forms."""
    portal.things.say(
        "UPDATE members_user SET is_staff = true, is_superuser = true WHERE email = %s",
        "reviewer@example.org",
    )
    sign_in(page, portal, "reviewer", language=language)

    def to(address):
        visit(page, portal, path(language, address))
        return page

    _some_of_each(page, portal, to)
    pages = of_the_admin() | {"credits-pictures": "/credits/"}
    wrong += look_at_all(page, portal, language, pages)


def test_a_form_that_says_what_is_missing(desk, language, wrong):
    page = desk("/admin/hub/evaluation/add/")
    page.click("input[name=_save]")
    page.locator(".errornote").wait_for()
    wrong += look(page, "admin-evaluation-wrong", language)


def test_choices_that_are_searched_for(desk, language, wrong):
    """Django's own list of choices, open."""
    page = desk("/admin/hub/evaluation/add/")
    page.locator(".field-record .select2-selection").click()
    page.locator(".select2-results__option").first.wait_for()
    wrong += look(page, "admin-choices", language)
