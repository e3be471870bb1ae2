"""Word, Excel, PowerPoint and OpenDocument files: archives of XML (ECMA-376; OpenDocument 1.3).

They are taken when they only show something: no macros, no programs or archives inside, nothing fetched from
elsewhere, no document type declarations (through which XML reads other files), and no bombs.
"""

import re
import stat
import struct
import zipfile
import zlib
from tempfile import SpooledTemporaryFile
from xml.parsers import expat

from core.inspection.refusals import refusal

MOST_PARTS = 5000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ELEMENTS = 1_000_000
MAIN_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "odt": "content.xml",
}
_ODT = b"application/vnd.oasis.opendocument.text"
_BLOCK = 256 * 1024
_END = struct.Struct("<4s4H2LH")  # the end of a zip's directory
_LONGEST_END = _END.size + 65_535
_DIRECTORY_LINE = 1024  # more than a line of the directory takes
_MACROS = re.compile(r"vbaproject|vbadata|activex|macrosheets|^(basic|scripts)/", re.IGNORECASE)
_OUTSIDE = re.compile(r"^xl/(externallinks|connections\.xml|querytables)", re.IGNORECASE)
_PROGRAM = re.compile(
    r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|lnk|jar|html?|swf|zip|rar|7z|iso|docm|xlsm|pptm)$",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"(?:^|/)embeddings/[^/]+\.(docx|xlsx|pptx)$", re.IGNORECASE)
_HEADS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")
_XML = re.compile(r"\.(xml|rels|rdf)$", re.IGNORECASE)
# Parts with millions of cells, whose elements say nothing that matters here.
_CELLS = re.compile(r"^xl/(worksheets/[^/]+|sharedStrings)\.xml$")
_FIELD = re.compile(r"^\s*DDE(AUTO)?\b", re.IGNORECASE | re.MULTILINE)
_LINK_TAGS = {"a", "Relationship"}
_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_MACRO_ADDRESS = re.compile(
    r"\s*(?:vnd\.sun\.star[\w.]*|macro|javascript|vbscript):", re.IGNORECASE
)


def recognise(file) -> str | None:
    """Which of these documents the archive is; None for any other archive."""
    try:
        with _opened(file) as archive:
            names = set(archive.namelist())
            kinds = [kind for kind, part in MAIN_PARTS.items() if part in names]
            if len(kinds) != 1:
                return None
            if kinds == ["odt"]:
                return "odt" if _is_odt(archive, names) else None
            return kinds[0] if "[Content_Types].xml" in names else None
    except _BROKEN:
        return None


def examine(file, kind) -> None:
    """Raises ValidationError for a document that does more than show something."""
    _examine(file, kind, {"left": MOST_UNPACKED}, is_inside=False)


_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, RuntimeError, ValueError,
    OSError, struct.error,
)  # fmt: skip


def _opened(file):
    """The archive, once its directory is known to be short, at its place, and the end of the file."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile
    _, _, _, _, count, length, offset, comment = _END.unpack_from(tail, at)
    end = size - len(tail) + at
    if offset + length != end or end + _END.size + comment != size:
        raise zipfile.BadZipFile
    if count > MOST_PARTS or length > MOST_PARTS * _DIRECTORY_LINE:
        raise refusal("unpacked")
    return zipfile.ZipFile(file)


def _is_odt(archive, names):
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return False
    return archive.read("mimetype").strip() == _ODT


def _examine(file, kind, budget, *, is_inside):
    try:
        with _opened(file) as archive:
            parts = archive.infolist()
            _refuse_names(parts)
            budget["left"] -= sum(part.file_size for part in parts)
            if budget["left"] < 0:
                raise refusal("unpacked")
            for part in parts:
                _examine_part(archive, part, kind, budget, is_inside)
    except _BROKEN as error:
        raise refusal("damaged") from error


def _refuse_names(parts):
    names = [part.filename for part in parts]
    if len({name.lower() for name in names}) < len(names) or any(map(_is_odd, parts)):
        raise refusal("damaged")
    for code, pattern in (("active", _MACROS), ("outside", _OUTSIDE), ("carries", _PROGRAM)):
        if any(pattern.search(name) for name in names):
            raise refusal(code)


def _is_odd(part):
    """A name that leads out of the archive, a link, or a part under a password."""
    name = part.orig_filename
    return (
        name.startswith("/")
        or "\\" in name
        or ":" in name
        or "\0" in name
        or ".." in name.split("/")
        or stat.S_ISLNK(part.external_attr >> 16)
        or bool(part.flag_bits & 0x1)
    )


def _examine_part(archive, part, kind, budget, is_inside):
    name = part.filename
    if _XML.search(name) or name == "[Content_Types].xml":
        with archive.open(part) as content:
            _Xml(name, kind).read(content)
        return
    with archive.open(part) as content:
        head = content.read(8)
    embedded = _DOCUMENT.search(name)
    if embedded and head.startswith(b"PK") and not is_inside:
        _examine_embedded(archive, part, embedded[1].lower(), budget)
    elif head.startswith(_HEADS):
        raise refusal("carries")


def _examine_embedded(archive, part, kind, budget):
    """A table behind a diagram, for example: looked through like the document itself."""
    with SpooledTemporaryFile(max_size=1024 * 1024) as copy, archive.open(part) as content:
        while block := content.read(_BLOCK):
            copy.write(block)
        if recognise(copy) != kind:
            raise refusal("carries")
        _examine(copy, kind, budget, is_inside=True)


class _Xml:
    """Reads one part of a document and stops at what it must not hold."""

    def __init__(self, name, kind):
        self.kind, self.count, self.field, self.is_field = kind, 0, [], False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        if not _CELLS.match(name):
            self.parser.StartElementHandler = self._element
            self.parser.EndElementHandler = self._end

    def read(self, content):
        while block := content.read(_BLOCK):
            self.parser.Parse(block, False)
        self.parser.Parse(b"", True)
        if _FIELD.search("".join(self.field)):
            raise refusal("active")

    def _doctype(self, *_names):
        raise refusal("outside")

    def _element(self, tag, attributes):
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise refusal("unpacked")
        tag = tag.rpartition(":")[2]
        if tag == "instrText":
            self.parser.CharacterDataHandler = self.field.append
        elif tag == "fldChar":
            self.field.append("\n")
        elif attributes:
            self._look_at(tag, {name.rpartition(":")[2]: attributes[name] for name in attributes})

    def _end(self, _tag):
        self.parser.CharacterDataHandler = None

    def _look_at(self, tag, said):
        if tag == "fldSimple":
            self.field.append(f"\n{said.get('instr', '')}\n")
        if "macroenabled" in said.get("ContentType", "").lower():
            raise refusal("active")
        if tag == "Relationship":
            self._relation(said)
        elif "href" in said:
            self._address(tag, said["href"])

    def _relation(self, said):
        is_link = said.get("Type", "").rpartition("/")[2] == "hyperlink"
        target = said.get("Target", "")
        if _MACRO_ADDRESS.match(target):
            raise refusal("active")
        if not is_link and (
            said.get("TargetMode", "").lower() == "external" or _ELSEWHERE.match(target)
        ):
            raise refusal("outside")

    def _address(self, tag, address):
        if _MACRO_ADDRESS.match(address):
            raise refusal("active")
        if self.kind == "odt" and tag not in _LINK_TAGS and _ELSEWHERE.match(address):
            raise refusal("outside")
