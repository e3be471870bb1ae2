"""JPEG and PNG: whole, of a size a computer can show, and without what a camera wrote into them.

Both are rows of parts (ITU-T T.81, annex B; the PNG specification, section 5). Parts that make up the picture
are kept byte by byte; place, time, owner, comments and whatever follows the end are left out.
"""

import re
import struct
import zlib
from tempfile import SpooledTemporaryFile

from django.core.files import File

from core.inspection.refusals import refusal

MOST_PIXELS = 100_000_000
MOST_PARTS = 100_000
_IN_MEMORY = 1024 * 1024
_BLOCK = 64 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"hIST", b"sPLT", b"cICP",
}  # fmt: skip

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_EXIF = b"Exif\0\0"
# In packed image data 0xFF is followed by 0x00 or a restart mark; anything else begins a part.
_NEXT_MARK = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_ORIENTATION = 0x0112


def examine(file, kind) -> None:
    """Raises ValidationError for a picture that is damaged or too large to show."""
    _parts(file, kind)


def without_metadata(file, kind):
    """The same picture without what does not belong to it; the very file when there is nothing to leave out."""
    kept = _parts(file, kind)
    file.seek(0)
    if sum(map(len, kept)) == file.size:
        return file
    clean = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever saves it closes it
    for part in kept:
        for start in range(0, len(part), _BLOCK):
            clean.write(part[start : start + _BLOCK])
    clean.seek(0)
    return File(clean, name=file.name)


def _parts(file, kind):
    """The parts of the picture that are kept."""
    file.seek(0)
    data = memoryview(file.read())
    try:
        return (_png_parts if kind == "png" else _jpeg_parts)(data)
    except (struct.error, IndexError) as error:
        raise refusal("damaged") from error


def _png_parts(data):
    kept, at = [data[: len(_PNG)]], len(_PNG)
    for _number in range(MOST_PARTS):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if checksum != zlib.crc32(data[at + 4 : end - 4]):
            raise refusal("damaged")
        if name == b"IHDR":
            _refuse_large(*struct.unpack_from(">II", data, at + 8))
        elif len(kept) == 1:
            raise refusal("damaged")  # the size comes first
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return kept
        at = end
    raise refusal("damaged")


def _jpeg_parts(data):
    kept, at, is_framed = [data[:2]], 2, False
    for _number in range(MOST_PARTS):
        if data[at] != 0xFF:
            raise refusal("damaged")
        mark = data[at + 1]
        if mark == _END and is_framed:
            return [*kept, data[at : at + 2]]
        if mark == 0xFF:  # padding before a mark
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise refusal("damaged")
        if mark in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            _refuse_large(width, height)
            is_framed = True
        if mark == _SCAN:
            end = _end_of_scan(data, end)
        kept += _kept(mark, data[at:end])
        at = end
    raise refusal("damaged")


def _end_of_scan(data, start):
    found = _NEXT_MARK.search(data, start)
    if not found:
        raise refusal("damaged")
    return found.end() - 2


def _kept(mark, part):
    """The part, if the picture needs it; of the camera's notes only which way is up."""
    is_note = mark == 0xFE or 0xE0 <= mark <= 0xEF
    if not is_note:
        return [part]
    body = bytes(part[4:20])
    if mark == 0xE1 and body.startswith(_EXIF):
        return _upright(bytes(part[4 + len(_EXIF) :]))
    needed = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    return [part] if mark in needed and body.startswith(needed[mark]) else []


def _upright(tiff):
    """A note that says nothing but how the picture is to be turned, if it is."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        entries = (
            struct.unpack_from(order + "HHIH", tiff, at + 2 + 12 * number)
            for number in range(count)
        )
        turned = next((value for tag, _, _, value in entries if tag == _ORIENTATION), 1)
    except (KeyError, struct.error):
        return []
    if not 2 <= turned <= 8:
        return []
    note = _EXIF + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return [struct.pack(">BBH", 0xFF, 0xE1, len(note) + 2) + note]


def _refuse_large(width, height):
    if not width or not height:
        raise refusal("damaged")
    if width * height > MOST_PIXELS:
        raise refusal("pixels")
