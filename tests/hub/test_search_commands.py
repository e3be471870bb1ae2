"""The commands around the search: made-up records, rebuilding, counting words, measuring on test collections."""

import threading
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from core.models import Term
from hub.management import smart
from hub.management.measuring import average_precision, ndcg
from hub.models import (
    Record,
    RecordText,
    RecordToLearn,
    SearchCount,
    SearchLexeme,
    SearchRow,
    SearchWord,
)
from hub.search import Wanted, learn, learning, search, suggest, terms
from hub.tasks import learn_new_words
from tests import factories

pytestmark = pytest.mark.django_db
STRANGER = AnonymousUser()


@pytest.fixture
def coded():
    """A few codes and two towns for made-up records to choose from."""
    region = factories.term("region", "145")
    for code in ("LB", "JO"):
        factories.term("country", code, broader=region)
    for vocabulary in ("theme", "target_audience", "practice_type", "point_of_intervention"):
        for number in range(3):
            factories.term(vocabulary, f"{vocabulary}-{number}")
    factories.city("Tripoli", country="LB", listing="public")
    factories.city("Hidden", country="LB", listing="members")


def _make(number, **options):
    out = StringIO()
    call_command("make_records", number, stdout=out, **options)
    return out.getvalue()


def test_made_up_records_are_found_as_if_they_had_been_saved(coded):
    assert _make(60) == "60 made-up records, 60 records in all\n"

    assert SearchRow.objects.differing() == []
    assert SearchRow.objects.refresh(*Record.objects.all()) == SearchRow.objects.count()
    assert not RecordToLearn.objects.exists(), "nothing was to be written"
    assert set(Record.objects.values_list("visibility", flat=True)) > {"public", "members"}
    found = SearchWord.objects.filter(public__gt=2, word__startswith="con").order_by("word")
    word = found[0].word
    assert search(STRANGER, Wanted(word)).total > 0


def test_the_same_seed_makes_the_same_records(coded):
    _make(5, seed=3)
    first = list(RecordText.objects.order_by("pk").values_list("title", flat=True))
    Record.objects.all().delete()
    _make(5, seed=3)
    second = list(RecordText.objects.order_by("pk").values_list("title", flat=True))
    Record.objects.all().delete()
    _make(5, seed=4)

    assert first == second
    assert list(RecordText.objects.order_by("pk").values_list("title", flat=True)) != first


def test_many_records_at_once_leave_every_index_in_place(coded, monkeypatch):
    monkeypatch.setattr("hub.management.commands.make_records._MANY", 1)

    _make(3)
    _make(3)

    assert SearchRow.objects.differing() == []
    assert Record.objects.count() == 6


def test_made_up_records_stay_out_of_a_library_in_use(shelve, coded):
    shelve("SCN-P-0001")

    with pytest.raises(CommandError, match="other records"):
        _make(1)

    assert Record.objects.count() == 1
    assert "2 records in all" in _make(1, append=True)


def test_rebuilding_mends_rows_and_the_check_names_those_that_differ(shelve):
    record = shelve("SCN-P-0001", visibility="public", title="Ferry")
    SearchRow.objects.update(visibility="staff")

    with pytest.raises(CommandError, match="1 search rows differ"):
        call_command("rebuild_search", check=True, stdout=StringIO(), stderr=StringIO())
    call_command("rebuild_search", stdout=StringIO())
    out = StringIO()
    call_command("rebuild_search", check=True, stdout=out)

    assert "1 search rows are what they should be" in out.getvalue()
    assert search(STRANGER, Wanted("ferry")).hits[0].record == record
    assert [str(count) for count in SearchCount.objects.filter(facet=0, level="public")] == [
        "public 0: 1"
    ]


def test_in_a_large_library_the_counts_of_the_night_say_what_a_word_tells(shelve, monkeypatch):
    for number in range(1, 6):
        shelve(f"SCN-P-000{number}", visibility="public", title=f"Trams number {number}")
    shelve("SCN-P-0006", visibility="public", title="Ferries")
    shelve("SCN-P-0007", visibility="members", title="Secrets")
    monkeypatch.setattr(terms, "COUNTED_LIVE", 0)
    monkeypatch.setattr(learning, "COUNTED_LIVE", 0)

    learn()

    counted = {
        lexeme: (public, staff)
        for lexeme, public, staff in SearchLexeme.objects.filter(language="en").values_list(
            "lexeme", "public", "staff"
        )
    }
    assert (counted["tram"], counted["secret"]) == ((5, 5), (0, 1))
    assert str(SearchLexeme.objects.get(language="en", lexeme="tram")) == "tram"
    found = search(STRANGER, Wanted("trams ferries unheard"))
    assert (found.hits[0].record.code, found.total) == ("SCN-P-0006", 6)


def test_counting_forgets_words_that_no_record_has_any_more(shelve):
    record = shelve("SCN-P-0001", visibility="public", title="Ferries")
    learn_new_words()
    assert suggest(STRANGER, "ferriess") == "ferries"
    RecordText.objects.filter(record=record).update(title="Trams", summary="")
    SearchRow.objects.refresh(record)

    learn()

    assert not SearchWord.objects.filter(word="ferries").exists()
    assert str(SearchWord.objects.get(word="trams")) == "trams"
    assert not RecordToLearn.objects.exists()


def test_what_a_change_leaves_alone_is_not_written_again(shelve):
    """A row is moved by whatever is written to it (`ctid`), and each vector by its own language alone."""
    french = {"fr": {"title": "Bacs", "summary": "", "description": "Des bacs"}}
    record = shelve("SCN-P-0001", visibility="teaser", title="Ferries", texts=french)
    learn_new_words()
    before = _where()
    SearchRow.objects.refresh(record)

    assert _where() == before
    assert not RecordToLearn.objects.exists()
    with CaptureQueriesContext(connection) as queries:
        record.texts.filter(language="fr").update(description="Des passeurs")
        SearchRow.objects.refresh(record)

    (update,) = [query["sql"] for query in queries if "UPDATE hub_searchrow" in query["sql"]]
    assert ("fts_fr" in update, "fts_en" in update, "facets" in update) == (True, False, False)
    assert [readers for readers, place in _where().items() if place != before[readers]] == [
        "insiders"
    ]
    assert RecordToLearn.objects.exists()
    assert SearchRow.objects.differing() == []


def test_an_arabic_word_is_learnt_as_it_is_written_though_its_stem_is_known(shelve):
    record = shelve("SCN-P-0001", visibility="public", language="ar", title="مدرسة")
    learn_new_words()
    record.texts.update(title="المدرسة")
    SearchRow.objects.refresh(record)

    learn_new_words()

    assert SearchWord.objects.filter(word="المدرسه").exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_never_wait_for_each_other(shelve):
    """Whoever writes two rows of a record locks the counts they share in the order that all others do."""
    codes = [f"SCN-P-000{number}" for number in range(4)]
    for code, visibility in zip(codes, ["teaser", "public"] * 2, strict=True):
        shelve(code, visibility=visibility, title="Ferries")
    failed = []

    def save(code):
        record = Record.objects.get(code=code)
        try:
            for day in range(1, 150):
                Record.objects.filter(pk=record.pk).update(start_date=f"{1900 + day}-01-01")
                SearchRow.objects.refresh(record)
        except OperationalError as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=[code]) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert SearchRow.objects.differing() == []


def _where():
    with connection.cursor() as cursor:
        cursor.execute("SELECT readers, ctid::text FROM hub_searchrow")
        return dict(cursor.fetchall())


def test_a_row_from_before_the_digests_is_written_whole(shelve):
    record = shelve("SCN-P-0001", visibility="public", title="Ferries")
    SearchRow.objects.update(digests=b"", visibility="staff", fts_en=None)

    SearchRow.objects.refresh(record)

    assert SearchRow.objects.differing() == []
    assert [hit.code for hit in _hits("ferries")] == ["SCN-P-0001"]


def test_new_words_of_a_changed_record_are_learnt_soon_after(shelve):
    for number in range(60):
        shelve(f"SCN-P-{number:04}", visibility="public", title="Ferries")
    learn_new_words()
    assert not RecordToLearn.objects.exists()
    record = Record.objects.get(code="SCN-P-0007")
    record.texts.update(title="Cable cars")
    SearchRow.objects.refresh(record)
    gone = shelve("SCN-P-0060", visibility="public", title="Trams")
    gone.delete()
    assert suggest(STRANGER, "cabble") is None

    learn_new_words()

    assert suggest(STRANGER, "cabble") == "cable"
    assert suggest(STRANGER, "tramms") is None
    assert not RecordToLearn.objects.exists()


def test_a_term_that_was_changed_is_found_by_its_new_label(shelve):
    """The terms that a process remembers are those of the state the database is in."""
    record = shelve("SCN-P-0001", visibility="public", title="Ferries", themes=["youth"])
    Term.objects.filter(vocabulary="theme", code="youth").update(label_en="Adolescents")
    SearchRow.objects.refresh(record)
    assert [hit.code for hit in _hits("adolescents")] == ["SCN-P-0001"]

    wide = factories.term("theme", "wide")
    Term.objects.filter(vocabulary="theme", code="youth").update(broader=wide, label_en="Youth")
    SearchRow.objects.refresh(record)

    assert _hits("adolescents") == []
    assert [hit.code for hit in _hits("youth")] == ["SCN-P-0001"]
    assert SearchRow.objects.differing() == []


def _hits(words):
    return [hit.record for hit in search(STRANGER, Wanted(words)).hits]


_DOCUMENTS = """.I 1
.T
Night buses
.A
Nobody
.W
Mediators ride on night buses and talk
with passengers.
.I 2
.T
Ferries
.W
Mediators on ferries at weekends.
.X
1 5 1
.I 3
.W
Nothing of the kind stands in this one.
"""
_QUERIES = ".I 001\n.W\nwhich mediators ride on buses\n.I 007\n.W\nferries at the weekend\n"


def _collection(folder, qrels):
    (folder / "docs").write_text(_DOCUMENTS)
    (folder / "queries").write_text(_QUERIES)
    (folder / "qrels").write_text(qrels)
    return folder


@pytest.mark.parametrize(
    ("qrels", "judged"),
    [
        ("1 1\n7 2\n", {"1": {"1": 1}, "7": {"2": 1}}),
        ("1 1 3\n7 2 1\n7 3 0\n", {"1": {"1": 3}, "7": {"2": 1}}),
        ("1 1 0 0.000000\n2 2 0 0.000000\n", {"1": {"1": 1}, "7": {"2": 1}}),
        ("1 0 1 2\n1 0 2 0\n7 0 2 1\n", {"1": {"1": 2}, "7": {"2": 1}}),
    ],
)
def test_collections_are_read_as_people_publish_them(tmp_path, qrels, judged):
    collection = smart.read(_collection(tmp_path, qrels))

    assert collection.judged == judged
    assert list(collection.documents) == ["1", "2", "3"]
    assert collection.documents["1"].words.endswith("buses and talk with passengers.")
    assert collection.queries["1"].words == "which mediators ride on buses"


def test_queries_may_be_counted_numbers_stand_below_and_names_be_anything(tmp_path):
    (tmp_path / "cran.all.1400").write_text(
        ".I\n  MED-10\n.W\nshear-flow past a 3-d wing at mach 2.5\n.A\nting-yili\n.K\nshear\nflow\n"
        ".I 7\n.T\n.W\n.I 8\n.T a title on the line\n.X\n1\t5\t1\n"
    )
    (tmp_path / "cran.qry").write_text(
        ".I 002\n.W\nshear\n flow .\n.I 365\n.T\nwings\n.W\nin flight\n"
    )
    (tmp_path / "cranqrel").write_text("1 MED-10 2\n1 7 -1\n2 8 4\n2 99 1\n\n")

    collection = smart.read(tmp_path)

    assert collection.judged == {"2": {"MED-10": 2}, "365": {"8": 4}}
    assert [entry.words for entry in collection.documents.values()] == [
        "shear-flow past a 3-d wing at mach 2.5",
        "",
        "",
    ]
    assert collection.documents["MED-10"].keywords == "shear flow"
    assert collection.documents["8"].title == "a title on the line"
    assert collection.queries["2"].words == "shear flow ."


def test_whole_paragraphs_are_searched_and_empty_or_long_fields_kept(tmp_path):
    filler = " ".join(f"filler{number}" for number in range(400))
    (tmp_path / "docs").write_text(
        f".I 1\n.T\n{filler} gyroscope\n.I 2\n.K\n{filler} sextant\n.I 3\n.W\nothers\n.I 4\n"
    )
    (tmp_path / "queries").write_text(
        ".I 1\n.W\n"
        + "which of these " * 150
        + 'tells of a gyroscope\n.I 2\n.W\nA SEXTANT OR A "COMPASS" -\n'
    )
    (tmp_path / "qrels").write_text("1 1\n2 2\n")
    out = StringIO()

    call_command("evaluate_search", tmp_path, here=True, stdout=out)

    assert out.getvalue().splitlines()[1].startswith("ours  MAP 1.0000  nDCG@10 1.0000  ")


def test_a_collection_is_measured_through_the_search_of_the_library(tmp_path):
    out = StringIO()

    call_command("evaluate_search", _collection(tmp_path, "1 1\n7 2\n"), here=True, stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0].startswith("collection  3 documents  2 judged queries  loaded in ")
    assert lines[1].startswith("ours  MAP 1.0000  nDCG@10 1.0000  ")
    measured = [line.split("  ")[0] for line in lines[1:]]
    assert measured == ["ours", "bm25", "bm25 stemmed", "ts_rank"]


def test_measuring_refuses_what_it_cannot_read_and_a_library_in_use(tmp_path, shelve):
    with pytest.raises(CommandError, match="There is no file docs"):
        call_command("evaluate_search", tmp_path)
    _collection(tmp_path, "99 99\n")
    with pytest.raises(CommandError, match="No judgement"):
        call_command("evaluate_search", tmp_path)
    shelve("SCN-P-0001")
    with pytest.raises(CommandError, match="measure in an empty one"):
        call_command("evaluate_search", _collection(tmp_path, "1 1\n"), here=True)


def test_measures_are_those_of_trec():
    relevant = {"a": 2, "b": 1}

    assert average_precision(["x", "a", "b"], relevant) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert ndcg(["a", "b"], relevant) == 1
    assert ndcg(["x"], relevant) == 0


def test_a_changed_record_is_found_by_its_new_words_after_two_statements(
    coded, django_assert_num_queries
):
    _make(20)
    record = Record.objects.exclude(visibility="teaser").order_by("pk")[0]
    text = record.texts.get(language=record.original_language)
    text.title = f"{text.title} ferry"
    text.save()
    SearchRow.objects.refresh(record)
    text.title = f"Ferry {text.summary}"[:200]
    text.save()

    # Lock and read in one, then write.
    with django_assert_num_queries(2):
        SearchRow.objects.refresh(record)

    assert SearchRow.objects.differing() == []
