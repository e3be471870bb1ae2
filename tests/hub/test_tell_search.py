"""Letters about what is new in a search that somebody keeps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hub.actions import searches as actions
from hub.emails.searches import token
from hub.models import Record, SavedSearch, SearchRow
from hub.tasks import tell_searches
from members.models import BodyMember
from outbox.letters import render
from outbox.models import Message
from tests.hub.conftest import list_as

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def night(ana):
    """Ana's search for night buses, kept two weeks ago."""
    return actions.keep("q=night", name="night", told_until=timezone.now() - 2 * WEEK, by=ana)


@pytest.fixture
def put(shelve):
    """Put a record on the shelf that appeared some minutes ago."""

    def put(code, *, minutes=5, **fields):
        record = shelve(code, **fields)
        moment = timezone.now() - timedelta(minutes=minutes)
        Record.objects.filter(pk=record.pk).update(published_at=moment)
        record.refresh_from_db()
        SearchRow.objects.refresh(record)
        return record

    return put


def _letters():
    return Message.objects.filter(template="hub/emails/new_in_search.txt").order_by("pk")


def _texts():
    return [render(letter).text for letter in _letters()]


def test_a_letter_lists_what_is_new_with_links_in_the_reader_s_language(ana, night, put):
    put("SCN-P-0001", title="Night buses", texts={"fr": {"title": "Bus de nuit"}})
    put("SCN-P-0002", title="Night market")
    put("SCN-P-0003", title="Schools")
    ana.person.language = "fr"
    ana.person.save()

    tell_searches()

    letter = _letters().get()
    text = render(letter).text
    assert (letter.to, letter.language, letter.kind, letter.user) == (ana.email, "fr", "bulk", ana)
    assert "Bus de nuit\nhttp://localhost:8000/fr/hub/SCN-P-0001/" in text
    assert "Night market\nhttp://localhost:8000/fr/hub/SCN-P-0002/" in text
    assert "Schools" not in text
    assert "/fr/hub/?q=night&sort=newest" in text
    assert "/fr/hub/searches/stop/" in text


def test_a_search_for_a_city_that_hides_meanwhile_is_no_search_for_everything(ana, put, aarhus):
    """On the page a filter that nobody knows is left out; as news that would be all there is."""
    list_as(aarhus, "members")
    since = timezone.now() - 2 * WEEK
    actions.keep("city=aarhus&theme=youth", name="Aarhus", told_until=since, by=ana)
    put("SCN-P-0001", title="Elsewhere", themes=["youth"])
    here = put("SCN-P-0002", title="Here", themes=["youth"])
    here.cities.create(city=aarhus)
    SearchRow.objects.refresh(here)
    list_as(aarhus, "unlisted")
    SearchRow.objects.refresh(here)

    tell_searches()

    assert not _letters().exists()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_letter_reads_in_three_languages(ana, night, put, language):
    for number in range(1, 24):
        put(f"SCN-P-{number:04d}", title=f"Night {number}")
    ana.person.language = language
    ana.person.save()

    tell_searches()

    letter = render(_letters().get())
    assert letter.html.count("/hub/searches/stop/") == 2  # where it leads, and written out
    assert letter.text.count("/hub/SCN-P-") == 20
    assert "night" in letter.subject


def test_nothing_new_is_no_letter_and_old_news_is_not_told_again(ana, night, put):
    put("SCN-P-0001", title="Night buses")

    tell_searches()
    tell_searches()
    SavedSearch.objects.update(told_until=timezone.now() - 2 * DAY)
    put("SCN-P-0002", title="Schools")
    Record.objects.filter(code="SCN-P-0001").update(published_at=timezone.now() - 3 * DAY)
    tell_searches()

    assert _letters().count() == 1
    assert SavedSearch.objects.get().letter_at is not None


def test_without_any_record_nothing_happens(night):
    tell_searches()

    assert not _letters().exists()


@pytest.mark.parametrize(
    ("frequency", "told", "is_due"),
    [
        ("never", WEEK * 9, False),
        ("each", timedelta(minutes=6), True),
        ("daily", timedelta(hours=23), False),
        ("daily", timedelta(hours=25), True),
        ("weekly", timedelta(days=6), False),
        ("weekly", timedelta(days=8), True),
    ],
)
def test_letters_come_as_often_as_asked(night, put, frequency, told, is_due):
    SavedSearch.objects.update(frequency=frequency, told_until=timezone.now() - told)
    put("SCN-P-0001", title="Night buses")

    tell_searches()

    assert _letters().exists() is is_due


def test_what_is_published_this_very_minute_waits_for_the_next_letter(night, put):
    SavedSearch.objects.update(frequency="each")
    put("SCN-P-0001", title="Night buses", minutes=0)
    tell_searches()
    early = _letters().count()

    Record.objects.update(published_at=timezone.now() - timedelta(minutes=2))
    SearchRow.objects.refresh()
    tell_searches()

    assert (early, _letters().count()) == (0, 1)


def test_a_record_freed_from_its_embargo_is_news(night, put):
    put(
        "SCN-P-0001",
        title="Night buses",
        minutes=60 * 24 * 30,
        embargo_until=timezone.now() - timedelta(minutes=5),
    )
    put("SCN-P-0002", title="Night market", embargo_until=timezone.now() + DAY)

    tell_searches()

    text = _texts()[0]
    assert ("SCN-P-0001" in text, "SCN-P-0002" in text) == (True, False)


def test_letters_tell_only_what_the_reader_may_read(ana, folke, night, put, focal_points):
    BodyMember.objects.create(body=focal_points, person=folke.person, since="2020-01-01")
    actions.keep("q=night", name="Night", told_until=night.told_until, by=folke)
    put("SCN-P-0001", visibility="group", groups=[focal_points], title="Night watch")
    put("SCN-P-0002", visibility="staff", title="Night staff")
    put("SCN-P-0003", status="draft", title="Night draft")

    tell_searches()

    assert [letter.to for letter in _letters()] == [folke.email]
    assert "Night watch" in _texts()[0]
    assert [word for word in ("staff", "draft") if f"Night {word}" in _texts()[0]] == []


def test_suspended_people_get_none_and_no_old_news_when_they_are_back(ana, night, put):
    put("SCN-P-0001", title="Night buses")
    ana.person.move_to("suspended")
    ana.person.save()

    tell_searches()

    night.refresh_from_db()
    assert not _letters().exists()
    assert night.told_until > timezone.now() - timedelta(minutes=5)


def test_records_with_only_some_of_the_words_are_no_news(ana, put):
    actions.keep("q=night+ferry", name="Ferry", told_until=timezone.now() - 2 * WEEK, by=ana)
    put("SCN-P-0001", title="Night buses")

    tell_searches()

    assert not _letters().exists()


def test_an_address_that_is_none_keeps_nobody_else_from_a_letter(ana, folke, night, put):
    actions.keep("q=night", name="Night", told_until=night.told_until, by=folke)
    ana.email = "nowhere"
    ana.save()
    put("SCN-P-0001", title="Night buses")

    tell_searches()

    assert [letter.to for letter in _letters()] == [folke.email]


def test_two_workers_write_one_letter(night, put):
    record = put("SCN-P-0001", title="Night buses")
    until = timezone.now()

    first = actions.tell(night, [record], until=until)
    second = actions.tell(night, [record], until=until)

    assert (first, second, _letters().count()) == (True, False, 1)


def test_who_changed_the_letters_meanwhile_gets_none(ana, night, put):
    record = put("SCN-P-0001", title="Night buses")
    actions.change(night, name="Night", frequency="never", by=ana)

    assert actions.tell(night, [record], until=timezone.now()) is False


def test_the_link_in_a_letter_stops_it_with_a_button_and_without_signing_in(client, night, put):
    put("SCN-P-0001", title="Night buses")
    tell_searches()
    stop = next(line for line in _texts()[0].splitlines() if "/searches/stop/" in line)
    stop = stop.rpartition("8000")[2]

    page = client.get(stop)
    untouched = SavedSearch.objects.get().frequency
    pressed = client.post(stop)

    assert "<bdi>night</bdi>" in page.content.decode()
    assert untouched == "weekly"
    assert SavedSearch.objects.get().frequency == "never"
    assert "No more letters about this search" in pressed.content.decode()


def _one_click(address):
    """What a mail program sends when its own button is pressed (RFC 8058): no cookie, no token."""
    body = {"List-Unsubscribe": "One-Click"}
    return Client(enforce_csrf_checks=True).post(address.rpartition("8000")[2], body)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_mail_program_s_own_button_stops_the_letters(ana, night, put, language):
    put("SCN-P-0001", title="Night buses")
    ana.person.language = language
    ana.person.save()
    tell_searches()
    headers = render(_letters().get()).headers()

    answers = [_one_click(headers["List-Unsubscribe"].strip("<>")) for _ in range(2)]

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.cookies.keys() & {"sessionid"} for answer in answers] == [set(), set()]
    assert SavedSearch.objects.get().frequency == "never"


def test_one_click_on_what_is_gone_or_forged_is_answered_as_the_page_is(ana, night):
    link = f"/hub/searches/stop/{token(night)}/"
    actions.forget(night, by=ana)

    assert _one_click(link).status_code == 200
    assert _one_click("/hub/searches/stop/forged/").status_code == 410


def test_letters_of_a_search_that_was_deleted_a_moment_ago_are_stopped_already(ana, night):
    actions.forget(night, by=ana)

    assert actions.stop_letters(night) is None


def test_a_dead_link_and_a_deleted_search_say_so(client, ana, night):
    link = f"/hub/searches/stop/{token(night)}/"
    actions.forget(night, by=ana)

    assert "No more letters" in client.post(link).content.decode()
    assert client.get("/hub/searches/stop/forged/").status_code == 410


def test_the_button_of_a_letter_leads_somewhere_when_the_search_is_gone(ana, night, put):
    put("SCN-P-0001", title="Night buses")
    tell_searches()
    actions.forget(night, by=ana)

    assert "http://localhost:8000/hub/searches/" in _texts()[0]


def test_somebody_without_a_person_is_written_to_in_the_account_s_language(staff, put):
    staff.language = "ar"
    staff.save()
    actions.keep("q=night", name="N", told_until=timezone.now() - 2 * WEEK, by=staff)
    put("SCN-P-0001", title="Night buses")

    tell_searches()

    assert _letters().get().language == "ar"
