"""PDF: whole, readable, and without anything that runs, sends or unpacks by itself.

Names are searched in the bytes of the whole file and in its compressed object streams, the only other place
where a reader looks for objects (ISO 32000-2, 7.5.7). A name may be written with #xx for any of its letters.
"""

import base64
import binascii
import re
import zlib

from core.inspection.refusals import refusal

MOST_STREAMS = 300_000
MOST_UNPACKED = 100 * 1024 * 1024
_BLOCK = 1024 * 1024
_OVERLAP = 128  # longer than any name below, written with #xx
_TAIL = 1024  # how far from its end a file must say that it ends
_ZIP_TAIL = 65_600
_STREAM = re.compile(rb"\bstream\r?\n")
_PAGE = re.compile(rb"<(?:html|script|!doctype html|svg|iframe)", re.IGNORECASE)
_CODES = {
    "active": ["JavaScript", "Launch", "RichMedia", "XFA", "SubmitForm", "ImportData", "GoToE"],
    "carries": ["EmbeddedFile", "EmbeddedFiles"],
    "locked": ["Encrypt"],
}


def _names(names):
    """A pattern for these names, however they are written."""
    spelled = [
        b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name.encode())
        for name in names
    ]
    return re.compile(rb"/(?:" + b"|".join(spelled) + rb")(?=[\s\0/<>\[\]()%]|\Z)")


_FORBIDDEN = {code: _names(names) for code, names in _CODES.items()}
_OBJECTS = _names(["ObjStm", "First"])
_PREDICTED = _names(["Predictor"])
_FILTER = _names(["Filter"])
_FILTERS = re.compile(rb"\s*(\[[^\]]*\]|/[^\s/<>\[\]()%]+)")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")


def examine(file, _kind) -> None:
    """Raises ValidationError for a PDF that is not whole or not harmless."""
    file.seek(0)
    data = file.read()
    _refuse_unfinished(data)
    _refuse_names(data)
    left = MOST_UNPACKED
    for block in _object_streams(data):
        left -= len(block)
        if left < 0:
            raise refusal("unpacked")
        _refuse_names(block)


def _refuse_unfinished(data):
    """It must end where it says so, and be nothing else besides."""
    end = data.rfind(b"%%EOF")
    if end < 0 or len(data[end + 5 :].strip(b"\0\t\n\r\f ")) > _TAIL:
        raise refusal("damaged")
    if b"PK\x05\x06" in data[-_ZIP_TAIL:] or _PAGE.search(data[:_TAIL]):
        raise refusal("carries")


def _refuse_names(data):
    for code, pattern in _FORBIDDEN.items():
        if pattern.search(data):
            raise refusal(code)


def _object_streams(data):
    """What is packed in the streams that hold objects, in blocks that overlap."""
    before = 0
    for count, stream in enumerate(_STREAM.finditer(data)):
        if count > MOST_STREAMS:
            raise refusal("unpacked")
        around = data[max(before, stream.start() - 65_536) : stream.start()]
        before = stream.end()
        if _OBJECTS.search(around):
            own = around[around.rfind(b"obj") + 3 :]
            yield from _unpacked(data, stream.end(), own, certain=bool(_OBJECTS.search(own)))


def _unpacked(data, start, dictionary, *, certain):
    filters = _filters(dictionary)
    if certain and (filters is None or _PREDICTED.search(dictionary)):
        raise refusal("damaged")  # no program packs objects like this, so somebody hides them
    if not filters:
        return  # not packed: the search over the whole file has read it
    try:
        yield from _inflated(_plain(data, start, filters))
    except (zlib.error, ValueError, binascii.Error) as error:
        if certain:
            raise refusal("damaged") from error


def _filters(dictionary):
    """The filters of a stream, in their order: [] for none, None for what object streams never use."""
    keys = list(_FILTER.finditer(dictionary))
    if not keys:
        return []
    found = _FILTERS.match(dictionary, keys[0].end())
    if len(keys) > 1 or not found:
        return None
    names = [_ESCAPED.sub(_letter, name) for name in found[1].strip(b"[]").split(b"/")[1:]]
    names = [name.strip() for name in names]
    *outer, last = names or [b""]
    if last not in (b"FlateDecode", b"Fl") or not set(outer) <= set(_TO_BYTES):
        return None
    return names


def _letter(found):
    return bytes([int(found[1], 16)])


def _plain(data, start, filters):
    """The deflated bytes of a stream, behind the filters that only spell them in letters."""
    if len(filters) == 1:
        return memoryview(data)[start:]
    spelled = data[start : data.index(b"endstream", start)]
    for name in filters[:-1]:
        spelled = _TO_BYTES[name](spelled)
    return spelled


def _ascii85(spelled):
    return base64.a85decode(spelled.strip().removeprefix(b"<~").removesuffix(b"~>"))


def _hexadecimal(spelled):
    digits = bytes(spelled).split(b">")[0].translate(None, b" \t\r\n\f\0")
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


_TO_BYTES = {
    b"ASCII85Decode": _ascii85,
    b"A85": _ascii85,
    b"ASCIIHexDecode": _hexadecimal,
    b"AHx": _hexadecimal,
}


def _inflated(packed):
    inflater, kept = zlib.decompressobj(), b""
    for start in range(0, len(packed), _BLOCK):
        piece = inflater.decompress(packed[start : start + _BLOCK], _BLOCK)
        while piece:
            yield kept + piece
            kept = piece[-_OVERLAP:]
            piece = inflater.decompress(inflater.unconsumed_tail, _BLOCK)
        if inflater.eof:
            return
    raise ValueError("The stream has no end.")
