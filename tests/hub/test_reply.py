import pytest
from django.urls import reverse
from django.utils import timezone

from core import journal
from tests import factories
from tests.hub.owning import evaluation, owned


@pytest.fixture
def bus(aarhus):
    return owned(aarhus, "SCN-P-0001")


def _reply(client, rated, user, text="We agree.", prefix=""):
    client.force_login(user)
    address = reverse("hub:reply", args=[rated.record.code, rated.pk])
    return client.post(prefix + address, {"text": text})


def test_the_reply_stands_under_the_evaluation_with_its_day(client, bus, folke, zoe):
    rated = evaluation(bus)
    _reply(client, rated, folke)
    client.force_login(zoe)

    page = client.get(f"/hub/{bus.code}/").content.decode()

    rated.refresh_from_db()
    assert (rated.reply_en, rated.replied_by) == ("We agree.", folke)
    assert page.index("Why relevance.") < page.index("The city replies:") < page.index("We agree.")
    assert f'<time datetime="{timezone.now().date()}">' in page[page.index("We agree.") :]


def test_a_reply_may_change_and_the_journal_keeps_that_it_did(client, bus, folke):
    rated = evaluation(bus)
    for text in ("We agree.", "We agree.", "We agree in part."):
        _reply(client, rated, folke, text)

    rated.refresh_from_db()
    assert rated.reply_en == "We agree in part."
    assert [entry.verb for entry in journal.of(rated)] == ["answered", "answered"]


def test_a_reply_in_french_stands_beside_the_english(client, bus, folke):
    rated = evaluation(bus, reply_en="We agree.")

    _reply(client, rated, folke, "D’accord.", prefix="/fr")

    rated.refresh_from_db()
    assert (rated.reply_en, rated.reply_fr) == ("We agree.", "D’accord.")


def test_an_empty_reply_is_asked_for_again(client, bus, folke):
    rated = evaluation(bus)

    assert _reply(client, rated, folke, " ").status_code == 200
    assert not journal.of(rated).exists()


def test_before_it_is_published_only_if_it_was_shown(client, bus, folke):
    waiting = evaluation(bus, published=False)
    shown = evaluation(bus, published=False, shown_to_city_at=timezone.now(), kind="expert")

    assert _reply(client, waiting, folke).status_code == 404
    answer = _reply(client, shown, folke)

    page = client.get(answer.url).content.decode()
    assert "appears together with the evaluation" in page
    assert "Why relevance." not in page
    assert (
        "Why relevance."
        in client.get(reverse("hub:reply", args=[bus.code, shown.pk])).content.decode()
    )


def test_only_the_owners_focal_point_replies(client, bus, ana, zoe, staff, mombasa):
    rated = evaluation(bus)
    other_focal = factories.member(mombasa, focal=True, email="focal@mombasa.example.org")

    answers = [_reply(client, rated, user).status_code for user in (ana, zoe, other_focal, staff)]

    assert answers == [403, 404, 404, 404]
    rated.refresh_from_db()
    assert rated.reply_en == ""


def test_the_button_is_there_for_whom_the_page_is(client, bus, folke, ana):
    rated = evaluation(bus)
    address = reverse("hub:reply", args=[bus.code, rated.pk])
    seen = {}
    for user in (folke, ana):
        client.force_login(user)
        seen[user.email] = address in client.get(f"/hub/{bus.code}/").content.decode()

    assert seen == {folke.email: True, ana.email: False}


def test_an_evaluation_of_another_record_is_not_here(client, bus, aarhus, folke):
    other = evaluation(owned(aarhus, "SCN-P-0002"))
    client.force_login(folke)

    assert client.get(reverse("hub:reply", args=[bus.code, other.pk])).status_code == 404
