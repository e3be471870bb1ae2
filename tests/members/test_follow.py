"""The page of an application: how far it is, the questions of staff, a letter that comes later, the way out."""

import pytest
from django.test import Client
from django.urls import reverse

from core import journal
from core.lifecycle import IllegalMove
from core.models import RateCount
from members.actions import following, registration, vetting
from members.emails import registration as links
from members.models import Exchange, MembershipApplication, VettingCheck
from members.views import stages
from tests import factories
from tests.members.writing import letters, pdf

pytestmark = pytest.mark.django_db


def _page(application, name="join_status"):
    return reverse(f"members:{name}", args=[links.token("status", application)])


def _led_to(response):
    """The application whose page an answer leads to; its link carries the second it was made in."""
    return links.named_by(response.url.split("/")[-2], "status")


@pytest.mark.parametrize("language", ["", "/fr", "/ar"])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("submitted", "Your application has arrived"),
        ("in_vetting", "We are checking your application"),
        ("awaiting_city", "Your city is being asked"),
        ("more_info", "We have a question for you"),
        ("approved", "Welcome to the network"),
        ("declined", "We could not accept this application"),
        ("withdrawn", "You have withdrawn this application"),
        ("expired", "This application has ended"),
    ],
)
def test_page_says_how_far_it_is(client, status, words, language):
    application = factories.application(status)

    page = client.get(language + _page(application))

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    if not language:
        assert f"<h1>{words}</h1>" in page.content.decode()
    assert application.number in page.content.decode()


@pytest.mark.parametrize(
    ("status", "last"),
    [
        ("approved", ["Checked", "Welcome"]),
        ("declined", ["Checked", "Not accepted"]),
        ("withdrawn", ["E-mail address confirmed", "Withdrawn"]),
        ("expired", ["E-mail address confirmed", "Ended without an answer"]),
    ],
)
def test_stages_claim_no_check_that_did_not_end(status, last):
    application = factories.application(status)

    assert [stage["title"] for stage in stages.stages(application)][-2:] == last


def test_page_shows_the_day_we_aim_to_answer_by_while_it_is_open(client):
    open_one, ended = factories.application(), factories.application("declined")

    assert "We aim to answer by" in client.get(_page(open_one)).content.decode()
    assert "We aim to answer by" not in client.get(_page(ended)).content.decode()


def test_page_of_a_colleague_names_the_stage_of_the_city(client, aarhus):
    waiting = factories.application("awaiting_city", route="join_city", city=aarhus)
    waiting.city_asked_at = waiting.sent_at
    waiting.save()
    taken_over = factories.application("in_vetting", route="join_city", city=aarhus)
    taken_over.city_asked_at = taken_over.sent_at
    taken_over.save()

    assert "Waiting for your city" in client.get(_page(waiting)).content.decode()
    assert "Your city was asked" in client.get(_page(taken_over)).content.decode()


def test_page_of_a_joined_application_says_so(client):
    first = factories.application()
    joined = factories.application(route="join_application", joined_to=first)

    page = client.get(_page(joined)).content.decode()

    assert "Your city has applied already" in page
    assert "Together with the application that came first." in page


def test_reason_of_a_no_is_read_here(client):
    reason = factories.term("decline_reason", "cannot_verify")
    application = factories.application(
        "declined", decision_reason=reason, decision_text="No answer by telephone."
    )

    page = client.get(_page(application)).content.decode()

    assert str(reason) in page
    assert "No answer by telephone." in page


def test_notes_among_staff_are_not_shown(client, staff):
    application = factories.application("in_vetting")
    vetting.note(application, text="NOTE-CANARY", by=staff)

    for name in ["join_status", "join_answers"]:
        assert "CANARY" not in client.get(_page(application, name)).content.decode()


@pytest.mark.parametrize("name", ["join_status", "join_answers", "join_letter", "join_withdraw"])
@pytest.mark.parametrize("token", ["x", "a.1~b~c"])
def test_forged_link_is_dead(client, name, token):
    url = reverse(f"members:{name}", args=[token])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_link_is_dead_once_the_links_were_renewed(client):
    application = factories.application()
    page = _page(application)
    application.link_version += 1
    application.save()

    assert client.get(page).status_code == 404


@pytest.mark.parametrize("status", ["draft", "unconfirmed"])
def test_what_is_not_confirmed_has_no_page(client, status):
    application = factories.application(status)

    assert client.get(_page(application)).status_code == 404


def test_what_was_sent_can_be_read_again(client):
    application = factories.application(motivation="We want to learn.\n\nنريد أن نتعلم.")

    page = client.get(_page(application, "join_answers")).content.decode()

    assert "Head of the mayor’s office" in page
    assert '<p dir="auto">نريد أن نتعلم.</p>' in page
    assert "Change" not in page


# --- Questions


@pytest.fixture
def asked(staff):
    application = factories.application("in_vetting")
    vetting.ask(application, text="Who runs the office?", by=staff)
    application.refresh_from_db()
    return application


def test_question_is_shown_with_a_form_to_answer(client, asked):
    page = client.get(_page(asked)).content.decode()

    assert "Who runs the office?" in page
    assert "Send your answer" in page


def test_answer_goes_to_staff_and_the_checking_goes_on(client, asked):
    response = client.post(_page(asked), {"text": "Noor does.\r\nSince May."}, follow=True)

    asked.refresh_from_db()
    assert asked.status == "in_vetting"
    assert list(asked.exchanges.filter(kind="answer").values_list("text", "by")) == [
        ("Noor does.\nSince May.", None)
    ]
    assert "Your answer is with our staff." in response.content.decode()
    assert "You answered" in response.content.decode()
    assert [entry.verb for entry in journal.of(asked)] == ["asked", "answered"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_answer_must_be_one(client, asked, text):
    response = client.post(_page(asked), {"text": text})

    asked.refresh_from_db()
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert asked.status == "more_info"


def test_second_answer_changes_nothing(client, asked):
    client.post(_page(asked), {"text": "Noor does."})

    response = client.post(_page(asked), {"text": "Again."}, follow=True)

    assert Exchange.objects.filter(kind="answer").count() == 1
    assert "answered already" in response.content.decode()
    with pytest.raises(IllegalMove):
        following.reply(asked, text="Again.")


def test_writing_too_often_is_refused(client, asked):
    client.post(_page(asked), {"text": ""})
    RateCount.objects.update(count=30)

    assert client.post(_page(asked), {"text": "Noor does."}).status_code == 429


# --- A letter


def test_letter_is_added_and_seen_by_the_checks(client):
    application = factories.application()

    response = client.post(_page(application, "join_letter"), {"letter": pdf()})

    assert _led_to(response) == application
    assert application.attachments.get().name == "letter.pdf"
    assert [entry.verb for entry in journal.of(application)] == ["added a letter"]
    assert VettingCheck.objects.filter(application=application).exists()


@pytest.mark.parametrize("upload", [{}, {"letter": pdf("letter.pdf", b"not a letter")}])
def test_what_is_no_letter_is_refused(client, upload):
    application = factories.application()

    response = client.post(_page(application, "join_letter"), upload)

    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert not application.attachments.exists()


def test_letters_are_limited(client):
    application = factories.application()
    for _ in range(MembershipApplication.MOST_ATTACHMENTS):
        client.post(_page(application, "join_letter"), {"letter": pdf()})

    response = client.post(_page(application, "join_letter"), {"letter": pdf()})

    assert "as many letters as we can take" in response.content.decode()
    assert application.attachments.count() == MembershipApplication.MOST_ATTACHMENTS


def test_letter_for_what_has_ended_is_refused(client):
    application = factories.application("declined")
    file = pdf()
    file.kind = "pdf"

    assert _led_to(client.get(_page(application, "join_letter"))) == application
    sent = client.post(_page(application, "join_letter"), {"letter": pdf()})
    assert _led_to(sent) == application
    with pytest.raises(IllegalMove):
        following.add_letter(application, file)


def test_letter_is_read_by_nobody_outside(client):
    application = factories.application()
    client.post(_page(application, "join_letter"), {"letter": pdf()})
    name = application.attachments.get().file.name

    for path in [f"/media/{name}", f"/files/{name}", f"/{name}", f"/static/{name}"]:
        assert client.get(path).status_code == 404


# --- The way out


def test_withdrawing_asks_once(client):
    application = factories.application()

    page = client.get(_page(application, "join_withdraw")).content.decode()

    application.refresh_from_db()
    assert "Keep it" in page
    assert application.status == "submitted"


def test_withdrawn_application_is_in_no_queue_and_its_letters_are_gone(
    client, django_capture_on_commit_callbacks
):
    application = factories.application()
    client.post(_page(application, "join_letter"), {"letter": pdf()})
    file = application.attachments.get().file

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(_page(application, "join_withdraw"))

    application.refresh_from_db()
    assert _led_to(response) == application
    assert application.status == "withdrawn"
    assert not file.storage.exists(file.name)
    assert not MembershipApplication.objects.in_staff_queue().exists()
    assert letters(application.email) == ["application_withdrawn"]


@pytest.mark.parametrize("status", ["approved", "declined", "withdrawn"])
def test_what_has_ended_cannot_be_withdrawn(client, status):
    application = factories.application(status)

    assert _led_to(client.post(_page(application, "join_withdraw"))) == application
    application.refresh_from_db()
    assert application.status == status
    with pytest.raises(IllegalMove):
        following.withdraw(application)


def test_who_had_joined_stands_alone_afterwards(client):
    first = factories.application()
    joined = factories.application(route="join_application", joined_to=first)

    client.post(_page(first, "join_withdraw"))

    joined.refresh_from_db()
    assert (joined.joined_to, joined.route) == (None, "new_city")


# --- Signed in, but not in


@pytest.mark.parametrize("language", ["", "/fr", "/ar"])
def test_pending_person_sees_the_stages_of_the_application(client, language):
    account = factories.user(email="noor@portamity.example.org")
    application = factories.application("in_vetting", email="Noor@portamity.example.org")
    client.force_login(account)

    page = client.get(f"{language}/me/status/")

    assert page.status_code == 200
    assert application.number in page.content.decode()


def test_pending_person_without_an_application_is_told_whom_to_ask(client, settings):
    client.force_login(factories.user())

    page = client.get("/me/status/").content.decode()

    assert "Your account has no post yet" in page
    assert settings.STAFF_EMAIL in page


def test_application_that_was_not_confirmed_is_not_the_persons(client):
    account = factories.user(email="noor@portamity.example.org")
    factories.application("unconfirmed", email=account.email, confirmed_at=None, sent_at=None)
    client.force_login(account)

    assert "Your account has no post yet" in client.get("/me/status/").content.decode()


def test_suspended_person_is_told_whom_to_ask(client, ana, settings):
    ana.person.move_to("suspended")
    ana.person.save()
    client.force_login(ana)

    page = client.get("/me/status/").content.decode()

    assert "Your account is closed for now" in page
    assert settings.STAFF_EMAIL in page


def test_members_go_home(client, ana):
    client.force_login(ana)

    assert client.get("/me/status/").url == "/"


def test_strangers_sign_in_first(client):
    assert client.get("/me/status/").url.startswith("/accounts/login/")


def test_link_to_go_on_leads_to_the_page_once_it_is_confirmed():
    application = factories.application()
    link = reverse("members:join_resume", args=[links.token("resume", application)])

    assert Client().get(link).url.startswith("/join/status/")


def test_letter_with_the_link_comes_again():
    application = factories.application()

    registration.send_link_again(application)

    assert letters(application.email) == ["application_status"]
