"""Tables in: workbooks and CSV are read as cards, every fault has its row and column, and nothing is lost."""

import csv
import json
import random
import zipfile
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.models import Job, JournalEntry
from hub.actions import card_import, workbooks
from hub.actions.card_dump import dump
from hub.actions.card_values import BadCards
from hub.actions.cards import FORMAT, import_cards
from hub.actions.imports import import_file, read_file, write_template
from hub.actions.sheet_columns import RECORD_COLUMNS
from hub.actions.sheets import csv_lines, guarded, unguarded
from hub.models import Record, Revision, SearchRow
from hub.tasks import clear_away
from tests.hub.conftest import PDF
from tests.hub.test_cards import _full_card, world

__all__ = ["world"]  # a fixture

SIGNS = "=+-@\t\r\n＝＋－＠'; \"[{⟦⟧1_x000D_\x07…عé🚌\ufffe,|\\"


def _csv(*rows, delimiter=","):
    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return BytesIO(out.getvalue().encode("utf-8"))


def _book(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def _as_csv(cards):
    return BytesIO("".join(csv_lines(cards)).encode("utf-8"))


def _as_book(cards):
    out = BytesIO()
    writer = workbooks.Writer(out)
    for card in cards:
        writer.add(card)
    writer.close()
    out.seek(0)
    return out


def _as_json(cards):
    return BytesIO(json.dumps({"format": FORMAT, "records": cards}).encode())


FORMS = {"csv": _as_csv, "xlsx": _as_book, "json": _as_json}


def _dumped(code="SCN-A-0001"):
    return dump(Record.objects.get(code=code), with_files=False)


@pytest.fixture
def shelf(world):
    """The full card of a record and a plain one, as the library holds them."""
    card = _full_card()
    del card["files"]
    import_cards(
        json.dumps({"format": FORMAT, "records": [{"code": "SCN-P-0009", "texts": {"en": {"title": "Old"}}}, card]}),
        by=None,
    )  # fmt: skip
    return _dumped()


@pytest.mark.parametrize("form", FORMS)
def test_the_card_goes_out_and_in_again_without_loss(shelf, form):
    file = FORMS[form]([shelf])
    Record.objects.get(code="SCN-A-0001").delete()

    summary = import_file(file, by=None)

    assert (summary.new, summary.changed, summary.unchanged) == (1, 0, 0)
    assert _dumped() == shelf


@pytest.mark.parametrize("form", FORMS)
def test_what_was_exported_changes_nothing_when_it_comes_back(shelf, form):
    cards = [_dumped("SCN-P-0009"), shelf]

    summary = import_file(FORMS[form](cards), by=None)

    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 2)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("seed", range(8))
def test_no_sign_is_lost_on_the_way(shelf, form, seed):
    dice = random.Random(seed)

    def words(most):
        text = "".join(dice.choices(SIGNS, k=dice.randint(1, most)))
        return text.replace("\r", "\n") if most > 20 else text.replace("\r", "").strip() or "x"

    card = shelf | {
        "lead_organization": words(20),
        "funders": [words(12) for _ in range(3)],
        "links": [{"kind": "useful", "title": words(20), "url": "https://example.org/=1"}],
        "texts": {
            "en": shelf["texts"]["en"]
            | {"title": words(20), "description": words(60_000), "keywords": words(20)}
        },
    }

    [row] = read_file(FORMS[form]([card]))

    assert row.faults == []
    for name in ("lead_organization", "funders", "texts"):
        assert row.card[name] == card[name]
    assert row.card["links"][0]["title"] == card["links"][0]["title"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", "＝1", "'=1", "''-", "'tis", "plain", ""]
)
def test_a_guarded_cell_is_what_it_was(text):  # fmt: skip
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "＝")


def test_a_file_from_another_language_has_semicolons_and_its_own_words(world):
    file = _csv(
        ["Code", "title_fr", "original language", "is_ongoing", "theme", "start_date", "title_en"],
        ["SCN-P-0001", "Bus de nuit", "fr", "oui", "youth; dialogue", "2015-01", ""],
        ["", "", "", "", "", "", ""],
        ["SCN-P-0002", "", "en", "non", "", "", "Night trams"],
        delimiter=";",
    )

    summary = import_file(file, by=None)

    first = _dumped("SCN-P-0001")
    assert (summary.new, first["texts"]["fr"]["title"], first["is_ongoing"]) == (
        2,
        "Bus de nuit",
        True,
    )
    assert (first["codes"], first["start_date"]) == ({"theme": ["youth", "dialogue"]}, "2015-01")
    assert "codes" not in _dumped("SCN-P-0002")


def test_a_workbook_made_by_hand_has_numbers_dates_and_truths(world):
    filled = {
        "code": "SCN-P-0001",
        "title_en": 2015.0,
        "summary_en": True,
        "keywords_en": datetime(2016, 5, 31),
        "staff_fte": 1.5,
        "cost_amount": 1200,
        "cost_currency": "EUR",
        "end_date": datetime(2016, 5, 31),
        "is_ongoing": True,
        "revision": 3.0,
        "embargo_until": datetime(2031, 1, 1, 8),
        "conflict_affected": False,
    }
    file = _book(anything=[list(filled), list(filled.values()), [None] * len(filled)])

    import_file(file, by=None)

    card = _dumped("SCN-P-0001")
    assert (card["texts"]["en"]["title"], card["end_date"]) == ("2015", "2016-05-31")
    assert (card["staff_fte"], card["cost_amount"]) == ("1.50", "1200.00")
    assert (card["is_ongoing"], card["conflict_affected"], card["revision"]) == (True, False, 3)
    assert card["embargo_until"] == "2031-01-01T08:00:00+00:00"


def test_columns_that_a_table_does_not_have_leave_things_as_they_are(shelf):
    file = _csv(
        ["code", "summary_en", "theme", "visibility", "owner_cities"],
        ["SCN-A-0001", "New in short.", "public_private", "members", ""],
    )

    summary = import_file(file, by=None)

    now = _dumped()
    assert summary.changes[0].fields == ["visibility", "owner_cities", "theme", "summary_en"]
    assert now["texts"] == shelf["texts"] | {
        "en": shelf["texts"]["en"] | {"summary": "New in short."}
    }
    assert now["codes"] == shelf["codes"] | {"theme": ["public_private"]}
    assert now["cities"] == [{"slug": "mombasa", "role": "partner"}]
    assert now["links"] == shelf["links"]


def test_an_empty_cell_takes_away_what_may_be_empty(shelf):
    file = _csv(
        ["code", "end_date", "licence", "start_date", "lead_organization", "description_en", "links"],
        ["SCN-A-0001", "", "", "", "", "", ""],
    )  # fmt: skip

    import_file(file, by=None)

    gone = shelf.keys() - _dumped().keys()
    assert gone == {"end_date", "licence", "start_date", "lead_organization", "links"}
    assert "description" not in _dumped()["texts"]["en"]


def test_an_empty_cell_does_not_keep_a_record_from_being_confirmed(shelf):
    import_file(_csv(["code", "review_due", "is_ongoing"], ["SCN-A-0001", "", "yes"]), by=None)

    assert _dumped() == shelf | {"is_ongoing": True}


def test_a_city_is_named_once(world):
    file = _csv(["title_en", "owner_cities", "partner_cities"], ["A", "aarhus", "mombasa; aarhus"])

    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [
        (2, "owner_cities, partner_cities")
    ]


def test_a_whole_number_written_with_a_point_is_whole(world):
    """As some programs write it; openpyxl does not."""
    book = zipfile.ZipFile(_book(records=[["code", "title_en"], ["SCN-P-0001", 2015]]))
    changed = BytesIO()
    with zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            other.writestr(name, book.read(name).replace(b"<v>2015</v>", b"<v>2015.0</v>"))
    changed.seek(0)

    import_file(changed, by=None)

    assert _dumped("SCN-P-0001")["texts"]["en"]["title"] == "2015"


def test_a_torn_line_on_the_sheet_of_exact_texts_is_left_out(world):
    file = _book(
        records=[["code", "title_en"], ["SCN-P-0001", "Night buses"]],
        **{workbooks.EXACT: [["number", "part", "text"], [1, None, "torn"]]},
    )

    import_file(file, by=None)

    assert _dumped("SCN-P-0001")["texts"]["en"]["title"] == "Night buses"


def test_only_the_first_faults_of_a_hopeless_file_are_told(world, monkeypatch):
    monkeypatch.setattr(card_import, "MOST_NAMED", 2)
    rows = [["SCN-P-0001", "x"] for _ in range(6)]

    with pytest.raises(BadCards) as refused:
        import_file(_csv(["code", "kind"], *rows), by=None)

    assert 2 < len(refused.value.problems) < 6


def test_lists_of_a_workbook_stand_on_sheets_of_their_own(world):
    file = _book(
        records=[["code", "title_en"], ["SCN-P-0001", "Night buses"], ["SCN-P-0002", "Trams"]],
        links=[
            ["code", "kind", "title", "url"],
            ["SCN-P-0002", "useful", "A page", "https://example.org/"],
            [None, None, None, None],
            ["SCN-P-0001", "reference", "A book", None],
            ["SCN-P-0002", "example", "Another", None],
        ],
        relations=[["code", "kind", "target"], ["SCN-P-0001", "part_of", "SCN-P-0002"]],
        evaluations=[
            ["code", "evaluator_kind", "relevance", "relevance_why_en", "impact"],
            ["SCN-P-0001", "peer", 4, "Because.", None],
        ],
    )

    import_file(file, by=None)

    second = _dumped("SCN-P-0002")
    assert [link["title"] for link in second["links"]] == ["A page", "Another"]
    first = _dumped("SCN-P-0001")
    assert first["relations"] == [{"kind": "part_of", "target": "SCN-P-0002"}]
    assert first["evaluations"][0]["ratings"] == {
        "relevance": {"rating": "4", "assessment": {"en": "Because."}}
    }


HEAD = ["code", "title_en", "kind", "theme", "is_ongoing", "links", "revision"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["SCN-P-0001", "", "practice", "", "", "", ""], "texts"),
        (["SCN-P-0001", "A", "recipe", "", "", "", ""], "kind"),
        (["SCN-P-0001", "A", "", "nonsense", "", "", ""], "theme"),
        (["SCN-P-0001", "A", "", "", "perhaps", "", ""], "is_ongoing"),
        (["SCN-P-0001", "A", "", "", "", "{", ""], "links"),
        (["SCN-P-0001", "A", "", "", "", '[{"kind": "x", "title": "y"}]', ""], "links"),
        (["SCN-P-0001", "A", "", "", "", "", "many"], "revision"),
        (["SCN-P-0001", "A" * 301, "", "", "", "", ""], "title_en"),
        (["no code", "A", "", "", "", "", ""], "code"),
        (["SCN-P-0009", "A", "", "", "", "", ""], "code"),
        (["SCN-P-0001", "A", "", "", "", "", "", "more"], ""),
    ],
)
def test_a_fault_is_told_by_row_and_column_and_nothing_is_taken(world, row, column):
    file = _csv(HEAD, ["SCN-P-0009", "Fine", "", "", "", "", ""], row)

    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(3, column)]
    assert Record.objects.count() == 0


def test_faults_on_other_sheets_are_told_by_their_own_rows(world):
    file = _book(
        records=[["code", "title_en", "owner_cities"], ["SCN-P-0001", "A", "atlantis"]],
        links=[
            ["code", "kind", "title", "url"],
            ["SCN-P-0001", "useful", "Fine", None],
            ["SCN-P-0001", "useful", "Bad", "javascript:alert(1)"],
        ],
    )

    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert {(problem.row, problem.field) for problem in refused.value.problems} == {
        (2, "owner_cities, partner_cities"),
        (3, "links: url"),
    }


def test_a_list_that_belongs_to_no_record_is_a_fault(world):
    file = _book(
        records=[["code", "title_en"], ["SCN-P-0001", "A"]],
        contacts=[["code", "name"], ["SCN-P-0002", "Somebody"]],
    )

    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert [(p.row, p.field) for p in refused.value.problems] == [(2, "contacts: code")]


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        (_csv(["code", "titel_en"], ["a", "b"]), 1, "titel_en"),
        (_csv(["code", "title_en", "code"], ["a", "b", "c"]), 1, "code"),
        (_csv(["code", "title_en"]), 0, ""),
        (_csv([]), 0, ""),
        (_csv(["", ""], ["a", "b"]), 1, ""),
        (BytesIO("code;title_en\nA1;Caf\xe9".encode("latin-1")), 0, ""),
        (BytesIO(b'code,title_en\nA1,"open'), 2, ""),
        (BytesIO(b"PK\x03\x04 no archive"), 0, ""),
        (_book(records=[["code", "wrong"], ["a", "b"]]), 1, "wrong"),
        (_book(records=[["code"], ["a"]], exact=[["number", "part", "json"], ["1", "1", "{"]]), 0, "exact"),
        (_book(links=[["code", "nonsense"]], records=[["code", "title_en"], ["A1", "b"]]), 1, "nonsense"),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_file_that_is_no_table_of_records_is_refused(db, file, row, column):
    file.seek(0)
    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(row, column)]


def test_a_bomb_and_a_file_without_end_are_refused(world, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 1000)
    with pytest.raises(BadCards, match="no workbook"):
        import_file(_book(records=[["code"], ["A1"]]), by=None)

    monkeypatch.setattr("hub.actions.sheets.MOST_ROWS", 2)
    with pytest.raises(BadCards, match="more than 2 records"):
        import_file(_csv(["title_en"], ["a"], ["b"], ["c"]), by=None)


def test_records_without_codes_are_numbered_after_all_that_the_file_names(world):
    file = _csv(["code", "title_en"], ["", "First"], ["SCN-P-0041", "Named"], ["", "Second"])

    import_file(file, by=None)

    assert list(Record.objects.order_by("pk").values_list("code", flat=True)) == [
        "SCN-P-0042",
        "SCN-P-0041",
        "SCN-P-0043",
    ]


def test_a_trial_says_what_would_change_and_keeps_nothing(shelf, monkeypatch):
    monkeypatch.setattr(card_import, "MOST_NAMED", 2)
    file = _csv(
        ["code", "title_en"],
        ["SCN-A-0001", "Another name"],
        ["SCN-P-0009", "Old"],
        ["SCN-P-0100", "New one"],
        ["SCN-P-0101", "New too"],
    )

    summary = import_file(file, by=None, dry_run=True)

    assert (summary.new, summary.changed, summary.unchanged) == (2, 1, 1)
    assert [(c.row, c.code, c.title, c.fields) for c in summary.changes] == [
        (2, "SCN-A-0001", "Another name", ["title_en"]),
        (4, "SCN-P-0100", "New one", []),
    ]
    assert _dumped() == shelf
    assert Record.objects.count() == 2


def test_a_long_file_is_taken_in_parts_and_found_at_once(world, monkeypatch):
    monkeypatch.setattr(card_import, "TOGETHER", 3)
    seen = []
    rows = [[f"SCN-P-{number:04d}", f"Title {number}"] for number in range(1, 10)]

    import_file(
        _csv(["code", "title_en"], *rows), by=None, progress=lambda done, total: seen.append((done, total))
    )  # fmt: skip

    assert Record.objects.count() == SearchRow.objects.count() == 9
    assert JournalEntry.objects.filter(verb="imported").count() == 9
    assert (seen[0], seen[-1]) == ((1, 9), (9, 9))
    assert SearchRow.objects.differing() == []


def test_what_a_record_said_before_is_kept(shelf):
    import_file(_csv(["code", "title_en"], ["SCN-A-0001", "Another name"]), by=None)

    [before] = Revision.objects.filter(record__code="SCN-A-0001")
    assert before.card == shelf


def test_a_record_that_was_moved_meanwhile_is_a_fault(world, shelve, monkeypatch):
    shelve("SCN-P-0001", title="Old")
    file = _csv(["code", "status", "title_en"], ["SCN-P-0001", "draft", "New"])
    check = card_import._Work.check

    def and_then(work):
        check(work)
        Record.objects.update(status="archived")

    monkeypatch.setattr(card_import._Work, "check", and_then)
    with pytest.raises(BadCards) as refused:
        import_file(file, by=None)

    assert [(p.row, p.field) for p in refused.value.problems] == [(2, "status")]
    assert Record.objects.get().text().title == "Old"


def test_a_file_that_was_taken_out_meanwhile_is_a_fault(world, shelve, attach, monkeypatch):
    file = attach(shelve("SCN-P-0001"), title="Plan")
    again = _dumped("SCN-P-0001")
    again["files"][0]["title"] = "Plan for ten days"
    check = card_import._Work.check

    def and_then(work):
        check(work)
        file.delete()

    monkeypatch.setattr(card_import._Work, "check", and_then)
    with pytest.raises(BadCards) as refused:
        import_file(_as_csv([again]), by=None)

    assert [(p.row, p.field) for p in refused.value.problems] == [(2, "files")]


def test_of_files_with_the_same_content_each_has_its_own_words(world, shelve, attach):
    record = shelve("SCN-P-0001")
    for title in ("Plan", "The same plan"):
        attach(record, title=title)
    again = _dumped("SCN-P-0001")
    again["files"][1]["title"] = "The same plan, for staff"

    import_file(_as_book([again]), by=None)

    assert [file["title"] for file in _dumped("SCN-P-0001")["files"]] == [
        "Plan",
        "The same plan, for staff",
    ]
    again["files"].append(again["files"][0])
    with pytest.raises(BadCards) as refused:
        import_file(_as_csv([again]), by=None)
    assert [(p.row, p.field) for p in refused.value.problems] == [(2, "files")]


def test_a_file_on_the_record_may_be_spoken_of_without_being_sent(world, shelve, attach):
    record = shelve("SCN-P-0001")
    file = attach(record, title="Plan")
    attach(record, title="Budget", content=PDF + b"%")
    again = _dumped("SCN-P-0001")
    again["files"][0]["title"] = "Plan for ten days"

    import_file(_as_book([again]), by=None)

    file.refresh_from_db()
    assert file.title == "Plan for ten days"

    again["files"][0]["sha256"] = "0" * 64
    with pytest.raises(BadCards) as refused:
        import_file(_as_csv([again]), by=None)
    assert [(p.row, p.field) for p in refused.value.problems] == [(2, "files")]


def test_template_explains_every_column_and_comes_in_once_it_is_filled(world):
    file = BytesIO()
    write_template(file)
    book = openpyxl.load_workbook(BytesIO(file.getvalue()))
    explained = {row[1].value for row in book["columns"].iter_rows(min_row=2)}
    sheet = book["records"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("title_en") + 1, "Night buses")
    sheet.cell(2, names.index("kind") + 1, "practice")
    filled = BytesIO()
    book.save(filled)
    filled.seek(0)

    import_file(filled, by=None)

    assert {column.name for column in RECORD_COLUMNS} <= explained
    assert "youth" in {row[3].value for row in book["columns"].iter_rows()}
    assert Record.objects.get().text().title == "Night buses"


# --- the job and its pages


def _upload(client, file, name="records.csv", **data):
    file.name = name
    return client.post(reverse("admin:hub_record_import"), {"file": file, **data})


def test_staff_see_what_a_file_would_change_and_then_import_it(
    transactional_db, aarhus, staff, client
):
    client.force_login(staff)
    sent = _upload(client, _csv(["code", "title_en"], ["SCN-P-0001", "Night buses"]))
    jobs.run_next()
    tried = Job.objects.get()
    page = client.get(sent["Location"]).content.decode()

    assert (tried.status, tried.params["dry_run"], Record.objects.count()) == ("done", True, 0)
    assert "Night buses" in page
    assert "new record" in page
    again = reverse("admin:hub_record_import") + f"?tried={tried.uid}"
    assert f'href="{again}"' in page
    assert "Import this file?" in client.get(again).content.decode()

    client.post(again)
    jobs.run_next()

    assert [record.code for record in Record.objects.all()] == ["SCN-P-0001"]
    assert not default_storage.exists(tried.params["place"])
    assert client.get(again)["Location"] == reverse("admin:hub_record_import")


def test_a_job_names_the_faults_of_a_file_and_goes_no_further(transactional_db, staff, client):
    client.force_login(staff)
    sent = _upload(client, _csv(["code", "title_en", "kind"], ["SCN-P-0001", "A", "x"]), now="yes")
    jobs.run_next()

    page = client.get(sent["Location"]).content.decode()

    job = Job.objects.get()
    assert [(each["row"], each["column"]) for each in job.result["failures"]] == [(2, "kind")]
    assert "is not one of" in page
    assert "tried=" not in page


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_a_fault_is_told_whatever_the_words_that_it_quotes(transactional_db, staff, client, sign):
    client.force_login(staff)
    card = {"code": "SCN-P-0001", "kind": sign, "texts": {"en": {"title": "A"}}}
    sent = _upload(client, _as_json([card]), name="records.json")
    jobs.run_next()

    page = client.get(sent["Location"]).content.decode()

    [failure] = Job.objects.get().result["failures"]
    assert (failure["row"], failure["column"]) == (1, "kind")
    assert "“\ufffd” is not one of" in page


def test_a_file_that_is_gone_ends_the_job_with_a_sentence(transactional_db, staff):
    job = jobs.start("import_records", owner=staff, params={"place": "imports/none"})
    jobs.run_next()

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The file is no longer here. Send it again.")


def test_nobody_goes_on_with_the_file_of_somebody_else(transactional_db, staff, staff_mena, client):
    client.force_login(staff)
    _upload(client, _csv(["code", "title_en"], ["SCN-P-0001", "Night buses"]))
    jobs.run_next()
    client.force_login(staff_mena)
    address = reverse("admin:hub_record_import")

    for tried in (Job.objects.get().uid, "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert client.get(address, {"tried": tried}).status_code == 404
        assert client.post(f"{address}?tried={tried}").status_code == 404
    assert Job.objects.count() == 1


def test_the_empty_workbook_can_be_had_in_the_readers_language(staff, client):
    client.force_login(staff)

    response = client.get(reverse("admin:hub_record_import_template"))

    assert response["Content-Disposition"] == 'attachment; filename="records.xlsx"'
    assert openpyxl.load_workbook(BytesIO(response.content)).sheetnames[0] == "records"


def test_files_that_were_sent_are_kept_for_a_day(db, time_machine):
    default_storage.save("imports/old", ContentFile(b"x"))
    clear_away()
    assert default_storage.exists("imports/old")

    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    clear_away()

    assert not default_storage.exists("imports/old")


def test_commands_take_and_write_all_three_forms(shelf, tmp_path):
    out = StringIO()
    for ending in ("csv", "xlsx", "json"):
        path = tmp_path / f"records.{ending}"
        call_command("export_records", path)
        call_command("import_records", path, stdout=out)

    assert out.getvalue().splitlines() == ["0 records new, 0 changed, 2 as they were"] * 3


def test_command_shows_what_a_trial_would_change(world, tmp_path, monkeypatch):
    monkeypatch.setattr("hub.management.commands.import_records.MOST_SHOWN", 1)
    path = tmp_path / "records.csv"
    path.write_bytes(
        _csv(["code", "title_en"], ["SCN-P-0001", "A"], ["SCN-P-0002", "B"]).getvalue()
    )
    out = StringIO()

    call_command("import_records", path, "--dry-run", stdout=out)

    assert out.getvalue().splitlines() == [
        "Record 2, SCN-P-0001 “A”: new",
        "… and 1 more",
        "2 records new, 0 changed, 0 as they were; nothing was kept (dry run)",
    ]
    with pytest.raises(CommandError):
        call_command("import_records", tmp_path / "none.csv")
