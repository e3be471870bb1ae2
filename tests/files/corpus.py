"""Files as people, mistakes and attackers send them, each with the verdict it must get.

A verdict is "taken", "infected" (taken in, then refused by the scanner), the code of a refusal of core.inspection
or core.files, or the number of an HTTP status for what is no proper form at all. Contents are made when they are
asked for; nothing lies on disk.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.files import make
from tests.files.clamd import EICAR

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Case:
    """One upload: what it is about, the name and content it has, what must come of it."""

    about: str
    name: str | bytes
    content: Callable[[], bytes]
    verdict: str

    def __str__(self):
        return self.about


def corpus() -> list[Case]:
    """All of them, in an order that never changes."""
    return [
        *_good(), *_named(), *_clean_pictures(), *_broken(), *_wrong(), *_renamed(), *_texts(), *_pdfs(), *_macros(),
        *_outside(), *_carriers(), *_bombs(), *_zip_tricks(), *_pictures(), *_infected(), *_large(),
    ]  # fmt: skip


SAMPLES = {
    "pdf": make.pdf,
    "docx": make.docx,
    "xlsx": lambda: make.office("xlsx"),
    "pptx": lambda: make.office("pptx"),
    "odt": make.odt,
    "txt": lambda: "Un été à Paris\nخطة\n".encode(),
    "jpg": make.jpg,
    "png": make.png,
}


def _good():
    for kind, content in SAMPLES.items():
        yield Case(f"a plain {kind}", f"plan.{kind}", content, "taken")
    yield Case("a jpeg by its long name", "plan.jpeg", make.jpg, "taken")
    yield Case(
        "a pdf with packed objects", "a.pdf", lambda: make.pdf(make.objects(b"<</A/B>>")), "taken"
    )
    yield Case(
        "a pdf with blanks at its end", "a.pdf", lambda: make.pdf(tail=b"\n\0\0\n" * 2000), "taken"
    )
    yield Case(
        "a document with a link",
        "a.docx",
        lambda: _related("hyperlink", "https://a.example/"),
        "taken",
    )
    yield Case("a document with a field", "a.docx", lambda: _field("PAGE"), "taken")
    yield Case(
        "a document that writes of the DDE", "a.docx", lambda: make.docx("La DDE du Nord"), "taken"
    )
    yield Case(
        "a table behind a diagram",
        "a.docx",
        lambda: _embedded("xlsx", make.office("xlsx")),
        "taken",
    )
    yield Case(
        "a text with a mark at its start", "a.txt", lambda: b"\xef\xbb\xbfA plan\r\n", "taken"
    )
    yield Case(
        "an open document with a link",
        "a.odt",
        lambda: make.odt('<a href="https://a.example"/>'),
        "taken",
    )


def _named():
    for about, name in [
        ("arabic letters", "خطة.pdf"),
        ("capitals", "PLAN.PDF"),
        ("spaces", " my plan .pdf"),
        ("emoji", "plan🎉.pdf"),
        ("a folder", "../../etc/plan.pdf"),
        ("an absolute path", "/etc/plan.pdf"),
        ("windows", "C:\\temp\\plan.pdf"),
        ("text running backwards", "plan\u202efdp.exe.pdf"),
        ("a mark of direction", "\u2066plan\u2069.pdf"),
        ("256 letters", "p" * 252 + ".pdf"),
        ("400 letters", "p" * 396 + ".pdf"),
        ("two endings", "plan.exe.pdf"),
        ("markup", "<script>alert(1)</script>.pdf"),
        ("a formula", "=cmd|calc!A1.pdf"),
        ("percent signs", "%2e%2e%2f.pdf"),
        ("only an ending", ".pdf.pdf"),
        ("a device", "CON.pdf"),
        ("quotes", "plan'; drop table.pdf"),
    ]:
        yield Case(f"a name with {about}", name, make.pdf, "taken")
    yield Case("a name with 1,000 letters", "p" * 996 + ".pdf", make.pdf, "400")
    yield Case("a name with a NUL", b"plan\0.exe.pdf", make.pdf, "taken")
    yield Case("a name that is no UTF-8", b"plan\xff\xfe.pdf", make.pdf, "absent")


def _clean_pictures():
    """Taken, without what does not belong to them."""
    page = b"<html><script>alert(1)</script></html>"
    for about, name, content in [
        ("a photo with a place", "a.jpg", lambda: make.jpg(make.segment(0xE1, make.exif()))),
        (
            "a photo held sideways",
            "a.jpg",
            lambda: make.jpg(make.segment(0xE1, make.exif(turned=6))),
        ),
        (
            "a photo with a caption",
            "a.jpg",
            lambda: make.jpg(make.segment(0xED, b"Photoshop 3.0\0GPS")),
        ),
        ("a photo with a comment", "a.jpg", lambda: make.jpg(make.segment(0xFE, b"<?php GPS ?>"))),
        ("a photo and a page", "a.jpg", lambda: make.jpg(tail=page)),
        ("a photo and an archive", "a.jpg", lambda: make.jpg(tail=make.archive({"a": "GPS"}))),
        ("a picture with a place", "a.png", lambda: make.png(make.chunk(b"eXIf", make.exif()[6:]))),
        (
            "a picture with a page in it",
            "a.png",
            lambda: make.png(make.chunk(b"tEXt", b"Comment\0" + page)),
        ),
        ("a picture with packed words", "a.png", lambda: make.png(make.chunk(b"zTXt", b"a\0\0x"))),
        ("a picture and a page", "a.png", lambda: make.png(tail=page)),
        ("a picture and an archive", "a.png", lambda: make.png(tail=make.archive({"a": "GPS"}))),
        ("a picture with its day", "a.png", lambda: make.png(make.chunk(b"tIME", bytes(7)))),
    ]:
        yield Case(about, name, content, "taken")


def _broken():
    for kind, content in SAMPLES.items():
        yield Case(f"an empty {kind}", f"a.{kind}", lambda: b"", "empty")
        if kind != "txt":
            verdict = "damaged" if kind in ("pdf", "jpg", "png") else "kind"
            yield Case(
                f"half of a {kind}", f"a.{kind}", lambda c=content: c()[: len(c()) // 2], verdict
            )
            yield Case(
                f"all but the end of a {kind}", f"a.{kind}", lambda c=content: c()[:-6], verdict
            )
    yield Case("a pdf that begins late", "a.pdf", lambda: b"\x01" + make.pdf(), "kind")
    yield Case(
        "words after the end of a pdf", "a.pdf", lambda: make.pdf(tail=b"x" * 5000), "damaged"
    )


def _wrong():
    """Content of one kind under the name of another."""
    for kind, other in [
        ("pdf", "png"),
        ("pdf", "docx"),
        ("pdf", "txt"),
        ("docx", "pdf"),
        ("docx", "xlsx"),
        ("docx", "odt"),
        ("xlsx", "pptx"),
        ("pptx", "docx"),
        ("odt", "docx"),
        ("txt", "pdf"),
        ("jpg", "png"),
        ("png", "jpg"),
        ("png", "txt"),
        ("txt", "png"),
    ]:
        yield Case(f"a {other} called {kind}", f"a.{kind}", SAMPLES[other], "name")
    for about, name, content in [
        ("a windows program", "a.pdf", b"MZ\x90\0" + bytes(300)),
        ("a linux program", "a.pdf", b"\x7fELF\x02\x01\x01" + bytes(300)),
        ("a java class", "a.pdf", b"\xca\xfe\xba\xbe" + bytes(300)),
        ("an old word file", "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("a gif", "a.png", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("a bitmap", "a.png", b"BM" + bytes(100)),
        ("a tiff", "a.jpg", b"II*\0" + bytes(100)),
        ("a webp", "a.png", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100)),
        ("a film", "a.pdf", b"\0\0\0\x20ftypisom" + bytes(100)),
        ("a rar", "a.docx", b"Rar!\x1a\x07\x01\0" + bytes(100)),
        ("a 7z", "a.docx", b"7z\xbc\xaf\x27\x1c" + bytes(100)),
        ("a gzip", "a.docx", b"\x1f\x8b\x08" + bytes(100)),
        ("a tar", "a.pdf", b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(300)),
        ("a database", "a.pdf", b"SQLite format 3\0" + bytes(300)),
        ("a font", "a.png", b"wOF2" + bytes(100)),
        ("noise", "a.pdf", bytes(range(256)) * 4),
        ("zeros", "a.jpg", bytes(500)),
        ("a page", "a.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a drawing", "a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("rich text", "a.docx", b"{\\rtf1 a plan}"),
    ]:
        yield Case(f"{about} called {name[2:]}", name, lambda c=content: c, "kind")
    yield Case("an archive called docx", "a.docx", lambda: make.archive({"a.txt": "x"}), "kind")
    yield Case("an empty archive", "a.docx", lambda: make.archive({}), "kind")
    yield Case(
        "a java archive", "a.docx", lambda: make.archive({"META-INF/MANIFEST.MF": "x"}), "kind"
    )
    yield Case(
        "a word and excel file in one",
        "a.docx",
        lambda: make.office("docx", {"xl/workbook.xml": "<a/>"}),
        "kind",
    )
    yield Case(
        "an open spreadsheet",
        "a.odt",
        lambda: _mime("application/vnd.oasis.opendocument.spreadsheet"),
        "kind",
    )


def _renamed():
    for ending in (
        "exe",
        "js",
        "html",
        "svg",
        "php",
        "docm",
        "xlsm",
        "zip",
        "hta",
        "lnk",
        "bat",
        "csv",
    ):
        yield Case(f"a pdf called {ending}", f"plan.{ending}", make.pdf, "name")
    yield Case("a pdf that ends in exe", "plan.pdf.exe", make.pdf, "name")
    yield Case("a pdf without an ending", "plan", make.pdf, "name")
    yield Case("a pdf with a dot at its end", "plan.pdf.", make.pdf, "name")


def _texts():
    for about, content, verdict in [
        ("a page", b"\n <HTML><body onload=alert(1)>", "kind"),
        ("a drawing", b"<svg/onload=alert(1)>", "kind"),
        ("xml", b"<?xml version='1.0'?><a/>", "kind"),
        ("a hidden page", b"\xef\xbb\xbf<!-- --><script>", "kind"),
        ("rich text", b"{\\rtf1 a}", "kind"),
        ("postscript", b"%!PS-Adobe-3.0", "kind"),
        ("a NUL", b"a\0b", "kind"),
        ("control characters", b"a\x1b[31mb", "kind"),
        ("Latin-1", b"\xe9t\xe9", "kind"),
        ("UTF-16", "\ufeffplan".encode("utf-16-le"), "kind"),
        ("half a letter", "été".encode()[:-1], "kind"),
        ("an overlong letter", b"a\xc0\xafb", "kind"),
        ("a lone surrogate", b"a\xed\xa0\x80b", "kind"),
    ]:
        yield Case(f"a text that is {about}", "a.txt", lambda c=content: c, verdict)


_SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"


def _pdfs():
    for about, objects, verdict in [
        ("a script", [_SCRIPT], "active"),
        ("a script by another spelling", [b"<</S/J#61vaScr#69pt/JS(app.alert(1))>>"], "active"),
        (
            "a script spelled wholly otherwise",
            [b"<</S /" + b"".join(b"#%02X" % c for c in b"JavaScript") + b">>"],
            "active",
        ),
        ("a packed script", [make.objects(_SCRIPT)], "active"),
        (
            "a script packed twice",
            [make.objects(_SCRIPT, filters=b"[/ASCII85Decode/FlateDecode]", pack=make.letters85)],
            "active",
        ),
        (
            "a script in hexadecimal",
            [make.objects(_SCRIPT, filters=b"[/AHx /Fl]", pack=_hexadecimal)],
            "active",
        ),
        (
            "a script packed without its type",
            [make.objects(_SCRIPT).replace(b"/Type/ObjStm", b"")],
            "active",
        ),
        (
            "a script in rows",
            [make.objects(_SCRIPT, more=b"/DecodeParms<</Predictor 12>>")],
            "damaged",
        ),
        (
            "a script behind an old filter",
            [make.objects(_SCRIPT, filters=b"/LZWDecode")],
            "damaged",
        ),
        (
            "a script behind two filters",
            [make.objects(_SCRIPT, filters=b"/FlateDecode/Filter/LZWDecode")],
            "damaged",
        ),
        (
            "a script behind a remark",
            [make.objects(_SCRIPT, filters=b"%\n/FlateDecode")],
            "damaged",
        ),
        ("objects that do not unpack", [make.objects(b"", pack=lambda _data: b"noise")], "damaged"),
        (
            "objects that break off",
            [make.objects(_SCRIPT, pack=lambda data: make.zlib.compress(data)[:20])],
            "damaged",
        ),
        ("a program to start", [b"<</S/Launch/F(cmd.exe)>>"], "active"),
        ("a form that sends", [b"<</S/SubmitForm/F(http://a.example)>>"], "active"),
        ("a form of another make", [b"<</XFA 9 0 R>>"], "active"),
        ("a film", [b"<</Subtype/RichMedia>>"], "active"),
        ("data to fetch", [b"<</S/ImportData/F(a)>>"], "active"),
        ("another file inside", [b"<</Type/EmbeddedFile/Length 1>>"], "carries"),
        ("a list of files inside", [b"<</EmbeddedFiles 9 0 R>>"], "carries"),
        ("a password", [b"<</Encrypt 9 0 R>>"], "locked"),
    ]:
        yield Case(f"a pdf with {about}", "a.pdf", lambda o=objects: make.pdf(*o), verdict)
    yield Case(
        "a pdf that is a page",
        "a.pdf",
        lambda: make.pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1),
        "carries",
    )
    yield Case(
        "a pdf that is an archive", "a.pdf", lambda: make.pdf(make.archive({"a": "x"})), "carries"
    )


def _hexadecimal(data):
    return make.zlib.compress(data).hex().encode() + b">"


def _macros():
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    types = f'<Override PartName="/word/a.xml" ContentType="{macro}"/>'
    for about, kind, more in [
        ("a macro", "docx", {"word/vbaProject.bin": "x"}),
        ("a macro", "xlsx", {"xl/vbaProject.bin": "x"}),
        ("a macro", "pptx", {"ppt/VBAPROJECT.BIN": "x"}),
        ("words of a macro", "docx", {"word/vbaData.xml": "<a/>"}),
        ("a control", "docx", {"word/activeX/activeX1.xml": "<a/>"}),
        ("an old macro", "xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"}),
    ]:
        yield Case(
            f"a {kind} with {about}",
            f"a.{kind}",
            lambda k=kind, m=more: make.office(k, m),
            "active",
        )
    yield Case("a docm called docx", "a.docx", lambda: make.office("docx", types=types), "active")
    yield Case(
        "an open document with a macro",
        "a.odt",
        lambda: make.odt(more=[("Basic/a.xml", "<a/>")]),
        "active",
    )
    yield Case(
        "an open document with a script",
        "a.odt",
        lambda: make.odt(more=[("Scripts/python/a.py", "x")]),
        "active",
    )
    yield Case(
        "an open document that calls a macro",
        "a.odt",
        lambda: make.odt('<a x:href="vnd.sun.star.script:a"/>'),
        "active",
    )
    yield Case(
        "a link that is a script",
        "a.docx",
        lambda: _related("hyperlink", "javascript:alert(1)"),
        "active",
    )
    yield Case("a field that starts a program", "a.docx", lambda: _field("DDEAUTO cmd"), "active")
    yield Case("a field in pieces", "a.docx", lambda: _field("DD", "EAUTO cmd"), "active")
    yield Case("a short field", "a.docx", lambda: _simple_field(" dde cmd"), "active")


def _outside():
    doctype = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + doctype
    for about, content in [
        ("an entity", lambda: make.office("docx", body=doctype)),
        ("laughs", lambda: make.office("docx", body=laughs)),
        (
            "an entity in wide letters",
            lambda: make.office("docx", {"word/a.xml": wide.encode("utf-16")}),
        ),
        (
            "an entity after a long remark",
            lambda: make.office("docx", body=f"<!--{'x' * 999_999}-->{doctype}"),
        ),
        (
            "an entity in its relations",
            lambda: make.office("docx", {"word/_rels/document.xml.rels": doctype}),
        ),
        ("a template elsewhere", lambda: _related("attachedTemplate", "http://a.example/a.dotm")),
        ("an object elsewhere", lambda: _related("oleObject", "mhtml:http://a.example/a.html")),
        ("a picture elsewhere", lambda: _related("image", "\\\\a.example\\share\\a.png")),
        ("a frame elsewhere", lambda: _related("frame", "file:///etc/passwd")),
        (
            "a spelled-out picture elsewhere",
            lambda: _related("image", "a.png", mode="&#69;xternal"),
        ),
        (
            "an address without a mode",
            lambda: _related("image", "https://a.example/a.png", mode=""),
        ),
    ]:
        yield Case(f"a document with {about}", "a.docx", content, "outside")
    for about, more in [
        ("another table", {"xl/externalLinks/externalLink1.xml": "<a/>"}),
        ("a connection", {"xl/connections.xml": "<a/>"}),
        ("a query", {"xl/queryTables/queryTable1.xml": "<a/>"}),
        ("an entity", {"xl/worksheets/sheet1.xml": doctype}),
    ]:
        yield Case(
            f"a table with {about}", "a.xlsx", lambda m=more: make.office("xlsx", m), "outside"
        )
    yield Case("an open document with an entity", "a.odt", lambda: make.odt(doctype), "outside")
    yield Case(
        "an open document with a picture elsewhere",
        "a.odt",
        lambda: make.odt('<d:image x:href="http://a.example/a.png"/>'),
        "outside",
    )


def _carriers():
    for about, name, content in [
        ("a program", "word/media/image1.png", b"MZ\x90\0"),
        ("an old file", "word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0x"),
        ("an archive", "word/media/a.bin", b"PK\x03\x04x"),
        ("a named program", "word/media/setup.exe", b"x"),
        ("a page", "word/a.html", b"<p>"),
        ("a script", "word/a.vbs", b"x"),
        ("a linux program", "word/media/a", b"\x7fELF"),
    ]:
        yield Case(
            f"a document with {about} inside",
            "a.docx",
            lambda n=name, c=content: make.office("docx", {n: c}),
            "carries",
        )
    for about, kind, inner, verdict in [
        ("a macro", "xlsx", lambda: make.office("xlsx", {"xl/vbaProject.bin": "x"}), "active"),
        ("another kind", "xlsx", make.docx, "carries"),
        ("an archive", "docx", lambda: make.archive({"a": "x"}), "carries"),
        ("a table in a table", "docx", lambda: _embedded("xlsx", make.office("xlsx")), "carries"),
        ("an entity", "docx", lambda: make.office("docx", body="<!DOCTYPE a><a/>"), "outside"),
    ]:
        yield Case(
            f"a document in a document with {about}",
            "a.docx",
            lambda k=kind, i=inner: _embedded(k, i()),
            verdict,
        )


def _bombs():
    yield Case(
        "10 MB that unpack to 10 GB",
        "a.docx",
        lambda: _raw(make.deflated_zeros(10_240), 4_000_000_000),
        "unpacked",
    )
    yield Case(
        "10 GB that say to be 1 MB",
        "a.docx",
        lambda: _raw(make.deflated_zeros(10_240), MEGABYTE),
        "damaged",
    )
    yield Case(
        "201 MB of cells",
        "a.xlsx",
        lambda: _raw(make.deflated_zeros(201), 201 * MEGABYTE, "xlsx"),
        "unpacked",
    )
    yield Case(
        "100,000 parts",
        "a.docx",
        lambda: make.raw_zip([(b"%d" % n, b"", 0, 0, 0) for n in range(100_000)]),
        "unpacked",
    )
    yield Case(
        "an archive in an archive in an archive",
        "a.docx",
        lambda: make.office("docx", {"a.zip": make.archive({"b.zip": "x"})}),
        "carries",
    )
    yield Case("documents that unpack to 1 GB together", "a.docx", _crowd, "unpacked")
    yield Case(
        "millions of elements",
        "a.docx",
        lambda: make.office("docx", body="<a>" + "<b/>" * 1_100_000 + "</a>"),
        "unpacked",
    )
    yield Case(
        "elements in elements",
        "a.docx",
        lambda: make.office("docx", body="<a>" * 500_000),
        "damaged",
    )
    yield Case("a pdf whose objects unpack to 1 GB", "a.pdf", _deep_pdf, "unpacked")
    yield Case(
        "a pdf of 400,000 streams", "a.pdf", lambda: make.pdf(b" stream\n" * 400_000), "unpacked"
    )


def _crowd():
    sheet = make.raw_deflate(bytes(MEGABYTE)) and bytes(99 * MEGABYTE)
    inner = make.office("xlsx", {"xl/media/a.bin": sheet})
    return make.office("docx", {f"word/embeddings/{n}.xlsx": inner for n in range(10)})


def _deep_pdf():
    packed = b"\x78\xda" + make.deflated_zeros(1024)
    return make.pdf(make.objects(b"", pack=lambda _data: packed))


def _zip_tricks():
    good = make.raw_deflate(b"<a/>")
    parts = [(b"[Content_Types].xml", good, 4, 0, 0), (b"word/document.xml", good, 4, 0, 0)]
    for about, extra in [
        ("a way out", (b"../../etc/cron.d/a", good, 4, 0, 0)),
        ("an absolute name", (b"/etc/passwd", good, 4, 0, 0)),
        ("a windows way out", (b"..\\..\\a.dll", good, 4, 0, 0)),
        ("a drive", (b"C:/a.xml", good, 4, 0, 0)),
        (
            "a link of folders",
            (b"word/link", make.raw_deflate(b"/etc/passwd"), 11, 0, 0o120777 << 16),
        ),
        ("a password", (b"a.xml", good, 4, 1, 0)),
        ("two parts of one name", (b"word/document.xml", good, 4, 0, 0)),
        ("two names but for capitals", (b"WORD/document.xml", good, 4, 0, 0)),
        ("a NUL in a name", (b"word/a.xml\0.exe", good, 4, 0, 0)),
        ("a wrong checksum", (b"word/a.xml", make.raw_deflate(b"<b/>"), 4, 0, 0)),
        ("a part that is no XML", (b"word/a.xml", make.raw_deflate(b"<a"), 2, 0, 0)),
    ]:
        yield Case(
            f"a document with {about}",
            "a.docx",
            lambda e=extra: make.raw_zip([*parts, e]),
            "damaged",
        )
    yield Case(
        "a document after something else", "a.docx", lambda: b"PK\x03\x04junk" + make.docx(), "kind"
    )
    yield Case("a document before something else", "a.docx", lambda: make.docx() + b"junk", "kind")
    yield Case(
        "a document behind a program", "a.docx", lambda: b"MZ" + bytes(100) + make.docx(), "kind"
    )


def _pictures():
    for about, name, content, verdict in [
        ("of 50,000 by 50,000", "a.png", lambda: make.png(width=50_000, height=50_000), "pixels"),
        ("of 65,000 by 65,000", "a.jpg", lambda: make.jpg(width=65_000, height=65_000), "pixels"),
        ("without width", "a.png", lambda: make.png(width=0), "damaged"),
        ("without height", "a.jpg", lambda: make.jpg(height=0), "damaged"),
        (
            "with a wrong checksum",
            "a.png",
            lambda: make.png(make.chunk(b"PLTE", b"abc", checksum=1)),
            "damaged",
        ),
        (
            "that does not begin with its size",
            "a.png",
            lambda: make.PNG_START + make.chunk(b"IDAT", b"") + make.png()[8:],
            "damaged",
        ),
        (
            "with a part of 4 GB",
            "a.png",
            lambda: make.PNG_START + b"\xff\xff\xff\xffIHDR" + bytes(20),
            "damaged",
        ),
        (
            "of 200,000 parts",
            "a.png",
            lambda: make.png(*[make.chunk(b"PLTE", b"")] * 200_000),
            "damaged",
        ),
        (
            "without a frame",
            "a.jpg",
            lambda: b"\xff\xd8" + make.segment(0xFE, b"x") + b"\xff\xd9",
            "damaged",
        ),
        ("with an empty part", "a.jpg", lambda: b"\xff\xd8\xff\xe0\0\0" + bytes(50), "damaged"),
        ("whose parts do not join", "a.jpg", lambda: make.jpg(b"junk"), "damaged"),
        (
            "of 200,000 parts",
            "a.jpg",
            lambda: make.jpg(make.segment(0xDB, b"") * 200_000),
            "damaged",
        ),
        (
            "that never ends",
            "a.jpg",
            lambda: make.jpg(scan=b"\xff\0" * 2_000_000, end=b""),
            "damaged",
        ),
    ]:
        yield Case(f"a {name[2:]} {about}", name, content, verdict)


def _infected():
    virus = EICAR.replace(b"\\\\", b"\\")
    yield Case("a virus as a text", "a.txt", lambda: virus, "infected")
    yield Case("a virus in a pdf", "a.pdf", lambda: make.pdf(b"(" + virus + b")"), "infected")
    yield Case(
        "a virus in a part that is stored as it is", "a.docx", lambda: _stored(virus), "infected"
    )
    yield Case(
        "a virus that goes with a comment",
        "a.jpg",
        lambda: make.jpg(make.segment(0xFE, virus)),
        "taken",
    )


def _large():
    def filled(size):
        start, end = make.pdf().split(b"xref", 1)
        return start + b" " * (size - len(start) - len(end) - 4) + b"xref" + end

    yield Case("a pdf of just 50 MB", "a.pdf", lambda: filled(50 * MEGABYTE), "taken")
    yield Case("a pdf of a byte more", "a.pdf", lambda: filled(50 * MEGABYTE + 1), "too_large")
    yield Case(
        "a photo of 40 MB",
        "a.jpg",
        lambda: make.jpg(make.segment(0xE1, make.exif()), scan=b"\x12\xff\0" * 14_000_000),
        "taken",
    )
    yield Case("a form of 60 MB", "a.pdf", lambda: filled(60 * MEGABYTE), "413")


def _related(kind, target, mode="External"):
    return make.office(
        "docx", {"word/_rels/document.xml.rels": make.relations((kind, target, mode))}
    )


def _field(*pieces):
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return _body(f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}</w:p>')


def _simple_field(instruction):
    return _body(f'<w:p><w:fldSimple w:instr="{instruction}"/></w:p>')


def _body(inner):
    return make.office(
        "docx", body=f'<w:document xmlns:w="{make.WORDS}"><w:body>{inner}</w:body></w:document>'
    )


def _embedded(kind, content):
    return make.office("docx", {f"word/embeddings/inner.{kind}": content})


def _mime(media):
    return make.archive([("mimetype", media), ("content.xml", "<a/>")])


def _stored(content):
    good = [
        ("[Content_Types].xml", "<a/>"),
        ("word/document.xml", "<a/>"),
        ("word/media/a.txt", content),
    ]
    return make.archive(good, deflate=False)


def _raw(packed, size, kind="docx"):
    good = make.raw_deflate(b"<a/>")
    main = {"docx": b"word/document.xml", "xlsx": b"xl/workbook.xml"}[kind]
    return make.raw_zip(
        [
            (b"[Content_Types].xml", good, 4, 0, 0),
            (main, good, 4, 0, 0),
            (b"xl/worksheets/a.xml", packed, size, 0, 0),
        ]
    )
