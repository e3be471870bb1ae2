import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import files
from core.models import Media
from tests import factories

ALL = ("pdf", "docx", "jpg", "png")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(100)


def png():
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def docx(*more, body=b"<w:document/>"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", body)
        for name in more:
            archive.writestr(name, b"x")
    return file.getvalue()


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
        ("letter.docx", docx(), "docx"),
        ("scan.jpg", JPG, "jpg"),
        ("scan.jpeg", JPG, "jpg"),
        ("scan.png", png(), "png"),
        ("رسالة.pdf", PDF, "pdf"),
    ],
    ids=_by_name,
)
def test_upload_is_known_by_its_content(name, content, kind):
    file = upload(name, content)

    assert files.inspect_upload(file, ALL) == kind
    assert file.read() == content  # rewound for whoever saves it


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "kind"),
        ("program.pdf", b"MZ" + bytes(200), "kind"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "kind"),
        ("letter.pdf", PDF[1:], "kind"),
        ("letter.png", PDF, "name"),
        ("letter.pdf.exe", PDF, "name"),
        ("letter", PDF, "name"),
        ("letter.docx", docx()[:60], "kind"),
        ("archive.docx", docx("word/vbaProject.bin"), "kind"),
        ("archive.docx", docx("../../etc/passwd"), "kind"),
        ("archive.zip", docx(), "name"),
        ("bomb.docx", docx(body=bytes(files.MOST_UNPACKED + 1)), "kind"),
        ("many.docx", docx(*[f"word/{n}.xml" for n in range(files.MOST_PARTS)]), "kind"),
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


def test_plain_zip_is_no_document():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("letter.txt", "x")

    with pytest.raises(ValidationError) as refusal:
        files.inspect_upload(upload("letter.docx", file.getvalue()), ALL)

    assert refusal.value.code == "kind"


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


def test_object_store_gets_a_request_good_for_a_minute(rf):
    class Store:
        def url(self, name, parameters, expire):
            return (
                f"https://store.example/{name}?{expire}&{parameters['ResponseContentDisposition']}"
            )

    class Field:
        name, storage = "letters/1.pdf", Store()

    response = files.serve(
        Field(), name="letter.pdf", content_type="application/pdf", request=rf.get("/")
    )

    assert response.status_code == 302
    assert response.url == (
        "https://store.example/letters/1.pdf?60&attachment;%20filename=%22letter.pdf%22"
    )
    assert response["Cache-Control"] == "private, no-store"


def test_picture_that_is_not_public_is_there_for_staff_alone(client, picture, staff):
    Media.objects.update(is_public=False)

    assert client.get(url(picture)).status_code == 404
    assert client.head(url(picture), headers={"Range": "bytes=0-1"}).status_code == 404
    client.force_login(staff)
    assert client.get(url(picture)).status_code == 200
