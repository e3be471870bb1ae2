"""What staff do with records in the admin, and what stays out of others' hands."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import jobs, journal
from core.lifecycle import IllegalMove
from core.models import Job, JournalEntry
from hub.actions import records
from hub.actions.cards import FORMAT
from hub.models import Evaluation, Record, SearchRow
from tests import factories
from tests.hub.conftest import PDF

VERBS = ["publish", "return", "archive"]


@pytest.fixture
def record(shelve):
    return shelve("SCN-P-0001", title="Night buses")


@pytest.fixture
def desk(client, staff):
    """The staff's browser."""
    client.force_login(staff)
    return client


def _url(name, record):
    return reverse(f"admin:hub_record_{name}", args=[record.pk])


def _verbs(record):
    return [entry.verb for entry in journal.of(record)]


def _form(record=None, **changes):
    """What the page of a record sends when nothing but `changes` was typed."""
    texts = list(record.texts.order_by("pk")) if record else []
    data = {"kind": "practice", "original_language": "en", "start_precision": "month"}
    data |= {"texts-TOTAL_FORMS": 3, "texts-INITIAL_FORMS": len(texts)}
    languages = [text.language for text in texts]
    languages += [code for code in ("en", "fr", "ar") if code not in languages]
    for number, language in enumerate(languages):
        data |= {f"texts-{number}-language": language, f"texts-{number}-status": "reviewed"}
        data |= {f"texts-{number}-source_revision": 1}
    for number, text in enumerate(texts):
        data |= {
            f"texts-{number}-id": text.pk,
            f"texts-{number}-record": record.pk,
            f"texts-{number}-title": text.title,
            f"texts-{number}-summary": text.summary,
        }
    for prefix in ("files", "links", "cities", "relations", "evaluations"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | changes


def _row(record):
    return SearchRow.objects.get(record=record)


# --- moves


def test_publish_dates_the_record_puts_it_in_the_search_and_writes_it_down(shelve, staff):
    draft = shelve("SCN-P-0001", status="draft")

    published = records.publish(draft, by=staff)

    assert published.published_at is not None
    assert _row(draft).status == "published"
    assert _verbs(draft) == ["published"]


def test_a_record_without_a_finished_text_is_not_published(shelve, staff):
    draft = shelve("SCN-P-0001", status="draft", texts={"en": {"status": "draft"}})

    with pytest.raises(ValidationError):
        records.publish(draft, by=staff)

    assert Record.objects.get().status == "draft"
    assert _verbs(draft) == []


def test_returned_and_archived_records_leave_the_shelf(record, staff):
    assert records.return_to_draft(record, by=staff).status == "draft"
    assert records.publish(record, by=staff).status == "published"
    assert records.archive(record, by=staff).status == "archived"
    assert _row(record).status == "archived"
    assert _verbs(record) == ["returned to draft", "published", "archived"]


def test_publishing_again_keeps_the_first_date(record, staff):
    first = record.published_at
    records.return_to_draft(record, by=staff)

    assert records.publish(record, by=staff).published_at == first


def test_moves_that_do_not_fit_are_refused(record, staff):
    with pytest.raises(IllegalMove):
        records.publish(record, by=staff)

    assert _verbs(record) == []


def test_codes_follow_one_another_in_each_kind(shelve):
    shelve("SCN-P-0041")
    shelve("SCN-P-OLD")

    assert records.next_code("practice") == "SCN-P-0042"
    assert records.next_code("lesson_learned") == "SCN-L-0001"


# --- the audience


@pytest.mark.parametrize(
    ("before", "after", "widens"),
    [
        ("members", "public", True),
        ("staff", "group", True),
        ("group", "members", True),
        ("public", "members", False),
        ("members", "members", False),
    ],
)
def test_widening_is_told_from_narrowing(shelve, focal_points, before, after, widens):
    record = shelve("SCN-P-0001", visibility=before, groups=[focal_points])

    assert record.would_widen(after, [focal_points], {}) is widens


def test_a_new_group_and_an_opened_file_widen_too(shelve, focal_points, attach):
    record = shelve("SCN-P-0001", visibility="group")
    file = attach(record, visibility="members")

    assert record.would_widen("group", [focal_points], {}) is True
    assert record.would_widen("group", [], {file.pk: "public"}) is True
    assert record.would_widen("group", [], {file.pk: "staff"}) is False


def test_widening_asks_once_more_and_is_written_down(desk, staff, record, attach):
    file = attach(record, visibility="members")
    asked = {"visibility": "public", f"file_{file.pk}": "members"}

    question = desk.post(_url("audience", record), asked)
    unchanged = Record.objects.get().visibility
    desk.post(_url("audience", record), asked | {"confirmed": "yes"})

    assert "Let more people read this?" in question.content.decode()
    assert unchanged == "members"
    assert Record.objects.get().visibility == "public"
    assert {row.visibility for row in SearchRow.objects.filter(record=record)} == {"public"}
    entry = JournalEntry.objects.get(verb="audience changed")
    assert entry.by == staff
    assert entry.facts["before"] == {"record": "members", f"file {file.pk}": "members"}
    assert entry.facts["after"] == {"record": "public", f"file {file.pk}": "members"}


def test_narrowing_needs_no_second_question(desk, record):
    desk.post(_url("audience", record), {"visibility": "staff"})

    assert (Record.objects.get().visibility, _row(record).visibility) == ("staff", "staff")


def test_a_record_for_a_group_needs_a_group(desk, record, focal_points):
    refused = desk.post(_url("audience", record), {"visibility": "group"})
    desk.post(
        _url("audience", record),
        {"visibility": "group", "groups": [focal_points.pk], "confirmed": "yes"},
    )

    assert "Choose at least one group." in refused.content.decode()
    assert _row(record).groups == [focal_points.pk]


# --- the page


def test_a_new_record_gets_its_code_and_stands_as_a_draft(desk, staff):
    desk.post(
        reverse("admin:hub_record_add"),
        _form(visibility="members", **{"texts-0-title": "Ferries", "texts-2-title": "عبّارات"}),
    )

    record = Record.objects.get()
    assert (record.code, record.status, record.created_by) == ("SCN-P-0001", "draft", staff)
    assert [text.title for text in record.texts.order_by("language")] == ["عبّارات", "Ferries"]
    assert SearchRow.objects.differing() == []
    assert _verbs(record) == ["added"]


def test_a_record_without_any_text_is_not_taken(desk):
    answer = desk.post(reverse("admin:hub_record_add"), _form(visibility="members"))

    assert "Write a title in at least one language." in answer.content.decode()
    assert Record.objects.count() == 0


def test_a_change_makes_a_new_version_that_the_search_finds(desk, record):
    desk.post(_url("change", record), _form(record, **{"texts-0-title": "Evening trams"}))

    changed = Record.objects.get()
    assert (changed.revision, changed.text_revision) == (2, 2)
    assert SearchRow.objects.differing() == []
    [entry] = journal.of(record)
    assert (entry.verb, entry.facts) == ("changed", {"changed": ["texts.title"]})


def test_a_new_translation_does_not_make_the_others_old(desk, record):
    desk.post(_url("change", record), _form(record, **{"texts-1-title": "Bus de nuit"}))

    changed = Record.objects.get()
    assert (changed.revision, changed.text_revision) == (2, 1)


def test_saving_without_a_change_changes_nothing(desk, record):
    answer = desk.post(_url("change", record), _form(record))

    assert answer.status_code == 302
    assert Record.objects.get().revision == 1
    assert _verbs(record) == []


def test_lines_as_a_browser_sends_them_are_no_change(desk, record):
    record.texts.update(summary="Every Friday.\nAnd on Saturdays.")

    typed = {"texts-0-summary": "Every Friday.\r\nAnd on Saturdays."}
    desk.post(_url("change", record), _form(record, **typed))

    assert (Record.objects.get().revision, _verbs(record)) == (1, [])


def test_status_code_and_audience_cannot_be_smuggled_in(desk, record):
    forged = {"status": "archived", "code": "X", "visibility": "public", "revision": 9}
    desk.post(_url("change", record), _form(record, **forged))

    kept = Record.objects.get()
    assert (kept.status, kept.code, kept.visibility) == ("published", "SCN-P-0001", "members")


def test_an_upload_is_described_from_its_content(desk, record):
    upload = SimpleUploadedFile("plan.pdf", PDF, content_type="text/html")
    desk.post(_url("change", record), _form(record, **_one_file(upload)))

    file = record.files.get()
    assert (file.content_type, file.size, len(file.sha256)) == ("application/pdf", len(PDF), 64)


@pytest.mark.parametrize(
    ("name", "content"),
    [("plan.pdf", b"<script>"), ("plan.exe", PDF), ("plan.pdf", b""), ("plan.svg", b"<svg/>")],
)
def test_a_file_that_is_not_what_it_says_is_refused(desk, record, name, content):
    upload = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = desk.post(_url("change", record), _form(record, **_one_file(upload)))

    assert (answer.status_code, record.files.count()) == (200, 0)


def _one_file(upload):
    return {
        "files-TOTAL_FORMS": 1,
        "files-0-record": "",
        "files-0-title": "Plan",
        "files-0-visibility": "members",
        "files-0-file": upload,
    }


def test_an_evaluation_is_found_by_its_reasons(desk, record):
    criterion = factories.term("criterion", "impact")
    data = {"record": record.pk, "evaluator_kind": "peer", "record_revision": 1, "published": "on"}
    data |= {"ratings-TOTAL_FORMS": 1, "ratings-INITIAL_FORMS": 0}
    data |= {"ratings-0-criterion": criterion.pk, "ratings-0-rating": "NEI"}
    desk.post(
        reverse("admin:hub_evaluation_add"), data | {"ratings-0-assessment_en": "Lanterns counted."}
    )

    assert Evaluation.objects.get().ratings.get().rating == "NEI"
    assert SearchRow.objects.differing() == []
    assert "evaluated" in _verbs(record)


def test_buttons_are_posts_and_only_those_that_fit(desk, record):
    page = desk.get(_url("change", record)).content.decode()
    by_get = desk.get(_url("archive", record))
    archived = desk.post(_url("archive", record))
    late = desk.post(_url("return", record))

    assert (_url("return", record) in page, _url("publish", record) in page) == (True, False)
    assert by_get.status_code == 405
    assert (archived.status_code, late.status_code) == (302, 409)
    assert Record.objects.get().status == "archived"


def test_a_record_that_cannot_be_published_says_why(desk, shelve):
    draft = shelve("SCN-P-0001", status="draft", texts={"en": {"status": "draft"}})

    answer = desk.post(_url("publish", draft), follow=True)

    assert "Finish the text in at least one language" in answer.content.decode()


@pytest.mark.parametrize("who", ["ana", "rui", None])
def test_nobody_but_staff_comes_near(client, request, record, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    urls = [_url(name, record) for name in ("change", "audience", *VERBS)]
    urls += [reverse("admin:hub_record_changelist"), reverse("admin:hub_record_import")]

    answers = [client.post(url, {"visibility": "public", "confirmed": "yes"}) for url in urls]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert {answer.status_code for answer in answers} == ({403} if who else {302})
    kept = Record.objects.get()
    assert (kept.status, kept.visibility, kept.revision) == ("published", "members", 1)


def test_staff_of_one_region_edit_every_record(client, staff_mena, record, aarhus):
    place = record.cities.create(city=aarhus)
    client.force_login(staff_mena)
    cities = {
        "cities-TOTAL_FORMS": 1,
        "cities-INITIAL_FORMS": 1,
        "cities-0-id": place.pk,
        "cities-0-record": record.pk,
        "cities-0-city": aarhus.pk,
        "cities-0-role": "partner",
    }

    client.post(_url("change", record), _form(record, **cities))

    place.refresh_from_db()
    assert place.role == "partner"


def test_list_folds_its_search_filters_by_theme_and_stays_at_its_queries(
    desk, shelve, django_assert_max_num_queries
):
    shelve("SCN-P-0001", title="Montréal at night", themes=["youth"])
    for number in range(2, 22):
        shelve(f"SCN-P-{number:04d}", themes=["dialogue"])
    url = reverse("admin:hub_record_changelist")

    found = desk.get(url, {"q": "montreal NIGHT"}).context["cl"].result_list
    by_theme = desk.get(url, {"theme": "youth"}).context["cl"].result_list
    with django_assert_max_num_queries(12):
        everything = desk.get(url).context["cl"].result_list

    assert [record.code for record in found] == ["SCN-P-0001"]
    assert [record.code for record in by_theme] == ["SCN-P-0001"]
    assert len(everything) == 21


# --- import


def _upload(*cards):
    content = json.dumps({"format": FORMAT, "records": list(cards)}).encode()
    return {"file": SimpleUploadedFile("cards.json", content), "now": "1"}


def test_an_uploaded_file_becomes_a_job_that_takes_its_records(transactional_db, desk, staff):
    card = {"code": "SCN-P-0009", "texts": {"en": {"title": "Ferries"}}}
    answer = desk.post(reverse("admin:hub_record_import"), _upload(card))

    jobs.run_next()

    job = Job.objects.get()
    assert answer["Location"] == reverse("core:job", args=[job.uid])
    assert job.result["counts"] == {
        "new": 1,
        "changed": 0,
        "as they were": 0,
        "in the library now": 1,
    }
    assert Record.objects.get().created_by == staff


def test_a_job_names_every_fault_and_takes_nothing(transactional_db, desk):
    desk.post(
        reverse("admin:hub_record_import"), _upload({"code": "A-1"}, {"code": "B-1", "kind": "x"})
    )

    jobs.run_next()

    failures = Job.objects.get().result["failures"]
    assert {(failure["row"], failure["column"]) for failure in failures} == {
        (1, "texts"),
        (2, "texts"),
        (2, "kind"),
    }
    assert Record.objects.count() == 0


def test_a_file_too_large_is_refused_before_it_is_kept(desk, monkeypatch):
    monkeypatch.setattr("hub.admin.forms.MOST_MEGABYTES", 0)

    answer = desk.post(reverse("admin:hub_record_import"), _upload({"code": "A"}))

    assert "This file is larger than 20 MB." in answer.content.decode()
    assert Job.objects.count() == 0
