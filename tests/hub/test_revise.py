"""Changes of a record: begun from its card, merged with what changed since, kept as versions, brought back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import JournalEntry
from hub.actions import contributions, publishing, records, reviewing, revisions
from hub.actions.card_dump import dump
from hub.actions.card_fields import flat
from hub.models import Contribution, Record, RecordCity, RecordText, Revision
from hub.models.search import SearchRow
from members.models import Body, BodyMember
from outbox.models import Message
from tests import factories
from tests.hub.contributing import page, reload, write


@pytest.fixture
def record(aarhus):
    made = factories.record("SCN-P-0100", title="Night buses", visibility="public")
    RecordCity.objects.create(record=made, city=aarhus)
    made.terms.add(factories.term("theme", "youth"), factories.term("country", "DK"))
    RecordText.objects.create(record=made, language="fr", title="Bus de nuit")
    return made


@pytest.fixture
def propose(record, ana, aarhus, staff):
    """A change of the record, sent and taken by staff."""

    def make(language="en", **fields):
        made = contributions.propose(record, city=aarhus, language=language, by=ana)
        write(made, ana, fields)
        return reviewing.take(contributions.send(made, by=ana), by=staff)

    return make


def _admin(contribution, step="change"):
    return reverse(f"admin:hub_contribution_{step}", args=[contribution.pk])


def _text(record, language="en"):
    return record.texts.get(language=language)


# --- Proposing


def test_the_owners_people_begin_from_the_record_as_it_is(client, record, ana):
    client.force_login(ana)
    address = reverse("hub:record", args=[record.code])
    assert "Propose a change" in client.get(address).content.decode()

    response = client.post(reverse("hub:propose", args=[record.code]), {"language": "fr"})

    made = Contribution.objects.get()
    assert response.url == page(made, "contribution_edit", "story")
    assert (made.record, made.base_revision, made.language) == (record, 1, "fr")
    assert flat(made.card) == flat(dump(record, with_files=False))
    body = client.get(response.url).content.decode()
    assert 'value="Bus de nuit"' in body
    assert "The original of this field" in body
    assert Revision.objects.get().number == 1


def test_pressing_twice_begins_one(client, record, ana):
    client.force_login(ana)

    for _press in range(2):
        client.post(reverse("hub:propose", args=[record.code]), {"language": "en"})

    assert Contribution.objects.count() == 1


def test_an_unknown_language_is_the_original(client, record, ana):
    client.force_login(ana)

    client.post(reverse("hub:propose", args=[record.code]), {"language": "xx"})

    assert Contribution.objects.get().language == "en"


def test_people_of_other_cities_and_strangers_may_not(client, record, zoe):
    address = reverse("hub:propose", args=[record.code])
    client.force_login(zoe)

    assert client.post(address).status_code == 403
    assert client.post(reverse("hub:propose", args=["SCN-P-9999"])).status_code == 404
    page_of_it = client.get(reverse("hub:record", args=[record.code])).content.decode()
    assert "Propose a change" not in page_of_it


def test_a_change_of_a_groups_record_is_for_those_who_may_read_it(client, record, ana, folke, zoe):
    leads = Body.objects.create(code="leads", kind=Body.Kind.FOCAL_POINTS, name_en="Leads")
    BodyMember.objects.create(body=leads, person=ana.person)
    Record.objects.filter(pk=record.pk).update(visibility="group")
    record.groups.add(leads)
    client.force_login(ana)
    client.post(reverse("hub:propose", args=[record.code]), {"language": "en"})
    made = Contribution.objects.get()
    write(made, ana, {"texts.en.summary": "Short."})

    client.post(page(made, "contribution_send"))

    assert reload(made).status == "submitted"  # the focal point may not read it, so staff are asked
    assert [letter.to for letter in Message.objects.all()] == [ana.email]
    assert client.get(page(made)).status_code == 200
    client.force_login(folke)
    assert client.get(page(made)).status_code == 404
    assert "Night buses" not in client.get(reverse("hub:contributions")).content.decode()


# --- Publishing a change


def test_a_published_change_makes_a_version_and_ages_translations(record, propose, staff):
    contribution = propose(**{"texts.en.title": "Late buses", "codes.theme": ["dialogue"]})

    publishing.publish(contribution, onto=1, by=staff)

    record.refresh_from_db()
    assert (record.revision, record.text_revision) == (2, 2)
    assert _text(record).title == "Late buses"
    assert _text(record, "fr").is_behind(record)
    assert [term.code for term in record.terms.filter(vocabulary="theme")] == ["dialogue"]
    assert list(record.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert record.staff_checked_revision == 2
    assert SearchRow.objects.differing() == []


def test_a_translation_is_of_the_original_as_it_is_now(record, propose, staff):
    RecordText.objects.filter(language="fr").update(status="machine")
    Record.objects.filter(pk=record.pk).update(text_revision=1)

    publishing.publish(propose("fr", **{"texts.fr.summary": "En bref."}), onto=1, by=staff)

    record.refresh_from_db()
    assert (record.revision, record.text_revision) == (2, 1)
    assert (_text(record, "fr").status, _text(record, "fr").source_revision) == ("reviewed", 1)


def test_a_translation_of_an_original_that_moved_on_is_behind_it(record, propose, staff):
    contribution = propose("fr", **{"texts.fr.summary": "En bref."})
    RecordText.objects.filter(record=record, language="en").update(title="Evening buses")
    records.revise(record, fields=["title"], original_changed=True, by=staff)

    publishing.publish(contribution, onto=2, by=staff)

    record.refresh_from_db()
    assert _text(record, "fr").summary == "En bref."
    assert _text(record, "fr").is_behind(record)


def test_fields_that_were_emptied_are_empty(record, propose, ana, aarhus, staff):
    Record.objects.filter(pk=record.pk).update(lead_organization="An office", staff_fte="2")
    made = contributions.propose(record, city=aarhus, language="en", by=ana)
    contributions.save(
        made, fields={}, paths=["lead_organization", "staff_fte"], version=1, seen="", by=ana
    )
    made = reviewing.take(contributions.send(made, by=ana), by=staff)

    publishing.publish(made, onto=1, by=staff)

    record.refresh_from_db()
    assert (record.lead_organization, record.staff_fte) == ("", None)


def test_what_authors_do_not_write_stays(record, propose, staff):
    today = timezone.localdate()
    Record.objects.filter(pk=record.pk).update(
        is_fictional=True, peer_reviewed_on=today, embargo_until=timezone.now()
    )

    publishing.publish(propose(**{"texts.en.title": "Late buses"}), onto=1, by=staff)

    record.refresh_from_db()
    assert record.is_fictional
    assert record.peer_reviewed_on == today
    assert record.embargo_until
    assert record.owner_cities()


def test_an_archived_record_comes_back_when_its_change_is_published(record, propose, staff):
    contribution = propose(**{"texts.en.title": "Late buses"})
    records.archive(record, by=staff)

    publishing.publish(contribution, onto=1, by=staff)

    assert reload(record).status == "published"


# --- When the record has moved on


@pytest.fixture
def moved_on(record, propose, staff):
    """A change of title and summary; meanwhile staff changed title and theme."""
    contribution = propose(**{"texts.en.title": "Late buses", "texts.en.summary": "Short."})
    RecordText.objects.filter(record=record, language="en").update(title="Evening buses")
    record.terms.set([factories.term("theme", "dialogue"), factories.term("country", "DK")])
    records.revise(record, fields=["title"], original_changed=True, by=staff)
    return contribution


def test_staff_see_all_three_and_nothing_is_overwritten_silently(client, moved_on, record, staff):
    client.force_login(staff)
    assert "The record has changed since" in client.get(_admin(moved_on)).content.decode()

    body = client.get(_admin(moved_on, "publish")).content.decode()
    response = client.post(_admin(moved_on, "publish"), {"onto": "2"})

    assert all(words in body for words in ("Night buses", "Evening buses", "Late buses"))
    assert "they stay as they are in the record: Theme" in body
    assert "Choose for each field which words stay." in response.content.decode()
    assert _text(record).title == "Evening buses"


@pytest.mark.parametrize(
    ("answer", "title"), [("record", "Evening buses"), ("contribution", "Late buses")]
)
def test_staff_choose_which_words_stay(client, moved_on, record, staff, answer, title):
    client.force_login(staff)

    client.post(_admin(moved_on, "publish"), {"onto": "2", "keep:texts.en.title": answer})

    text = _text(record)
    assert (text.title, text.summary) == (title, "Short.")
    assert [term.code for term in record.terms.filter(vocabulary="theme")] == ["dialogue"]


@pytest.mark.parametrize("onto", ["1", "", "many", "9" * 12])
def test_what_staff_have_not_seen_is_not_written_over(client, moved_on, record, staff, onto):
    client.force_login(staff)

    response = client.post(
        _admin(moved_on, "publish"), {"onto": onto, "keep:texts.en.title": "record"}
    )

    assert "The record has changed once more." in response.content.decode()
    assert reload(moved_on).status == "staff_review"
    with pytest.raises(publishing.Unmerged):
        publishing.publish(moved_on, onto=1, by=staff)


def test_both_changed_to_the_same_is_no_clash(record, propose):
    contribution = propose(**{"texts.en.title": "Late buses"})
    RecordText.objects.filter(record=record, language="en").update(title="Late buses")

    merge = publishing.merge_of(contribution)

    assert merge.clashes == frozenset()
    assert merge.since == {"texts.en.title"}


def test_a_published_change_shows_what_it_changed_then(client, record, propose, staff):
    contribution = propose(**{"texts.en.title": "Late buses"})
    publishing.publish(contribution, onto=1, by=staff)
    client.force_login(staff)

    body = client.get(_admin(contribution)).content.decode()

    assert "The record has changed since" not in body
    assert "Late" in body


def test_the_preview_of_a_change_leaves_the_record_alone(client, record, propose, ana):
    contribution = propose(**{"texts.en.title": "Late buses"})
    client.force_login(ana)

    body = client.get(page(contribution, "contribution_preview")).content.decode()

    assert "Late buses" in body
    assert "Propose a change" not in body
    assert _text(record).title == "Night buses"
    assert reload(record).revision == 1


# --- Versions


def test_a_change_by_staff_in_the_admin_keeps_both_versions(client, record, staff):
    revisions.keep(record)
    RecordText.objects.filter(record=record, language="en").update(title="Evening buses")

    records.revise(record, fields=["title"], original_changed=True, by=staff)

    titles = [
        revision.card["texts"]["en"]["title"] for revision in record.revisions.order_by("number")
    ]
    assert titles == ["Night buses", "Evening buses"]


def test_staff_bring_a_version_back_and_lose_none(client, record, staff):
    revisions.keep(record)
    RecordText.objects.filter(record=record, language="en").update(title="Evening buses")
    Record.objects.filter(pk=record.pk).update(visibility="members")
    records.revise(record, fields=["title"], original_changed=True, by=staff)
    client.force_login(staff)
    address = reverse("hub:restore", args=[record.code, 1])
    assert "Bring version 1 back?" in client.get(address).content.decode()

    client.post(address)

    record.refresh_from_db()
    assert (_text(record).title, record.revision) == ("Night buses", 3)
    assert record.visibility == "members"  # an old version brings no old readers back
    assert record.revisions.count() == 3
    assert JournalEntry.objects.filter(verb="restored").count() == 1
    assert SearchRow.objects.differing() == []


def test_the_present_version_needs_no_bringing_back(record, staff):
    kept = revisions.keep(record)

    assert publishing.restore(kept, by=staff).revision == 1
    assert Revision.objects.count() == 1
