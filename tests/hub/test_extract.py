"""The words inside files lead to their records."""

import pytest
from django.core.files.base import ContentFile
from django.db.models.functions import Now

from core import extraction, files, journal
from hub.actions import extraction as reading
from hub.models import FileText, RecordFile
from hub.tasks import look_into_files
from tests.files import make

CONTENTS = {
    "pdf": make.pdf(text="Zeppelin"),
    "docx": make.docx("Zeppelin"),
    "txt": b"Zeppelin",
    "png": make.png(),
    "xlsx": make.office("xlsx"),
}


@pytest.fixture
def put(shelve):
    """Put a file of a kind on a record: put("pdf")."""

    def put(kind, content=None, **fields):
        content = CONTENTS[kind] if content is None else content
        fields = {"record": fields.pop("record", None) or shelve(visibility="public")} | fields
        file = RecordFile(
            title="Plan",
            content_type=files.KINDS[kind][1],
            size=len(content),
            sha256="0" * 64,
            **fields,
        )
        file.file.save(f"plan.{kind}", ContentFile(content))
        return file

    return put


def text(file):
    return FileText.objects.filter(file=file).first()


def due():
    RecordFile.objects.update(next_try_at=Now())


@pytest.mark.parametrize("kind", ["pdf", "docx", "txt"])
def test_words_are_kept(put, kind):
    file = put(kind)

    look_into_files()

    assert (text(file).words, text(file).problem) == ("Zeppelin", "")
    assert reading.read_next() is False


@pytest.mark.parametrize("kind", ["pdf", "docx", "txt"])
def test_word_in_a_file_leads_to_its_record(put, client, kind):
    file = put(kind, visibility="public")
    before = file.record.code in client.get("/hub/?q=zeppelin").content.decode()

    look_into_files()

    assert before is False
    assert file.record.code in client.get("/hub/?q=zeppelin").content.decode()


@pytest.mark.parametrize("kind", ["png", "xlsx"])
def test_what_holds_no_words_we_read_is_left_alone(put, kind):
    put(kind)

    assert reading.read_next() is False
    assert FileText.objects.count() == 0


@pytest.mark.parametrize("scan", ["waiting", "refused"])
def test_only_clean_files_are_read(put, scan):
    put("txt", scan=scan)

    look_into_files()

    assert FileText.objects.count() == 0


def test_file_of_a_contribution_is_read_before_it_is_published(put, ana, aarhus):
    file = put("txt")
    file.contribution = aarhus.contributions.create(created_by=ana)
    file.record = None
    file.save()

    look_into_files()

    assert text(file).words == "Zeppelin"


def test_file_that_cannot_be_read_is_tried_three_times_and_no_more(put):
    file = put("pdf", b"%PDF-1.7 junk")
    problems = []
    for _number in range(5):
        if reading.read_next():
            problems.append(text(file).problem)
        due()

    assert problems == ["It could not be read: perhaps it is damaged."] * 3
    assert RecordFile.objects.get().attempts == 3


def test_failed_reading_is_not_tried_again_at_once(put):
    put("pdf", b"%PDF-1.7 junk")

    assert reading.read_next() is True
    assert reading.read_next() is False


def test_file_without_words_says_so(put):
    file = put("pdf", make.pdf(text=""))

    reading.read_next()

    assert text(file).problem.startswith("There are no words in it.")


def test_file_that_takes_too_long_says_so(put, monkeypatch):
    monkeypatch.setattr(extraction, "SECONDS", 0.01)
    file = put("pdf")

    reading.read_next()

    assert text(file).problem == "Reading it takes longer than we give to one file."


def test_file_whose_content_is_gone_says_so(put):
    file = put("txt")
    file.file.storage.delete(file.file.name)

    reading.read_next()

    assert text(file).problem.startswith("Its content could not be fetched")


def test_file_that_kills_its_readers_is_given_up(put):
    """Three workers took it and were never heard of again."""
    file = put("txt")
    RecordFile.objects.update(attempts=3, lease=None)

    reading.read_next()

    assert text(file).problem == "Reading it was interrupted each time."
    assert reading.read_next() is False


def test_reader_that_comes_back_too_late_writes_nothing(put):
    file = put("txt")
    (taken,) = reading.leases.take(RecordFile.objects.unread(), n=1, seconds=60)
    RecordFile.objects.update(lease=None)

    reading._keep(taken, "too late", "")

    assert text(file) is None


def test_staff_have_a_file_read_again(put, staff):
    file = put("txt")
    reading.read_next()
    FileText.objects.update(words="", problem="x")
    RecordFile.objects.update(attempts=3)

    reading.read_again(file, by=staff)
    look_into_files()

    assert (text(file).words, text(file).problem) == ("Zeppelin", "")
    assert [(entry.verb, entry.by) for entry in journal.of(file)] == [("had read again", staff)]
