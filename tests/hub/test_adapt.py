import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import journal
from core.lifecycle import IllegalMove
from core.models import JournalEntry
from hub import rules
from hub.actions import adaptations
from hub.models import Adaptation, Record
from tests import factories
from tests.hub.owning import adaptation, letters, owned, text_of

FACTS = {
    "status": "piloting",
    "kept": "The pairs.",
    "changed": "Ferries for buses.",
    "outcome": "",
    "cost_amount": None,
    "cost_currency": "",
    "start_date": None,
    "end_date": None,
    "result": None,
}


@pytest.fixture
def bus(aarhus, folke):
    return owned(aarhus, "SCN-P-0001", title="Evening bus")


def _adapt(record, city, by, language="en", **changes):
    return adaptations.adapt(record, city, language=language, facts=FACTS | changes, by=by)


def _post(client, record, user, query="", **changes):
    client.force_login(user)
    data = {name: value for name, value in (FACTS | changes).items() if value is not None}
    return client.post(reverse("hub:adapt", args=[record.code]) + query, data)


def _verbs(thing):
    return [entry.verb for entry in journal.of(thing)]


# --- what the world sees afterwards


def test_a_city_stands_in_the_tree_and_the_owner_has_a_letter(client, bus, zoe, folke):
    answer = _post(client, bus, zoe)
    page = client.get(answer.url).content.decode()

    assert "Adapted in 1 city." in page
    assert "Mombasa" in page
    assert "Ferries for buses." in page
    assert letters("adapted") == [folke.email]
    assert "Mombasa takes up" in text_of("adapted")


def test_pressed_twice_it_is_there_once(client, bus, zoe):
    _post(client, bus, zoe)
    made = Adaptation.objects.get()
    _post(client, bus, zoe, seen=made.updated_at.isoformat())

    assert Adaptation.objects.count() == 1
    assert _verbs(made) == ["adapted"]
    assert len(letters("adapted")) == 1


def test_a_button_pressed_twice_is_no_colleague(client, bus, zoe):
    answers = [_post(client, bus, zoe, seen="").status_code for _press in range(2)]

    assert answers == [302, 302]
    assert _verbs(Adaptation.objects.get()) == ["adapted"]


def test_a_colleague_changes_it_and_the_journal_says_what(client, bus, zoe, mombasa):
    made = _adapt(bus, mombasa, zoe)
    colleague = factories.member(mombasa, email="colleague@mombasa.example.org")

    _post(client, bus, colleague, status="running", seen=made.updated_at.isoformat())

    made.refresh_from_db()
    assert made.status == "running"
    last = journal.of(made).last()
    assert (last.verb, last.by, last.facts["fields"]) == ("changed", colleague, ["status"])


def test_what_is_written_in_another_language_stays(bus, zoe, mombasa):
    _adapt(bus, mombasa, zoe)
    made = _adapt(bus, mombasa, zoe, language="fr", kept="Les paires.", changed="")

    assert (made.kept_en, made.kept_fr) == ("The pairs.", "Les paires.")
    assert made.changed_en == "Ferries for buses."


def test_readers_of_another_language_see_what_there_is_and_in_which(client, bus, zoe, mombasa, ana):
    _adapt(bus, mombasa, zoe, language="ar", kept="الأزواج")
    client.force_login(ana)

    page = client.get(f"/fr/hub/{bus.code}/").content.decode()

    assert '<span lang="ar" dir="rtl">الأزواج</span>' in page


def test_staff_correct_the_status_and_no_step_is_skipped(bus, mombasa, staff):
    made = adaptation(bus, mombasa, "running")

    assert adaptations.move(made, "stopped", by=staff).status == "stopped"
    with pytest.raises(IllegalMove):
        adaptations.move(made, "stopped", by=staff)


def test_a_city_at_risk_is_not_named_in_the_letter(client, bus, folke):
    hidden = factories.city("Hidden Bay", risk_flag=True)
    member = factories.member(hidden, email="member@hidden.example.org")

    _post(client, bus, member)

    assert "A member city takes up" in text_of("adapted")
    assert "Hidden" not in text_of("adapted")


# --- refusals


def test_owners_staff_and_reviewers_do_not_adapt(client, bus, ana, staff, rui):
    public = owned(factories.city("Own Bay"), "SCN-P-0002", visibility="public")
    answers = [
        _post(client, bus, ana).status_code,
        _post(client, bus, staff).status_code,
        _post(client, bus, rui).status_code,
        _post(client, public, rui).status_code,
    ]

    assert answers == [403, 403, 404, 403]
    assert not Adaptation.objects.exists()


def test_what_one_may_not_read_cannot_be_adapted(client, aarhus, zoe):
    hidden = owned(aarhus, "SCN-P-0009", visibility="staff")

    assert _post(client, hidden, zoe).status_code == 404


def test_a_draft_is_not_adapted(bus, zoe, staff):
    Record.objects.filter(pk=bus.pk).update(status="draft")
    bus.refresh_from_db()

    assert rules.may_adapt(zoe, bus) is False


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cost_amount": "12"}, "Say in which currency."),
        ({"cost_currency": "EUR"}, "Say how much, or leave the currency empty."),
        ({"cost_amount": "12", "cost_currency": "E1"}, "three capital letters"),
        ({"cost_amount": "-1", "cost_currency": "EUR"}, "greater than or equal to 0"),
        ({"start_date": "2026-05-01", "end_date": "2026-04-01"}, "cannot end before it began"),
        ({"start_date": "01/05/2026"}, "Enter a valid date."),
        ({"status": "dreaming"}, "Select a valid choice"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(client, bus, zoe, wrong, said):
    page = _post(client, bus, zoe, **wrong).content.decode()

    assert said in page
    assert "Ferries for buses." in page
    assert not Adaptation.objects.exists()


def test_a_colleague_who_was_faster_is_not_overwritten(client, bus, zoe, mombasa):
    made = _adapt(bus, mombasa, zoe)
    seen = made.updated_at.isoformat()
    _adapt(bus, mombasa, zoe, kept="The badges.")

    page = _post(client, bus, zoe, seen=seen, kept="My words.").content.decode()

    assert "A colleague changed this since you opened it." in page
    assert "My words." in page
    made.refresh_from_db()
    assert made.kept_en == "The badges."


# --- one's own record and several cities


def test_the_own_record_is_chosen_among_those_of_the_city(client, bus, zoe, mombasa, aarhus):
    own = owned(mombasa, "SCN-P-0005", title="Ferry")
    other = owned(aarhus, "SCN-P-0006", title="Tram")
    page = client.get(reverse("hub:adapt", args=[bus.code]))
    assert page.status_code == 302  # not signed in

    refused = _post(client, bus, zoe, result=other.code)
    _post(client, bus, zoe, result=own.code)

    assert refused.status_code == 200
    assert Adaptation.objects.get().result == own


def test_a_record_chosen_before_stays_when_there_is_none_to_choose(
    client, bus, zoe, mombasa, aarhus
):
    made = adaptation(bus, mombasa, "running", result=owned(aarhus, "SCN-P-0006"))

    _post(client, bus, zoe, status="stopped", seen=made.updated_at.isoformat())

    made.refresh_from_db()
    assert (made.status, made.result.code) == ("stopped", "SCN-P-0006")


def test_who_acts_for_two_cities_says_for_which(client, bus, zoe):
    second = factories.city("Ville Deux", slug="ville-deux")
    factories.post(zoe.person, second)
    client.force_login(zoe)

    page = client.get(reverse("hub:adapt", args=[bus.code]) + "?city=ville-deux").content.decode()
    _post(client, bus, zoe, "?city=ville-deux")

    assert "What <bdi>Ville Deux</bdi> makes of it" in page
    assert Adaptation.objects.get().city == second


def test_the_form_shows_what_was_said_before(client, bus, zoe, mombasa):
    own = owned(mombasa, "SCN-P-0005", title="Ferry")
    _adapt(bus, mombasa, zoe, cost_amount=5, cost_currency="EUR", result=own)
    client.force_login(zoe)

    page = client.get(reverse("hub:adapt", args=[bus.code])).content.decode()

    assert "Ferries for buses." in page
    assert '<option value="SCN-P-0005" selected>' in page
    assert "What your city made of it" in client.get(f"/hub/{bus.code}/").content.decode()


# --- the tree


def _page(client, record, user=None):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(reverse("hub:record", args=[record.code])).content.decode()


@pytest.fixture
def chain(aarhus, mombasa, zoe):
    """Aarhus's bus led to Mombasa's ferry, that to Tunis's tram; all public."""
    tunis = factories.city("Tunis", slug="tunis", country="TN", listing="public")
    for city in (aarhus, mombasa):
        city.listing = "public"
        city.save(update_fields=["listing"])
    bus = owned(aarhus, "SCN-P-0001", title="Evening bus", visibility="public")
    ferry = owned(mombasa, "SCN-P-0002", title="Night ferry", visibility="public")
    tram = owned(tunis, "SCN-P-0003", title="Late tram", visibility="public")
    adaptation(bus, mombasa, result=ferry, kept_en="Kept the pairs.")
    adaptation(ferry, tunis, "considering", result=tram, kept_en="Kept the badges.")
    return bus, ferry, tram


def test_the_tree_goes_up_and_down_several_records(client, chain, zoe):
    for record in chain:
        page = _page(client, record, zoe)
        assert page.index('class="lineage"') > 0
        for name in ("Aarhus", "Mombasa", "Tunis"):
            assert name in page[page.index('class="lineage"') :]

    page = _page(client, chain[1], zoe)
    tree = page[page.index('class="lineage"') :]
    assert tree.index("Evening bus") < tree.index(">this record<") < tree.index("Late tram")


def test_strangers_see_public_cities_and_nothing_that_cities_wrote(client, chain):
    page = _page(client, chain[0])

    assert "Mombasa" in page
    assert "Kept the pairs." not in page


def test_strangers_see_a_number_for_cities_that_are_not_listed_publicly(client, chain, zoe):
    secret = factories.city("Secret Bay", listing="members")
    adaptation(chain[0], secret, kept_en="Secret words.")

    stranger, member = _page(client, chain[0]), _page(client, chain[0], zoe)

    assert "Adapted in 2 cities." in stranger
    assert "Secret" not in stranger
    assert "Secret Bay" in member


def test_members_meet_an_unlisted_city_without_its_name_or_country(client, chain, zoe, staff):
    unlisted = factories.city("Nowhere", listing="unlisted", country="FJ")
    adaptation(chain[0], unlisted)

    page = _page(client, chain[0], zoe)

    assert "A member city" in page
    assert "Nowhere" not in page
    assert not re.search(r"\bFJ\b", page)  # the token of a form may hold any two letters
    assert "Fiji" not in page
    assert "Nowhere" in _page(client, chain[0], staff)
    assert "Nowhere" in _page(client, chain[0], factories.member(unlisted))


def test_nothing_hangs_on_a_record_one_may_not_read(client, chain, zoe):
    bus, ferry, tram = chain
    Record.objects.filter(pk=ferry.pk).update(visibility="staff")

    below, above = _page(client, bus, zoe), _page(client, tram, zoe)

    for page in (below, above):
        assert "SCN-P-0002" not in page
        assert "Night ferry" not in page
    assert "Mombasa" in below  # that it adapted the bus stands on the bus's own page
    assert "Tunis" not in below
    assert "Evening bus" not in above
    assert 'class="lineage"' not in above


def test_a_hidden_adaptation_is_on_no_page_and_in_no_number(client, chain, zoe):
    Adaptation.objects.filter(source=chain[0]).update(is_hidden=True)

    page = _page(client, chain[0], zoe)

    assert "No city has adapted it yet." in page
    assert "Mombasa" not in page


def test_those_that_think_of_it_are_counted_apart(client, chain, zoe):
    page = _page(client, chain[1], zoe)

    assert "No city has adapted it yet." in page
    assert "1 city is considering it." in page
    counted = {each.code: each.adapted_in for each in Record.objects.with_adaptations_counted()}
    assert counted == {"SCN-P-0001": 1, "SCN-P-0002": 0, "SCN-P-0003": 0}


def test_a_circle_of_adaptations_ends(client, chain, zoe, aarhus):
    adaptation(chain[2], aarhus, result=chain[0])

    for record in chain:
        assert _page(client, record, zoe).count(">this record<") == 1


def test_the_source_without_a_named_city_goes_by_its_title(client, aarhus, mombasa, zoe):
    source = factories.record("SCN-P-0001", title="Nobody’s bus")
    own = owned(mombasa, "SCN-P-0002")
    adaptation(source, mombasa, result=own)

    assert "Nobody’s bus" in _page(client, own, zoe)


def test_the_page_asks_the_database_as_often_for_30_as_for_3(client, bus, zoe):
    counts = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            city = factories.city(f"City {number}")
            adaptation(bus, city, result=owned(city, f"SCN-P-01{number:02d}"))
        _page(client, bus, zoe)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("hub:record", args=[bus.code]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- staff


def test_staff_hide_edit_and_move_it(client, bus, mombasa, staff):
    made = adaptation(bus, mombasa, "running")
    client.force_login(staff)
    change = reverse("admin:hub_adaptation_change", args=[made.pk])
    names = [
        f"{name}_{code}" for name in ("kept", "changed", "outcome") for code in ("en", "fr", "ar")
    ]
    data = dict.fromkeys(
        [*names, "cost_amount", "cost_currency", "start_date", "end_date", "result"], ""
    )

    assert client.get(change).status_code == 200
    assert str(made) == "SCN-P-0001, Mombasa"
    client.post(change, data | {"is_hidden": "on"})
    moved = client.post(reverse("admin:hub_adaptation_move", args=[made.pk, "stopped"]))
    again = client.post(reverse("admin:hub_adaptation_move", args=[made.pk, "stopped"]))
    unknown = client.post(reverse("admin:hub_adaptation_move", args=[made.pk, "asleep"]))

    made.refresh_from_db()
    assert (made.is_hidden, made.status) == (True, "stopped")
    assert (moved.status_code, again.status_code, unknown.status_code) == (302, 409, 404)
    assert JournalEntry.objects.filter(subject_type="hub.adaptation").count() == 2


def test_staff_add_one_for_a_city(client, bus, mombasa, staff):
    client.force_login(staff)

    client.post(reverse("admin:hub_adaptation_add"), {"source": bus.pk, "city": mombasa.pk})

    made = Adaptation.objects.get()
    assert (made.status, made.created_by) == ("considering", staff)
    assert client.get(reverse("admin:hub_adaptation_changelist")).status_code == 200
