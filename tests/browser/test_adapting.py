"""A city takes up another city's record and stands in its tree; a city answers an evaluation."""

import json

import pytest

from tests.browser.conftest import path, sign_in
from tests.browser.looking import look

RECORD = "SCN-P-0001"
KEPT = {"en": "The pairs stay.", "fr": "Les binômes restent.", "ar": "الأزواج باقون."}


def test_a_city_adapts_a_record_and_stands_in_its_tree(page, portal, language):
    sign_in(page, portal, "focal.mombasa", language=language)
    page.goto(portal.url + path(language, f"/hub/{RECORD}/"))
    page.click(f"a[href$='/hub/{RECORD}/adapt/']")
    page.check("[name=status][value=piloting]")
    page.fill("[name=kept]", KEPT[language])
    page.fill("[name=cost_amount]", "12")
    page.click("main form.form button[type=submit]")
    wrong = look(page, "record-adapt-wrong", language)
    page.fill("[name=cost_currency]", "KES")
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"**/hub/{RECORD}/")

    assert KEPT[language] in page.inner_text(".lineage")
    wrong += look(page, "record-adapted", language)
    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.fixture
def evaluation(portal):
    """An evaluation of a record that is Aarhus's for as long as the test lasts."""
    record = portal.things.ask("SELECT id FROM hub_record WHERE code = %s", RECORD)
    city = portal.things.ask("SELECT id FROM members_city WHERE slug = 'aarhus'")
    portal.things.say(
        "INSERT INTO hub_recordcity (record_id, city_id, role) VALUES (%s, %s, 'owner')",
        record,
        city,
    )
    yield portal.things.ask(
        "SELECT id FROM hub_evaluation WHERE published AND record_id = %s", record
    )
    portal.things.say("DELETE FROM hub_recordcity WHERE record_id = %s", record)


def test_a_city_replies_to_an_evaluation(page, portal, language, evaluation):
    sign_in(page, portal, "focal.aarhus", language=language)
    page.goto(portal.url + path(language, f"/hub/{RECORD}/evaluations/{evaluation}/reply/"))
    wrong = look(page, "record-reply", language)
    page.fill("[name=text]", KEPT[language])
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"**/hub/{RECORD}/")

    assert KEPT[language] in page.inner_text(".city-reply")
    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)
