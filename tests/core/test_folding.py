"""Folding: one spelling for searching, the same in Python and in Postgres."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.folding import Fold, fold, function_sql

pytestmark = pytest.mark.django_db

# What people type, and what it is compared as, in the network's scripts and some more.
EXAMPLES = [
    # Latin
    ("Montréal", "montreal"),
    ("MONTRE\u0301AL", "montreal"),
    ("Medellín", "medellin"),
    ("Århus", "arhus"),
    ("Łódź", "lodz"),
    ("Sønderborg", "sonderborg"),
    ("Đà Nẵng", "da nang"),
    ("İstanbul", "istanbul"),
    ("Iğdır", "igdir"),
    ("Straße", "strasse"),
    ("STRAẞE", "strasse"),
    ("Cœur d’Alene", "coeur d'alene"),
    ("Ærø", "aero"),
    ("Þorlákshöfn", "thorlakshofn"),
    ("Gəncə", "gence"),
    ("Kasar Ƙasa", "kasar kasa"),
    ("ﬁn", "fin"),
    ("Ｐａｒｉｓ", "paris"),
    ("Aix–en‑Provence", "aix-en-provence"),
    ("  New \u00a0 York\n City ", "new york city"),
    ("so\u00adcial\u200b", "social"),
    # Arabic
    ("آسفي", "اسفي"),
    ("أكادير", "اكادير"),
    ("إربد", "اربد"),
    ("ٱلرباط", "الرباط"),
    ("ا\u0654كادير", "اكادير"),
    ("مَرَّاكُش", "مراكش"),
    ("كِتاب", "كتاب"),
    ("بـيـروت", "بيروت"),
    ("القاهرة", "القاهره"),
    ("مستشفى", "مستشفي"),
    ("ﺑﻴﺮﻭﺕ", "بيروت"),
    ("\u200fبيروت\u200e", "بيروت"),
    # Greek, Cyrillic, Devanagari, Hangul, Japanese
    ("ΑΘΉΝΑΣ", "αθηνασ"),
    ("Αθήνας", "αθηνασ"),
    ("МОСКВА", "москва"),
    ("Королёв", "королев"),
    ("Приштина", "приштина"),
    ("कोलकाता", "कोलकाता"),
    ("서울", "서울"),
    ("ガ", "ガ"),
    ("か\u3099", "が"),
]


def in_sql(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("text", "folded"), EXAMPLES)
def test_fold_of_example(text, folded):
    assert fold(text) == folded


def test_sql_fold_of_examples():
    assert [in_sql(text) for text, _folded in EXAMPLES] == [folded for _text, folded in EXAMPLES]


@pytest.mark.parametrize(
    ("one", "other"), [("ؤ", "و"), ("ئ", "ي"), ("سؤال", "سوال"), ("مائة", "ماية"), ("ء", "ا")]
)
def test_hamza_on_its_seat_stays_a_letter_of_its_own(one, other):
    assert fold(one) != fold(other)
    assert in_sql(one) != in_sql(other)


@pytest.mark.parametrize("seat", ["ؤ", "ئ"])
def test_hamza_composed_and_decomposed_are_one(seat):
    decomposed = {"ؤ": "و\u0654", "ئ": "ي\u0654"}[seat]

    assert fold(decomposed) == fold(seat) == seat
    assert in_sql(decomposed) == seat


def test_fold_of_nothing_is_nothing():
    assert [fold(""), fold(" \n "), fold("\0")] == ["", "", ""]
    assert [in_sql(""), in_sql(" \n "), in_sql(None)] == ["", "", None]


def test_fold_drops_nul_which_postgres_cannot_store():
    assert fold("Kol\0kata") == "kolkata"
    assert fold("Med\0ellín") == "medellin"


def test_fold_is_fit_for_generated_columns_and_indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE proname = 'fold'"
        )
        assert cursor.fetchall() == [("i", "s", True)]


def test_fold_expression_in_a_query():
    Group.objects.create(name="Évora")

    assert list(Group.objects.annotate(folded=Fold("name")).values_list("folded", flat=True)) == [
        "evora"
    ]


def test_every_cased_letter_folds_alike():
    """Every letter of Unicode's basic planes that has a small form, in one query."""
    letters = [
        c for c in map(chr, [*range(1, 0xD800), *range(0xE000, 0x20000)]) if c.casefold() != c
    ]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n",
            [letters],
        )
        answers = [row[0] for row in cursor.fetchall()]

    assert {c: a for c, a in zip(letters, answers, strict=True) if a != fold(c)} == {}


def test_function_is_written_in_ascii():
    assert function_sql().isascii()


SCRIPTS = st.one_of(
    st.characters(min_codepoint=1, max_codepoint=0x24F),  # Latin
    st.characters(min_codepoint=0x250, max_codepoint=0x36F),  # phonetic letters, accents
    st.characters(
        min_codepoint=0x370, max_codepoint=0x58F, exclude_categories=["Cn"]
    ),  # Greek, Cyrillic, Armenian
    st.characters(min_codepoint=0x600, max_codepoint=0x6FF),  # Arabic
    st.sampled_from("اأإآٱيىئوؤهةكلم\u0640\u0653\u0654\u0655\u064e\u0651\u0670\u200c\u200f"),
    st.characters(min_codepoint=0x900, max_codepoint=0xDFF, exclude_categories=["Cn"]),  # Indic
    st.characters(
        min_codepoint=0x10A0, max_codepoint=0x13FF, exclude_categories=["Cn"]
    ),  # Georgian, Hangul, Ethiopic
    st.characters(
        min_codepoint=0x1E00, max_codepoint=0x206F, exclude_categories=["Cn"]
    ),  # Latin, Greek, punctuation
    st.characters(
        min_codepoint=0x3000, max_codepoint=0x30FF, exclude_categories=["Cn"]
    ),  # Japanese
    st.characters(min_codepoint=0xAC00, max_codepoint=0xAC80),  # Hangul
    st.characters(
        min_codepoint=0xFB00, max_codepoint=0xFEFF, exclude_categories=["Cn"]
    ),  # presentation forms
    st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF, exclude_categories=["Cn"]),  # widths
)
TEXTS = st.lists(SCRIPTS, max_size=12).map("".join)
SAME_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SAME_DATABASE
@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_python_and_postgres_fold_alike(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
        )
        answers = [row[0] for row in cursor.fetchall()]

    assert answers == [fold(text) for text in texts]


@SAME_DATABASE
@given(TEXTS)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
