"""The record as PDF: the page's rule, three languages, and nothing in it is ever read as markup."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from core.models import JournalEntry
from hub.models import Evaluation, EvaluationRating
from tests import factories
from tests.hub.conftest import client_of, list_as

TRAPS = [
    '#eval("1+1") #read("/etc/passwd") #sys.inputs',
    "$x^2$ and [brackets] and \\ backslash \\u{41} #[x]",
    "*not strong* _not em_ @label <label> `raw` ~ -- ---",
    "= A heading?\n\n- #panic()\n\n1. #set text(red)",
    "<script>alert(1)</script> & </p> \u202e reversed \u2028 line",
]


def _get(code, user=None, language="en", **query):
    prefix = "" if language == "en" else f"/{language}"
    return client_of(user).get(f"{prefix}/hub/{code}/pdf/", query)


def _read(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(response.content))


def _words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def buses(shelve, aarhus):
    list_as(aarhus, "public")
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        themes=["youth"],
        texts={
            "en": {
                "title": "Night buses",
                "summary": "Mediators ride along.",
                "description": "What **it** is.\n\n- one\n- two\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            },
            "fr": {"title": "Bus de nuit", "summary": "Des médiateurs à bord."},
            "ar": {"title": "حافلات الليل", "summary": "وسطاء في الحافلات."},
        },
    )
    record.cities.create(city=aarhus)
    record.links.create(kind="useful", title="A page", url="https://example.org/a?b=1#c")
    evaluation = Evaluation.objects.create(
        record=record, evaluator_kind="peer", evaluator="Two officers", method_en="Asked.", reply_en="Thanks."
    )  # fmt: skip
    for criterion, rating in [("relevance", "4"), ("impact", "NEI")]:
        EvaluationRating.objects.create(
            evaluation=evaluation,
            criterion=factories.term("criterion", criterion),
            rating=rating,
            assessment_en="Because.",
        )
    return record


def test_it_holds_what_the_page_says(buses, attach):
    attach(buses, title="Plan for ten days")

    words = _words(_read(_get("SCN-P-0001")))

    for said in [
        "Night buses", "Mediators ride along.", "What it is.", "Aarhus", "Youth engagement",
        "Very relevant", "Not enough information", "Because.", "The city replies: Thanks.",
        "Plan for ten days", "version 1. Strong Cities Network library",
    ]:  # fmt: skip
        assert said in words


def test_links_lead_where_they_say(buses):
    pages = _read(_get("SCN-P-0001")).pages
    links = {note.get_object()["/A"]["/URI"] for page in pages for note in page.get("/Annots", [])}

    assert links == {"https://example.org/a?b=1#c", "http://localhost:8000/hub/SCN-P-0001/"}


def test_signs_that_our_letters_lack_do_not_keep_it_from_being_made(shelve):
    shelve("SCN-P-0001", visibility="public", title="Night buses 🚌 夜行巴士 \ue000")

    assert "Night buses" in _words(_read(_get("SCN-P-0001")))


@pytest.mark.parametrize(
    ("language", "title", "word"),
    [("en", "Night buses", "Facts"), ("fr", "Bus de nuit", "Des médiateurs à bord."), ("ar", "حافلات الليل", "")],
)  # fmt: skip
def test_it_comes_in_three_languages(buses, language, title, word):
    response = _get("SCN-P-0001", language=language)
    reader = _read(response)

    assert reader.metadata.title == title
    assert reader.root_object["/Lang"].startswith(language)
    assert word in _words(reader)
    assert response["Content-Disposition"] == f'inline; filename="SCN-P-0001-{language}.pdf"'


def test_the_language_of_the_text_can_be_chosen(buses):
    assert _read(_get("SCN-P-0001", text="fr")).metadata.title == "Bus de nuit"


def test_it_can_be_read_aloud_and_names_nobody_as_its_author(buses):
    reader = _read(_get("SCN-P-0001"))

    assert reader.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert "pdfuaid:part" in reader.root_object["/Metadata"].get_data().decode()
    assert (reader.metadata.author, reader.metadata.creator or "") == (
        None,
        reader.metadata.creator,
    )
    assert "/Author" not in reader.metadata


@pytest.mark.parametrize("trap", TRAPS)
def test_what_people_wrote_is_set_as_text_and_never_run(shelve, attach, trap):
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        lead_organization=trap[:200].replace("\n", " "),
        texts={
            "en": {"title": trap.replace("\n", " "), "summary": trap, "description": trap, "keywords": trap[:200]}
        },
    )  # fmt: skip
    record.links.create(kind="useful", title=trap[:200], url="https://example.org/#eval(1)")
    attach(record, title=trap[:100].replace("\n", " "))
    evaluation = Evaluation.objects.create(
        record=record, evaluator_kind="peer", evaluator=trap[:100], method_en=trap, reply_en=trap
    )
    EvaluationRating.objects.create(
        evaluation=evaluation,
        criterion=factories.term("criterion", "impact"),
        rating="1",
        assessment_en=trap,
    )

    words = _words(_read(_get("SCN-P-0001"))).replace(" ", "")

    assert trap.split("\n")[0].split("\u202e")[0].replace(" ", "") in words


def test_deep_and_huge_texts_still_come_out(shelve):
    deep = "> " * 12 + "down here\n\n" + "".join(f"{'  ' * n}- level {n}\n" for n in range(8))
    huge = "A sentence of some length that fills the page. " * 4000
    table = "|" + "x|" * 40 + "\n|" + "-|" * 40 + "\n|" + "y|" * 40
    shelve(
        "SCN-P-0001",
        visibility="public",
        texts={
            "en": {
                "title": "T" * 300,
                "description": huge,
                "objectives": deep,
                "activities": table,
                "constraints": "word" * 3000,
            }
        },
    )

    words = _words(_read(_get("SCN-P-0001")))

    assert "down here" in words
    assert "level 7" in words


def test_a_record_without_text_is_its_code(shelve, staff):
    shelve("SCN-P-0001", status="draft").texts.all().delete()

    reader = _read(_get("SCN-P-0001", staff))

    assert reader.metadata.title == "SCN-P-0001"
    assert "Draft" in _words(reader)


@pytest.mark.parametrize(
    ("visibility", "notice"),
    [
        ("public", "Made on"),
        ("teaser", "Members only. Do not pass on."),
        ("members", "Members only. Do not pass on."),
        ("group", "For a group of members. Do not pass on."),
        ("staff", "For network staff. Do not pass on."),
    ],
)
def test_each_page_says_for_whom_it_is(shelve, staff, visibility, notice):
    shelve("SCN-P-0001", visibility=visibility)

    reader = _read(_get("SCN-P-0001", staff))

    assert all(notice in " ".join(page.extract_text().split()) for page in reader.pages)


def test_it_obeys_the_rule_of_the_page(shelve, visitors, focal_points):
    readers = {
        "public": set(visitors),
        "teaser": {"member", "group", "staff", "staff_mena"},
        "members": {"member", "group", "staff", "staff_mena"},
        "group": {"group", "staff", "staff_mena"},
        "staff": {"staff", "staff_mena"},
    }
    for number, (visibility, expected) in enumerate(readers.items(), 1):
        shelve(f"SCN-P-000{number}", visibility=visibility, groups=[focal_points])
        answers = {
            who: _get(f"SCN-P-000{number}", user).status_code for who, user in visitors.items()
        }
        assert set(answers.values()) <= {200, 404}
        assert (visibility, {who for who, code in answers.items() if code == 200}) == (
            visibility,
            expected,
        )


def test_nobody_else_keeps_a_copy_and_what_is_not_public_is_written_down(shelve, buses, ana):
    shelve("SCN-P-0002", title="For members")

    response = _get("SCN-P-0002", ana)
    client_of(ana).head("/hub/SCN-P-0002/pdf/")
    _get("SCN-P-0001", ana)

    assert response["Cache-Control"] == "private, no-store"
    entries = JournalEntry.objects.filter(verb="downloaded")
    assert [(entry.by, entry.subject_name, entry.facts) for entry in entries] == [
        (ana, "SCN-P-0002", {"format": "pdf"})
    ]


def test_cities_files_and_texts_that_a_reader_may_not_know_stay_out(buses, attach, aarhus, staff):
    list_as(aarhus, "members")
    attach(buses, title="Budget", visibility="members")

    stranger, inside = _words(_read(_get("SCN-P-0001"))), _words(_read(_get("SCN-P-0001", staff)))

    assert ("Aarhus" in stranger, "Budget" in stranger) == (False, False)
    assert ("Aarhus" in inside, "Budget" in inside) == (True, True)


def test_a_translation_says_what_it_is(buses):
    buses.texts.filter(language="fr").update(status="machine")
    buses.text_revision = 3
    buses.save(update_fields=["text_revision"])

    words = _words(_read(_get("SCN-P-0001", text="fr")))

    assert "This translation is older than the original, Translated by a machine" in words


def test_queries_do_not_grow_with_what_is_on_it(buses, attach, django_assert_max_num_queries):
    for number in range(30):
        buses.links.create(kind="reference", title=f"Link {number}")
        attach(buses, title=f"File {number}")

    with django_assert_max_num_queries(16):
        _get("SCN-P-0001")
