import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import journal
from core.models import Term
from hub import rules
from hub.actions import evaluations
from hub.models import Evaluation, Record, SearchRow
from hub.templatetags.library import mean_words
from tests import factories
from tests.hub.owning import evaluation, letters, owned, text_of


@pytest.fixture
def bus(aarhus, folke):
    return owned(aarhus, "SCN-P-0001", title="Evening bus", revision=2)


@pytest.fixture
def criteria(db):
    return list(Term.objects.of("criterion"))


@pytest.fixture
def post(client, criteria):
    """Send the form as somebody: post(record, user, ratings="4321N4")."""

    def send(record, user, ratings="44321N", **changes):
        client.force_login(user)
        data = {"method": "Two visits.", "overall_comment": "Worth a look."}
        for criterion, rating in zip(criteria, ratings, strict=True):
            data[f"rating_{criterion.pk}"] = "NEI" if rating == "N" else rating
            data[f"reasons_{criterion.pk}"] = "" if rating == "N" else f"Since {criterion.code}."
        speaker = list(rules.standing(user).cities) and user.person.posts.first().city.slug
        data["speaker"] = speaker or "expert"
        return client.post(reverse("hub:evaluate", args=[record.code]), data | changes)

    return send


def _page(client, record, user=None):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(reverse("hub:record", args=[record.code])).content.decode()


def _verbs(thing):
    return [entry.verb for entry in journal.of(thing)]


# --- sending


@pytest.mark.parametrize(("who", "kind", "has_city"), [("ana", "self", 1), ("zoe", "peer", 1)])
def test_what_members_send_waits_for_staff(client, request, bus, post, who, kind, has_city):
    post(bus, request.getfixturevalue(who))

    sent = Evaluation.objects.get()
    assert (sent.evaluator_kind, sent.published, sent.is_waiting()) == (kind, False, True)
    assert (sent.record_revision, bool(sent.city)) == (2, bool(has_city))
    assert sent.ratings.count() == 6
    assert len(letters("evaluation_waits")) == 1
    assert "Since relevance." not in _page(client, bus, request.getfixturevalue(who))


def test_an_expert_evaluates_what_everybody_reads(post, aarhus, rui, bus):
    public = owned(aarhus, "SCN-P-0002", visibility="public")

    refused, sent = post(bus, rui), post(public, rui)

    assert (refused.status_code, sent.status_code) == (404, 302)
    made = Evaluation.objects.get()
    assert (made.evaluator_kind, made.city, made.created_by) == ("expert", None, rui)


def test_sent_again_it_replaces_the_first(client, bus, post, zoe, mombasa):
    post(bus, zoe)
    client.force_login(factories.member(mombasa, email="colleague@mombasa.example.org"))
    page = client.get(reverse("hub:evaluate", args=[bus.code])).content.decode()
    post(bus, zoe, ratings="NNNNNN")

    sent = Evaluation.objects.get()
    assert "What you send now takes its place." in page
    assert "Since relevance." in page
    assert {rating.rating for rating in sent.ratings.all()} == {"NEI"}
    assert len(letters("evaluation_waits")) == 1


def test_an_expert_sent_again_replaces_the_first(post, aarhus, rui):
    public = owned(aarhus, "SCN-P-0002", visibility="public")
    post(public, rui)
    post(public, rui)

    assert Evaluation.objects.count() == 1


def test_an_expert_with_a_city_says_for_whom(client, bus, post, zoe):
    factories.post(zoe.person, None, role="expert")

    page = client.get(reverse("hub:record", args=[bus.code])).status_code
    post(bus, zoe, speaker="expert")
    post(bus, zoe)

    assert page == 404
    assert {each.evaluator_kind for each in Evaluation.objects.all()} == {"expert", "peer"}


@pytest.mark.parametrize(
    ("ratings", "word"), [("4", "very"), ("443", "very"), ("43", "very"), ("21", "somewhat")]
)
def test_a_mean_has_the_word_it_is_nearest_to(ratings, word, bus):
    assert mean_words(evaluation(bus, ratings=ratings).mean()) == word


def test_reasons_are_asked_for_unless_nothing_is_known(bus, post, zoe, criteria):
    page = post(bus, zoe, **{f"reasons_{criteria[0].pk}": ""}).content.decode()

    assert page.count("Say in a sentence why you rate it so.") == 2  # summary and field
    assert "Since impact." in page
    assert not Evaluation.objects.exists()


def test_a_rating_is_asked_for(bus, post, zoe, criteria):
    answer = post(bus, zoe, **{f"rating_{criteria[0].pk}": "5"})

    assert answer.status_code == 200
    assert not Evaluation.objects.exists()


def test_staff_write_theirs_in_the_admin(bus, post, staff):
    assert post(bus, staff).status_code == 403


def test_a_draft_is_not_evaluated(bus, zoe):
    Record.objects.filter(pk=bus.pk).update(status="draft")
    bus.refresh_from_db()

    assert rules.may_evaluate(zoe, bus) is False


# --- publishing


def test_published_it_stands_on_the_page_and_the_owner_may_reply(
    client, bus, post, zoe, staff, folke
):
    post(bus, zoe)
    evaluations.publish(Evaluation.objects.get(), by=staff)

    page = _page(client, bus, zoe)

    assert "Since relevance." in page
    assert "Mombasa" in page
    assert "Rated by peers, on version 2." in page
    assert letters("evaluation_reply") == [folke.email]
    assert f"/hub/{bus.code}/evaluations/" in text_of("evaluation_reply")
    assert SearchRow.objects.differing() == []


def test_pressed_twice_it_is_published_once(bus, post, zoe, staff):
    post(bus, zoe)
    sent = Evaluation.objects.get()
    evaluations.publish(sent, by=staff)
    evaluations.publish(sent, by=staff)

    assert _verbs(sent).count("published") == 1
    assert len(letters("evaluation_reply")) == 1


def test_a_peer_makes_the_record_peer_reviewed_with_day_and_version(client, bus, post, zoe, staff):
    post(bus, zoe)
    evaluations.publish(Evaluation.objects.get(), by=staff)
    bus.refresh_from_db()
    assert (bus.peer_reviewed_on, bus.peer_reviewed_revision) == (Evaluation.objects.get().date, 2)
    assert "The record has changed since." not in _page(client, bus, zoe)

    Record.objects.filter(pk=bus.pk).update(revision=3)
    page = _page(client, bus, zoe)
    assert "The record has changed since." in page
    assert "it is at version 3 now" in page


def test_the_city_itself_makes_nothing_peer_reviewed_and_gets_no_letter(bus, post, ana, staff):
    post(bus, ana)
    evaluations.publish(Evaluation.objects.get(), by=staff)

    bus.refresh_from_db()
    assert bus.peer_reviewed_on is None
    assert letters("evaluation_reply") == []


def test_set_aside_it_is_gone_and_so_is_the_review(client, bus, post, zoe, staff):
    post(bus, zoe)
    sent = evaluations.publish(Evaluation.objects.get(), by=staff)
    evaluations.set_aside(sent, by=staff)

    bus.refresh_from_db()
    assert bus.peer_reviewed_on is None
    assert "Since relevance." not in _page(client, bus, zoe)
    assert SearchRow.objects.differing() == []
    assert _verbs(sent) == ["sent an evaluation", "published", "set aside"]


def test_an_earlier_review_counts_again_when_the_later_is_set_aside(bus, staff):
    first = evaluation(bus, record_revision=1, date="2026-01-01")
    later = evaluation(bus, record_revision=2, published=False)
    evaluations.note(first, by=staff)
    evaluations.publish(later, by=staff)
    bus.refresh_from_db()
    assert bus.peer_reviewed_revision == 2

    evaluations.set_aside(later, by=staff)

    bus.refresh_from_db()
    assert (str(bus.peer_reviewed_on), bus.peer_reviewed_revision) == ("2026-01-01", 1)


def test_what_staff_dated_by_hand_stays(bus, staff):
    Record.objects.filter(pk=bus.pk).update(peer_reviewed_on="2025-05-05")

    evaluations.set_aside(evaluation(bus, record_revision=2), by=staff)

    bus.refresh_from_db()
    assert str(bus.peer_reviewed_on) == "2025-05-05"


def test_the_city_may_see_it_first(bus, post, zoe, staff, folke):
    post(bus, zoe)
    sent = Evaluation.objects.get()
    evaluations.show_to_city(sent, by=staff)
    evaluations.show_to_city(sent, by=staff)

    assert letters("evaluation_reply") == [folke.email]
    assert "before it is published" in text_of("evaluation_reply")
    assert _verbs(sent) == ["sent an evaluation", "shown to the city"]


# --- what readers see


def test_the_mean_names_what_it_leaves_out(client, bus, ana):
    evaluation(bus, ratings="43321N")

    page = " ".join(_page(client, bus, ana).split())

    assert "In the mean “plain”, 2.6 of 4 from 5 criteria; 1 without enough information" in page


def test_without_any_rating_there_is_no_number(client, bus, ana):
    evaluation(bus, ratings="NN")

    page = _page(client, bus, ana)

    assert "2 without enough information" in page
    assert "of 4 from" not in page


def test_an_evaluation_without_ratings_says_no_mean(client, bus, ana):
    evaluation(bus, ratings="")

    assert 'class="mean"' not in _page(client, bus, ana)


def test_an_unlisted_city_evaluates_without_its_name(client, aarhus, mombasa, ana):
    public = owned(aarhus, "SCN-P-0003", visibility="public")
    unlisted = factories.city("Nowhere", listing="unlisted")
    evaluation(public, city=unlisted)
    evaluation(public, kind="expert", evaluator="Dr Sample")

    page = _page(client, public, ana)

    assert "A member city" in page
    assert "Nowhere" not in page
    assert "Dr Sample" in page


def test_strangers_of_a_record_in_short_read_no_evaluation(client, aarhus):
    teaser = owned(aarhus, "SCN-P-0003", visibility="teaser")
    evaluation(teaser)

    assert "Why relevance." not in _page(client, teaser)


def test_reasons_in_another_language_are_marked(client, bus, ana):
    evaluation(bus)
    client.force_login(ana)

    page = client.get(f"/ar/hub/{bus.code}/").content.decode()

    assert '<span lang="en" dir="ltr">Why relevance.</span>' in page


def test_the_page_asks_the_database_as_often_for_30_as_for_1(client, bus, ana, mombasa):
    counts = []
    evaluation(bus, city=mombasa)
    _page(client, bus, ana)
    for more in (0, 29):
        for _ in range(more):
            evaluation(bus, city=factories.city())
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("hub:record", args=[bus.code]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- the admin


def test_staff_decide_by_buttons(client, bus, post, zoe, staff):
    post(bus, zoe)
    sent = Evaluation.objects.get()
    client.force_login(staff)
    url = {
        name: reverse(f"admin:hub_evaluation_{name}", args=[sent.pk])
        for name in ("change", "publish", "show", "aside")
    }

    waiting = client.get(url["change"]).content.decode()
    client.post(url["show"])
    client.post(url["publish"])
    published = client.get(url["change"]).content.decode()
    client.post(url["aside"])

    sent.refresh_from_db()
    assert [url[name] in waiting for name in ("publish", "show", "aside")] == [True] * 3
    assert [url[name] in published for name in ("publish", "show", "aside")] == [False, False, True]
    assert (sent.published, sent.is_waiting()) == (False, False)
    assert client.get(url["publish"]).status_code == 405


def test_what_waits_is_found_in_the_list(client, bus, post, zoe, staff):
    evaluation(bus, published=False, decided_at="2026-01-01T00:00Z")
    post(bus, zoe)
    client.force_login(staff)

    page = client.get(reverse("admin:hub_evaluation_changelist") + "?waiting=yes")

    assert [each.created_by for each in page.context["cl"].queryset] == [zoe]


def test_what_staff_write_unpublished_waits_for_nobody(bus, staff):
    written = evaluation(bus, published=False)

    evaluations.note(written, by=staff)

    written.refresh_from_db()
    assert written.is_waiting() is False
    assert _verbs(bus) == ["evaluated"]


def test_staff_mend_what_a_member_sent_and_it_goes_on_waiting(bus, zoe, staff):
    sent = evaluation(bus, published=False, created_by=zoe)

    evaluations.note(sent, by=staff)

    sent.refresh_from_db()
    assert sent.is_waiting() is True
