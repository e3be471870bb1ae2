"""Small real files of every kind, and the parts to make unreal ones from."""

import base64
import io
import struct
import zipfile
import zlib

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS_OF_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", _TYPES + "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", _TYPES + "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", _TYPES + "presentationml.presentation.main+xml"),
}
_BODY = {
    "docx": f'<w:document xmlns:w="{WORDS}"><w:body><w:p><w:r><w:t>A plan</w:t></w:r></w:p></w:body></w:document>',
    "xlsx": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
    "pptx": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
}


def archive(parts, *, deflate=True):
    """A zip of these parts: a dict, or pairs where a name may come twice."""
    file = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", how) as packed:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            packed.writestr(name, content)
    return file.getvalue()


def office(kind, more=(), *, body=None, types=""):
    """A Word, Excel or PowerPoint file with `more` parts (a dict)."""
    main, media = _MAIN[kind]
    start = (
        f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{media}"/>{types}</Types>'
    )
    parts = {
        "[Content_Types].xml": start,
        "_rels/.rels": relations(("officeDocument", main, "")),
        main: body if body is not None else _BODY[kind],
    }
    return archive(parts | dict(more))


def docx(text="A plan"):
    """A Word file that Word, and python-docx, open."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    return office(
        "docx", body=f'<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>'
    )


def relations(*of):
    """A .rels part; each of `of` is a kind, a target and a mode."""
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{KINDS_OF_RELATION}/{kind}" Target="{target}"'
        f"{f' TargetMode={chr(34)}{mode}{chr(34)}' if mode else ''}/>"
        for number, (kind, target, mode) in enumerate(of)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">{lines}</Relationships>'


def odt(content="<office:document-content/>", more=()):
    parts = [("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)]
    parts += [("META-INF/manifest.xml", "<manifest/>"), *more]
    return archive(parts)


def pdf(*objects, text="A plan", tail=b""):
    """A PDF with one page that says `text`, and `objects` (bytes) besides."""
    content = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode("latin-1")
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *objects,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    lines = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, lines)
    data += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n" % (len(places) + 1, start)
    return data + b"%%EOF\n" + tail


def objects(inner, *, filters=b"/FlateDecode", pack=zlib.compress, more=b""):
    """An object stream that holds `inner`."""
    packed = pack(b"9 0 " + inner)
    return b"<</Type/ObjStm/N 1/First 4/Filter%s%s/Length %d>>\nstream\n%s\nendstream" % (
        filters, more, len(packed), packed,
    )  # fmt: skip


def letters85(data):
    return base64.a85encode(zlib.compress(data)) + b"~>"


def chunk(name, data, *, checksum=None):
    total = zlib.crc32(name + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", total)


PNG_START = b"\x89PNG\r\n\x1a\n"


def png(*more, width=1, height=1, tail=b""):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        PNG_START
        + chunk(b"IHDR", head)
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
        + tail
    )


def segment(mark, data):
    return bytes([0xFF, mark]) + struct.pack(">H", len(data) + 2) + data


def jpg(
    *more, width=8, height=8, scan=b"\x12\x34\xff\x00\x56\xff\xd0\x78", end=b"\xff\xd9", tail=b""
):
    """A JPEG as its parts follow one another; `more` come before the picture."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + b"".join(more)
        + segment(0xDB, b"\0" + bytes(64))
        + segment(0xC0, frame)
        + segment(0xC4, b"\0" + bytes(16))
        + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + scan
        + end
        + tail
    )


def exif(*, order=">", turned=None):
    """A camera's note with a place on earth, and perhaps how the picture was held."""
    entries = (
        [(0x8825, 4, 1, 26)] if turned is None else [(0x0112, 3, 1, turned), (0x8825, 4, 1, 38)]
    )
    body = {">": b"MM", "<": b"II"}[order] + struct.pack(order + "HIH", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        form = "HHIHH" if kind == 3 else "HHII"
        values = (tag, kind, count, value, 0) if kind == 3 else (tag, kind, count, value)
        body += struct.pack(order + form, *values)
    return b"Exif\0\0" + body + b"\0\0\0\0" + b"GPS 56.15 N 10.21 E"


def deflated_zeros(megabytes):
    """So many MB of zeros, deflated, made without deflating them all: one block, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (megabytes - 1) + packer.flush()


def raw_zip(entries):
    """A zip written by hand: (name, packed bytes, size it claims, flags, attributes), deflated."""
    data, directory, place = [], [], 0
    for name, packed, size, flags, attributes in entries:
        common = struct.pack("<5H3L2H", 20, flags, 8, 0, 33, 0, len(packed), size, len(name), 0)
        end = struct.pack("<3H2L", 0, 0, 0, attributes, place)
        directory.append(b"PK\x01\x02\x14\x03" + common + end + name)
        data.append(b"PK\x03\x04" + common + name + packed)
        place += len(data[-1])
    count, length = min(len(entries), 0xFFFF), sum(map(len, directory))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, length, place, 0)
    return b"".join([*data, *directory, tail])


def raw_deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
