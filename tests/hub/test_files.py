"""Files of a contribution: who sends, describes and takes them out, and who is given them."""

import base64
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import files as stored
from core import journal
from core.lifecycle import IllegalMove
from core.models import JournalEntry
from hub.actions import files
from hub.actions.cards import import_cards
from hub.models import Contribution, RecordFile
from members.forms.fields import LetterField
from tests import factories
from tests.files import make

SAID = {"language": "en", "licence": None, "visibility": "members"}


@pytest.fixture
def contribution(ana, aarhus):
    return Contribution.objects.create(city=aarhus, created_by=ana, card={"texts": {}})


@pytest.fixture
def pen(client, ana):
    """The browser of somebody who writes the contribution."""
    client.force_login(ana)
    return client


def upload(name="night_buses.pdf", content=None, text="A plan"):
    return SimpleUploadedFile(name, make.pdf(text=text) if content is None else content)


def url(name, contribution, *more):
    return reverse(f"hub:contribution_{name}", args=[contribution.uid, *more])


def send(browser, contribution, *uploads, **said):
    data = {"files": list(uploads), "visibility": "members", "language": "en"} | said
    return browser.post(url("file_add", contribution), data, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- Sending


def test_file_lies_with_the_contribution_described_from_its_content(pen, ana, contribution):
    licence = factories.term("licence", "CC-BY-4.0")

    response = send(
        pen, contribution, upload(), licence=licence.pk, language="fr", visibility="public"
    )

    file = contribution.files.get()
    content = make.pdf()
    assert told(response) == ["1 file is added."]
    assert (file.title, file.language, file.licence, file.visibility) == (
        "night buses", "fr", licence, "public",
    )  # fmt: skip
    assert (file.content_type, file.size) == ("application/pdf", len(content))
    assert (file.added_by, file.record, file.scan) == (ana, None, "clean")
    assert file.file.read() == content
    assert [entry.verb for entry in journal.of(contribution)] == ["added a file"]


def test_the_form_says_that_a_licence_is_needed_and_takes_files_without(pen, contribution):
    send(pen, contribution, upload())
    file = contribution.files.get()

    pages = [
        pen.get(reverse("hub:contribution_edit", args=[contribution.uid, "files"])),
        pen.get(reverse("hub:contribution_file_describe", args=[contribution.uid, file.pk])),
    ]

    assert file.licence is None
    for html in (each.content.decode() for each in pages):
        assert '<label for="id_licence">Licence</label>' in html
        assert "Needed before the contribution can be sent." in html


def test_of_several_files_those_that_can_be_are_taken_and_the_reasons_told(pen, contribution):
    response = send(
        pen,
        contribution,
        upload("one.pdf", text="one"),
        upload("program.pdf", b"MZ" + bytes(200)),
        upload("two.pdf", text="two"),
        upload("empty.pdf", b""),
    )

    assert [file.title for file in contribution.files.order_by("pk")] == ["one", "two"]
    assert told(response) == [
        "program.pdf: This kind of file cannot be taken. Send one of these: PDF, DOCX, XLSX, PPTX, ODT, TXT, JPG, PNG.",
        "empty.pdf: This file is empty. Choose another.",
        "2 files are added.",
    ]


def test_no_file_chosen_is_said(pen, contribution):
    assert told(send(pen, contribution)) == ["Choose at least one file."]


def test_audience_that_there_is_not_is_refused(pen, contribution):
    assert "teaser" in told(send(pen, contribution, upload(), visibility="teaser"))[0]
    assert contribution.files.count() == 0


def test_sending_twice_is_sending_once(pen, contribution):
    send(pen, contribution, upload())
    send(pen, contribution, upload("other name.pdf"))

    assert contribution.files.count() == 1


def test_page_shows_what_was_sent_and_works_without_script(pen, contribution):
    page = send(pen, contribution, upload()).content.decode()

    file = contribution.files.get()
    assert f'href="{url("file", contribution, file.pk)}"' in page
    assert f'action="{url("file_remove", contribution, file.pk)}"' in page
    assert 'enctype="multipart/form-data"' in page
    assert "<script>" not in page


def test_page_asks_the_database_as_often_for_thirty_files(pen, ana, contribution):
    counts = []
    pen.get(url("edit", contribution, "files"))
    for rows in (1, 30):
        while contribution.files.count() < rows:
            text = upload(text=str(contribution.files.count()))
            files.add(contribution, upload=text, facts=SAID, by=ana)
        with CaptureQueriesContext(connection) as queries:
            pen.get(url("edit", contribution, "files"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_too_many_files_are_refused(ana, contribution, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    for number in range(2):
        files.add(contribution, upload=upload(text=str(number)), facts=SAID, by=ana)

    with pytest.raises(ValidationError, match="There are 2 files already"):
        files.add(contribution, upload=upload(text="third"), facts=SAID, by=ana)


def test_quota_of_a_day_is_a_persons_own(ana, folke, contribution, monkeypatch):
    size = len(make.pdf(text="one"))
    monkeypatch.setattr(files, "MEGABYTES_A_DAY", (size // 1024 + 1) * 2 / 1024)
    for text in ("one", "two"):
        files.add(contribution, upload=upload(text=text), facts=SAID, by=ana)

    with pytest.raises(ValidationError, match="which is the most for one day"):
        files.add(contribution, upload=upload(text="six"), facts=SAID, by=ana)
    files.add(contribution, upload=upload(text="six"), facts=SAID, by=folke)

    assert contribution.files.count() == 3


def test_quota_counts_what_was_removed_and_nothing_that_was_refused(ana, contribution, monkeypatch):
    size = len(make.pdf(text="one"))
    monkeypatch.setattr(files, "MEGABYTES_A_DAY", (size // 1024 + 1) / 1024)
    with pytest.raises(ValidationError):
        files.add(contribution, upload=upload("a.pdf", bytes(5000)), facts=SAID, by=ana)

    files.remove(files.add(contribution, upload=upload(), facts=SAID, by=ana), by=ana)

    with pytest.raises(ValidationError, match="Go on tomorrow"):
        files.add(contribution, upload=upload(text="two"), facts=SAID, by=ana)


def test_nobody_waits_while_a_file_is_looked_into(ana, contribution):
    with CaptureQueriesContext(connection) as queries, pytest.raises(ValidationError):
        files.add(contribution, upload=upload("a.pdf", bytes(5000)), facts=SAID, by=ana)

    assert [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]] == []


def test_file_without_a_name_of_its_own_gets_one(ana, contribution):
    assert files.add(contribution, upload=upload("___.pdf"), facts=SAID, by=ana).title == "File"


def test_form_that_is_too_large_is_refused_before_it_is_read(pen, contribution):
    class Untouched:
        def read(self, *_):
            raise AssertionError("read")

        readline = read

    response = pen.generic(
        "POST",
        url("file_add", contribution),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(51 * 1024 * 1024 + 1),
        **{"wsgi.input": Untouched()},
    )

    assert response.status_code == 413
    assert "This is too much at once" in response.content.decode()


# --- Describing and taking out


def test_description_is_kept(pen, ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    page = url("file_describe", contribution, file.pk)

    shown = pen.get(page).content.decode()
    said = {"title": "Buses", "language": "ar", "visibility": "staff", "transcript": "A map."}
    response = pen.post(page, said)

    file.refresh_from_db()
    assert 'value="night buses"' in shown
    assert response.url == url("edit", contribution, "files")
    assert (file.title, file.language, file.visibility, file.transcript) == (
        "Buses", "ar", "staff", "A map.",
    )  # fmt: skip


def test_description_without_a_title_keeps_what_was_typed(pen, ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)

    page = pen.post(
        url("file_describe", contribution, file.pk),
        {"title": "", "visibility": "members", "transcript": "A map."},
    ).content.decode()

    assert "A map." in page
    assert "night buses" in page
    assert RecordFile.objects.get().title == "night buses"


def test_removed_file_is_gone_with_its_content(
    pen, ana, contribution, django_capture_on_commit_callbacks
):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)

    with django_capture_on_commit_callbacks(execute=True):
        first = pen.post(url("file_remove", contribution, file.pk), follow=True)
    second = pen.post(url("file_remove", contribution, file.pk), follow=True)

    assert (told(first), told(second)) == (["“night buses” is removed."], [])
    assert RecordFile.objects.count() == 0
    assert not file.file.storage.exists(file.file.name)
    assert [entry.verb for entry in journal.of(contribution)] == ["added a file", "removed a file"]


def test_removing_what_somebody_removed_changes_nothing(ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    again = RecordFile.objects.get()
    files.remove(file, by=ana)

    files.remove(again, by=ana)

    assert RecordFile.objects.count() == 0


@pytest.mark.parametrize("status", ["submitted", "published", "withdrawn"])
def test_nothing_moves_while_others_have_it(pen, ana, contribution, status):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    Contribution.objects.update(status=status, submitted_at="2026-01-01T00:00Z")

    answers = [
        send(pen, contribution, upload(text="more")).status_code,
        pen.post(url("file_remove", contribution, file.pk)).status_code,
        pen.post(
            url("file_describe", contribution, file.pk), {"title": "x", "visibility": "staff"}
        ).status_code,
    ]
    shown = pen.get(url("file_describe", contribution, file.pk))

    assert answers == [409] * 3
    assert shown.status_code == 302
    assert list(RecordFile.objects.values_list("title", flat=True)) == ["night buses"]
    with pytest.raises(IllegalMove):
        files.remove(file, by=ana)


def test_file_on_the_shelf_is_no_longer_the_authors(pen, ana, contribution, shelve):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    RecordFile.objects.update(record=shelve())

    pen.post(url("file_remove", contribution, file.pk))

    assert pen.get(url("file", contribution, file.pk)).status_code == 404
    assert pen.get(url("file_describe", contribution, file.pk)).status_code == 404
    assert RecordFile.objects.count() == 1


# --- Who may


def test_only_those_who_write_it_send_and_only_those_who_see_it_read(
    client, visitors, ana, contribution
):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    answers = {}
    for name, user in visitors.items():
        client.logout()
        if user:
            client.force_login(user)
        answers[name] = [
            client.get(url("file", contribution, file.pk)).status_code,
            client.get(url("file_describe", contribution, file.pk)).status_code,
            client.post(url("file_remove", contribution, 0)).status_code,
            client.post(url("file_add", contribution), {}).status_code,
        ]

    assert answers == {
        "stranger": [302] * 4,
        "applicant": [302] * 4,  # to the page that says how it stands
        "suspended": [302] * 4,
        "reviewer": [404] * 4,
        "member": [200, 200, 302, 302],
        "group": [200, 200, 302, 302],
        "staff": [200, 403, 403, 403],
        "staff_mena": [200, 403, 403, 403],
    }


def test_member_of_another_city_finds_nothing(client, zoe, ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)
    client.force_login(zoe)

    answer = client.get(url("file", contribution, file.pk))

    assert answer.status_code == 404
    assert {"ETag", "Content-Disposition"} & set(answer.headers) == set()


def test_change_is_a_post(pen, ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)

    assert pen.get(url("file_add", contribution)).status_code == 405
    assert pen.get(url("file_remove", contribution, file.pk)).status_code == 405
    assert RecordFile.objects.count() == 1


# --- Being given a file


@pytest.fixture
def shelf(shelve, attach):
    """A record for members with a file, and its address."""
    record = shelve("SCN-P-0001", title="Night buses")
    file = attach(record, visibility="members", content=make.pdf())
    return file, reverse("hub:file", args=[record.code, file.pk])


def test_file_says_what_it_is_and_is_kept_by_nobody(pen, shelf):
    file, address = shelf

    response = pen.get(address)

    assert body(response) == make.pdf()
    assert response["ETag"] == f'"{file.sha256[:32]}"'
    assert response["Content-Disposition"] == 'inline; filename="Plan.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-9"},
        {"Range": "bytes=9-"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Sat, 21 Nov 2099 00:00:00 GMT"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_forbidden_file_is_like_none(client, shelf, method, headers):
    file, address = shelf
    headers = headers | (
        {"If-None-Match": f'"{file.sha256[:32]}"'} if "If-None-Match" in headers else {}
    )

    hidden = getattr(client, method)(address, headers=headers)
    absent = getattr(client, method)(address.replace(str(file.pk), "999999"), headers=headers)

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert set(hidden.headers) == set(absent.headers)
    assert {"ETag", "Accept-Ranges", "Content-Range", "Last-Modified"} & set(
        hidden.headers
    ) == set()
    assert JournalEntry.objects.filter(verb="downloaded").count() == 0


def test_suspended_member_loses_the_file_in_the_middle_of_it(pen, ana, shelf):
    _file, address = shelf
    first = pen.get(address, headers={"Range": "bytes=0-9"})
    ana.person.move_to("suspended")
    ana.person.save(update_fields=["status"])

    rest = pen.get(address, headers={"Range": "bytes=10-"})

    assert (first.status_code, rest.status_code) == (206, 404)


@pytest.mark.parametrize("scan", ["waiting", "refused"])
def test_what_the_scanner_has_not_passed_nobody_is_given(client, visitors, shelf, scan):
    _file, address = shelf
    RecordFile.objects.update(scan=scan, visibility="public")
    answers = []
    for user in visitors.values():
        client.logout()
        if user:
            client.force_login(user)
        page = client.get("/hub/SCN-P-0001/")
        answers.append((client.get(address).status_code, address in page.content.decode()))

    assert set(answers) == {(404, False)}


def downloads():
    return list(
        JournalEntry.objects.filter(verb="downloaded").order_by("pk").values_list("by", "facts")
    )


def test_every_download_is_written_down_and_each_once(pen, ana, shelf):
    file, address = shelf
    tag = f'"{file.sha256[:32]}"'

    for headers in (
        {"Range": "bytes=0-9"},
        {"Range": "bytes=10-19"},
        {"Range": "bytes=20-"},
        {"Range": "bytes=99999-"},
        {"If-None-Match": tag},
    ):
        pen.get(address, headers=headers)
    pen.head(address)
    after_parts = downloads()
    pen.get(address)

    assert after_parts == [(ana.pk, {})]
    assert downloads() == [(ana.pk, {})] * 2


def test_part_without_its_beginning_is_no_way_around(pen, ana, shelf):
    _file, address = shelf

    for start in (1, 2, 3):
        pen.get(address, headers={"Range": f"bytes={start}-"})

    assert downloads() == [(ana.pk, {"part": True})]


def test_public_file_is_written_down_too_without_a_name(client, shelf):
    file, address = shelf
    file.record.visibility = "public"
    file.record.save()
    RecordFile.objects.update(visibility="public")

    client.get(address)
    client.get(address, headers={"Range": "bytes=1-"})

    assert downloads() == [(None, {})]


def test_file_of_a_contribution_is_written_down_too(pen, ana, contribution):
    file = files.add(contribution, upload=upload(), facts=SAID, by=ana)

    pen.get(url("file", contribution, file.pk))

    assert downloads() == [(ana.pk, {})]


def test_text_goes_out_as_text_to_be_saved(pen, ana, contribution):
    text = upload("plan.txt", "Un été".encode())
    file = files.add(contribution, upload=text, facts=SAID, by=ana)

    response = pen.get(url("file", contribution, file.pk))

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="plan.txt"'


def test_kinds_of_the_library_are_known_to_the_store():
    assert set(RecordFile.KINDS) <= set(stored.KINDS)
    assert all(len(media) <= 100 for _, media in stored.KINDS.values())


def test_photo_on_a_card_loses_what_the_camera_wrote(staff):
    photo = make.jpg(make.segment(0xE1, make.exif()))
    card = {
        "code": "SCN-P-0001",
        "kind": "practice",
        "texts": {"en": {"title": "Night buses"}},
        "files": [{"name": "a.jpg", "title": "A", "content": base64.b64encode(photo).decode()}],
    }
    cards = json.dumps({"format": "strong-cities-records/1", "records": [card]})

    first, second = import_cards(cards, by=staff), import_cards(cards, by=staff)

    assert RecordFile.objects.get().file.read() == make.jpg()
    assert (first.new, second.unchanged) == (1, 1)


def test_letter_of_an_applicant_loses_it_too():
    photo = SimpleUploadedFile("scan.jpg", make.jpg(make.segment(0xE1, make.exif())))

    letter = LetterField().clean(photo)

    assert (letter.kind, letter.name, letter.size) == ("jpg", "scan.jpg", len(make.jpg()))
    assert letter.read() == make.jpg()
