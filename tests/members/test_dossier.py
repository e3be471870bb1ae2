"""The queue and the dossier, as staff use them."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from core import journal
from members.actions import checks, vetting
from members.models import City, MembershipApplication, Person
from outbox.models import Message
from tests import factories
from tests.members.places import beirut

pytestmark = pytest.mark.django_db

LIST = "/admin/members/membershipapplication/"


@pytest.fixture
def officer(client, staff):
    client.force_login(staff)
    return client


def _page(application):
    return f"{LIST}{application.pk}/change/"


def _step(application, name):
    return reverse(f"admin:members_membershipapplication_{name}", args=[application.pk])


def _buttons(response):
    return [verb["name"] for verb in response.context["verbs"]]


def _verbs(thing):
    return [entry.verb for entry in journal.of(thing)]


def _again(application):
    application.refresh_from_db()
    return application


# --- the queue


def _titles(response):
    return [application.city_name for application in response.context["cl"].result_list]


def test_queue_begins_with_what_is_due_first(officer):
    for name, due in [("Later", "2026-02-01"), ("Sooner", "2026-01-01"), ("Whenever", None)]:
        factories.application(city_name=name, due_on=due)
    factories.application("more_info", city_name="Asked")
    factories.application("awaiting_city", city_name="At the city")
    factories.application("approved", city_name="Done")

    assert _titles(officer.get(LIST)) == ["Sooner", "Later", "Whenever"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("queue=doubles", ["Doubled"]),
        ("queue=applicant", ["Asked"]),
        ("queue=city", ["At the city"]),
        ("queue=joined", ["Joined"]),
        ("queue=decided", ["Done"]),
        ("queue=all", ["Asked", "At the city", "Done", "Doubled", "Joined", "Late"]),
        ("due=late", ["Late"]),
        ("due=week", ["Doubled"]),
        ("assigned=me", ["Late"]),
        ("assigned=nobody", ["Doubled"]),
        ("assigned=others", []),
        ("queue=all&status=more_info", ["Asked"]),
        ("queue=all&route=new_city", ["Asked", "At the city", "Done", "Doubled", "Joined", "Late"]),
    ],
)
def test_queue_is_narrowed(officer, staff, query, expected):
    front = factories.application(city_name="Doubled")
    front.checks.create(kind="duplicate_person", result="warn")
    factories.application(city_name="Late", due_on="2020-01-01", assigned_to=staff)
    factories.application("more_info", city_name="Asked")
    factories.application("awaiting_city", city_name="At the city")
    factories.application("approved", city_name="Done")
    factories.application(city_name="Joined", joined_to=front)

    assert sorted(_titles(officer.get(f"{LIST}?{query}"))) == expected


@pytest.mark.parametrize(
    "words",
    [
        "مراكش",
        "مَرَّاكُش",
        "MARRAKÉCH",
        "marrakech noor",
        "noor@m.example",
        "SCN-A-{pk:04d}",
        "scn-a-{pk}",
        "{pk}",
    ],
)
def test_search_folds_every_script(officer, words):
    found = factories.application(
        city_name="Marrakech", city_name_local="مراكش", email="noor@m.example"
    )
    factories.application(city_name="Oslo", name="Else", email="else@example.org")

    response = officer.get(LIST, {"q": words.format(pk=found.pk)})

    assert list(response.context["cl"].result_list) == [found]


def test_queue_asks_the_same_few_questions_of_1_and_30_rows(officer, django_assert_max_num_queries):
    factories.application()
    officer.get(LIST)
    with django_assert_max_num_queries(12) as one:
        officer.get(LIST)
    for _ in range(29):
        factories.application()

    with django_assert_max_num_queries(12) as thirty:
        officer.get(LIST)

    assert len(one) == len(thirty)


# --- bulk


def test_bulk_assignment_is_shown_before_it_is_done(officer, staff):
    new, taken = factories.application(), factories.application("in_vetting")
    answered = factories.application("approved")
    own = factories.application(email=staff.email)
    chosen = [each.pk for each in (new, taken, answered, own)]

    response = officer.post(LIST + "?queue=all", {"action": "assign", "_selected_action": chosen})

    lines = {
        line["application"]: (line["good"], str(line["words"]))
        for line in response.context["outcomes"]
    }
    assert lines == {
        new: (True, "Will be assigned and marked as being checked."),
        taken: (True, "Will be assigned."),
        answered: (False, "Stays as it is: it does not wait for us."),
        own: (False, "Not yours to move."),
    }
    assert not MembershipApplication.objects.filter(assigned_to__isnull=False).exists()


def test_bulk_assignment_says_what_became_of_each(officer, staff):
    new, answered = factories.application(), factories.application("approved")
    data = {
        "action": "assign", "_selected_action": [new.pk, answered.pk], "confirmed": "1", "to": staff.pk,
    }  # fmt: skip

    response = officer.post(LIST + "?queue=all", data)

    assert [line["good"] for line in response.context["outcomes"]] == [True, False]
    assert (_again(new).assigned_to, _again(answered).assigned_to) == (staff, None)
    assert _verbs(answered) == ["refused"]


def test_bulk_assignment_to_nobody_shows_the_page_again(officer, ana):
    application = factories.application()
    data = {
        "action": "assign",
        "_selected_action": [application.pk],
        "confirmed": "1",
        "to": ana.pk,
    }

    response = officer.post(LIST, data)

    assert list(response.context["form"].errors) == ["to"]
    assert _again(application).assigned_to is None


# --- the dossier


def test_dossier_shows_all_that_was_sent(officer, staff):
    application = factories.application(
        city_name="Beyrouth", city_name_local="بيروت", motivation="<script>alert(1)</script>\n\nنتعلم",
        employer_page="https://beirut.test/noor", city_website="https://beirut.test",
    )  # fmt: skip
    application.themes.add(factories.term("theme", "prevention"))
    application.attachments.create(
        file=ContentFile(b"%PDF-1.4", name="a.pdf"),
        name="letter.pdf",
        content_type="application/pdf",
        size=8,
    )
    vetting.note(application, text="Called.", by=staff)
    checks.run(application)

    html = officer.get(_page(application)).content.decode()

    for text in [
        application.number, "Beyrouth", "بيروت", "Noor Example", application.email, "https://beirut.test/noor",
        "&lt;script&gt;", '<p dir="auto">نتعلم</p>', "letter.pdf", "Called.", "Government domain", "Denmark",
    ]:  # fmt: skip
        assert text in html
    assert "<script>alert" not in html


def test_findings_are_told_in_the_readers_language(officer, monkeypatch):
    application = factories.application(email="a@gmail.com")
    checks.run(application)
    told = {
        "Anybody can have an address at %(domain)s. Not refused: call the city back.": "%(domain)s !"
    }
    monkeypatch.setattr("members.admin.dossier._", lambda text: told.get(text, text))

    rows = officer.get(_page(application)).context["checks"]

    assert "gmail.com !" in [row["detail"] for row in rows]


def test_doubles_stand_beside_each_other(officer, ana, aarhus):
    application = factories.application(city_name="Aarhus", email=ana.email)
    other = factories.application("declined", email=ana.email)
    aarhus.folded_names = ["aarhus"]
    aarhus.save()
    checks.run(application)

    context = officer.get(_page(application)).context

    assert [head["label"] for head in context["city_doubles"]["heads"]] == [
        str(application),
        "Aarhus",
    ]
    assert context["city_doubles"]["rows"][0] == {"label": "Name", "values": ["Aarhus", "Aarhus"]}
    assert [head["label"] for head in context["person_doubles"]["heads"]] == [
        str(application), "Ana Example", str(other),
    ]  # fmt: skip


def test_reading_is_written_down_once_an_hour(officer, staff):
    application = factories.application()

    officer.get(_page(application))
    officer.get(_page(application))

    assert [(entry.verb, entry.by) for entry in journal.of(application)] == [("read", staff)]


def test_opening_a_file_is_written_down(officer):
    application = factories.application()
    letter = application.attachments.create(
        file=ContentFile(b"%PDF-1.4", name="a.pdf"),
        name="letter.pdf",
        content_type="application/pdf",
        size=8,
    )

    response = officer.get(
        reverse("admin:members_membershipapplication_attachment", args=[application.pk, letter.pk])
    )

    assert b"".join(response.streaming_content) == b"%PDF-1.4"
    assert response.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert _verbs(application) == ["opened a file"]


def test_the_same_few_questions_whatever_stands_in_the_dossier(
    officer, staff, django_assert_max_num_queries
):
    application = factories.application()
    checks.run(application)
    officer.get(_page(application))
    with django_assert_max_num_queries(30) as few:
        officer.get(_page(application))
    for number in range(10):
        vetting.note(application, text=f"{number}", by=staff)
        vetting.record_check(application, kind="call_back", result="pass", detail="", by=staff)

    with django_assert_max_num_queries(30) as many:
        officer.get(_page(application))

    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            "submitted",
            [
                "assign-to-me",
                "approve",
                "ask",
                "hand-to-city",
                "duplicate",
                "decline",
                "check-again",
            ],
        ),
        (
            "in_vetting",
            [
                "assign-to-me",
                "approve",
                "ask",
                "hand-to-city",
                "duplicate",
                "decline",
                "check-again",
            ],
        ),
        ("more_info", ["assign-to-me", "duplicate", "decline", "check-again"]),
        ("awaiting_city", ["approve", "duplicate", "decline", "check-again"]),
        ("approved", []),
        ("declined", ["reopen"]),
        ("withdrawn", []),
        ("expired", ["reopen"]),
    ],
)
def test_buttons_are_what_state_and_rule_allow(officer, status, expected):
    assert _buttons(officer.get(_page(factories.application(status)))) == expected


def test_duplicate_offers_no_application_that_was_left(officer):
    double = factories.application()
    kept = factories.application(country=double.country)
    factories.application("withdrawn", country=double.country)
    factories.application("expired", country=double.country)

    form = officer.get(_step(double, "duplicate")).context["form"]

    assert list(form.fields["of"].queryset) == [kept]


def test_nobody_decides_about_the_own_application(officer, staff):
    own = factories.application(email=staff.email)

    response = officer.get(_page(own))

    assert _buttons(response) == []
    assert "a colleague decides" in response.content.decode()
    assert officer.post(_step(own, "approve")).status_code == 403
    assert _again(own).status == "submitted"


def test_forged_form_changes_nothing(officer, staff):
    application = factories.application()
    data = {
        "status": "approved", "assigned_to": staff.pk, "city_name": "Forged", "decided_by": staff.pk, "hub": "1",
        "is_staff": "on", "is_superuser": "on",
    }  # fmt: skip
    before = MembershipApplication.objects.values().get()

    assert officer.post(_page(application), data).status_code == 405
    officer.post(_step(application, "note"), data | {"text": "x", "by": "1"})
    officer.post(
        _step(application, "check"),
        data | {"kind": "letter", "result": "pass", "detail": "x", "by": ""},
    )

    assert MembershipApplication.objects.values().get() == before
    assert application.checks.get().by == staff
    assert application.exchanges.get().by == staff


# --- the steps


@pytest.mark.parametrize(
    "step", ["approve", "ask", "hand-to-city", "duplicate", "decline", "note", "check"]
)
def test_steps_ask_once(officer, step):
    application = factories.application()

    assert officer.get(_step(application, step)).status_code == 200
    assert _again(application).status == "submitted"


@pytest.mark.parametrize("step", ["assign-to-me", "check-again"])
def test_buttons_of_the_page_are_posted(officer, step):
    assert officer.get(_step(factories.application(), step)).status_code == 405


def test_assign_to_me(officer, staff):
    application = factories.application()

    response = officer.post(_step(application, "assign-to-me"))

    assert response.headers["Location"] == _page(application)
    assert (_again(application).status, application.assigned_to) == ("in_vetting", staff)


def test_check_again(officer):
    application = factories.application()

    officer.post(_step(application, "check-again"))

    assert application.checks.count() == 8


def test_approve(officer):
    application = factories.application(place=beirut(), country=factories.term("country", "LB"))
    colleague = factories.application(joined_to=application, name="Second Sample")

    assert "Second Sample" in officer.get(_step(application, "approve")).content.decode()
    response = officer.post(_step(application, "approve"))

    assert response.headers["Location"] == _page(application)
    assert (_again(application).status, _again(colleague).status) == ("approved", "awaiting_city")
    assert City.objects.get().name_en == "Beirut"


def test_ask(officer):
    application = factories.application()

    officer.post(_step(application, "ask"), {"text": "Who signs?"})

    assert _again(application).status == "more_info"
    assert [m.template for m in Message.objects.all()] == ["members/emails/asked.txt"]


def test_question_needs_words(officer):
    application = factories.application()

    response = officer.post(_step(application, "ask"), {"text": " "})

    assert list(response.context["form"].errors) == ["text"]
    assert _again(application).status == "submitted"


def test_decline(officer):
    application = factories.application(language="ar")
    reason = factories.term("decline_reason", "outside_remit")

    assert "العربية" in officer.get(_step(application, "decline")).content.decode()
    officer.post(_step(application, "decline"), {"reason": reason.pk, "text": "لا"})

    assert (_again(application).status, application.decision_reason) == ("declined", reason)
    assert "لا" in officer.get(_page(application)).content.decode()


def test_reason_is_one_of_the_list(officer):
    application = factories.application()
    other = factories.term("theme", "prevention")

    response = officer.post(_step(application, "decline"), {"reason": other.pk, "text": "No."})

    assert list(response.context["form"].errors) == ["reason"]


def test_duplicate(officer):
    kept, double = factories.application(), factories.application()
    elsewhere = factories.application(country=factories.term("country", "KE"))

    form = officer.get(_step(double, "duplicate")).context["form"]
    assert set(form.fields["of"].queryset) == {kept}
    assert elsewhere not in form.fields["of"].queryset
    officer.post(_step(double, "duplicate"), {"of": kept.pk})

    assert (_again(double).status, double.duplicate_of) == ("declined", kept)


def test_hand_to_city_offers_those_who_can_answer(officer, aarhus, folke):
    factories.city("Odense")
    factories.city("Left", member=False)
    application = factories.application()
    application.checks.create(kind="duplicate_city", result="fail", found={"cities": [aarhus.pk]})

    form = officer.get(_step(application, "hand-to-city")).context["form"]
    assert list(form.fields["city"].queryset) == [aarhus]
    assert form.initial["city"] == aarhus.pk
    officer.post(_step(application, "hand-to-city"), {"city": aarhus.pk})

    assert (_again(application).status, application.city) == ("awaiting_city", aarhus)


def test_hand_to_city_does_not_offer_a_city_whose_focal_point_is_suspended(officer, aarhus, folke):
    folke.person.move_to("suspended")
    folke.person.save()
    application = factories.application("in_vetting")

    form = officer.get(_step(application, "hand-to-city")).context["form"]

    assert list(form.fields["city"].queryset) == []


def test_hand_to_city_of_the_own_region(client, staff_mena, aarhus, folke):
    tunis = factories.city("Tunis", country="TN", hub="MENA")
    factories.member(tunis, focal=True)
    application = factories.application(hub=factories.term("hub", "MENA"), country=None)
    client.force_login(staff_mena)

    form = client.get(_step(application, "hand-to-city")).context["form"]

    assert list(form.fields["city"].queryset) == [tunis]


def test_duplicate_of_the_own_region(client, staff_mena):
    mena = factories.term("hub", "MENA")
    application, near = factories.application(hub=mena), factories.application(hub=mena)
    factories.application()
    client.force_login(staff_mena)

    form = client.get(_step(application, "duplicate")).context["form"]

    assert list(form.fields["of"].queryset) == [near]


def test_reopen(officer):
    application = factories.application("declined")

    officer.post(_step(application, "reopen"))

    assert _again(application).status == "in_vetting"


def test_record_check_and_note(officer, staff):
    application = factories.application()

    officer.post(
        _step(application, "check"), {"kind": "letter", "result": "pass", "detail": "Stamped."}
    )
    officer.post(_step(application, "note"), {"text": "Fine."})

    assert application.checks.get().detail == "Stamped."
    assert application.exchanges.get().text == "Fine."


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ("assign-to-me", "approved"),
        ("approve", "declined"),
        ("ask", "more_info"),
        ("decline", "approved"),
        ("reopen", "in_vetting"),
    ],
)
def test_step_that_comes_too_late_is_409_and_written_down(officer, staff, step, status):
    application = factories.application(status)
    reason = factories.term("decline_reason", "other")

    response = officer.post(_step(application, step), {"text": "x", "reason": reason.pk})

    assert response.status_code == 409
    assert _again(application).status == status
    (entry,) = journal.of(application)
    assert (entry.verb, entry.by, entry.facts) == (
        "refused",
        staff,
        {"step": step, "status": status},
    )
    assert Message.objects.count() == 0


def test_page_of_a_step_that_came_too_late_leads_back(officer):
    application = factories.application("approved")

    assert officer.get(_step(application, "decline")).headers["Location"] == _page(application)


def test_approving_twice_is_409(officer):
    application = factories.application()

    assert officer.post(_step(application, "approve")).status_code == 302
    assert officer.post(_step(application, "approve")).status_code == 409
    assert (City.objects.count(), Person.objects.count(), Message.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("step", ["approve", "decline", "assign-to-me", "note"])
def test_steps_are_for_staff(client, folke, step):
    application = factories.application()

    assert client.post(_step(application, step)).status_code == 302
    client.force_login(folke)
    assert client.post(_step(application, step)).status_code == 403
    assert _again(application).status == "submitted"
