"""Staff read what was sent: take it, remark on it, ask for changes, publish. The record comes by the same card."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.lifecycle import IllegalMove
from core.models import JournalEntry
from hub.actions import contributions, publishing, reviewing
from hub.actions.card_values import BadCards
from hub.models import Contribution, Record, RecordFile, Revision
from hub.models.search import SearchRow
from outbox.letters import render
from outbox.models import Message
from tests import factories
from tests.hub.contributing import page, ready, reload, sent, taken


def _admin(contribution, step="change"):
    return reverse(f"admin:hub_contribution_{step}", args=[contribution.pk])


def _letters(template):
    letters = Message.objects.filter(template__endswith=template).order_by("pk")
    return [letter.to for letter in letters]


def test_the_queue_shows_what_was_sent_and_no_drafts(client, ana, folke, aarhus, staff):
    sent(ana, aarhus)
    ready(ana, aarhus, **{"texts.en.title": "Unfinished"})
    client.force_login(staff)

    for queue in ("", "?queue=ours", "?queue=mine", "?queue=authors", "?queue=city"):
        body = client.get(reverse("admin:hub_contribution_changelist") + queue).content.decode()
        assert ("Night buses" in body) == (queue in ("", "?queue=ours"))
        assert "Unfinished" not in body


def test_the_queue_asks_the_database_as_often_for_many(
    client, ana, aarhus, staff, django_assert_max_num_queries
):
    for number in range(5):
        sent(ana, aarhus, **{"texts.en.title": f"Number {number}"})
    client.force_login(staff)
    client.get(reverse("admin:hub_contribution_changelist"))

    with django_assert_max_num_queries(9):
        client.get(reverse("admin:hub_contribution_changelist"))


def test_it_waits_on_the_staffs_first_page(client, ana, aarhus, staff):
    sent(ana, aarhus)
    client.force_login(staff)

    body = client.get(reverse("admin:index")).content.decode()

    assert "Contributions to the library" in body


def test_taken_it_says_by_whom(client, ana, aarhus, staff):
    contribution = sent(ana, aarhus)
    client.force_login(staff)
    assert "Nobody has taken it yet." in client.get(_admin(contribution)).content.decode()

    client.post(_admin(contribution, "take"))

    contribution = reload(contribution)
    assert (contribution.status, contribution.reviewer) == ("staff_review", staff)
    body = client.get(_admin(contribution)).content.decode()
    assert "Night buses" in body
    assert "Publish" in body


def test_a_colleague_takes_it_over_and_taking_twice_changes_nothing(ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    other = factories.staff(everywhere=True)

    assert reviewing.take(contribution, by=staff).reviewer == staff
    assert reviewing.take(contribution, by=other).reviewer == other
    verbs = list(JournalEntry.objects.filter(verb="took").values_list("by", flat=True))
    assert verbs == [staff.pk, other.pk]


def test_sent_again_it_can_be_taken_again_by_whoever_asked_for_changes(client, ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    reviewing.request_changes(contribution, text="Say how many.", by=staff)
    contributions.send(reload(contribution), by=ana)
    client.force_login(staff)
    take = _admin(contribution, "take")

    assert take in client.get(_admin(contribution, "change")).content.decode()
    client.post(take)

    body = client.get(_admin(contribution, "change")).content.decode()
    assert take not in body
    assert _admin(contribution, "publish") in body


def test_nobody_reviews_what_they_wrote_themselves(client, staff):
    contribution = contributions.send(ready(staff), by=staff)
    client.force_login(staff)

    assert "a colleague reviews it" in client.get(_admin(contribution)).content.decode()
    for step in ("take", "comment", "changes", "publish"):
        assert client.post(_admin(contribution, step)).status_code == 403


def test_pages_are_read_only(client, ana, aarhus, staff):
    contribution = sent(ana, aarhus)
    client.force_login(staff)

    assert client.post(_admin(contribution)).status_code == 405
    assert client.get(_admin(contribution, "take")).status_code == 405


def test_remarks_reach_the_authors_with_the_request(client, ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    client.force_login(staff)
    client.post(_admin(contribution, "comment"), {"section": "context", "text": "Who paid for it?"})
    client.post(_admin(contribution, "comment"), {"section": "", "text": "A fine piece."})
    assert list(reload(contribution).sent_comments()) == []
    client.force_login(ana)
    assert "Who paid for it?" not in client.get(page(contribution)).content.decode()

    client.force_login(staff)
    assert "Who paid for it?" in client.get(_admin(contribution, "changes")).content.decode()
    client.post(_admin(contribution, "changes"), {"text": "And one more thing."})

    assert reload(contribution).status == "changes_requested"
    letter = Message.objects.get(template__endswith="contribution_changes.txt")
    assert letter.to == ana.email
    text = render(letter).text
    assert "Cost and context: Who paid for it?" in text
    assert "A fine piece." in text
    assert "And one more thing." in text
    client.force_login(ana)
    body = client.get(page(contribution)).content.decode()
    assert "Who paid for it?" in body
    assert "It waits for you: staff ask for changes." in body
    assert "Staff ask for changes" in client.get(reverse("me")).content.decode()


def test_asking_for_changes_needs_words(client, ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    client.force_login(staff)

    response = client.post(_admin(contribution, "changes"), {"text": ""})
    empty = client.post(_admin(contribution, "comment"), {"section": "", "text": ""})

    assert (response.status_code, empty.status_code) == (200, 200)
    assert reload(contribution).status == "staff_review"


def test_a_remark_alone_is_enough_to_ask(ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    reviewing.comment(contribution, section="story", text="Shorter, please.", by=staff)

    reviewing.request_changes(contribution, text="", by=staff)

    assert contribution.comments.count() == 1


def test_published_it_is_on_the_shelf_with_what_is_true_of_it(client, ana, folke, aarhus, staff):
    contribution = taken(ana, aarhus, staff, **{"texts.fr.title": "Bus de nuit"})
    file = RecordFile.objects.create(
        contribution=contribution,
        title="Plan",
        licence=factories.term("licence", "CC-BY-4.0"),
        size=1,
        content_type="text/plain",
        file="records/plan.txt",
    )
    client.force_login(staff)
    assert "Publish it" in client.get(_admin(contribution, "publish")).content.decode()

    client.post(_admin(contribution, "publish"), {"onto": ""})

    record = Record.objects.get()
    today = timezone.now().date()
    assert (record.status, record.revision, record.created_by) == ("published", 1, ana)
    assert record.owner_cities() == {aarhus.pk}
    assert [record.self_declared_on, record.city_endorsed_on, record.staff_checked_on] == [
        today
    ] * 3
    assert record.peer_reviewed_on is None
    assert record.staff_checked_revision == 1
    assert record.last_confirmed_on == today
    assert record.review_due > today
    file.refresh_from_db()
    assert file.record == record
    assert Revision.objects.get().contribution == contribution
    assert SearchRow.objects.differing() == []
    assert set(_letters("contribution_published.txt")) == {ana.email, folke.email}
    assert reload(contribution).record == record
    client.force_login(ana)
    assert "Read it in the library" in client.get(page(contribution)).content.decode()


def test_without_a_city_and_an_endorsement_neither_is_claimed(staff):
    contribution = contributions.send(ready(staff), by=staff)
    other = factories.staff(everywhere=True)
    reviewing.take(contribution, by=other)

    record = publishing.publish(contribution, by=other)

    assert (record.self_declared_on, record.city_endorsed_on) == (None, None)
    assert record.staff_checked_on == timezone.now().date()
    assert not record.cities.exists()


def test_a_focal_point_who_may_not_read_it_gets_no_letter(ana, folke, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    folke.is_active = False
    folke.save()

    publishing.publish(contribution, by=staff)

    assert _letters("contribution_published.txt") == [ana.email]


def test_publishing_twice_is_refused(client, ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    client.force_login(staff)
    client.post(_admin(contribution, "publish"), {"onto": ""})

    again = client.post(_admin(contribution, "publish"), {"onto": ""})

    assert again.status_code == 409
    assert Record.objects.count() == 1
    assert client.get(_admin(contribution)).status_code == 200


def test_what_nobody_took_is_not_published(ana, aarhus, staff):
    contribution = sent(ana, aarhus)

    with pytest.raises(IllegalMove):
        publishing.publish(contribution, by=staff)


def test_a_card_that_cannot_be_read_stays_where_it_is(client, ana, aarhus, staff):
    contribution = taken(ana, aarhus, staff)
    card = contribution.card | {"licence": "gone"}
    Contribution.objects.filter(pk=contribution.pk).update(card=card)
    client.force_login(staff)

    response = client.post(_admin(contribution, "publish"), {"onto": ""})

    assert "“gone” is not known here." in response.content.decode()
    assert reload(contribution).status == "staff_review"
    with pytest.raises(BadCards):
        publishing.publish(contribution, by=staff)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_letter_reads_in_every_language(ana, folke, aarhus, staff, language):
    for user in (ana, folke):
        user.language = language
        user.save()
    contribution = taken(ana, aarhus, staff)
    reviewing.request_changes(contribution, text="Shorter.", by=staff)

    for letter in Message.objects.all():
        assert letter.language == language
        assert "Night buses" in render(letter).subject
