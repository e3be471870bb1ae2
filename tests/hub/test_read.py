"""Who reads what: the page, its files, the search, the counts, the feed and the sitemap obey one rule."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import JournalEntry, Media
from hub.models import Record, RecordFile, RecordText, SearchRow
from hub.tasks import refresh_search
from tests import factories
from tests.hub.conftest import PDF, client_of

OUTSIDE = ["stranger", "applicant", "suspended", "reviewer"]
READERS = {
    "public": {*OUTSIDE, "member", "group", "staff", "staff_mena"},
    "members": {"member", "group", "staff", "staff_mena"},
    "group": {"group", "staff", "staff_mena"},
    "staff": {"staff", "staff_mena"},
}


def _who_gets(url, visitors, **headers):
    answers = {who: client_of(user).get(url, headers=headers) for who, user in visitors.items()}
    assert {answer.status_code for answer in answers.values()} <= {200, 206, 404}
    return {who for who, answer in answers.items() if answer.status_code in (200, 206)}


@pytest.fixture
def shelf(shelve, focal_points):
    """One record of each visibility, a draft, an archived and an embargoed one, each with its own word."""
    later = timezone.now() + timedelta(days=1)
    group = {"visibility": "group", "groups": [focal_points]}
    return {
        "public": shelve("SCN-P-0001", visibility="public", title="Canarypublic", themes=["youth"]),
        "members": shelve("SCN-P-0002", title="Canarymembers", themes=["youth"]),
        "group": shelve("SCN-P-0003", title="Canarygroup", themes=["youth"], **group),
        "staff": shelve("SCN-P-0004", visibility="staff", title="Canarystaff", themes=["youth"]),
        "draft": shelve("SCN-P-0005", visibility="public", status="draft", title="Canarydraft"),
        "archived": shelve(
            "SCN-P-0006", visibility="public", status="archived", title="Canaryarchived"
        ),
        "embargo": shelve(
            "SCN-P-0007", visibility="public", embargo_until=later, title="Canaryembargo"
        ),
    }


def _readers(name):
    return READERS[name if name in READERS else "staff"]


def test_page_opens_for_its_audience_and_does_not_exist_for_others(shelf, visitors):
    for name, record in shelf.items():
        url = reverse("hub:record", args=[record.code])
        assert (name, _who_gets(url, visitors)) == (name, _readers(name))


def test_refused_page_is_the_page_of_a_code_that_never_was(shelf, ana):
    def body(response):
        return re.sub(
            rb"SCN-P-\d{4}|name=\"csrfmiddlewaretoken\" value=\"\w+\"", b"", response.content
        )

    client = client_of(ana)
    refused, never = (client.get(f"/hub/SCN-P-{code}/") for code in ("0004", "9999"))

    assert (refused.status_code, never.status_code) == (404, 404)
    assert body(refused) == body(never)
    assert refused.headers.keys() == never.headers.keys()


@pytest.mark.parametrize("file_visibility", ["public", "members", "group", "staff"])
def test_file_opens_for_those_who_may_read_both_the_record_and_the_file(
    shelf, visitors, attach, file_visibility
):
    for name, record in shelf.items():
        record.groups.set(shelf["group"].groups.all())
        file = attach(record, visibility=file_visibility)
        url = reverse("hub:file", args=[record.code, file.pk])
        expected = _readers(name) & READERS[file_visibility]
        assert (name, _who_gets(url, visitors)) == (name, expected)


def test_refused_file_says_nothing_to_head_range_or_condition(shelf, attach, ana):
    file = attach(shelf["staff"])
    url = reverse("hub:file", args=[shelf["staff"].code, file.pk])
    client = client_of(ana)
    answers = [
        client.head(url),
        client.get(url, headers={"Range": "bytes=0-3"}),
        client.get(url, headers={"If-None-Match": '"x"'}),
        client.get(url, headers={"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    for answer in answers:
        assert not {"ETag", "Last-Modified", "Content-Range", "Accept-Ranges"} & set(answer.headers)


def test_file_comes_whole_and_in_parts_as_a_harmless_download(shelf, attach):
    file = attach(shelf["public"], title="Plan for ten days")
    url = reverse("hub:file", args=[shelf["public"].code, file.pk])

    whole, part, head = (
        Client().get(url),
        Client().get(url, headers={"Range": "bytes=0-3"}),
        Client().head(url),
    )

    assert b"".join(whole.streaming_content) == PDF
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"%PDF")
    assert (head.status_code, head.content) == (200, b"")
    assert whole["Content-Type"] == "application/pdf"
    assert whole["Content-Disposition"] == 'inline; filename="Plan for ten days.pdf"'
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert whole["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert whole["Cache-Control"] == "private, no-store"


def test_file_of_another_record_is_not_found_under_this_one(shelf, attach):
    file = attach(shelf["public"])

    assert Client().get(f"/hub/{shelf['members'].code}/files/{file.pk}/").status_code == 404


def test_every_download_is_written_down(shelf, attach, ana):
    restricted, open_file = attach(shelf["members"]), attach(shelf["public"])
    client = client_of(ana)

    client.get(reverse("hub:file", args=[shelf["members"].code, restricted.pk]))
    client.head(reverse("hub:file", args=[shelf["members"].code, restricted.pk]))
    client.get(reverse("hub:file", args=[shelf["public"].code, open_file.pk]))

    entries = JournalEntry.objects.filter(verb="downloaded")
    assert [(entry.by, entry.subject_id) for entry in entries.order_by("pk")] == [
        (ana, restricted.pk),
        (ana, open_file.pk),
    ]


def test_page_names_only_the_files_its_reader_may_open(shelf, attach, ana):
    attach(shelf["public"], title="Open plan")
    attach(shelf["public"], title="Budget for members", visibility="members")
    url = reverse("hub:record", args=[shelf["public"].code])

    stranger, member = (client_of(user).get(url).content.decode() for user in (None, ana))

    assert ("Open plan" in stranger, "Budget" in stranger) == (True, False)
    assert ("Open plan" in member, "Budget" in member) == (True, True)


def test_search_and_counts_tell_each_visitor_of_what_they_may_open_and_no_more(shelf, visitors):
    for who, user in visitors.items():
        client = client_of(user)
        readable = {name for name in shelf if who in _readers(name)}
        html = client.get(reverse("hub:library")).content.decode()
        found = {name for name in shelf if f"Canary{name}" in html}
        with_theme = readable & READERS.keys()
        assert (who, found) == (who, readable)
        assert f"<span>Practice</span><i>{len(readable)}</i>" in html
        assert f"<span>Youth engagement</span><i>{len(with_theme)}</i>" in html
        for name, record in shelf.items():
            for query in (f"Canary{name}", record.code, f"canary{name} -nothing"):
                page = client.get(reverse("hub:library"), {"q": query}).content.decode()
                assert (f"/hub/{record.code}/" in page) == (name in readable)


@pytest.mark.parametrize("name", ["hub:feed", "sitemap"])
def test_feed_and_sitemap_know_public_records_only_whoever_asks(shelf, visitors, name):
    for user in visitors.values():
        body = client_of(user).get(reverse(name)).content.decode()
        assert re.findall(r"/hub/(SCN-P-\d{4})/", body)
        assert set(re.findall(r"/hub/(SCN-P-\d{4})/", body)) == {"SCN-P-0001"}


def test_suspension_takes_page_file_and_search_away_at_once(shelf, attach, ana):
    file = attach(shelf["members"])
    urls = [
        reverse("hub:record", args=[shelf["members"].code]),
        reverse("hub:file", args=[shelf["members"].code, file.pk]),
    ]
    client = client_of(ana)
    before = [client.get(url).status_code for url in urls]

    person = ana.person
    person.move_to("suspended")
    person.save(update_fields=["status"])

    assert before == [200, 200]
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert "Canarymembers" not in client.get(reverse("hub:library")).content.decode()


def test_every_readable_thing_asks_the_same_rule(shelf, visitors):
    """Record, search row and file give the same answer for every visitor."""
    for user in visitors.values():
        user = user or Client().get("/hub/").wsgi_request.user
        records = set(Record.objects.visible_to(user).values_list("pk", flat=True))
        rows = set(SearchRow.objects.visible_to(user).values_list("record_id", flat=True))
        assert records == rows
        assert not RecordFile.objects.visible_to(user).exclude(record__in=records).exists()


@pytest.mark.parametrize("listing", ["members", "unlisted"])
def test_a_city_is_named_only_to_those_it_lets_know(shelve, ana, aarhus, listing):
    aarhus.listing = listing
    aarhus.save(update_fields=["listing"])
    record = shelve("SCN-P-0001", visibility="public", title="A practice")
    record.cities.create(city=aarhus)
    SearchRow.objects.refresh(record)
    pages = ["/hub/", "/hub/SCN-P-0001/", "/hub/?q=Aarhus"]

    stranger = [client_of(None).get(url).content.decode() for url in pages]
    member = [client_of(ana).get(url).content.decode() for url in pages]

    assert ["Aarhus, " in page for page in stranger] == [False, False, False]
    assert ["Aarhus, " in page for page in member[:2]] == [listing == "members"] * 2
    assert "/hub/SCN-P-0001/" not in stranger[2]


def test_staff_read_which_city_it_is_whatever_it_chose(shelve, staff, aarhus):
    aarhus.listing, aarhus.risk_flag = "unlisted", True
    aarhus.save(update_fields=["listing", "risk_flag"])
    record = shelve("SCN-P-0001", visibility="public")
    record.cities.create(city=aarhus)

    assert "Aarhus, " in client_of(staff).get("/hub/").content.decode()


def test_several_cities_are_all_named(shelve, ana, aarhus, mombasa):
    record = shelve("SCN-P-0001")
    for city in (aarhus, mombasa):
        record.cities.create(city=city)

    assert "<bdi>Aarhus, Mombasa</bdi>" in client_of(ana).get("/hub/").content.decode()


def test_a_city_that_hides_is_no_longer_found_by_its_name_after_the_next_refresh(shelve, aarhus):
    aarhus.listing = "public"
    aarhus.save(update_fields=["listing"])
    record = shelve("SCN-P-0001", visibility="public", title="A practice")
    refresh_search()  # no record names a city yet
    record.cities.create(city=aarhus)
    refresh_search()
    before = Client().get("/hub/?q=Aarhus").content.decode()

    aarhus.listing = "unlisted"
    aarhus.save(update_fields=["listing"])
    refresh_search()

    assert "/hub/SCN-P-0001/" in before
    assert "/hub/SCN-P-0001/" not in Client().get("/hub/?q=Aarhus").content.decode()


def test_all_facts_stand_beside_the_article(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        terms=[("sector", "police"), ("cost_band", "na")],
        texts={"en": {"title": "Night buses", "keywords": "bus, night"}},
        cost_amount="125000.00",
        cost_currency="EUR",
        staff_fte="1.50",
        funders=["City budget", "A foundation"],
        conflict_affected=False,
        is_ongoing=True,
        start_date="2020-05-01",
        internet_dependence="low",
    )

    html = Client().get("/hub/SCN-P-0001/").content.decode()

    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd><bdi>([^<]*)</bdi>", html))
    assert (
        facts.items()
        >= {
            "Since": "May 2020",
            "Until": "still going on",
            "Needs a mandate for": "Police and public safety",
            "Cost": "125,000 EUR, Not available",
            "Staff, in full-time posts": "1.5",
            "Paid for by": "City budget, A foundation",
            "Needs the internet": "A little",
            "Done amid conflict": "No",
            "Keywords": "bus, night",
        }.items()
    )


def test_a_record_that_ended_says_from_when_until_when(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        start_date="2020-05-01",
        start_precision="year",
        end_date="2022-02-03",
        cost_amount="99.50",
        cost_currency="EUR",
        terms=[("cost_band", "na")],
    )

    html = Client().get("/hub/SCN-P-0001/").content.decode()

    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd><bdi>([^<]*)</bdi>", html))
    assert (facts["From"], facts["Until"]) == ("2020", "3 February 2022")
    assert facts["Cost"] == "99.50 EUR, Not available"


def test_contacts_are_for_members_alone(shelf, visitors):
    shelf["public"].contacts.create(name="Canary Contact", email="canary@example.org")

    seen = {
        who
        for who, user in visitors.items()
        if "Canary Contact" in client_of(user).get("/hub/SCN-P-0001/").content.decode()
    }

    assert seen == {"member", "group", "staff", "staff_mena"}


def test_cover_is_shown_once_it_is_public(shelve, client):
    picture = Media.objects.create(
        file=ContentFile(b"\x89PNG\r\n\x1a\n", name="bus.png"),
        title="A bus",
        author="Ann Author",
        alt_en="A bus at night",
        licence=factories.term("licence", "CC0-1.0"),
    )
    shelve("SCN-P-0001", visibility="public", cover=picture)

    before = client.get("/hub/SCN-P-0001/").content.decode()
    Media.objects.update(is_public=True)
    after = client.get("/hub/SCN-P-0001/").content.decode()

    assert "Ann Author" not in before
    assert 'alt="A bus at night"' in after
    assert "Ann Author" in after


def test_related_records_are_those_the_reader_may_open(shelve, ana):
    shelve("SCN-P-0001", visibility="public", title="Night buses for youth", themes=["youth"])
    shelve("SCN-P-0002", visibility="public", title="Night buses again", themes=["youth"])
    shelve("SCN-P-0003", title="Night buses for members", themes=["youth"])

    stranger, member = (
        set(
            re.findall(
                r"/hub/(SCN-P-\d{4})/",
                client_of(user)
                .get("/hub/SCN-P-0001/")
                .content.decode()
                .partition('id="related"')[2],
            )
        )
        for user in (None, ana)
    )

    assert stranger - {"SCN-P-0001"} == {"SCN-P-0002"}
    assert member - {"SCN-P-0001"} == {"SCN-P-0002", "SCN-P-0003"}


@pytest.mark.parametrize(
    ("name", "notice"),
    [("members", "Members only. Do not pass on."), ("group", "For a group of members."), ("public", "")],
)  # fmt: skip
def test_paper_says_for_whom_it_is(shelf, staff, name, notice):
    html = client_of(staff).get(reverse("hub:record", args=[shelf[name].code])).content.decode()

    [head] = re.findall(r'<p class="print-head">(.*?)</p>', html)
    assert shelf[name].code in head
    assert notice in head
    assert ("Do not pass on" in head) == bool(notice)


@pytest.mark.parametrize("prefix", ["", "/fr", "/ar"])
def test_a_page_is_light_enough_for_a_weak_line(shelve, prefix):
    """The fullest page with its style sheet and script, as sent: at most 60 kB without letters and files."""
    long = "A sentence that somebody wrote about a bus at night, and how it went. " * 60
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        texts={"en": {"title": "Night buses"} | dict.fromkeys(RecordText.BODY, long)},
    )
    for number in range(20):
        record.links.create(
            kind="useful", title=f"Link {number}", url=f"https://example.org/{number}"
        )
    page = Client().get(f"{prefix}/hub/SCN-P-0001/").content
    static = Path(__file__).resolve().parents[2] / "static"
    parts = [page, *((static / name).read_bytes() for name in ("css/site.css", "js/record.js"))]

    assert sum(len(gzip.compress(part)) for part in parts) <= 60_000


def test_page_asks_as_often_for_much_as_for_little(shelve, attach, django_assert_max_num_queries):
    record = shelve("SCN-P-0001", visibility="public", themes=["youth"])
    for number in range(30):
        shelve(f"SCN-P-1{number:03d}", visibility="public", themes=["youth"])
        record.links.create(kind="useful", title=f"Link {number}")
        attach(record, title=f"File {number}")

    with django_assert_max_num_queries(14):
        Client().get("/hub/SCN-P-0001/")
