"""One member reads one record of a group, until a day."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core import journal
from hub.actions import access
from hub.models import AccessGrant, Record, RecordFile, SearchRow
from hub.tasks import remind_of_access
from outbox.letters import render
from outbox.models import Message
from tests import factories

TODAY = timezone.now().date()


def _in(days):
    return timezone.now().date() + timedelta(days=days)


@pytest.fixture
def closed(shelve, focal_points, mombasa):
    record = shelve("SCN-P-0003", visibility="group", groups=[focal_points], title="Closed doors")
    record.cities.create(city=mombasa, role="owner")
    return record


@pytest.fixture
def faiza(mombasa, focal_points):
    account = factories.member(
        mombasa, focal=True, name="Faiza Sample", email="faiza@mombasa.example.org"
    )
    focal_points.places.create(person=account.person)
    return account


@pytest.fixture
def granted(closed, ana, staff):
    """Ana may read it for a month."""
    return access.grant_directly(
        closed, grantee=ana, reason="Plans the same.", until=_in(30), by=staff
    )


def _again(account):
    """The account as the next request finds it."""
    return type(account).objects.get(pk=account.pk)


def _reads(account):
    return Record.objects.visible_to(_again(account)).filter(code="SCN-P-0003").exists()


def _letters(account):
    return [
        message.template.removeprefix("hub/emails/")
        for message in Message.objects.filter(to=account.email).order_by("pk")
    ]


def test_a_grant_opens_page_search_and_files(client, granted, closed, ana, attach):
    file = attach(closed, visibility="group")
    client.force_login(ana)

    assert client.get("/hub/SCN-P-0003/").status_code == 200
    assert "SCN-P-0003" in client.get("/hub/?q=doors").content.decode()
    assert client.get(f"/hub/SCN-P-0003/files/{file.pk}/").status_code == 200
    assert SearchRow.objects.visible_to(_again(ana)).filter(record=closed).exists()


def test_a_grant_opens_nothing_else(
    client, granted, shelve, focal_points, ana, zoe, attach, closed
):
    other = shelve("SCN-P-0033", visibility="group", groups=[focal_points])
    for_staff = attach(closed, visibility="staff")
    client.force_login(ana)

    assert client.get(f"/hub/{other.code}/").status_code == 404
    assert client.get(f"/hub/SCN-P-0003/files/{for_staff.pk}/").status_code == 404
    assert not _reads(zoe)


def test_a_grant_does_not_open_a_record_that_is_taken_back(granted, closed, ana):
    for change in (
        {"status": "draft"},
        {"status": "published", "visibility": "staff"},
        {"visibility": "group", "embargo_until": timezone.now() + timedelta(days=1)},
    ):
        Record.objects.filter(pk=closed.pk).update(**change)
        assert not _reads(ana), change


def test_a_grant_ends_with_its_day(granted, ana):
    AccessGrant.objects.update(until=TODAY)
    assert _reads(ana)

    AccessGrant.objects.update(until=TODAY - timedelta(days=1))
    assert not _reads(ana)


def test_a_suspended_grantee_loses_it_at_once(client, granted, closed, ana, attach):
    file = attach(closed, visibility="group")
    client.force_login(ana)
    assert client.get("/hub/SCN-P-0003/").status_code == 200

    ana.person.move_to("suspended")
    ana.person.save()

    assert client.get("/hub/SCN-P-0003/").status_code == 404
    assert client.get(f"/hub/SCN-P-0003/files/{file.pk}/").status_code == 404
    assert (
        client.get(f"/hub/SCN-P-0003/files/{file.pk}/", headers={"Range": "bytes=5-"}).status_code
        == 404
    )
    assert not _reads(ana)


def test_a_grant_is_written_down_and_a_letter_goes_out(granted, closed, ana):
    assert _letters(ana) == ["access_granted.txt"]
    entry = journal.of(closed).get(verb="access granted")
    assert entry.facts == {"grantee": ana.pk, "until": granted.until.isoformat()}


@pytest.mark.parametrize("days", [-1, 367])
def test_a_grant_lasts_from_today_to_twelve_months(closed, ana, staff, days):
    with pytest.raises(ValidationError):
        access.grant_directly(closed, grantee=ana, reason="x", until=_in(days), by=staff)

    assert AccessGrant.objects.count() == 0


@pytest.mark.parametrize("days", [0, 366])
def test_the_first_and_the_last_day_will_do(closed, ana, staff, days):
    given = access.grant_directly(closed, grantee=ana, reason="x", until=_in(days), by=staff)

    assert given.is_live


def test_a_new_grant_takes_the_place_of_the_one_before(granted, closed, ana, faiza):
    longer = access.grant_directly(closed, grantee=ana, reason="y", until=_in(90), by=faiza)

    assert list(AccessGrant.objects.live()) == [longer]
    assert AccessGrant.objects.count() == 2


# --- ending early


def test_ending_it_closes_the_record_at_once(granted, ana, staff):
    access.end(granted, by=staff)

    assert not _reads(ana)
    assert _letters(ana) == ["access_granted.txt", "access_ended.txt"]


def test_ending_it_twice_changes_nothing(granted, ana, staff):
    first = access.end(granted, by=staff).ended_at

    assert access.end(granted, by=staff).ended_at == first
    assert _letters(ana).count("access_ended.txt") == 1


def test_the_focal_point_of_the_owner_ends_it_on_a_page(client, granted, faiza, ana):
    client.force_login(faiza)
    assert "Ana Example" in client.get("/hub/ask/").content.decode()

    response = client.post(f"/hub/ask/grants/{granted.pk}/end/")

    assert response.url == "/hub/ask/"
    assert not _reads(ana)
    assert "Ana Example" not in client.get("/hub/ask/").content.decode()


def test_nobody_else_ends_it(client, granted, ana, folke, zoe):
    for account in (ana, folke, zoe):
        client.force_login(account)
        assert client.post(f"/hub/ask/grants/{granted.pk}/end/").status_code == 404

    assert _reads(ana)


# --- the letter before the end


def test_two_weeks_before_the_end_one_letter_says_so(granted, ana):
    AccessGrant.objects.update(until=_in(15))
    remind_of_access()
    assert "access_ends.txt" not in _letters(ana)

    AccessGrant.objects.update(until=_in(14), created_at=timezone.now() - timedelta(days=90))
    remind_of_access()
    remind_of_access()

    assert _letters(ana).count("access_ends.txt") == 1


def test_a_short_grant_is_not_announced_to_end(closed, ana, staff):
    access.grant_directly(closed, grantee=ana, reason="x", until=_in(10), by=staff)
    remind_of_access()

    assert _letters(ana) == ["access_granted.txt"]


def test_what_has_ended_is_not_announced(granted, ana, staff):
    access.end(granted, by=staff)
    AccessGrant.objects.update(until=_in(3), created_at=timezone.now() - timedelta(days=90))
    granted.refresh_from_db()

    remind_of_access()
    access.remind(granted)

    assert "access_ends.txt" not in _letters(ana)


# --- the admin


def test_staff_grant_directly(client, closed, staff, ana):
    client.force_login(staff)
    data = {
        "record": closed.pk,
        "grantee": ana.pk,
        "reason": "Plans the same.",
        "until": _in(30).isoformat(),
    }

    page = client.post("/admin/hub/accessgrant/add/", data, follow=True)

    assert page.status_code == 200
    grant = AccessGrant.objects.get()
    assert (grant.grantor, grant.grantee, grant.reason) == (staff, ana, "Plans the same.")
    assert _letters(ana) == ["access_granted.txt"]


@pytest.mark.parametrize("wrong", ["record", "grantee", "until"])
def test_staff_are_told_what_cannot_be_granted(client, closed, shelve, staff, ana, rui, wrong):
    client.force_login(staff)
    data = {"record": closed.pk, "grantee": ana.pk, "reason": "x", "until": _in(9).isoformat()}
    data |= {
        "record": {"record": shelve("SCN-P-0050").pk},
        "grantee": {"grantee": rui.pk},
        "until": {"until": _in(999).isoformat()},
    }[wrong]

    assert client.post("/admin/hub/accessgrant/add/", data).status_code == 200
    assert AccessGrant.objects.count() == 0


def test_staff_find_end_and_read_grants(client, granted, staff, ana):
    client.force_login(staff)
    listed = client.get("/admin/hub/accessgrant/?state=live").content.decode()
    over = client.get("/admin/hub/accessgrant/?state=over").content.decode()
    page = client.get(f"/admin/hub/accessgrant/{granted.pk}/change/").content.decode()
    assert f"/accessgrant/{granted.pk}/change/" in listed
    assert f"/accessgrant/{granted.pk}/change/" not in over
    assert f"/accessgrant/{granted.pk}/end/" in page

    client.post(f"/admin/hub/accessgrant/{granted.pk}/end/")

    assert not _reads(ana)
    page = client.get(f"/admin/hub/accessgrant/{granted.pk}/change/").content.decode()
    assert f"/accessgrant/{granted.pk}/end/" not in page


def test_a_grant_cannot_be_changed_afterwards(client, granted, staff):
    client.force_login(staff)

    response = client.post(f"/admin/hub/accessgrant/{granted.pk}/change/", {"until": _in(300)})

    assert response.status_code == 403


def test_the_records_page_lists_who_reads_it(client, granted, closed, staff):
    client.force_login(staff)

    page = client.get(f"/admin/hub/record/{closed.pk}/change/").content.decode()

    assert "Who reads it besides its group" in page
    assert "Ana Example" in page


def test_the_records_page_says_that_it_is_embargoed(client, closed, staff):
    client.force_login(staff)
    address = f"/admin/hub/record/{closed.pk}/change/"
    assert "Embargoed" not in client.get(address).content.decode()

    Record.objects.update(embargo_until=timezone.now() + timedelta(days=3))

    assert "Embargoed" in client.get(address).content.decode()


def test_a_record_appears_in_lists_when_its_embargo_ends(client, shelve, ana):
    early = shelve("SCN-P-0070", visibility="public", title="Early bird")
    late = shelve(
        "SCN-P-0071",
        visibility="public",
        title="Late bird",
        embargo_until=timezone.now() + timedelta(minutes=5),
    )
    assert "Late bird" not in client.get("/hub/feed/").content.decode()
    assert not late.is_on_shelf

    Record.objects.filter(pk=early.pk).update(published_at=timezone.now() - timedelta(days=2))
    Record.objects.filter(pk=late.pk).update(
        published_at=timezone.now() - timedelta(days=9),
        embargo_until=timezone.now() - timedelta(seconds=1),
    )

    assert [record.code for record in Record.objects.newest_public(2)] == [late.code, early.code]
    feed = client.get("/hub/feed/").content.decode()
    assert feed.index("Late bird") < feed.index("Early bird")


def test_a_file_never_opens_by_another_records_grant(granted, shelve, focal_points, ana, attach):
    other = shelve("SCN-P-0080", visibility="members")
    file = attach(other, visibility="group")

    assert not RecordFile.objects.visible_to(_again(ana)).filter(pk=file.pk).exists()


# --- letters


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_letter_can_be_read_and_names_nothing_but_the_code(
    closed, ana, faiza, staff, language, shelve
):
    for account in (ana, faiza):
        account.language = language
        account.save()
    teaser = shelve("SCN-P-0005", visibility="teaser", title="Told in short")
    access.invite(teaser, email="s@example.org", reason="A reason", language=language)
    request = access.ask(closed, reason="A reason", by=ana)
    given = access.grant(request, reason="A reason", until=_in(40), by=faiza)
    AccessGrant.objects.update(created_at=timezone.now() - timedelta(days=90))
    access.remind(AccessGrant.objects.get())
    access.end(given, by=staff)
    access.decline(access.ask(closed, reason="A reason", by=ana), answer="An answer", by=staff)

    letters = [render(message) for message in Message.objects.order_by("pk")]

    assert len(letters) == 9
    for letter in letters:
        assert "SCN-P-000" in letter.subject
        for word in ("Closed doors", "Told in short", "A reason", "An answer"):
            assert word not in letter.text + letter.subject
