"""Writing for the library: begun, saved with nothing in the way, looked at as readers will, and sent."""

import json

import pytest
from django.urls import reverse

from core.models import JournalEntry
from hub.actions import contributions
from hub.actions.card_fields import flat
from hub.actions.checklist import missing
from hub.models import Contribution, Record, RecordFile, Revision
from hub.models.search import SearchRow
from outbox.models import Message
from tests import factories
from tests.hub import contributing
from tests.hub.contributing import answers, draft, page, ready, reload, write

JSON = {"HTTP_ACCEPT": "application/json"}


def _letters():
    return [
        (letter.template.split("/")[-1], letter.to) for letter in Message.objects.order_by("pk")
    ]


# --- Beginning


def test_a_member_begins_with_a_kind_a_city_and_a_language(client, ana, aarhus):
    client.force_login(ana)

    response = client.post(
        reverse("hub:contribute"), {"kind": "policy", "city": aarhus.pk, "language": "fr"}
    )

    made = Contribution.objects.get()
    assert response.url == page(made, "contribution_edit", "story")
    assert (made.status, made.city, made.language, made.created_by) == ("draft", aarhus, "fr", ana)
    assert flat(made.card) == {
        "kind": "policy",
        "original_language": "fr",
        "visibility": "members",
        "codes.country": ["DK"],
    }
    assert list(JournalEntry.objects.values_list("verb", flat=True)) == ["began"]


def test_a_member_cannot_write_for_another_city(client, ana, mombasa):
    client.force_login(ana)

    response = client.post(
        reverse("hub:contribute"), {"kind": "policy", "city": mombasa.pk, "language": "fr"}
    )

    assert response.status_code == 200
    assert not Contribution.objects.exists()


def test_staff_write_for_no_city(client, staff):
    client.force_login(staff)

    client.post(reverse("hub:contribute"), {"kind": "toolkit", "language": "en"})

    assert Contribution.objects.get().city is None


def test_a_reviewer_is_refused(client, rui):
    client.force_login(rui)

    assert client.get(reverse("hub:contribute")).status_code == 403
    assert client.get(reverse("hub:contributions")).status_code == 403


# --- Saving


def test_saving_asks_for_nothing_and_leads_to_the_next_part(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    sent = answers(contribution, "story", ana, title="Night buses", then="next")

    response = client.post(page(contribution, "contribution_edit", "story"), sent)

    assert response.url == page(contribution, "contribution_edit", "codes")
    assert reload(contribution).title == "Night buses"
    assert reload(contribution).version == 2


@pytest.mark.parametrize(
    ("then", "place"),
    [
        ("preview", "preview/"),
        ("more-links", "edit/links/?more=links#rows-links"),
        ("more-evil", "edit/links/"),
        ("save", "edit/links/?saved=1"),
        ("done", ""),
    ],
)
def test_each_button_leads_where_it_says(client, ana, aarhus, then, place):
    contribution = draft(ana, aarhus)
    client.force_login(ana)

    response = client.post(
        page(contribution, "contribution_edit", "links"), {"version": 1, "then": then}
    )

    assert response.url == page(contribution) + place


def test_what_cannot_be_read_is_kept_as_it_was_typed(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    typed = {"version": 1, "cost_amount": "about 12,000", "cost_currency": "dkk", "staff_fte": ""}

    client.post(page(contribution, "contribution_edit", "context"), typed)

    body = client.get(page(contribution, "contribution_edit", "context")).content.decode()
    assert 'value="about 12,000"' in body
    assert 'value="DKK"' in body
    assert "This must be a figure such as 1200 or 1200.50." in body


def test_codes_that_are_none_and_empty_rows_are_left_out(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)

    client.post(
        page(contribution, "contribution_edit", "codes"),
        {"version": 1, "theme": ["youth", "no_such", "dialogue"]},
    )
    rows = {
        "links-TOTAL_FORMS": "2",
        "links-INITIAL_FORMS": "0",
        "links-0-kind": "useful",
        "links-0-title": "A page",
        "links-0-url": "https://example.org/",
        "links-1-kind": "useful",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "0",
        "contacts-0-name": "",
    }
    client.post(page(contribution, "contribution_edit", "links"), rows | {"version": 2})

    card = flat(reload(contribution).card)
    assert card["codes.theme"] == ["dialogue", "youth"]
    assert card["links"] == [{"kind": "useful", "title": "A page", "url": "https://example.org/"}]
    assert "contacts" not in card
    assert "codes.country" not in card  # it was not ticked any more


def test_a_row_that_saved_itself_stays_when_the_button_is_pressed(client, ana, aarhus):
    """The browser sends the same page twice: by itself after a while, and then with the button."""
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    rows = {
        "funders-TOTAL_FORMS": "3",
        "funders-INITIAL_FORMS": "0",
        "funders-0-name": "The city",
        "version": 1,
    }

    for _each in range(2):
        client.post(page(contribution, "contribution_edit", "context"), rows)
        rows["version"] = reload(contribution).version

    assert reload(contribution).card["funders"] == ["The city"]


def test_rows_are_offered_three_at_a_time(client, ana, aarhus):
    contribution = draft(ana, aarhus, funders=["The city"])
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "context")

    three, six = client.get(address), client.get(address + "?more=funders")

    assert three.content.decode().count('name="funders-') - 4 == 4  # four counts of the rows
    assert six.content.decode().count('name="funders-') - 4 == 7


def test_answers_of_yes_and_no_come_back(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "context")

    client.post(address, {"version": 1, "conflict_affected": "no", "internet_dependence": "low"})

    assert flat(reload(contribution).card)["conflict_affected"] is False
    body = client.get(address).content.decode()
    assert '<option value="no" selected>' in body


def test_saving_by_itself_says_when(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "story")

    answer = client.post(address, answers(contribution, "story", ana, title="A"), **JSON).json()

    assert answer["version"] == 2
    assert answer["seen"] == contributing.seen(reload(contribution), "story")
    assert answer["saved"].startswith("Saved at ")


def test_saving_twice_the_same_changes_nothing(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "story")
    sent = answers(contribution, "story", ana, title="A")

    client.post(address, sent, **JSON)
    again = client.post(address, sent, **JSON)

    assert again.json()["version"] == 2


# --- Two people at once


def test_a_lost_update_shows_both_texts_and_keeps_what_was_typed(client, ana, folke, aarhus):
    contribution = draft(ana, aarhus, **{"texts.en.title": "Buses"})
    mine = answers(contribution, "story", ana, title="Night buses", summary="By Ana.")
    write(contribution, folke, {"texts.en.title": "Late buses"})
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "story")

    by_itself = client.post(address, mine, **JSON)
    response = client.post(address, mine)

    assert (by_itself.status_code, response.status_code) == (409, 409)
    assert by_itself.json()["message"].startswith("A colleague has saved this part meanwhile.")
    body = response.content.decode()
    assert "Folke Example" in body
    assert all(words in body for words in ("Night buses", "Late buses", "By Ana."))
    assert reload(contribution).title == "Late buses"

    chosen = answers(contribution, "story", ana, title="Night buses", summary="By Ana.")
    client.post(address, chosen | {"take:texts.en.title": "theirs"})

    card = flat(reload(contribution).card)
    assert (card["texts.en.title"], card["texts.en.summary"]) == ("Late buses", "By Ana.")


def test_a_field_that_a_colleague_emptied_can_stay_empty(client, ana, folke, aarhus):
    contribution = draft(ana, aarhus, **{"texts.en.title": "Buses", "texts.en.summary": "Old."})
    mine = answers(contribution, "story", ana, summary="Older.")
    contributions.save(
        contribution,
        fields={},
        paths=["texts.en.summary"],
        version=contribution.version,
        seen="",
        by=folke,
    )
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "story")

    assert client.post(address, mine).status_code == 409
    client.post(address, answers(contribution, "story", ana) | {"take:texts.en.summary": "theirs"})

    assert "texts.en.summary" not in flat(reload(contribution).card)


def test_colleagues_write_different_parts_at_once_without_a_clash(client, ana, folke, aarhus):
    contribution = draft(ana, aarhus)
    mine = answers(contribution, "story", ana, title="Night buses")
    write(contribution, folke, {"codes.theme": ["youth"]})
    client.force_login(ana)

    response = client.post(page(contribution, "contribution_edit", "story"), mine)

    assert response.status_code == 302
    card = flat(reload(contribution).card)
    assert (card["texts.en.title"], card["codes.theme"]) == ("Night buses", ["youth"])


def test_one_who_saved_in_another_window_is_told_so(client, ana, aarhus):
    contribution = draft(ana, aarhus, **{"texts.en.title": "Buses"})
    old = answers(contribution, "story", ana, title="Night buses")
    write(contribution, ana, {"texts.en.title": "Late buses"})
    client.force_login(ana)

    response = client.post(page(contribution, "contribution_edit", "story"), old)

    assert "You saved it in another window" in response.content.decode()


# --- Who may


def test_people_of_another_city_find_nothing(client, ana, aarhus, zoe):
    contribution = draft(ana, aarhus)
    client.force_login(zoe)

    assert client.get(page(contribution)).status_code == 404
    assert client.get(page(contribution, "contribution_edit", "story")).status_code == 404


def test_staff_read_but_do_not_write_what_a_city_writes(client, ana, aarhus, staff):
    contribution = draft(ana, aarhus)
    client.force_login(staff)

    assert client.get(page(contribution)).status_code == 200
    assert client.get(page(contribution, "contribution_edit", "story")).status_code == 403
    assert client.post(page(contribution, "contribution_send")).status_code == 403


def test_there_is_no_part_of_another_name(client, ana, aarhus):
    client.force_login(ana)

    assert client.get(page(draft(ana, aarhus), "contribution_edit", "gossip")).status_code == 404


def test_what_is_with_others_cannot_be_written(client, ana, folke, aarhus):
    contribution = contributions.send(ready(ana, aarhus), by=ana)
    client.force_login(ana)
    address = page(contribution, "contribution_edit", "story")

    assert client.get(address).url == page(contribution)
    assert client.post(address, answers(contribution, "story", ana, title="X")).status_code == 409
    assert reload(contribution).title == "Night buses"


# --- The checklist, and sending


def test_what_is_missing_is_said_in_plain_words_and_leads_to_its_field(client, ana, aarhus):
    contribution = draft(ana, aarhus)
    client.force_login(ana)

    response = client.post(page(contribution, "contribution_send"), follow=True)

    body = response.content.decode()
    assert "A few things are missing before it can be sent." in body
    assert f'href="{page(contribution, "contribution_edit", "story")}#id_title"' in body
    assert "It needs a title." in body
    assert "Choose at least one theme." in body
    assert reload(contribution).status == "draft"


def test_every_fault_is_named_with_the_part_it_stands_in(ana, aarhus):
    contribution = ready(
        ana,
        aarhus,
        start_date="some day",
        cost_amount="12",
        links=[{"kind": "useful", "title": "A", "url": "nowhere"}],
        licence="no_such",
        **{"codes.sector": ["no_such"]},
        **{"texts.fr.summary": "Sans titre.", "texts.en.summary": "x" * 601},
    )

    found = [(item.section, item.path) for item in missing(contribution)]

    assert found == [
        ("about", "start_date"),
        ("story", "texts.en.summary"),
        ("story", "texts.fr.title"),
        ("context", "codes.sector"),
        ("context", "cost_currency"),
        ("links", "links.1.url"),
        ("audience", "licence"),
    ]


def test_a_file_needs_a_licence_and_a_scanner_that_lets_it_pass(ana, aarhus):
    contribution = ready(ana, aarhus)
    RecordFile.objects.create(
        contribution=contribution, title="Plan", size=1, scan="refused", content_type="text/plain"
    )

    messages = [item.message for item in missing(contribution)]

    assert messages == [
        "“Plan” needs a licence: may others copy it?",
        "“Plan” was refused by the scanner. Remove it.",
    ]


def test_a_translation_needs_the_text_it_translates(ana, aarhus):
    contribution = ready(ana, aarhus, original_language="fr")

    assert [item.path for item in missing(contribution)] == ["texts.fr.title"]


def test_an_emptied_card_asks_for_a_country(ana, aarhus):
    contribution = ready(ana, aarhus)
    contributions.save(contribution, fields={}, paths=["codes.country"], version=2, seen="", by=ana)

    assert [item.path for item in missing(reload(contribution))] == ["codes.country"]


def test_sending_asks_the_focal_point(client, ana, folke, aarhus):
    contribution = ready(ana, aarhus)
    client.force_login(ana)

    response = client.post(page(contribution, "contribution_send"), follow=True)

    assert reload(contribution).status == "city_review"
    assert _letters() == [("sign_off_waits.txt", folke.email)]
    assert "It waits for Folke Example." in response.content.decode()


def test_sending_twice_is_refused_and_writes_one_letter(client, ana, folke, aarhus):
    contribution = ready(ana, aarhus)
    client.force_login(ana)

    client.post(page(contribution, "contribution_send"))
    again = client.post(page(contribution, "contribution_send"))

    assert again.status_code == 409
    assert len(_letters()) == 1


def test_the_focal_points_own_goes_straight_to_staff_signed_off(client, folke, aarhus):
    contribution = ready(folke, aarhus)
    client.force_login(folke)

    client.post(page(contribution, "contribution_send"))

    contribution = reload(contribution)
    assert (contribution.status, contribution.signed_off_by) == ("submitted", folke)
    assert _letters() == [("contribution_received.txt", folke.email)]


def test_without_a_focal_point_staff_get_it_at_once(ana, aarhus):
    contribution = contributions.send(ready(ana, aarhus), by=ana)

    assert (contribution.status, contribution.signed_off_at) == ("submitted", None)


def test_what_staff_write_goes_to_their_colleagues(staff):
    contribution = contributions.send(ready(staff), by=staff)

    assert contribution.status == "submitted"


# --- Back and forth


def test_withdrawn_and_taken_up_again(client, ana, folke, aarhus):
    contribution = contributions.send(ready(ana, aarhus), by=ana)
    client.force_login(ana)

    client.post(page(contribution, "contribution_withdraw"))
    assert reload(contribution).status == "withdrawn"
    client.post(page(contribution, "contribution_resume"))

    assert reload(contribution).status == "draft"
    verbs = JournalEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["began", "handed to the city", "withdrew", "resumed"]


def test_what_is_not_withdrawn_is_not_taken_up_again(client, ana, folke, aarhus):
    contribution = contributions.send(ready(ana, aarhus), by=ana)
    client.force_login(ana)

    assert client.post(page(contribution, "contribution_resume")).status_code == 409
    assert reload(contribution).status == "city_review"


def test_taken_back_from_the_focal_point_it_can_be_written(client, ana, folke, aarhus):
    contribution = contributions.send(ready(ana, aarhus), by=ana)
    client.force_login(ana)

    client.post(page(contribution, "contribution_take_back"))

    assert reload(contribution).status == "draft"
    assert client.post(page(contribution, "contribution_take_back")).status_code == 409


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("draft", "It is a draft. Only you and the people of your city see it."),
        ("submitted", "Nobody has taken it yet."),
        ("staff_review", "Somebody is reading it."),
        ("changes_requested", "They ask for changes; their remarks stand on this page."),
        ("withdrawn", "It was withdrawn. Nobody looks at it now."),
        ("city_review", "With your city’s focal point"),
    ],
)
def test_its_page_says_whom_it_waits_for(client, ana, aarhus, status, words):
    contribution = draft(ana, aarhus)
    Contribution.objects.filter(pk=contribution.pk).update(
        status=status,
        submitted_at=contribution.created_at,
        city_asked_at=contribution.created_at,
        ended_at=contribution.created_at,
    )
    client.force_login(ana)

    assert words in client.get(page(contribution)).content.decode()


# --- Preview


def test_the_preview_is_the_record_page_and_leaves_nothing_behind(client, ana, aarhus):
    contribution = ready(ana, aarhus, **{"texts.en.description": "Long *words*."})
    client.force_login(ana)
    before = (Record.objects.count(), Revision.objects.count(), SearchRow.objects.count())

    response = client.get(page(contribution, "contribution_preview"))

    body = response.content.decode()
    assert "This is a preview." in body
    assert "Night buses" in body
    assert "<em>words</em>" in body
    assert (Record.objects.count(), Revision.objects.count(), SearchRow.objects.count()) == before


def test_an_unfinished_draft_can_be_looked_at(client, ana, aarhus):
    contribution = draft(
        ana,
        aarhus,
        start_date="some day",
        cost_amount="12",
        visibility="group",
        links=[{"kind": "useful", "title": "A", "url": "nowhere"}],
        **{"texts.fr.summary": "Sans titre.", "texts.en.summary": "Only a summary."},
    )
    client.force_login(ana)

    response = client.get(page(contribution, "contribution_preview"))

    assert response.status_code == 200
    assert "Only a summary." in response.content.decode()


def test_a_draft_without_its_original_shows_the_text_there_is(client, ana, aarhus):
    contribution = ready(ana, aarhus, original_language="fr")
    client.force_login(ana)

    body = client.get(page(contribution, "contribution_preview")).content.decode()

    assert "Mediators ride the last buses" in body


def test_staff_preview_what_was_sent(client, ana, aarhus, staff):
    client.force_login(staff)

    response = client.get(page(ready(ana, aarhus), "contribution_preview"))

    assert response.status_code == 200


# --- Lists


@pytest.mark.parametrize("name", ["contribute", "contributions"])
def test_lists_ask_the_database_as_often_for_many(
    client, ana, aarhus, name, django_assert_max_num_queries
):
    for number in range(3):
        draft(ana, aarhus, **{"texts.en.title": f"Number {number}"})
    client.force_login(ana)

    with django_assert_max_num_queries(14):
        response = client.get(reverse(f"hub:{name}"))

    assert "Number 2" in response.content.decode()


def test_an_empty_list_says_what_will_stand_there(client, ana):
    client.force_login(ana)

    assert "Nothing yet." in client.get(reverse("hub:contributions")).content.decode()


def test_the_card_keeps_only_what_its_authors_write(ana, aarhus):
    contribution = ready(ana, aarhus)

    assert json.dumps(contribution.card)
    assert set(contribution.card) == {
        "kind", "original_language", "visibility", "codes", "texts",
    }  # fmt: skip


def test_a_contribution_without_a_title_has_a_name(ana, aarhus):
    assert str(draft(ana, aarhus)) == "untitled"
    french = draft(ana, aarhus, **{"texts.fr.title": "Bus de nuit"})
    assert str(french) == "Bus de nuit"


def test_writers_who_left_get_no_letter(ana, aarhus):
    contribution = ready(ana, aarhus)
    ana.is_active = False
    ana.save()

    assert reload(contribution).authors() == []
    assert factories.term("theme", "youth")
