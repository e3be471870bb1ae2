"""Records in and out: the card round-trips, faults are named, and a file is taken whole or not at all."""

import base64
import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import JournalEntry, Media
from hub.actions.card_values import BadCards
from hub.actions.cards import FORMAT, export_cards, import_cards
from hub.models import Record, RecordFile, SearchRow
from members.models import Body
from tests import factories
from tests.hub.conftest import PDF


def _file(*cards):
    return json.dumps({"format": FORMAT, "records": list(cards)})


def _card(code="SCN-P-0001", **fields):
    return {"code": code, "texts": {"en": {"title": "Night buses"}}} | fields


def _full_card():
    return {
        "code": "SCN-A-0001",
        "kind": "evaluation",
        "status": "published",
        "visibility": "group",
        "groups": ["focal-points"],
        "embargo_until": "2026-01-01T00:00:00+00:00",
        "original_language": "en",
        "is_fictional": True,
        "from_public_record": True,
        "start_date": "2015-01",
        "end_date": "2016-05-31",
        "is_ongoing": False,
        "lead_organization": "An office",
        "internet_dependence": "low",
        "conflict_affected": False,
        "cost_amount": "12000.50",
        "cost_currency": "DKK",
        "staff_fte": "1.50",
        "funders": ["The city", "A foundation"],
        "licence": "CC-BY-4.0",
        "cover": "6f9619ff-8b86-4011-b42d-00cf4fc964ff",
        "codes": {
            "area": ["violent_extremism"],
            "cost_band": ["na"],
            "country": ["US"],
            "practice_type": ["risk_prevention", "research"],
            "scale": ["international"],
            "sector": ["police"],
            "theme": ["youth", "dialogue"],
            "time_scale": ["long"],
        },
        "cities": [{"slug": "aarhus", "role": "owner"}, {"slug": "mombasa", "role": "partner"}],
        "texts": {
            "ar": {"status": "machine", "source_revision": 2, "title": "حافلات الليل"},
            "en": {
                "status": "reviewed",
                "source_revision": 1,
                "title": "Night buses",
                "summary": "In short.",
                "keywords": "bus, night",
                "resources_needed": "A bus.",
                "description": "Long.\n\nTwo paragraphs, *marked*.",
                "gender_and_inclusion": "Asked.",
            },
        },
        "links": [
            {
                "kind": "reference",
                "title": "A printed report",
                "doi": "10.1000/182",
                "accessed_on": "2026-02-01",
            },
            {
                "kind": "example",
                "title": "A page",
                "url": "https://example.org/a",
                "language": "fr",
            },
        ],
        "contacts": [
            {"name": "Ana Example", "function": "Planner", "email": "ana@aarhus.example.org"},
            {"name": "The night desk"},
        ],
        "evaluations": [
            {
                "evaluator_kind": "expert",
                "evaluator": "An evaluator",
                "city": "mombasa",
                "decided_at": "2026-03-10T09:00:00+00:00",
                "shown_to_city_at": "2026-03-05T09:00:00+00:00",
                "method": {"en": "Read and asked."},
                "date": "2018-03-01",
                "record_revision": 2,
                "overall_comment": {"en": "Good on the whole."},
                "reply": {"fr": "Merci."},
                "replied_at": "2026-03-11T09:00:00+00:00",
                "published": True,
                "ratings": {
                    "relevance": {"rating": "4", "assessment": {"en": "Why."}},
                    "effectiveness": {"rating": "NEI"},
                },
            }
        ],
        "evidence": {
            "self_declared": "2025-09-02",
            "peer_reviewed": {"on": "2026-03-10", "revision": 2},
        },
        "files": [
            {
                "name": "plan.pdf",
                "title": "Plan",
                "language": "en",
                "licence": "CC-BY-4.0",
                "visibility": "members",
                "transcript": "Two pages of text.",
                "content": base64.b64encode(PDF).decode(),
            }
        ],
        "revision": 3,
        "text_revision": 2,
        "created_at": "2025-09-01T08:00:00+00:00",
        "updated_at": "2026-03-12T09:00:00+00:00",
        "published_at": "2025-11-04T10:00:00+00:00",
        "last_confirmed_on": "2026-03-01",
        "review_due": "2027-03-01",
    }


@pytest.fixture
def world(aarhus, mombasa):
    Body.objects.create(code="focal-points", kind="focal_points", name_en="Focal points")
    Media.objects.create(
        uid="6f9619ff-8b86-4011-b42d-00cf4fc964ff",
        file="dot.png",
        title="A bus",
        author="Nobody",
        licence=factories.term("licence", "CC0-1.0"),
    )


def test_card_round_trips_without_loss(world):
    part = {"kind": "part_of", "target": "SCN-P-0002", "note": "The bus part."}
    card = _full_card() | {"relations": [part]}

    import_cards(_file(card, _card("SCN-P-0002")), by=None)
    exported = json.loads(export_cards(Record.objects.filter(code="SCN-A-0001")))["records"][0]

    sha256 = exported["files"][0].pop("sha256")
    assert len(sha256) == 64
    assert exported["files"][0].pop("name").startswith("plan")
    del card["files"][0]["name"]
    assert exported["texts"] == card["texts"]
    assert exported == card


def test_what_was_exported_can_be_taken_again_and_changes_nothing(world):
    import_cards(_file(_full_card(), _card("SCN-P-0002")), by=None)
    exported = export_cards(Record.objects.order_by("code"))

    again = import_cards(exported, by=None)

    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert export_cards(Record.objects.order_by("code")) == exported
    assert RecordFile.objects.count() == 1


def test_what_members_found_is_neither_lost_nor_doubled(world, ana, mombasa):
    import_cards(_file(_full_card()), by=None)
    record = Record.objects.get()
    record.evaluations.create(evaluator_kind="peer", city=mombasa, created_by=ana)
    exported = export_cards(Record.objects.all())
    card = json.loads(exported)["records"][0] | {"is_ongoing": True}

    import_cards(_file(card), by=None)
    import_cards(_file(card | {"evaluations": []}), by=None)

    assert [each.created_by for each in record.evaluations.all()] == [ana]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"published": True}, {"published": False}),
        ({"decided_at": timezone.now()}, {"published": False}),
        ({}, {"published": True}),
    ],
)
def test_what_was_decided_meanwhile_is_not_doubled(world, ana, mombasa, there, said):
    import_cards(_file(_full_card()), by=None)
    record = Record.objects.get()
    known = {"evaluator_kind": "peer", "city": mombasa, "created_by": ana, "published": False}
    record.evaluations.create(**known | there)
    card = json.loads(export_cards(Record.objects.all()))["records"][0]
    for each in card["evaluations"]:
        if each["evaluator_kind"] == "peer":
            each.pop("decided_at", None)
            each |= said

    import_cards(_file(card | {"is_ongoing": True}), by=None)

    found = record.evaluations.filter(evaluator_kind="peer")
    assert [each.created_by for each in found] == [ana]


def test_what_a_city_is_waiting_for_stays_as_it_wrote_it(world, ana, mombasa):
    """Only one evaluation of a city may wait: a sheet that calls its author otherwise makes no second one."""
    import_cards(_file(_full_card()), by=None)
    record = Record.objects.get()
    record.evaluations.create(
        evaluator_kind="peer", evaluator="Ana", city=mombasa, created_by=ana, published=False
    )
    card = json.loads(export_cards(Record.objects.all()))["records"][0]
    (waiting,) = [each for each in card["evaluations"] if not each.get("published", True)]
    waiting["evaluator"] = "Ana of Mombasa"

    import_cards(_file(card | {"is_ongoing": True}), by=None)

    (kept,) = record.evaluations.filter(published=False)
    assert (kept.evaluator, kept.created_by) == ("Ana", ana)


def test_import_brings_a_known_record_up_to_date_and_leaves_what_it_does_not_name(world):
    import_cards(_file(_full_card()), by=None)
    change = {
        "code": "SCN-A-0001",
        "texts": {"en": {"title": "Evening buses"}},
        "visibility": "public",
    }

    summary = import_cards(_file(change), by=None)

    record = Record.objects.get()
    assert (summary.new, summary.changed) == (0, 1)
    assert [text.title for text in record.texts.all()] == ["Evening buses"]
    assert (record.visibility, record.links.count(), record.terms.count()) == ("public", 2, 10)
    assert SearchRow.objects.differing() == []


def test_what_changes_is_told_of_a_city_whose_role_is_left_out(world):
    import_cards(_file(_card(cities=[{"slug": "aarhus"}])), by=None)

    summary = import_cards(_file(_card(cities=[{"slug": "mombasa"}])), by=None)

    assert [change.fields for change in summary.changes[:1]] == [["owner_cities"]]


def test_two_files_with_the_same_content_are_two(world):
    content = base64.b64encode(PDF).decode()
    plan = {"name": "plan.pdf", "title": "Plan", "content": content, "visibility": "public"}
    card = _card(files=[plan, plan | {"title": "Plan for staff", "visibility": "staff"}])

    first = import_cards(_file(card), by=None)
    again = import_cards(_file(card), by=None)
    card["files"][1]["title"] = "Plan of staff"
    import_cards(_file(card), by=None)

    assert (first.new, again.unchanged) == (1, 1)
    assert [(file.title, file.visibility) for file in RecordFile.objects.order_by("pk")] == [
        ("Plan", "public"),
        ("Plan of staff", "staff"),
    ]


def test_a_published_record_without_a_day_is_asked_about_a_year_after_it_came(world, time_machine):
    time_machine.move_to("2026-03-12")
    card = _card(status="published", review_due=None)

    import_cards(_file(card, _card("SCN-P-0002")), by=None)
    time_machine.move_to("2026-06-01")
    again = import_cards(_file(card), by=None)

    record, draft = Record.objects.order_by("code")
    assert (record.review_due, again.unchanged) == (date(2027, 3, 12), 1)
    assert draft.review_due is None


def test_a_draft_that_is_published_by_a_file_is_asked_about_a_year_later(world, time_machine):
    time_machine.move_to("2026-03-12")
    import_cards(_file(_card()), by=None)

    import_cards(_file(_card(status="published")), by=None)

    assert Record.objects.get().review_due == date(2027, 3, 12)


def test_for_a_new_day_the_letters_begin_anew_and_for_the_same_they_go_on(world):
    card = _card(status="published", review_due="2026-03-12")
    import_cards(_file(card), by=None)
    Record.objects.update(times_asked=3, last_asked_on="2026-05-12")

    import_cards(_file(card | {"is_ongoing": True}), by=None)
    same = Record.objects.get()
    import_cards(_file(card | {"review_due": "2027-03-12"}), by=None)
    new = Record.objects.get()

    assert (same.times_asked, same.last_asked_on) == (3, date(2026, 5, 12))
    assert (new.times_asked, new.last_asked_on) == (0, None)


def test_import_is_written_to_the_journal(world, staff):
    import_cards(_file(_card()), by=staff)

    entry = JournalEntry.objects.get(verb="imported")
    assert (entry.subject_name, entry.by, entry.facts) == ("SCN-P-0001", staff, {"new": True})


def test_a_record_without_code_gets_the_next_one(world):
    card = _card("SCN-P-0041")
    nameless = _card()
    del nameless["code"]

    import_cards(_file(card, nameless), by=None)

    assert sorted(Record.objects.values_list("code", flat=True)) == ["SCN-P-0041", "SCN-P-0042"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "pamphlet"}, "kind"),
        ({"colour": "blue"}, "colour"),
        ({"status": "published!"}, "status"),
        ({"code": "not a code"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "feed"}, "code"),
        ({"is_fictional": "yes"}, "is_fictional"),
        ({"revision": 0}, "revision"),
        ({"revision": "3"}, "revision"),
        ({"start_date": "January 2015"}, "start_date"),
        ({"start_date": "2015-13"}, "start_date"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"lead_organization": "x" * 201}, "lead_organization"),
        ({"lead_organization": 7}, "lead_organization"),
        ({"codes": {"theme": ["nonsense"]}}, "codes.theme"),
        ({"codes": {"decline_reason": ["other"]}}, "codes.decline_reason"),
        ({"codes": {"theme": "youth"}}, "codes.theme"),
        ({"codes": ["youth"]}, "codes"),
        ({"cities": [{"slug": "atlantis"}]}, "cities.1.slug"),
        ({"cities": ["aarhus"]}, "cities.1"),
        ({"cities": "aarhus"}, "cities"),
        ({"groups": ["nobody"]}, "groups.1"),
        ({"groups": "focal-points"}, "groups"),
        ({"visibility": "group"}, "groups"),
        ({"texts": {}}, "texts"),
        ({"texts": {"fr": {"title": "Bus"}}}, "texts"),
        ({"texts": {"en": {"title": " "}}}, "texts.en.title"),
        ({"texts": {"en": {"title": "A", "sumary": "B"}}}, "texts.en.sumary"),
        ({"texts": {"en": {"title": "A", "summary": "x" * 601}}}, "texts.en.summary"),
        ({"texts": {"en": {"title": "A", "description": "\0"}}}, "texts.en.description"),
        ({"texts": {"en": {"title": "A", "description": "\ud800"}}}, "texts.en.description"),
        ({"code": "SCN-\ud800"}, "code"),
        ({"texts": {"en": {"title": "A"}, "de": {"title": "B"}}}, "texts.de"),
        (
            {"evaluations": [{"evaluator_kind": "peer", "method": {"de": "Gespräche"}}]},
            "evaluations.1.method.de",
        ),
        (
            {"links": [{"kind": "useful", "title": "A", "url": "javascript:alert(1)"}]},
            "links.1.url",
        ),
        ({"links": [{"kind": "other", "title": "A"}]}, "links.1.kind"),
        ({"evaluations": [{"evaluator_kind": "nobody"}]}, "evaluations.1.evaluator_kind"),
        (
            {
                "evaluations": [
                    {"evaluator_kind": "peer", "city": "mombasa", "published": False},
                    {"evaluator_kind": "peer", "city": "mombasa", "published": True},
                    {"evaluator_kind": "self", "city": "mombasa", "published": False},
                ]
            },
            "evaluations.3.city",
        ),
        (
            {"evaluations": [{"evaluator_kind": "peer", "ratings": {"beauty": {"rating": "4"}}}]},
            "evaluations.1.ratings.beauty",
        ),
        (
            {"evaluations": [{"evaluator_kind": "peer", "ratings": {"impact": {"rating": "5"}}}]},
            "evaluations.1.ratings.impact.rating",
        ),
        ({"links": [{"kind": "useful", "title": "A", "doi": "10/none"}]}, "links.1.doi"),
        ({"contacts": [{"name": "A", "email": "nobody"}]}, "contacts.1.email"),
        ({"relations": [{"kind": "adapts", "target": "SCN-P-9999"}]}, "relations.1.target"),
        ({"relations": [{"kind": "adapts", "target": "SCN-P-0001"}]}, "relations.1.target"),
        ({"relations": [{"kind": "adapts", "target": "SCN-P-0007"}] * 2}, "relations.2.target"),
        ({"cost_amount": "12"}, "cost_currency"),
        ({"cost_amount": "12", "cost_currency": "euro"}, "cost_currency"),
        ({"staff_fte": "10000"}, "staff_fte"),
        ({"funders": "The city"}, "funders"),
        ({"funders": [""]}, "funders.1"),
        ({"cover": "no-such"}, "cover"),
        ({"evidence": {"hearsay": "2025-01-01"}}, "evidence.hearsay"),
        ({"files": [{"name": "a.pdf", "title": "A", "content": "%%%"}]}, "files.1.content"),
        ({"files": [{"name": "a.pdf", "title": "A", "content": "aGVsbG8="}]}, "files.1.content"),
    ],
)
def test_faults_are_named_by_record_and_field_and_nothing_is_taken(world, change, where):
    with pytest.raises(BadCards) as refused:
        import_cards(_file(_card("SCN-P-0007"), _card() | change), by=None)

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(2, where)]
    assert Record.objects.count() == 0


@pytest.mark.parametrize(
    "source",
    ["", "[]", "{}", '{"format": "other", "records": [1]}', _file(), "[" * 100_000, _file(7)],
)
def test_what_is_no_file_of_records_is_refused(db, source):
    with pytest.raises(BadCards):
        import_cards(source, by=None)


def test_every_problem_of_a_file_is_told_at_once(world):
    with pytest.raises(BadCards) as refused:
        import_cards(_file(_card(kind="x", status="y"), _card(), _card()), by=None)

    found = {(problem.row, problem.field) for problem in refused.value.problems}
    assert found == {(1, "kind"), (1, "status"), (3, "code")}


def test_command_takes_a_file_and_says_how_many(world, tmp_path):
    path = tmp_path / "cards.json"
    path.write_text(_file(_card(), _card("SCN-P-0002")), encoding="utf-8")
    out = StringIO()

    call_command("import_records", path, "--dry-run", stdout=out)
    call_command("import_records", path, stdout=out)

    assert out.getvalue().splitlines() == [
        "Record 1, SCN-P-0001 “Night buses”: new",
        "Record 2, SCN-P-0002 “Night buses”: new",
        "2 records new, 0 changed, 0 as they were; nothing was kept (dry run)",
        "2 records new, 0 changed, 0 as they were",
    ]
    assert Record.objects.count() == 2


def test_command_names_each_fault_and_fails(world, tmp_path):
    path = tmp_path / "cards.json"
    path.write_text(_file(_card(kind="x")), encoding="utf-8")
    err = StringIO()

    with pytest.raises(CommandError, match="Nothing was taken: 1 problems"):
        call_command("import_records", path, stderr=err)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_records", tmp_path / "none.json")

    assert err.getvalue().startswith("Record 1, kind: “x” is not one of: practice")


def test_export_command_writes_only_what_was_asked(world, tmp_path):
    import_cards(_file(_full_card(), _card()), by=None)
    path = tmp_path / "out.json"

    call_command("export_records", path, "--code", "SCN-A-0001", "--without-files")

    [card] = json.loads(path.read_text(encoding="utf-8"))["records"]
    assert (card["code"], "content" in card["files"][0]) == ("SCN-A-0001", False)


def test_rebuild_check_finds_a_row_that_differs_and_rebuild_mends_it(world):
    import_cards(_file(_card(), _card("SCN-P-0002")), by=None)
    record = Record.objects.get(code="SCN-P-0001")
    record.texts.update(title="Changed behind the back of the search")
    SearchRow.objects.filter(record__code="SCN-P-0002").update(visibility="public")
    err, out = StringIO(), StringIO()

    with pytest.raises(CommandError, match="2 search rows differ"):
        call_command("rebuild_search", "--check", stderr=err)
    call_command("rebuild_search", stdout=out)
    call_command("rebuild_search", "--check", stdout=out)

    assert err.getvalue().splitlines() == [
        "SCN-P-0001 (insiders) differs from its record.",
        "SCN-P-0002 (insiders) differs from its record.",
    ]
    assert out.getvalue().splitlines() == [
        "2 search rows written",
        "2 search rows are what they should be",
    ]


def _file_on_disk(folder, path):
    card = _card(files=[{"name": "plan.pdf", "title": "Plan", "path": path}])
    place = folder / "cards.json"
    place.write_text(_file(card), encoding="utf-8")
    return place


def test_command_reads_files_that_lie_beside_the_cards(world, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "plan.pdf").write_bytes(PDF)

    call_command("import_records", _file_on_disk(tmp_path, "files/plan.pdf"), stdout=StringIO())

    file = RecordFile.objects.get()
    assert (file.content_type, file.file.read()) == ("application/pdf", PDF)


def test_command_takes_files_that_travel_inside_the_cards(world, tmp_path):
    path = tmp_path / "cards.json"
    path.write_text(_file(_full_card()), encoding="utf-8")

    call_command("import_records", path, stdout=StringIO())

    assert RecordFile.objects.count() == len(_full_card()["files"])


@pytest.mark.parametrize("path", ["../secret.pdf", "/etc/hostname", "files/none.pdf", "."])
def test_command_reads_nothing_from_elsewhere(world, tmp_path, path):
    (tmp_path / "secret.pdf").write_bytes(PDF)
    folder = tmp_path / "cards"
    folder.mkdir()
    err = StringIO()

    with pytest.raises(CommandError):
        call_command("import_records", _file_on_disk(folder, path), stderr=err)

    assert err.getvalue().startswith("Record 1, files.1.content: This file is empty.")


@pytest.mark.parametrize(
    "content", ["no json", '{"format": "x"}', '{"records": [7]}', '{"records": 7}']
)
def test_command_names_what_is_wrong_with_a_file_that_is_none(world, tmp_path, content):
    path = tmp_path / "cards.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match="Nothing was taken"):
        call_command("import_records", path, stderr=StringIO())


def test_taking_a_file_again_changes_what_is_said_of_it_and_not_the_file(world):
    import_cards(_file(_full_card()), by=None)
    place = RecordFile.objects.get().file.name
    again = _full_card()
    again["files"][0]["visibility"] = "staff"

    summary = import_cards(_file(again), by=None)

    file = RecordFile.objects.get()
    assert (summary.changed, file.visibility, file.file.name) == (1, "staff", place)


def test_moments_without_a_zone_are_universal_time(world):
    import_cards(_file(_card(embargo_until="2031-01-01T00:00:00")), by=None)

    assert Record.objects.get().embargo_until.isoformat() == "2031-01-01T00:00:00+00:00"


def test_export_to_standard_output_is_a_file_of_records(world):
    import_cards(_file(_card()), by=None)
    out = StringIO()

    call_command("export_records", stdout=out)

    assert json.loads(out.getvalue())["format"] == FORMAT


def test_a_known_record_moves_only_where_its_status_allows(world):
    import_cards(_file(_card(status="published")), by=None)
    import_cards(_file(_card(status="archived")), by=None)

    with pytest.raises(BadCards) as refused:
        import_cards(_file(_card("SCN-P-0002"), _card(status="draft")), by=None)

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(2, "status")]
    assert [record.status for record in Record.objects.all()] == ["archived"]
