"""Private uploads: what may come in, and how a file leaves once a view has said yes.

No URL leads to the stored files. The view that shows the thing decides; then it calls `serve`.
"""

import hashlib
import re
from pathlib import PurePath
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import inspection
from core.inspection import pictures

MEGABYTE = 1024 * 1024
PRESIGNED_SECONDS = 60
_OFFICE = "application/vnd.openxmlformats-officedocument"

# kind -> (its extensions, its media type)
KINDS = {
    "pdf": ({"pdf"}, "application/pdf"),
    "docx": ({"docx"}, f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": ({"xlsx"}, f"{_OFFICE}.spreadsheetml.sheet"),
    "pptx": ({"pptx"}, f"{_OFFICE}.presentationml.presentation"),
    "odt": ({"odt"}, "application/vnd.oasis.opendocument.text"),
    "txt": ({"txt"}, "text/plain; charset=utf-8"),
    "jpg": ({"jpg", "jpeg"}, "image/jpeg"),
    "png": ({"png"}, "image/png"),
}
PICTURES = {"jpg", "png"}
INLINE = {"application/pdf", "image/jpeg", "image/png"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def inspect_upload(file, allowed, *, megabytes: int = 10) -> str:
    """The kind of an uploaded file (a key of KINDS), read from its content.

    Raises ValidationError with a sentence for the person when the file is empty, too large, of a kind that
    is not in `allowed`, named as something it is not, damaged, or does something when it is opened.
    """
    if not file.size:
        raise ValidationError(_("This file is empty. Choose another."), code="empty")
    if file.size > megabytes * MEGABYTE:
        raise ValidationError(_too_large(megabytes), code="too_large")
    kind = inspection.recognise(file)
    if kind is None or kind not in allowed:
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
    inspection.examine(file, kind)
    return kind


def without_metadata(file, kind):
    """The file as it is kept: a picture loses what the camera wrote into it (place, time, owner)."""
    return pictures.without_metadata(file, kind) if kind in PICTURES else file


def kind_of_type(content_type: str) -> str:
    """The kind of file that has this media type; LookupError for one we do not know."""
    return {media: kind for kind, (_, media) in KINDS.items()}[content_type]


def asks_for_the_beginning(request) -> bool:
    """Whether the answer starts with the first byte: a download, and not a later part of one."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    return match is None or not match[1] or int(match[1]) == 0


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


def serve(file_field, *, name, content_type, inline=False, sha256="", request):
    """Answer with a stored file; the caller has already decided that this visitor may have it.

    nginx sends it where it stands in front (X_ACCEL), the object store where one is used, else we do, with
    ranges. `inline` shows PDF, JPEG and PNG in the browser; anything else is always a download. With its
    fingerprint `sha256` a browser that holds the file already is told so (304).
    """
    disposition = content_disposition_header(
        not (inline and content_type in INLINE), clean_name(name)
    )
    tag = f'"{sha256[:32]}"' if sha256 else ""
    response: HttpResponse | FileResponse
    if tag and tag in request.headers.get("If-None-Match", "").split(", "):
        response = HttpResponse(status=304)
    elif not isinstance(file_field.storage, FileSystemStorage):
        response = _from_store(file_field, content_type, disposition, request)
    elif settings.X_ACCEL:
        response = HttpResponse(
            headers={"X-Accel-Redirect": "/protected/" + quote(file_field.name)}
        )
    else:
        response = _stream(file_field, request, tag)
    if tag:
        response["ETag"] = tag
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


def _from_store(file_field, content_type, disposition, request):
    """What the store answers is its own; only a question about the file (HEAD) we answer, as its links are for GET."""
    if request.method == "HEAD":
        return HttpResponse(headers={"Content-Length": str(file_field.size)})
    return _redirect(file_field, content_type, disposition)


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


def _stream(file_field, request, tag) -> HttpResponse | FileResponse:
    """The file itself, or the part of it the Range header asks for (RFC 9110, section 14)."""
    size = file_field.size
    is_same = request.headers.get("If-Range", tag) == tag
    wanted = request.headers.get("Range", "") if request.method == "GET" and is_same else ""
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
