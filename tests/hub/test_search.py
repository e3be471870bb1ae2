import pytest
from django.contrib.auth.models import AnonymousUser

from hub.search import Term, parse, search
from tests import factories

STRANGER = AnonymousUser()


def _codes(found):
    return [record.code for record in found.records]


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("", []),
        ("youth  mediators", [[Term("youth"), Term("mediators")]]),
        (
            '"night bus" -police',
            [[Term("night bus", is_phrase=True), Term("police", excluded=True)]],
        ),
        ("bus or tram", [[Term("bus")], [Term("tram")]]),
        ("bus ou tram", [[Term("bus")], [Term("tram")]]),
        ("حافلة أو قطار", [[Term("حافلة")], [Term("قطار")]]),
        ('-"late bus"', [[Term("late bus", excluded=True, is_phrase=True)]]),
        ("- -- or", []),
        ('"never closed', [[Term("never closed", is_phrase=True)]]),
    ],
)
def test_parse_reads_what_people_type(typed, parsed):
    assert parse(typed) == parsed


@pytest.mark.parametrize(
    ("language", "title", "typed"),
    [
        ("en", "Youth mediators on evening buses", "mediation"),
        ("en", "Montréal and its libraries", "montreal library"),
        ("fr", "La médiation à l’école", "mediation ecole"),
        ("fr", "Œuvrer dans les quartiers", "oeuvrer quartier"),
        ("fr", "L’accueil des familles", "accueil famille"),
        ("ar", "الوساطة في المدارس", "وساطة"),
        ("ar", "وساطة الجيران", "الوساطة"),
        ("ar", "مَدينةُ آسفي", "اسفي"),
        ("ar", "ورشة في أرهوس", "ارهوس"),
        ("ar", "كتاب الحي", "كِتاب"),
        ("ar", "مستشفى المدينة", "مستشفي"),
    ],
)
def test_search_finds_words_in_their_other_forms(shelve, language, title, typed):
    shelve("SCN-P-0001", visibility="public", language=language, title=title)
    shelve("SCN-P-0002", visibility="public", title="Something else")

    assert _codes(search(STRANGER, typed)) == ["SCN-P-0001"]


def test_search_finds_a_record_by_its_code_kind_and_terms_in_any_language(shelve):
    record = shelve("SCN-T-0007", kind="toolkit", visibility="public", themes=["youth"])
    shelve("SCN-P-0001", visibility="public")

    assert _codes(search(STRANGER, "SCN-T-0007")) == [record.code]
    assert _codes(search(STRANGER, "scn t 0007")) == [record.code]
    assert _codes(search(STRANGER, "engagement des jeunes")) == [record.code]
    assert _codes(search(STRANGER, "إشراك الشباب")) == [record.code]


def test_search_reads_every_language_version_and_counts_the_record_once(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        themes=["youth"],
        texts={"fr": {"title": "Bus de nuit"}, "ar": {"title": "حافلات الليل"}},
    )

    for typed in ["night", "nuit", "الليل", "bus"]:
        found = search(STRANGER, typed)
        assert (_codes(found), found.total, found.kinds["practice"]) == (["SCN-P-0001"], 1, 1)


def test_unfinished_translations_are_not_found(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        texts={"fr": {"title": "Autocars", "status": "draft"}},
    )

    assert search(STRANGER, "autocars").total == 0


def test_title_weighs_more_than_summary_and_summary_more_than_body(shelve):
    filler = {"title": "Filler", "summary": "Filler"}
    shelve("SCN-P-0001", visibility="public", texts={"en": filler | {"description": "A ferry."}})
    shelve("SCN-P-0002", visibility="public", texts={"en": filler | {"summary": "A ferry."}})
    shelve("SCN-P-0003", visibility="public", texts={"en": filler | {"title": "A ferry"}})

    assert _codes(search(STRANGER, "ferry")) == ["SCN-P-0003", "SCN-P-0002", "SCN-P-0001"]


def test_quotes_minus_and_or_are_strict(shelve):
    shelve("SCN-P-0001", visibility="public", title="Late night bus")
    shelve("SCN-P-0002", visibility="public", title="Night market and bus station")
    shelve("SCN-P-0003", visibility="public", title="Tram")

    assert set(_codes(search(STRANGER, "night bus"))) == {"SCN-P-0001", "SCN-P-0002"}
    assert _codes(search(STRANGER, '"night bus"')) == ["SCN-P-0001"]
    assert _codes(search(STRANGER, "night -market")) == ["SCN-P-0001"]
    assert set(_codes(search(STRANGER, "late or tram"))) == {"SCN-P-0001", "SCN-P-0003"}


def test_words_match_softly_only_where_no_record_has_them_all(shelve):
    shelve("SCN-P-0001", visibility="public", title="Ferry captains and mediators")
    shelve("SCN-P-0002", visibility="public", title="Ferry timetable")
    shelve("SCN-P-0003", visibility="public", title="Schools")

    strict = search(STRANGER, "ferry mediators")
    soft = search(STRANGER, "what do mediators on a ferry need at weekends")

    assert (_codes(strict), strict.is_partial) == (["SCN-P-0001"], False)
    assert (_codes(soft), soft.is_partial) == (["SCN-P-0001", "SCN-P-0002"], True)
    assert _codes(search(STRANGER, "mediators ferry weekends -timetable")) == ["SCN-P-0001"]


def test_search_survives_anything_typed(shelve):
    shelve("SCN-P-0001", visibility="public")

    for typed in [
        "\0",
        "&|!():*<->",
        "%_\\'\";--",
        "a" * 5000,
        "ا" * 200,
        '" " "',
        "the of and",
        "-x",
    ]:
        assert search(STRANGER, typed).total in (0, 1)


def test_facets_widen_inside_narrow_across_and_ignore_their_own_choice(shelve):
    youth, dialogue = (_theme(code) for code in ("youth", "dialogue"))
    shelve("SCN-P-0001", kind="practice", visibility="public", themes=["youth"])
    shelve("SCN-P-0002", kind="practice", visibility="public", themes=["dialogue"])
    shelve("SCN-T-0001", kind="toolkit", visibility="public", themes=["youth", "dialogue"])
    shelve("SCN-L-0001", kind="lesson_learned", visibility="public", themes=["dialogue"])

    one = search(STRANGER, kinds=["practice"], newest=True)
    two = search(STRANGER, kinds=["practice", "toolkit"], themes=[youth], newest=True)

    assert _codes(one) == ["SCN-P-0002", "SCN-P-0001"]
    assert dict(one.kinds) == {"practice": 2, "toolkit": 1, "lesson_learned": 1}
    assert (one.terms[youth], one.terms[dialogue]) == (1, 1)
    assert _codes(two) == ["SCN-T-0001", "SCN-P-0001"]
    assert dict(two.kinds) == {"practice": 1, "toolkit": 1}
    assert (two.terms[youth], two.terms[dialogue]) == (2, 2)


def test_pages_hold_twenty_and_a_page_too_far_is_the_last(shelve):
    for number in range(1, 23):
        shelve(f"SCN-P-{number:04d}", visibility="public")

    second = search(STRANGER, newest=True, page=2)

    assert _codes(second) == ["SCN-P-0002", "SCN-P-0001"]
    assert (second.total, second.page.number) == (22, 2)
    assert _codes(search(STRANGER, newest=True, page=99)) == _codes(second)


def _theme(code):
    return factories.term("theme", code).pk
