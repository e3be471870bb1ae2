import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import files
from core.models import Media
from tests import factories
from tests.files import make
from tests.files.make import png

ALL = tuple(files.KINDS)
PDF = make.pdf()


def upload(name, content):
    return SimpleUploadedFile(name, content)


def _by_name(value):
    """Cases are called by their file: the bytes of an archive change with the clock."""
    return value if isinstance(value, str) else "bytes"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("letter.pdf", PDF, "pdf"),
        ("Letter.PDF", PDF, "pdf"),
        ("letter.docx", make.docx(), "docx"),
        ("table.xlsx", make.office("xlsx"), "xlsx"),
        ("slides.pptx", make.office("pptx"), "pptx"),
        ("letter.odt", make.odt(), "odt"),
        ("letter.txt", "Été".encode(), "txt"),
        ("scan.jpg", make.jpg(), "jpg"),
        ("scan.jpeg", make.jpg(), "jpg"),
        ("scan.png", png(), "png"),
        ("رسالة.pdf", PDF, "pdf"),
    ],
    ids=_by_name,
)
def test_upload_is_known_by_its_content(name, content, kind):
    file = upload(name, content)

    assert files.inspect_upload(file, ALL) == kind
    assert file.read() == content  # rewound for whoever saves it
    assert files.kind_of_type(files.KINDS[kind][1]) == kind


# Two hundred and fifty more ways to be refused: tests/files/corpus.py.
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "kind"),
        ("letter.png", PDF, "name"),
        ("letter.pdf.exe", PDF, "name"),
        ("letter", PDF, "name"),
        ("letter.docx", make.docx()[:60], "kind"),
        ("macro.docx", make.office("docx", {"word/vbaProject.bin": "x"}), "active"),
        ("half.jpg", make.jpg()[:-2], "damaged"),
    ],
    ids=_by_name,
)
def test_upload_that_is_not_what_it_should_be_is_refused(name, content, code):
    with pytest.raises(ValidationError) as refusal:
        files.inspect_upload(upload(name, content), ALL)

    assert refusal.value.code == code
    assert refusal.value.messages[0].endswith(".")


def test_upload_of_a_kind_that_is_not_asked_for_is_refused():
    with pytest.raises(ValidationError, match="Send one of these: JPG, PNG"):
        files.inspect_upload(upload("letter.pdf", PDF), ("jpg", "png"))


def test_upload_at_the_limit_is_taken_and_one_byte_more_is_not():
    room = files.MEGABYTE - len(PDF)

    assert files.inspect_upload(upload("a.pdf", PDF + bytes(room)), ALL, megabytes=1) == "pdf"
    with pytest.raises(ValidationError, match="larger than 1 MB"):
        files.inspect_upload(upload("a.pdf", PDF + bytes(room + 1)), ALL, megabytes=1)


# --- Pictures lose what the camera wrote into them


def pixels(content):
    """A JPEG without its notes: everything that makes up the picture."""
    kept, at = [], 2
    while content[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", content, at + 2)
        if content[at + 1] not in (0xE1, 0xED, 0xFE):
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept) + content[at : content.index(b"\xff\xd9") + 2]


def cleaned(name, content, kind):
    return files.without_metadata(upload(name, content), kind).read()


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        (0xE1, make.exif()),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0GPS"),
        (0xED, b"GPS"),
        (0xFE, b"GPS"),
    ],
    ids=["exif", "xmp", "iptc", "comment"],
)
def test_photo_loses_its_notes_and_keeps_every_pixel(mark, note):
    photo = make.jpg(make.segment(mark, note))

    clean = cleaned("a.jpg", photo, "jpg")

    assert b"GPS" in photo
    assert b"GPS" not in clean
    assert pixels(clean) == pixels(photo)
    assert clean == make.jpg()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", [2, 3, 6, 8])
def test_photo_held_sideways_stays_upright(order, turned):
    clean = cleaned(
        "a.jpg", make.jpg(make.segment(0xE1, make.exif(order=order, turned=turned))), "jpg"
    )

    at = clean.index(b"Exif\0\0") + 6
    assert b"GPS" not in clean
    assert clean[at : at + 8] == b"MM\0*\0\0\0\x08"
    assert struct.unpack_from(">HHHIH", clean, at + 8) == (1, 0x0112, 3, 1, turned)


@pytest.mark.parametrize(
    "note", [b"Exif\0\0", b"Exif\0\0XX", b"Exif\0\0MM\0*\xff\xff\xff\xff", make.exif(turned=9)]
)
def test_note_that_cannot_be_read_says_nothing(note):
    assert cleaned("a.jpg", make.jpg(make.segment(0xE1, note)), "jpg") == make.jpg()


def test_colours_of_a_photo_stay():
    profile = make.segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
    adobe = make.segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")

    assert cleaned("a.jpg", make.jpg(profile, adobe), "jpg") == make.jpg(profile, adobe)


def test_picture_keeps_what_makes_it_up_alone():
    palette = make.chunk(b"gAMA", b"\0\0\xb1\x8f")
    picture = png(palette, make.chunk(b"eXIf", b"GPS"), make.chunk(b"tEXt", b"GPS"), tail=b"<html>")

    assert cleaned("a.png", picture, "png") == png(palette)


def test_file_with_nothing_to_lose_is_the_same():
    file = upload("a.png", png())

    assert files.without_metadata(file, "png") is file
    assert files.without_metadata(upload("a.pdf", PDF), "pdf").read() == PDF


# --- Names and fingerprints


def test_sha256_is_that_of_the_content_and_rewinds():
    file = upload("a.pdf", b"abc")

    digest = files.sha256(file)

    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file.read() == b"abc"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\letter.pdf", "letter.pdf"),
        ("let\r\nter\0.pdf", "letter.pdf"),
        ("letter\u202efdp.exe", "letterfdp.exe"),
        ("\u2066letter\u2069.pdf", "letter.pdf"),
        ("\ud800letter.pdf", "letter.pdf"),
        ("رسالة.pdf", "رسالة.pdf"),
        ("a" * 300 + ".pdf", "a" * 110 + ".pdf"),
        ("b" * 300, "b" * 120),
    ],
)
def test_clean_name_keeps_words_and_drops_tricks(name, clean):
    assert files.clean_name(name) == clean


# --- Serving


@pytest.fixture
def picture(db):
    media = Media(
        title="Harbour",
        author="A. Example",
        licence=factories.term("licence", "CC-BY-4.0"),
        is_public=True,
    )
    media.file.save("harbour.png", ContentFile(png()), save=True)
    return media


def url(picture):
    return reverse("core:media", args=[picture.uid])


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_file_is_served_with_every_guard(client, picture):
    response = client.get(url(picture))

    assert (response.status_code, body(response)) == (200, png())
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'inline; filename="Harbour.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(png()))
    assert not response.has_header("ETag")
    assert not response.has_header("Last-Modified")


def serve(rf, picture, name="Rapport été.html", content_type="text/html", method="get", **headers):
    request = getattr(rf, method)("/", headers=headers)
    return files.serve(
        picture.file, name=name, content_type=content_type, inline=True, request=request
    )


def test_what_a_browser_could_run_is_always_a_download(rf, picture):
    response = serve(rf, picture)

    assert (
        response["Content-Disposition"]
        == "attachment; filename*=utf-8''Rapport%20%C3%A9t%C3%A9.html"
    )


@pytest.mark.parametrize(
    ("wanted", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=5-", 206, 5, None),
        ("bytes=-4", 206, -4, None),
        ("bytes=0-99999", 200, 0, None),
        ("bytes=0-0", 206, 0, 0),
        ("bytes=-99999", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("pages=1", 200, 0, None),
    ],
)
def test_range_gives_that_part(rf, picture, wanted, status, first, last):
    response = serve(rf, picture, Range=wanted)
    expected = png()[first:] if last is None else png()[first : last + 1]

    assert (response.status_code, body(response)) == (status, expected)
    assert response["Content-Length"] == str(len(expected))
    assert response.has_header("Content-Range") is (status == 206)


@pytest.mark.parametrize("wanted", ["bytes=99999-", "bytes=9-5", "bytes=-0"])
def test_range_outside_the_file_is_refused(rf, picture, wanted):
    response = serve(rf, picture, Range=wanted)

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(png())}")


def test_head_tells_the_length_and_sends_nothing(client, picture):
    response = client.head(url(picture))

    assert (response.status_code, body(response)) == (200, b"")
    assert response["Content-Length"] == str(len(png()))


def test_nginx_is_told_where_the_file_lies(client, picture, settings):
    settings.X_ACCEL = True

    response = client.get(url(picture))

    assert response["X-Accel-Redirect"] == f"/protected/{picture.file.name}"
    assert (response["Content-Type"], response.content) == ("image/png", b"")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("get", {"If-None-Match": '"abc"'}, 304),
        ("get", {"If-None-Match": '"x", "abc"'}, 304),
        ("head", {"If-None-Match": '"abc"'}, 304),
        ("get", {"If-None-Match": '"x"'}, 200),
        ("get", {"If-None-Match": '"abc"', "Range": "bytes=0-1"}, 304),
        ("get", {"If-Range": '"abc"', "Range": "bytes=0-1"}, 206),
        ("get", {"If-Range": '"x"', "Range": "bytes=0-1"}, 200),
        ("get", {"If-Modified-Since": "Sat, 21 Nov 2099 00:00:00 GMT"}, 200),
    ],
)
def test_browser_that_has_the_file_is_told_so(rf, picture, method, headers, status):
    response = files.serve(
        picture.file,
        name="a.png",
        content_type="image/png",
        sha256="abc",
        request=getattr(rf, method)("/", headers=headers),
    )

    assert (response.status_code, response["ETag"]) == (status, '"abc"')
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("wanted", "is_beginning"),
    [
        ("", True),
        ("bytes=0-", True),
        ("bytes=0-0", True),
        ("bytes=-9", True),
        ("bytes=1-", False),
        ("x", True),
    ],
)
def test_beginning_of_a_download_is_told_from_its_parts(rf, wanted, is_beginning):
    request = rf.get("/", headers={"Range": wanted} if wanted else {})

    assert files.asks_for_the_beginning(request) is is_beginning


def test_picture_that_is_not_public_is_there_for_staff_alone(client, picture, staff):
    Media.objects.update(is_public=False)

    assert client.get(url(picture)).status_code == 404
    assert client.head(url(picture), headers={"Range": "bytes=0-1"}).status_code == 404
    client.force_login(staff)
    assert client.get(url(picture)).status_code == 200
