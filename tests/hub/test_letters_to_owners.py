"""Every letter about a record reads in three languages, whoever it goes to."""

import pytest
from django.utils import timezone

from hub.actions import adaptations, evaluations, freshness, questions, records
from members.models import Person
from outbox.letters import render
from outbox.models import Message
from tests.hub.owning import evaluation, owned, text_of
from tests.hub.test_adapt import FACTS


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letters_read_in_the_language_of_their_reader(language, aarhus, mombasa, folke, zoe, staff):
    Person.objects.update(language=language)
    record = owned(aarhus, "SCN-P-0001", title="Evening bus", review_due=timezone.now().date())

    adaptations.adapt(record, mombasa, language="en", facts=FACTS, by=zoe)
    evaluations.note(evaluation(record), by=staff)
    evaluations.show_to_city(evaluation(record, published=False), by=staff)
    questions.ask(record, purpose="question", text="How?", by=zoe)
    questions.ask(record, purpose="exchange", text="When?", by=zoe)
    freshness.look_after(timezone.now().date())

    letters = [render(message) for message in Message.objects.filter(to=folke.email)]
    assert len(letters) == 6
    assert {letter.language for letter in letters} == {language}
    assert all("SCN-P-0001" in letter.subject for letter in letters)
    assert all(f"/hub/{record.code}/" in letter.text for letter in letters)
    prefix = "" if language == "en" else f"/{language}"
    assert all(f"{prefix}/hub/{record.code}/" in letter.text for letter in letters)


def test_letters_to_staff_lead_to_where_they_work(aarhus, zoe, staff):
    record = owned(aarhus, "SCN-P-0001", title="Evening bus")
    facts = {"evaluator": "", "method": "A visit.", "overall_comment": ""}
    sent = evaluations.send(record, city=None, language="en", facts=facts, ratings={}, by=zoe)
    questions.report(record, reason="wrong", text="So.", email="", by=None)

    assert f"/admin/hub/evaluation/{sent.pk}/change/" in text_of("evaluation_waits")
    assert f"/admin/hub/record/{record.pk}/change/" in text_of("report")


def test_a_focal_point_without_an_account_is_written_to_at_work(aarhus, folke, zoe, staff):
    Person.objects.filter(pk=folke.person.pk).update(user=None, email="office@aarhus.example.org")
    record = owned(aarhus, "SCN-P-0001")

    questions.ask(record, purpose="question", text="How?", by=zoe)

    assert Message.objects.get().to == "office@aarhus.example.org"


def test_whom_no_letter_reaches_is_left_out(aarhus, folke, zoe):
    Person.objects.filter(pk=folke.person.pk).update(user=None, email="")
    record = owned(aarhus, "SCN-P-0001")

    questions.ask(record, purpose="question", text="How?", by=zoe)

    assert Message.objects.get().template == "hub/emails/question_to_staff.txt"


def test_the_archive_is_told_in_the_readers_language(aarhus, folke, staff):
    record = owned(
        aarhus, "SCN-P-0001", review_due="2020-01-01", times_asked=3, last_asked_on="2020-03-01"
    )

    freshness.look_after(timezone.now().date())

    record.refresh_from_db()
    assert record.status == "archived"
    assert "SCN-P-0001 has left the library" in text_of("archived", folke.email)
    records.publish(record, by=staff)
