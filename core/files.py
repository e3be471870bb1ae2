"""Private uploads: what may come in, and how a file leaves once a view has said yes.

No URL leads to the stored files. The view that shows the thing decides; then it calls `serve`.
"""

import hashlib
import re
import zipfile
from pathlib import PurePath
from urllib.parse import quote

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MEGABYTE = 1024 * 1024
PRESIGNED_SECONDS = 60
MOST_PARTS = 2000  # files inside a DOCX
MOST_UNPACKED = 200 * MEGABYTE

# kind -> (its extensions, its media type)
KINDS = {
    "pdf": ({"pdf"}, "application/pdf"),
    "docx": (
        {"docx"},
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "jpg": ({"jpg", "jpeg"}, "image/jpeg"),
    "png": ({"png"}, "image/png"),
}
INLINE = {"application/pdf", "image/jpeg", "image/png"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def inspect_upload(file, allowed, *, megabytes: int = 10) -> str:
    """The kind of an uploaded file ("pdf", "docx", "jpg", "png"), read from its content.

    Raises ValidationError with a sentence for the person when the file is empty, too large, of a kind that
    is not in `allowed`, damaged, or named as something it is not.
    """
    if not file.size:
        raise ValidationError(_("This file is empty. Choose another."), code="empty")
    if file.size > megabytes * MEGABYTE:
        raise ValidationError(_too_large(megabytes), code="too_large")
    kind = _kind(file)
    file.seek(0)
    if kind not in allowed:
        raise ValidationError(
            _("This kind of file cannot be taken. Send one of these: %(kinds)s."),
            code="kind",
            params={"kinds": ", ".join(kind.upper() for kind in allowed)},
        )
    if PurePath(file.name or "").suffix.lower().lstrip(".") not in KINDS[kind][0]:
        raise ValidationError(
            _("The name of this file does not fit what is inside: it is a %(kind)s file."),
            code="name",
            params={"kind": kind.upper()},
        )
    return kind


def sha256(file) -> str:
    """The fingerprint of a file's content, in hexadecimal."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(MEGABYTE), b""):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def clean_name(name: str) -> str:
    """A file name as it may be shown and saved: no folders, no control or direction characters, <= 120."""
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable() and not "\u2066" <= c <= "\u2069").strip(". ")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:110]}{dot}{extension[:9]}" if dot else name[:120]


def serve(file_field, *, name, content_type, inline=False, request):
    """Answer with a stored file; the caller has already decided that this visitor may have it.

    nginx sends it where it stands in front (X_ACCEL), the object store where one is used, else we do, with
    ranges. `inline` shows PDF, JPEG and PNG in the browser; anything else is always a download.
    """
    disposition = content_disposition_header(
        not (inline and content_type in INLINE), clean_name(name)
    )
    if not isinstance(file_field.storage, FileSystemStorage):
        response = _redirect(file_field, content_type, disposition)
    elif settings.X_ACCEL:
        response = HttpResponse(
            headers={"X-Accel-Redirect": "/protected/" + quote(file_field.name)}
        )
    else:
        response = _stream(file_field, request)
    response["Content-Type"] = content_type
    if disposition:
        response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _too_large(megabytes):
    return ngettext(
        "This file is larger than %(most)s MB. Make it smaller, for example by saving it as PDF.",
        "This file is larger than %(most)s MB. Make it smaller, for example by saving it as PDF.",
        megabytes,
    ) % {"most": megabytes}


def _kind(file):
    file.seek(0)
    head = file.read(8192)
    if head.startswith(b"PK\x03\x04"):
        return "docx" if _is_docx(file) else None
    guess = filetype.guess(head)
    return guess.extension if guess else None


def _is_docx(file):
    """A Word document without macros, and not a bomb."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {part.filename for part in parts}
    return (
        len(parts) <= MOST_PARTS
        and sum(part.file_size for part in parts) <= MOST_UNPACKED
        and {"[Content_Types].xml", "word/document.xml"} <= names
        and not any("vbaProject" in name or ".." in name.split("/") for name in names)
    )


def _redirect(file_field, content_type, disposition):
    """To the object store, by an address that is good for a minute."""
    url = file_field.storage.url(
        file_field.name,
        parameters={
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition or "inline",
            "ResponseCacheControl": "private, no-store",
        },
        expire=PRESIGNED_SECONDS,
    )
    return HttpResponseRedirect(url)


def _stream(file_field, request) -> HttpResponse | FileResponse:
    """The file itself, or the part of it the Range header asks for (RFC 9110, section 14)."""
    size = file_field.size
    wanted = request.headers.get("Range", "") if request.method == "GET" else ""
    first, last = _part(wanted, size)
    if first is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if request.method == "HEAD":
        response: HttpResponse | FileResponse = HttpResponse()
    else:
        file = file_field.open("rb")
        file.seek(first)
        response = FileResponse(_Slice(file, last - first + 1))
    if (first, last) != (0, size - 1):
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _part(wanted, size):
    """First and last byte to send; (None, None) for a range outside the file.

    What is no range of bytes, or several at once, is answered with the whole file, as the RFC allows.
    """
    match = _RANGE.fullmatch(wanted)
    if not match or match.groups() == ("", ""):
        return 0, size - 1
    start, end = match.groups()
    if start:
        first, last = int(start), min(int(end or size), size - 1)
    else:
        first, last = max(0, size - int(end)), size - 1
    return (first, last) if first <= last and first < size else (None, None)


class _Slice:
    """As much of an open file as was asked for; FileResponse reads it in blocks and closes it."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def read(self, size=-1):
        block = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(block)
        return block

    def close(self):
        self.file.close()
