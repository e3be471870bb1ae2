"""trust.md F1: every file of the corpus through the form of a contribution, and what became of it."""

import re
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core import inspection
from hub.actions.scanning import scan_next
from hub.models import Contribution, RecordFile
from tests.files import make
from tests.files.corpus import corpus
from tests.files.form import BOUNDARY, Clamd, multipart, post

CASES = corpus()
MOST_SECONDS, MOST_MEGABYTES = 5, 100
# How a refusal begins, for whoever sent the file.
SENTENCES = {
    "absent": "Choose at least one file.",
    "empty": "This file is empty.",
    "kind": "This kind of file cannot be taken. Send one of these: PDF, DOCX, XLSX, PPTX, ODT, TXT, JPG, PNG.",
    "name": "The name of this file does not fit what is inside",
    "too_large": "This file is larger than 50 MB.",
    "damaged": "This file is damaged or incomplete.",
    "active": "This file holds a macro, a script or a form that runs.",
    "carries": "This file carries other files or programs inside.",
    "outside": "This file loads something from elsewhere",
    "locked": "This file is protected by a password",
    "pixels": "This picture has more than 100 million pixels.",
    "unpacked": "This file unpacks to far more than such a file should.",
}


@pytest.fixture(scope="module", autouse=True)
def _clamd():
    with Clamd() as clamd:
        _clamd.url = clamd.url
        yield


@pytest.fixture(autouse=True)
def _scanner(settings):
    settings.CLAMD_URL = _clamd.url


@pytest.fixture
def contribution(ana, aarhus):
    return Contribution.objects.create(city=aarhus, created_by=ana)


@pytest.fixture
def send(client, ana, contribution, tmp_path):
    """Send files with the form; returns the answer."""
    client.force_login(ana)
    url = reverse("hub:contribution_file_add", args=[contribution.uid])

    def send(*files, **options):
        return post(client, url, multipart(tmp_path / "body", files, **options))

    return send


def test_corpus_is_large_and_each_case_stands_for_itself():
    assert len(CASES) >= 150
    assert len({case.about for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case, send, contribution):
    body = case.content()
    with measured() as cost:
        response = send((case.name, body))
    scan_next()

    assert _verdict(response, contribution) == case.verdict
    assert (cost.seconds <= MOST_SECONDS, cost.megabytes <= MOST_MEGABYTES) == (True, True), cost


def test_what_is_kept_of_a_picture_holds_nothing_else(send, contribution):
    pictures = [
        case for case in CASES if case.verdict == "taken" and case.name in ("a.jpg", "a.png")
    ]
    small = [case for case in pictures if len(case.content()) < 10_000]

    for case in small:
        send((case.name, case.content()))

    kept = [file.file.read() for file in RecordFile.objects.all()]
    assert len(small) >= 12
    assert [each for each in kept if re.search(rb"GPS|<script|php|EICAR|\0zTXt|PK\x03", each)] == []


def test_names_are_kept_as_words_and_never_as_places(send):
    for case in CASES:
        if case.about.startswith("a name with"):
            send((case.name, make.pdf(text=case.about)))

    files = list(RecordFile.objects.all())
    assert len(files) == 19  # of two more the form itself cannot be read
    assert [
        f.file.name
        for f in files
        if not re.fullmatch(r"records/\d{4}/\d\d/[0-9a-f-]{36}\.pdf", f.file.name)
    ] == []
    assert [
        f.title for f in files if not f.title.isprintable() or "/" in f.title or len(f.title) > 120
    ] == []


@pytest.mark.parametrize(
    ("files", "fields", "status"),
    [
        (10, 1, 302),
        (11, 1, 400),
        (101, 1, 400),
        (1, 499, 302),
        (1, 1001, 400),
    ],
)
def test_forms_of_too_many_parts_are_refused(send, files, fields, status):
    sent = [(f"{number}.pdf", make.pdf(text=str(number))) for number in range(files)]

    response = send(*sent, fields=[("visibility", "members")] * fields)

    assert response.status_code == status
    assert RecordFile.objects.count() == (files if status == 302 else 0)


@pytest.mark.parametrize("padding", [b"\n", b" ", b"\r\n\t"])
def test_letters_of_base64_with_a_great_deal_of_blanks_cost_little(send, padding):
    content = (b"JVBERi0xLjcK" + padding * 500_000) * 2

    with measured() as cost:
        response = send(("a.pdf", content), encoding=b"base64")

    assert response.status_code in (302, 400)
    assert cost.seconds <= MOST_SECONDS
    assert RecordFile.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--", b"--x", b"junk", b"\0" * 1000,
        b'--%s\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%%PDF' % BOUNDARY,
        b'--%s\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\nx\r\n--%s--' % (BOUNDARY, BOUNDARY),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_form_is_no_error(client, ana, contribution, tmp_path, body):
    client.force_login(ana)
    place = tmp_path / "body"
    place.write_bytes(body)

    response = post(client, reverse("hub:contribution_file_add", args=[contribution.uid]), place)

    assert response.status_code in (302, 400)
    assert RecordFile.objects.count() == 0


def test_corpus_can_fail(send, contribution, monkeypatch):
    """Without the look inside, what looks like a PDF is taken for one; so the verdicts do come from it."""
    monkeypatch.setattr(inspection, "examine", lambda file, kind: None)
    bad = [case for case in CASES if case.about.startswith("a pdf with a script")]

    for case in bad:
        send((case.name, case.content()))

    assert len(bad) >= 8
    assert RecordFile.objects.count() == len(bad)


def test_pictures_can_fail():
    """What the corpus sends does hold a place on earth."""
    photo = next(case for case in CASES if case.about == "a photo with a place").content()

    assert b"GPS" in photo
    with pytest.raises(ValidationError):
        raise inspection.office.refusal("damaged")


class Cost:
    seconds = megabytes = 0.0

    def __repr__(self):
        return f"{self.seconds:.1f} s, {self.megabytes:.0f} MB"


@contextmanager
def measured():
    """Time of the processor, and how far the memory grew at its highest."""
    cost = Cost()
    Path("/proc/self/clear_refs").write_text("5")
    start, before = time.process_time(), _memory("VmRSS")
    yield cost
    cost.seconds = time.process_time() - start
    cost.megabytes = (_memory("VmHWM") - before) / 1024


def _memory(line):
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{line}:\s+(\d+) kB", status, re.MULTILINE)[1])


def _verdict(response, contribution):
    if response.status_code != 302:
        return str(response.status_code)
    files = list(contribution.files.all())
    if files:
        return {"clean": "taken", "refused": "infected", "waiting": "waiting"}[files[0].scan]
    told = " ".join(str(message) for message in response.wsgi_request._messages)
    return next((code for code, words in SENTENCES.items() if words in told), told)
