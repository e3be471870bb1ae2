"""The library's journey, whole: a city writes, its focal point and staff read, a city of another language adapts."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import address_of, path, sign_in, visit
from tests.browser.looking import look
from tests.files import make

AUTHOR, FOCAL = "member.aarhus", "focal.aarhus"
# For the language of the author: who reads it, in which language, with which name of their city on the page.
READERS = {
    "en": ("member.dakar", "fr", "Dakar"),
    "fr": ("member.tunis", "ar", "تونس العاصمة"),
    "ar": ("focal.mombasa", "en", "Mombasa"),
}
WORDS = {
    "en": {
        "title": "Lanterns on the last bus",
        "summary": "Mediators ride the last buses on Fridays and talk with whoever likes to.",
        "description": "Two mediators board at the harbour.\n\n- They carry lanterns.\n- They call nobody.",
        "evidence_and_evaluation": "Drivers report fewer quarrels.",
        "more": "A mediator left after a threat; since then they ride in threes.",
    },
    "fr": {
        "title": "Des lanternes dans le dernier bus",
        "summary": "Le vendredi, des médiateurs montent dans les derniers bus et parlent avec qui veut.",
        "description": "Deux médiateurs montent au port.\n\n- Ils portent des lanternes.\n- Ils n’appellent personne.",
        "evidence_and_evaluation": "Les conducteurs signalent moins de disputes.",
        "more": "Un médiateur est parti après une menace ; depuis, ils sont trois.",
    },
    "ar": {
        "title": "فوانيس في الحافلة الأخيرة",
        "summary": "يركب وسطاء الحافلات الأخيرة كل جمعة ويتحدثون مع من يرغب.",
        "description": "يصعد وسيطان عند الميناء.\n\n- يحملان فانوسين.\n- لا يستدعيان أحدا.",
        "evidence_and_evaluation": "يبلغ السائقون عن مشاجرات أقل.",
        "more": "غادر وسيط بعد تهديد، ومنذ ذلك الحين يركبون ثلاثة معا.",
    },
}
CODES = ["theme:youth", "theme:public_private", "practice_type:primary_prevention", "country:DK"]
TIME = re.compile(r"[0-9٠-٩]{2}:[0-9٠-٩]{2}")
LINK = "The night buses of another harbour"
REMARK = "What did not work? Cities learn most from that."


class Desk:
    """One person at work in a browser of their own; every page they look at is checked."""

    def __init__(self, browser, portal, account, language, wrong):
        self.portal, self.language, self.wrong = portal, language, wrong
        self.context = browser.new_context(reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: wrong.append(str(error)))
        self.email = f"{account}@example.org"
        sign_in(self.page, portal, account, language=language)

    def go(self, address):
        """Open an address of the portal in this person's language; its status."""
        return visit(self.page, self.portal, path(self.language, address))

    def follow(self, words):
        """Open the newest link in this person's letters whose path holds these words."""
        return self.go(address_of(self.portal.link(self.email, words)))

    def press(self, selector):
        """Press what leads on to another page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def look(self, name):
        self.wrong.extend(look(self.page, name, self.language))

    def status(self, address, **headers):
        """What a request of this person's browser is answered."""
        return self.context.request.get(self.portal.url + address, headers=headers).status


@pytest.fixture
def people(browser, portal, language):
    """Gives somebody a desk; what was wrong on their pages is told at the end."""
    desks, wrong = [], []

    def seat(account, in_language=language):
        desks.append(Desk(browser, portal, account, in_language, wrong))
        return desks[-1]

    yield seat
    for desk in desks:
        desk.context.close()
    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_record_goes_from_one_city_to_another(people, portal, language):
    author, focal, staff = people(AUTHOR), people(FOCAL), people("staff")
    words = WORDS[language]

    contribution = _write(author, words)
    _send(author, contribution, words)
    _sign_off(focal, contribution, words)
    _ask_for_changes(staff, words)
    _change(author, contribution, words)
    _sign_off(focal, contribution, words, again=True)
    _publish(staff, words)

    author.follow("/hub/SCN-P-")
    record = address_of(author.page.url)
    expect(author.page.locator("h1")).to_have_text(words["title"])
    account, other, city = READERS[language]
    reader = people(account, other)
    file = _find(reader, portal, record, words, language)
    _adapt(reader, record, city)
    _read_letter(focal, record)
    _suspend(staff, portal, reader)
    assert _reached(reader, record, file, words) == set()


def _write(author, words):
    """Begin with a title; everything else can wait, and what is typed is kept without a button."""
    page = author.page
    author.go("/hub/new/")
    author.look("contribute")
    page.check("input[name=kind][value=practice]")
    page.select_option("select[name=language]", author.language)
    author.press("main form .buttons button")
    page.wait_for_url("**/edit/story/")
    page.fill("[name=title]", words["title"])
    expect(page.locator("[data-saved].saved")).to_have_text(TIME, timeout=12000)
    author.look("contribute-story")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value(words["title"])
    contribution = address_of(page.url).removesuffix("edit/story/")

    author.go(contribution)
    expect(page.locator("main a[href*='/edit/codes/#']").first).to_be_visible()
    author.look("contribute-missing")
    author.go(f"{contribution}edit/story/")
    for name in ("summary", "description", "evidence_and_evaluation"):
        page.fill(f"main [name={name}]", words[name])
    _next(author, "codes")
    for code in CODES:
        _tick(page, *code.split(":"))
    author.look("contribute-codes")
    return contribution


def _send(author, contribution, words):
    """The other parts, a file, who may read it; the preview shows what readers will see."""
    page = author.page
    _next(author, "about")
    page.fill("[name=lead_organization]", "Aarhus Kommune")
    page.fill("[name=start_date]", "2024-05")
    author.look("contribute-about")
    _next(author, "context")
    page.fill("[name=cost_amount]", "12000")
    page.fill("[name=cost_currency]", "eur")
    author.look("contribute-context")
    _next(author, "links")
    page.fill("[name=links-0-title]", LINK)
    author.look("contribute-links")
    _next(author, "files")
    _attach(author)
    _next(author, "audience")
    page.check("input[name=visibility][value=members]")
    author.look("contribute-audience")
    author.press(".save-bar button[value=next]")
    author.look("contribute-ready")
    author.go(f"{contribution}preview/")
    expect(page.locator("h1")).to_have_text(words["title"])
    expect(page.locator(".record-text")).to_contain_text(words["evidence_and_evaluation"])
    expect(page.locator(".record-text")).to_contain_text(LINK)
    author.look("contribute-preview")
    author.go(contribution)
    author.press("form[action$='/send/'] button")
    expect(page.locator(".stages [aria-current=step]")).to_have_count(1)


def _attach(author):
    """A PDF, and what others may do with it."""
    page = author.page
    pdf = {"name": "lanterns.pdf", "mimeType": "application/pdf", "buffer": make.pdf()}
    page.set_input_files("form.upload input[type=file]", pdf)
    page.select_option("form.upload select[name=licence]", index=1)
    author.press("form.upload button[type=submit]")
    expect(page.locator(".sent-files li")).to_have_count(1)
    author.look("contribute-files")
    author.press(".sent-files a[href$='/describe/']")
    author.look("contribute-file")
    page.fill("[name=title]", "Lanterns, step by step")
    author.press("main form.form .buttons button")
    page.wait_for_url("**/edit/files/**")


def _sign_off(focal, contribution, words, *, again=False):
    """The letter leads the focal point to it; one button, after a look at the preview."""
    focal.follow(contribution)
    expect(focal.page.locator("h1")).to_have_text(words["title"])
    if not again:
        focal.look("contribute-sign-off")
    focal.press("form[action$='/sign-off/'] button")
    expect(focal.page.locator("form[action$='/sign-off/']")).to_have_count(0)


def _open_in_queue(staff, words):
    staff.go("/admin/hub/contribution/?queue=ours")
    staff.page.locator("#result_list th a, .field-name a", has_text=words["title"]).first.click()
    staff.page.wait_for_url("**/change/**")


def _ask_for_changes(staff, words):
    """Staff take it out of the queue, write beside the part what is missing, and send one letter."""
    page = staff.page
    staff.go("/admin/hub/contribution/?queue=ours")
    staff.look("admin-contributions-waiting")
    _open_in_queue(staff, words)
    staff.press("form[action$='/take/'] button")
    page.select_option("select[name=section]", "story")
    page.fill("form[action$='/comment/'] textarea[name=text]", REMARK)
    staff.press("form[action$='/comment/'] button")
    expect(page.locator("#content")).to_contain_text(REMARK)
    staff.look("admin-contribution-review")
    staff.press("[href$='/changes/']")
    staff.look("admin-contribution-changes")
    staff.press("#content form.form button[type=submit]")
    page.wait_for_url("**/change/**")


def _change(author, contribution, words):
    """The remark stands where its part is written; done, it is crossed off and sent again."""
    page = author.page
    author.follow(contribution)
    expect(page.locator(".remarks")).to_contain_text(REMARK)
    author.look("contribute-remarks")
    author.go(f"{contribution}edit/story/")
    expect(page.locator(".remarks")).to_contain_text(REMARK)
    page.fill(
        "[name=evidence_and_evaluation]", f"{words['evidence_and_evaluation']}\n\n{words['more']}"
    )
    author.press(".save-bar button[value=save]")
    author.go(contribution)
    author.press("form[action$='/settle/'] button")
    expect(page.locator(".remarks .badge.good")).to_have_count(1)
    author.press("form[action$='/send/'] button")


def _publish(staff, words):
    _open_in_queue(staff, words)
    page = staff.page
    expect(page.locator("#content")).to_contain_text(words["more"])
    if page.locator("form[action$='/take/'] button").count():
        staff.press("form[action$='/take/'] button")
    staff.press("[href$='/publish/']")
    staff.look("admin-contribution-publish")
    staff.press("#content form.form button[type=submit]")
    page.wait_for_url("**/admin/hub/record/*/change/**")


def _find(reader, portal, record, words, written_in):
    """By the name of a theme in the reader's own language, and a filter; the page and its file open."""
    page = reader.page
    theme = portal.things.ask(
        f"SELECT label_{reader.language} FROM core_term WHERE vocabulary = 'theme' AND code = %s",
        "public_private",
    )
    reader.go("/hub/")
    page.fill("#q", theme)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    for name, value in (("country", "DK"), ("kind", "practice")):
        page.locator(f"#f-{name}").evaluate("facet => { facet.open = true }")
        page.check(f"#f-{name} input[value={value}]")
        page.wait_for_url(f"**{name}={value}**")
    card = page.locator(".result-card h3 a", has_text=words["title"])
    expect(card).to_have_attribute("href", path(reader.language, record))
    card.click()
    page.wait_for_url("**/hub/SCN-P-**")
    expect(page.locator("h1")).to_have_attribute("lang", written_in)
    expect(page.locator("article")).to_contain_text(words["more"])
    file = page.locator(".attachments a[href*='/files/']").get_attribute("href")
    assert reader.status(file) == 200
    assert reader.status(file, Range="bytes=0-3") == 206
    assert reader.status(f"{record}pdf/") == 200
    return file


def _adapt(reader, record, city):
    """What another city makes of it stands in the tree."""
    page = reader.page
    reader.press(".record-actions a[href$='/adapt/']")
    page.check("input[name=status][value=piloting]")
    page.fill("[name=kept]", WORDS[reader.language]["description"])
    page.fill("[name=changed]", WORDS[reader.language]["more"])
    page.fill("[name=cost_amount]", "900")
    reader.press("main form.form .buttons button")
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("[name=cost_currency]", "eur")
    reader.press("main form.form .buttons button")
    page.wait_for_url(f"**{record}")
    tree = page.locator("ul.lineage")
    expect(tree).to_contain_text(city)
    expect(tree).to_contain_text(WORDS[reader.language]["more"])
    reader.look("record-in-another-language")


def _read_letter(focal, record):
    """The owner learns it: the letter is in the mailbox of the demo, and leads to the record."""
    focal.portal.link(focal.email, record)
    focal.go("/demo/mail/")
    expect(focal.page.locator("main")).to_contain_text(focal.email)
    focal.follow(record)
    expect(focal.page.locator("ul.lineage")).to_be_visible()


def _suspend(staff, portal, reader):
    person = portal.things.ask("SELECT id FROM members_person WHERE email = %s", reader.email)
    staff.go(f"/admin/members/person/{person}/suspend/")
    staff.page.fill("textarea[name=reason]", "While the case is looked at.")
    staff.press("#content form button[type=submit]")
    staff.page.wait_for_url("**/change/**")


def _reached(reader, record, file, words):
    """What a suspended member still opens of the record; should be nothing."""
    asked = {record: {}, file: {}, f"{file}#part": {"Range": "bytes=0-3"}, f"{record}pdf/": {}}
    reached = {
        address for address, headers in asked.items() if reader.status(address, **headers) != 404
    }
    found = reader.context.request.get(f"{reader.portal.url}/hub/?q={words['title']}").text()
    return reached | ({"search"} if record in found else set())


def _next(author, section):
    author.press(".save-bar button[value=next]")
    author.page.wait_for_url(f"**/edit/{section}/")


def _tick(page, vocabulary, code):
    """A code, in the group that has to be unfolded first where it stands in one."""
    box = page.locator(f"input[name={vocabulary}][value={code}]")
    if not box.is_visible():
        page.locator("details.code-group:not([open])", has=box).locator("summary").click()
    box.check()
