"""The vocabularies: complete in three languages, and loaded without trampling on staff's edits."""

import json
import shutil
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from core import vocabularies
from core.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path):
    """A copy of the published lists, to change."""
    return shutil.copytree(vocabularies.DATA, tmp_path / "data")


def change(data, vocabulary, line, **values):
    file = data / f"{vocabulary}.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = json.dumps(json.loads(lines[line - 1]) | values)
    file.write_text("\n".join(lines), encoding="utf-8")


def term(vocabulary, code):
    return Term.objects.get(vocabulary=vocabulary, code=code)


def test_loading_again_changes_nothing():
    before = list(Term.objects.order_by("pk").values())

    summary = vocabularies.load()

    assert (summary.created, summary.updated, summary.ended) == (0, 0, 0)
    assert list(Term.objects.order_by("pk").values()) == before


def test_loading_into_an_empty_database_takes_at_most_three_seconds():
    Term.objects.update(broader=None, hub=None)
    Term.objects.all().delete()
    started = time.monotonic()

    summary = vocabularies.load()

    assert summary.created == Term.objects.count()
    assert summary.updated == 0
    assert time.monotonic() - started < 3


def test_every_vocabulary_has_terms_with_labels_in_three_languages():
    vocabularies_with_terms = set(Term.objects.values_list("vocabulary", flat=True))
    unlabelled = [
        (term.vocabulary, term.code)
        for term in Term.objects.all()
        if not (term.label_en and term.label_fr and term.label_ar)
    ]

    assert vocabularies_with_terms == set(Term.Vocabulary.values)
    assert unlabelled == []


def test_arabic_labels_are_in_arabic():
    latin = [t.code for t in Term.objects.all() if not any("ء" <= c <= "ي" for c in t.label_ar)]

    assert latin == []


def test_labels_are_read_in_the_language_of_the_page():
    lebanon = term("country", "LB")
    shown = []
    for language in ["en", "fr", "ar"]:
        with translation.override(language):
            shown.append(lebanon.label)

    assert shown == ["Lebanon", "Liban", "لبنان"]


def test_countries_are_those_of_iso_and_kosovo():
    countries = Term.objects.of("country")

    assert countries.count() == 250
    assert len({country.data["alpha3"] for country in countries}) == 250
    assert [c.code for c in countries if "numeric" not in c.data] == ["XK"]
    assert term("country", "XK").note
    assert term("country", "PS").note


def test_countries_lie_in_subregions_and_these_in_regions():
    lebanon = term("country", "LB")

    assert (lebanon.broader.label_en, lebanon.broader.broader.label_en) == ("Western Asia", "Asia")
    assert [c.code for c in Term.objects.of("country") if c.broader is None] == ["AQ"]


def test_every_country_has_a_hub():
    assert not Term.objects.of("country").filter(hub=None).exists()
    assert [term("country", code).hub.code for code in ["KE", "TN", "IN", "XK", "US", "DK"]] == [
        *("ESA", "MENA", "SA", "WB", "NA", "HQ")
    ]


def test_population_bands_meet_without_gap_or_overlap():
    bands = [band.data for band in Term.objects.of("population_band")]

    assert bands[0]["min"] == 0
    assert [band["max"] for band in bands] == [*(band["min"] for band in bands[1:]), None]


def test_criteria_have_words_for_every_rating_in_three_languages():
    ratings = set(Term.objects.of("rating").values_list("code", flat=True))

    for criterion in Term.objects.of("criterion"):
        assert set(criterion.data["words"]) == ratings
        for words in criterion.data["words"].values():
            assert set(words) == {"en", "fr", "ar"}
    assert term("criterion", "impact").data["words"]["3"]["en"] == "Positive impact"
    assert term("rating", "NEI").data == {"value": None}


def test_own_languages_come_first():
    codes = Term.objects.of("language").values_list("code", flat=True)

    assert list(codes[:3]) == ["en", "fr", "ar"]


def test_published_correction_reaches_the_term(data):
    change(data, "theme", 1, en="Stories and communication")

    summary = vocabularies.load(data)

    assert summary.updated == 1
    assert term("theme", "communications").label_en == "Stories and communication"


def test_term_edited_by_staff_is_kept(data):
    Term.objects.filter(vocabulary="theme", code="youth").update(label_en="Youth!", edited=True)

    summary = vocabularies.load(data)

    assert (summary.updated, summary.kept) == (0, 1)
    assert term("theme", "youth").label_en == "Youth!"


def test_term_that_left_its_list_ends_and_may_come_back(data):
    file = data / "theme.jsonl"
    whole = file.read_text(encoding="utf-8")
    file.write_text("".join(whole.splitlines(keepends=True)[:-1]), encoding="utf-8")

    assert vocabularies.load(data).ended == 1
    assert term("theme", "education_jobs").valid_to == timezone.now().date()
    assert not Term.objects.of("theme").current().filter(code="education_jobs").exists()
    assert vocabularies.load(data).ended == 0

    file.write_text(whole, encoding="utf-8")
    vocabularies.load(data)
    assert term("theme", "education_jobs").valid_to is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fr": ""}, "theme.jsonl, line 2: fr is missing."),
        ({"colour": "red"}, "theme.jsonl, line 2: colour is not a field of a term."),
        ({"code": "youth"}, "theme.jsonl, line 4: the code youth is there twice."),
        ({"broader": "theme:nothing"}, "theme.jsonl, line 2: there is no term theme:nothing."),
        ({"hub": "MOON"}, "theme.jsonl, line 2: there is no term hub:MOON."),
    ],
)
def test_bad_file_loads_nothing_and_says_where(data, values, sentence):
    change(data, "theme", 1, en="Changed")
    change(data, "theme", 2, **values)

    with pytest.raises(vocabularies.BadVocabularyError) as refusal:
        vocabularies.load(data)

    assert str(refusal.value) == sentence
    assert not Term.objects.filter(label_en="Changed").exists()


def test_file_that_is_not_json_says_where(data):
    (data / "theme.jsonl").write_text("{}\n{nonsense", encoding="utf-8")

    with pytest.raises(
        vocabularies.BadVocabularyError, match=r"^theme.jsonl, line 1: ar, code, en,"
    ):
        vocabularies.load(data)

    (data / "theme.jsonl").write_text("[]", encoding="utf-8")
    with pytest.raises(vocabularies.BadVocabularyError, match=r"^theme.jsonl, line 1: not a term"):
        vocabularies.load(data)

    (data / "theme.jsonl").write_text("{nonsense", encoding="utf-8")
    with pytest.raises(vocabularies.BadVocabularyError, match=r"^theme.jsonl, line 1: not JSON"):
        vocabularies.load(data)


def test_missing_file_says_which(data):
    (data / "hub.jsonl").unlink()

    with pytest.raises(vocabularies.BadVocabularyError, match=r"^hub.jsonl cannot be read"):
        vocabularies.load(data)


def test_command_tells_what_it_did():
    told = StringIO()

    call_command("load_vocabularies", stdout=told)

    assert told.getvalue().startswith("Vocabularies: 0 terms new, 0 changed, 0 ended, 0 kept")


def test_command_ends_with_the_sentence_of_a_bad_file(data):
    change(data, "hub", 1, ar="")

    with pytest.raises(CommandError, match=r"^hub.jsonl, line 1: ar is missing\.$"):
        call_command("load_vocabularies", data)
