"""Files in the staff's rooms: the list, the log of downloads, scanning and reading again, uploads."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import JournalEntry
from hub.actions import files
from hub.models import Contribution, FileText, RecordFile
from tests.files import make
from tests.files.clamd import Clamd

LIST = "/admin/hub/recordfile/"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def shelf(shelve, attach):
    record = shelve("SCN-P-0001", title="Night buses")
    return attach(record, visibility="members", title="Map", content=make.pdf())


def page(desk, address=LIST):
    return desk.get(address).content.decode()


def test_list_says_where_a_file_is_and_what_is_wrong(desk, shelf, ana, aarhus):
    contribution = Contribution.objects.create(
        city=aarhus, created_by=ana, card={"texts": {"en": {"title": "Draft words"}}}
    )
    said = {"language": "en", "licence": None, "visibility": "members"}
    upload = SimpleUploadedFile("leaflet.pdf", make.pdf(text="x"))
    files.add(contribution, upload=upload, facts=said, by=ana)
    FileText.objects.create(file=shelf, problem="It could not be read: perhaps it is damaged.")

    shown = page(desk)

    for words in ("Map", "SCN-P-0001", "leaflet", "Draft words", "perhaps it is damaged", "Ana"):
        assert words in shown
    assert "leaflet" not in page(desk, LIST + "?words=problem")
    assert "Map" not in page(desk, LIST + "?words=read")


def test_list_asks_the_database_as_often_for_many(desk, shelf, attach):
    counts = []
    page(desk)
    for rows in (1, 20):
        while RecordFile.objects.count() < rows:
            attach(shelf.record)
        with CaptureQueriesContext(connection) as queries:
            page(desk)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("scan", "is_there"), [("clean", True), ("waiting", False), ("refused", False)]
)
def test_page_of_a_file_opens_clean_ones_alone(desk, shelf, scan, is_there):
    RecordFile.objects.update(scan=scan)

    shown = page(desk, f"{LIST}{shelf.pk}/change/")

    assert (reverse("hub:file", args=["SCN-P-0001", shelf.pk]) in shown) is is_there


def test_file_of_a_contribution_opens_where_it_lies(desk, shelf, ana, aarhus):
    contribution = Contribution.objects.create(city=aarhus, created_by=ana)
    RecordFile.objects.update(record=None, contribution=contribution)
    address = reverse("hub:contribution_file", args=[contribution.uid, shelf.pk])

    assert address in page(desk, f"{LIST}{shelf.pk}/change/")
    assert desk.get(address).status_code == 200


def act(desk, action, *chosen):
    data = {"action": action, "_selected_action": [file.pk for file in chosen]}
    return desk.post(LIST, data, follow=True).content.decode()


def test_chosen_files_are_scanned_again(desk, shelf, settings):
    with Clamd() as clamd:
        settings.CLAMD_URL = clamd.url
        told = act(desk, "scan_again", shelf)

    assert "Until then nobody is given them." in told
    assert RecordFile.objects.get().scan == "waiting"


def test_without_a_scanner_nothing_is_put_back_in_quarantine(desk, shelf):
    told = act(desk, "scan_again", shelf)

    assert "There is no virus scanner" in told
    assert RecordFile.objects.get().scan == "clean"


def test_chosen_files_are_read_again(desk, shelf):
    FileText.objects.create(file=shelf, problem="x")

    told = act(desk, "read_again", shelf)

    assert "Their words are read again." in told
    assert FileText.objects.count() == 0


def test_start_page_counts_what_waits_where_there_is_a_scanner(desk, shelf, settings):
    before = page(desk, "/admin/")
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    RecordFile.objects.update(scan="waiting")

    rows = desk.get("/admin/").context["waiting"]

    label = "Files the virus scanner has not looked at"
    assert label not in before
    assert [(row["count"], row["late"]) for row in rows if row["label"] == label] == [(1, False)]
    assert desk.get(rows[-1]["url"]).status_code == 200


def test_log_says_who_was_given_what(desk, client, shelf, ana, attach, shelve):
    other = attach(shelve("SCN-P-0002"), title="Secret")
    files.note_download(shelf, by=ana)
    files.note_download(shelf, by=None)
    files.note_download(shelf, by=ana, facts={"part": True})
    files.note_download(other, by=ana)

    shown = page(desk, f"/admin/hub/record/{shelf.record.pk}/downloads/")

    assert shown.count("Map") == 3
    assert shown.count("Ana Example") == 2
    assert shown.count("A visitor without an account") == 1
    assert shown.count("(a part of it)") == 1
    assert "Secret" not in shown


def test_log_of_a_record_that_nobody_downloaded(desk, shelf):
    record = f"/admin/hub/record/{shelf.record.pk}/"

    assert "Nobody has downloaded a file of this record yet." in page(desk, record + "downloads/")
    assert f"{record}downloads/" in page(desk, record + "change/")


def test_log_asks_the_database_as_often_for_many(desk, shelf, ana):
    counts = []
    address = f"/admin/hub/record/{shelf.record.pk}/downloads/"
    page(desk, address)
    for rows in (1, 30):
        while JournalEntry.objects.filter(verb="downloaded").count() < rows:
            files.note_download(shelf, by=ana)
        with CaptureQueriesContext(connection) as queries:
            page(desk, address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["ana", "rui"])
def test_log_is_for_staff(client, request, shelf, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(f"/admin/hub/record/{shelf.record.pk}/downloads/").status_code == 403


def test_file_that_takes_anothers_place_begins_anew(
    staff, shelf, django_capture_on_commit_callbacks
):
    FileText.objects.create(file=shelf, words="old")
    former = shelf.file.name
    upload = SimpleUploadedFile("new.pdf", make.pdf(text="new"))
    upload.kind = "pdf"
    RecordFile.objects.update(attempts=3)
    file = RecordFile.objects.get()

    file.file = upload
    with django_capture_on_commit_callbacks(execute=True):
        files.take_in(file, upload, by=staff)
        file.save()

    kept = RecordFile.objects.get()
    assert kept.file.read() == make.pdf(text="new")
    assert (kept.size, kept.attempts, kept.added_by) == (len(make.pdf(text="new")), 0, staff)
    assert not kept.file.storage.exists(former)
    assert FileText.objects.count() == 0


def test_staffs_upload_is_described_and_loses_what_the_camera_wrote(desk, staff, shelf):
    photo = make.jpg(make.segment(0xE1, make.exif()))
    address = f"/admin/hub/record/{shelf.record.pk}/change/"
    form = desk.get(address).context["adminform"].form
    parts = desk.get(address).context["inline_admin_formsets"]
    data = _as_sent(form) | {
        name: value for part in parts for name, value in _formset_as_sent(part.formset).items()
    }
    data |= {
        "files-TOTAL_FORMS": 2,
        "files-1-title": "Photo",
        "files-1-visibility": "members",
        "files-1-transcript": "A bus at night.",
        "files-1-file": SimpleUploadedFile("photo.jpg", photo),
    }

    answer = desk.post(address, data)

    file = RecordFile.objects.get(title="Photo")
    assert answer.status_code == 302
    assert (file.content_type, file.size, file.added_by) == ("image/jpeg", len(make.jpg()), staff)
    assert (file.transcript, file.file.read()) == ("A bus at night.", make.jpg())


def _as_sent(form):
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "") and value is not False
    }


def _formset_as_sent(formset):
    data = _as_sent(formset.management_form)
    for form in formset.forms:
        data |= {name: value for name, value in _as_sent(form).items() if name[-4:] != "file"}
    return data
