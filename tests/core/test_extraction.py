"""Words are read in a process of their own; what breaks, breaks there."""

import io

import pytest

from core import extraction
from tests.files import make


def words(content, kind):
    return extraction.words_of(io.BytesIO(content), kind)


def test_words_of_a_pdf():
    assert words(make.pdf(text="Night buses for Aarhus"), "pdf") == "Night buses for Aarhus"


def test_words_of_a_word_file_with_its_tables():
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell.format('Cost')}{cell.format('low')}</w:tr></w:tbl>"
    line = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    body = line.format("خطة المدينة") + table + line.format("L’été")
    content = make.office(
        "docx", body=f'<w:document xmlns:w="{make.WORDS}"><w:body>{body}</w:body></w:document>'
    )

    assert words(content, "docx") == "خطة المدينة\nCost low\nL’été"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("L’été à Paris", "utf-8"),
        ("L’été à Paris", "utf-8-sig"),
        ("خطة المدينة", "utf-16"),
        ("L’été à Paris, où l’on prévoit déjà", "cp1252"),
        ("خطة المدينة للوقاية من العنف في الاحياء", "cp1256"),
        ("A plan", "ascii"),
    ],
)
def test_text_is_read_in_the_encoding_it_has(text, encoding):
    assert words(text.encode(encoding), "txt") == text


def test_letters_that_postgres_refuses_are_left_out():
    assert words(b"a\0b\x07c\td\r\ne", "txt") == "a b c d e"


def test_no_more_is_kept_than_searches_need():
    read = words(b"word " * 1_000_000, "txt")

    assert len(read) == extraction.MOST_LETTERS


def test_text_cut_in_the_middle_of_a_letter_is_read_up_to_it():
    assert extraction.decoded("été".encode()[:-1]) == "ét"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "pdf"), (b"%PDF-1.7 junk", "pdf"), (make.pdf()[:120], "pdf"), (b"PK junk", "docx"),
        (make.archive({"a": "x"}), "docx"),
    ],
    ids=range(5),
)  # fmt: skip
def test_damaged_file_says_so(content, kind):
    with pytest.raises(extraction.Unreadable) as why:
        words(content, kind)

    assert why.value.code == "damaged"


def test_file_that_wants_too_much_memory_is_stopped():
    packed = b"\x78\xda" + make.deflated_zeros(3000)
    content = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
    bomb = make.pdf(content).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")

    with pytest.raises(extraction.Unreadable) as why:
        words(bomb, "pdf")

    assert why.value.code in ("memory", "damaged")


def test_file_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(extraction, "SECONDS", 0.05)

    with pytest.raises(extraction.Unreadable) as why:
        words(make.pdf(), "pdf")

    assert why.value.code == "time"


def test_reader_of_the_child_stops_at_its_limits(monkeypatch):
    """The same code without a process of its own: what it leaves out, and what it answers."""
    monkeypatch.setattr(extraction, "_limit", lambda: None)
    for content, answer in ((b"", 4), (make.docx("A plan"), 0)):
        monkeypatch.setattr(
            extraction.sys, "stdin", type("In", (), {"buffer": io.BytesIO(content)})
        )
        assert extraction.main("docx") == answer

    def greedy(_file):
        raise MemoryError

    monkeypatch.setitem(extraction._READERS, "greedy", greedy)
    assert extraction.main("greedy") == 3


def test_long_reading_ends_with_what_it_has(monkeypatch):
    monkeypatch.setattr(extraction, "_READING_SECONDS", -1)

    assert extraction._tidy(["one", "two"]) == "one"
