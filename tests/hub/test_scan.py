"""Files wait in quarantine until the scanner has looked at them; a stand-in for clamd answers on a real port."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import journal
from core.models import JournalEntry
from hub.actions import files, scanning
from hub.actions.cards import import_cards
from hub.emails.files import place_link
from hub.models import Contribution, FileText, RecordFile
from hub.tasks import look_into_files
from outbox.letters import render
from outbox.models import Message
from tests.files.clamd import EICAR, Clamd

SAID = {"language": "en", "licence": None, "visibility": "members"}
VIRUS = EICAR.replace(b"\\\\", b"\\")


@pytest.fixture
def clamd(settings):
    with Clamd() as running:
        settings.CLAMD_URL = running.url
        yield running


@pytest.fixture
def contribution(ana, aarhus):
    return Contribution.objects.create(city=aarhus, created_by=ana)


@pytest.fixture
def sent(ana, contribution):
    """Send a text: sent("A plan")."""

    def send(words="A plan", by=ana):
        content = words if isinstance(words, bytes) else words.encode()
        upload = SimpleUploadedFile("plan.txt", content)
        return files.add(contribution, upload=upload, facts=SAID, by=by)

    return send


def scan_of(file):
    return RecordFile.objects.get(pk=file.pk).scan


def status(user, file):
    browser = Client()
    browser.force_login(user)
    address = reverse("hub:contribution_file", args=[file.contribution.uid, file.pk])
    return browser.get(address).status_code


def test_without_a_scanner_files_are_clean_at_once(sent):
    assert sent().scan == "clean"
    assert scanning.scan_next() is False


def test_file_waits_until_it_is_found_clean(clamd, ana, staff, sent):
    file = sent()
    before = (file.scan, status(ana, file), status(staff, file))

    look_into_files()

    assert before == ("waiting", 404, 404)
    assert (scan_of(file), status(ana, file)) == ("clean", 200)
    assert RecordFile.objects.get().scanned_at is not None
    assert "found clean" in [entry.verb for entry in journal.of(file)]


def test_infected_file_is_gone_and_its_sender_hears_why(
    clamd, ana, sent, django_capture_on_commit_callbacks
):
    file = sent(VIRUS)

    with django_capture_on_commit_callbacks(execute=True):
        look_into_files()

    kept = RecordFile.objects.get()
    letter = Message.objects.get(template="hub/emails/file_refused.txt")
    assert (kept.scan, kept.scan_note) == ("refused", "Eicar-Test-Signature")
    assert not kept.file.storage.exists(kept.file.name)
    assert status(ana, file) == 404
    assert (letter.to, letter.params) == (
        ana.email, {"title": "plan", "found": "Eicar-Test-Signature"},
    )  # fmt: skip
    entry = journal.of(file).get(verb="refused by the scanner")
    assert entry.facts == {"found": "Eicar-Test-Signature"}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letter_names_the_file_and_leads_to_its_place(clamd, sent, language):
    sent(VIRUS)
    look_into_files()
    letter = Message.objects.get()
    letter.language = language

    rendered = render(letter)

    assert "plan" in rendered.text
    assert "Eicar-Test-Signature" in rendered.text
    assert f"/contributions/{RecordFile.objects.get().contribution.uid}/" in rendered.text


def test_file_that_nobody_sent_is_refused_without_a_letter(clamd, attach, shelve):
    file = attach(shelve(), content=VIRUS)

    look_into_files()

    assert scan_of(file) == "refused"
    assert Message.objects.count() == 0


def test_letter_leads_to_where_the_file_stood(sent, attach, shelve):
    on_shelf = attach(shelve("SCN-P-0001"))
    begun = sent()

    assert place_link(on_shelf.pk).endswith("/hub/SCN-P-0001/")
    assert place_link(begun.pk).endswith(f"/hub/contributions/{begun.contribution.uid}/")
    assert place_link(0).endswith("/hub/contributions/")


@pytest.mark.parametrize("manner", ["garbage", "silent", "limited", "nameless"])
def test_scanner_that_gives_no_verdict_lets_nothing_through(clamd, ana, sent, manner):
    clamd.manner = manner
    file = sent()

    look_into_files()

    kept = RecordFile.objects.get()
    assert (kept.scan, kept.lease, kept.attempts) == ("waiting", None, 1)
    assert kept.scan_note != ""
    assert timezone.now() < kept.next_try_at < timezone.now() + timedelta(minutes=1)
    assert status(ana, file) == 404
    assert FileText.objects.count() == 0


def test_scanner_that_comes_back_lets_waiting_files_through(settings, ana, sent):
    with Clamd() as gone:
        settings.CLAMD_URL = gone.url
    file = sent()
    look_into_files()
    while_down = scan_of(file)

    with Clamd() as clamd:
        settings.CLAMD_URL = clamd.url
        RecordFile.objects.update(next_try_at=timezone.now())
        look_into_files()

    assert (while_down, scan_of(file)) == ("waiting", "clean")


def test_file_waits_longer_each_time_but_never_for_ever(settings, sent):
    with Clamd() as gone:
        settings.CLAMD_URL = gone.url
    sent()
    waits = []
    for _number in range(12):
        RecordFile.objects.update(next_try_at=timezone.now())
        scanning.scan_next()
        waits.append((RecordFile.objects.get().next_try_at - timezone.now()).total_seconds())

    assert waits[0] < 31
    assert waits[:5] == sorted(waits[:5])
    assert 1700 < waits[-1] <= 1800


def test_file_whose_content_is_not_there_goes_on_waiting(clamd, sent):
    file = sent()
    file.file.storage.delete(file.file.name)

    assert scanning.scan_next() is False
    assert scan_of(file) == "waiting"


def test_one_that_cannot_be_scanned_does_not_keep_others_waiting(clamd, sent):
    stuck, other = sent(), sent("Another plan")
    stuck.file.storage.delete(stuck.file.name)

    look_into_files()
    look_into_files()

    assert (scan_of(stuck), scan_of(other)) == ("waiting", "clean")


def test_turning_the_scanner_off_lets_nothing_through_that_waited(clamd, settings, sent):
    file = sent()
    settings.CLAMD_URL = ""

    look_into_files()

    assert scan_of(file) == "waiting"


def test_record_published_meanwhile_shows_the_file_once_it_is_clean(
    clamd, client, ana, sent, shelve
):
    file = sent()
    record = shelve("SCN-P-0001", visibility="public")
    RecordFile.objects.update(record=record, visibility="public")
    address = reverse("hub:file", args=[record.code, file.pk])
    before = (
        client.get(address).status_code,
        address in client.get("/hub/SCN-P-0001/").content.decode(),
    )

    look_into_files()

    assert before == (404, False)
    assert client.get(address).status_code == 200
    assert address in client.get("/hub/SCN-P-0001/").content.decode()


def test_two_workers_scan_a_file_once(clamd, sent):
    """Who comes second finds it taken; who comes back too late writes nothing."""
    file = sent()
    (taken,) = scanning.leases.take(RecordFile.objects.waiting(), n=1, seconds=300)
    second = scanning.scan_next()
    RecordFile.objects.update(lease=None, leased_until=None)
    scanning.scan_next()
    scanning._refuse(taken, "too late", None)
    scanning._pass(taken, None)

    assert second is False
    assert scan_of(file) == "clean"
    assert [entry.verb for entry in journal.of(file)] == ["found clean"]
    assert len(clamd.heard) == 1


def test_staff_have_a_file_scanned_again(clamd, staff, sent):
    file = sent()
    look_into_files()

    scanning.scan_again(file, by=staff)
    waits = scan_of(file)
    look_into_files()

    assert (waits, scan_of(file)) == ("waiting", "clean")
    assert [entry.by for entry in journal.of(file) if entry.verb == "had scanned again"] == [staff]
    assert len(clamd.heard) == 2


def test_refused_file_cannot_be_scanned_again(clamd, staff, sent):
    file = sent(VIRUS)
    look_into_files()

    scanning.scan_again(file, by=staff)

    assert scan_of(file) == "refused"


def test_imported_and_exported_files_wait_too(clamd, staff):
    card = """{"format": "strong-cities-records/1", "records": [{
        "code": "SCN-P-0001", "kind": "practice", "texts": {"en": {"title": "Night buses"}},
        "files": [{"name": "a.txt", "title": "A", "content": "QSBwbGFu", "visibility": "public"}]
    }]}"""

    import_cards(card, by=staff)

    assert [file.scan for file in RecordFile.objects.all()] == ["waiting"]


def test_form_says_what_is_being_checked_and_what_was_found(clamd, client, ana, sent):
    waiting = sent()
    client.force_login(ana)
    page = reverse("hub:contribution_edit", args=[waiting.contribution.uid, "files"])
    before = client.get(page).content.decode()
    sent(VIRUS)
    look_into_files()
    after = client.get(page).content.decode()

    assert "Being checked for viruses" in before
    assert "Refused: the virus scanner found Eicar-Test-Signature" in after
    assert "Being checked for viruses" not in after


def test_download_is_not_written_down_while_it_waits(clamd, ana, sent):
    status(ana, sent())

    assert not JournalEntry.objects.filter(verb="downloaded").exists()
