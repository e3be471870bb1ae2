"""Writing an application: saved at each step, nothing lost, without JavaScript."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import RateCount
from members.actions import registration
from members.models import Attachment, MembershipApplication
from tests import factories
from tests.members.places import beirut
from tests.members.writing import (
    CITY,
    EMAIL,
    PLEDGE,
    POST,
    THEMES,
    letters,
    link_in,
    pdf,
    send,
    step,
    write,
)

pytestmark = pytest.mark.django_db

ALL = ["city", "post", "themes", "pledge"]


@pytest.fixture(autouse=True)
def _pledge(db):
    return factories.pledge()


def _mine(client):
    return MembershipApplication.objects.get(uid=client.session["application"])


# --- The pages


@pytest.mark.parametrize("language", ["", "/fr", "/ar"])
@pytest.mark.parametrize("page", ["", "questions/", "city/", "post/", "themes/", "pledge/"])
def test_pages_open_in_three_languages(client, language, page):
    assert client.get(f"{language}/join/{page}").status_code == 200


def test_questions_say_every_label_of_every_step(client):
    page = client.get(reverse("members:join_questions")).content.decode()

    for words in [
        "Name of the city",
        "Your work e-mail",
        "Why does your city",
        "My city works by",
        "First principle.",
    ]:
        assert words in page


def test_unknown_step_is_not_found(client):
    assert client.get(step("payment")).status_code == 404


def test_reading_writes_nothing(client):
    for name in ["city", "post", "themes", "pledge", "check"]:
        client.get(step(name))

    assert not MembershipApplication.objects.exists()
    assert "application" not in client.session


@pytest.mark.parametrize(
    "page", ["/join/", "/join/city/", "/join/check/", "/join/sent/", "/join/places/"]
)
def test_members_are_sent_home(client, ana, page):
    client.force_login(ana)

    response = client.get(page)

    assert (response.status_code, response.url) == (302, "/")


def test_member_who_posts_is_sent_home(client, ana):
    client.force_login(ana)

    assert client.post(step("city"), CITY).url == "/"
    assert not MembershipApplication.objects.exists()


# --- Saving


def test_step_is_saved_and_leads_to_the_next(client):
    response = client.post(step("city"), CITY)

    application = _mine(client)
    assert response.url == step("post")
    assert application.city_name == "Port Amity"
    assert application.country.code == "DK"
    assert application.authority_level.code == "city"
    assert application.city_website == "https://portamity.example.org"
    assert application.steps_done == ["city"]
    assert application.status == "draft"


def test_every_answer_is_kept(client):
    application = write(
        client, themes={"summit_interest": "on"}, post={"is_signatory": "no", "name_local": "نور"}
    )

    assert application.steps_done == ALL
    assert application.email == EMAIL
    assert application.name_local == "نور"
    assert application.is_signatory is False
    assert application.summit_interest is True
    assert application.sector.code == "education"
    assert sorted(term.code for term in application.languages.all()) == ["ar", "en"]
    assert [term.code for term in application.themes.all()] == ["communications"]
    assert application.pledge == factories.pledge()
    assert application.pledged_at is not None
    assert application.privacy_version == MembershipApplication.PRIVACY_VERSION


def test_language_of_the_page_is_the_language_of_the_application(client):
    client.post("/fr" + step("city"), CITY)

    assert _mine(client).language == "fr"


def test_next_step_shows_what_is_saved_when_one_comes_back(client):
    write(client)

    page = client.get(step("post")).content.decode()

    assert 'value="Noor Example"' in page
    assert f'value="{EMAIL}"' in page
    assert "Saved at" in page


def test_wrong_answer_is_said_beside_the_field_and_in_the_summary(client):
    response = client.post(step("post"), POST | {"email": "noor@portamity"})

    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("Write the whole e-mail address, with the part after the @.") == 2
    assert _mine(client).steps_done == []


def test_wrong_answer_is_kept_as_it_was_typed(client):
    client.post(
        step("post"),
        POST | {"email": "noor@portamity", "sector": "magic", "languages": ["en", "xx"]},
    )

    application = _mine(client)
    page = client.get(step("post")).content.decode()
    assert application.name == "Noor Example"
    assert application.email == ""
    assert application.typed["post"] == {
        "email": "noor@portamity",
        "sector": "magic",
        "languages": ["en", "xx"],
    }
    assert 'value="noor@portamity"' in page


def test_what_was_typed_wrongly_is_forgotten_once_it_is_right(client):
    client.post(step("post"), POST | {"email": "noor@portamity"})

    client.post(step("post"), POST)

    assert _mine(client).typed["post"] == {}
    assert _mine(client).steps_done == ["post"]


def test_emptied_answer_is_empty_and_the_step_is_open_again(client):
    write(client)

    client.post(step("post"), POST | {"office": "", "role": "", "sector": "", "languages": []})

    application = _mine(client)
    assert (application.office, application.role, application.sector) == ("", "", None)
    assert application.steps_done == ["city", "themes", "pledge"]


def test_emptied_choice_of_many_is_empty(client):
    write(client)

    client.post(step("themes"), {"motivation": "Why not."})

    application = _mine(client)
    assert not application.themes.exists()
    assert application.steps_done == ["city", "post", "pledge"]


@pytest.mark.parametrize("name", ALL)
def test_save_and_come_back_later_never_asks_for_more(client, name):
    response = client.post(step(name), {"then": "later"}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/join/", 302)]
    assert "Saved. You can close this page and come back." in page
    assert "Continue" in page


def test_back_saves_first_even_what_is_wrong(client):
    response = client.post(step("post"), POST | {"then": "back", "email": "noor@"})

    assert response.url == step("city")
    assert _mine(client).name == "Noor Example"
    assert _mine(client).typed["post"] == {"email": "noor@"}


def test_first_step_has_no_step_before(client):
    assert client.post(step("city"), CITY | {"then": "back"}).url == step("post")


def test_start_continues_at_the_first_open_step(client):
    client.post(step("city"), CITY)

    assert f'href="{step("post")}"' in client.get("/join/").content.decode()


def test_afresh_forgets_the_application_in_this_browser(client):
    client.post(step("city"), CITY)

    client.post(reverse("members:join_afresh"))

    assert "application" not in client.session
    assert MembershipApplication.objects.count() == 1


def test_another_browser_does_not_see_it(client):
    client.post(step("city"), CITY)

    assert "Port Amity" not in Client().get(step("city")).content.decode()


def test_saving_too_often_is_refused(client):
    client.post(step("city"), CITY)
    RateCount.objects.update(count=1000)

    response = client.post(step("city"), CITY | {"city_name": "Other"})

    assert response.status_code == 429
    assert _mine(client).city_name == "Port Amity"


def test_step_of_a_sent_application_cannot_be_saved(client):
    application = send(client)

    response = client.post(step("post"), POST | {"name": "Somebody Else"})

    application.refresh_from_db()
    assert response.url == reverse("members:join_sent")
    assert application.name == "Noor Example"


def test_saving_what_was_just_sent_is_refused(client):
    application = send(client)

    with pytest.raises(registration.IllegalMove):
        registration.save_step(
            application, "post", answers={}, typed={}, complete=True, language="en"
        )


# --- What people type


@pytest.mark.parametrize(
    "name",
    [
        "buy at https://evil.example",
        "www.evil.example",
        "evil.com",
        "a@b.example",
        "<b>Noor</b>",
        "{{ 7*7 }}",
        "x" * 81,
    ],
)
def test_name_that_is_none_is_refused(client, name):
    client.post(step("post"), POST | {"name": name})

    assert _mine(client).name == ""
    assert "name" in _mine(client).typed["post"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Noor \t Example\n", "Noor Example"),
        ("\u202eNoor\u200f Example", "Noor Example"),
        ("J.P. Smith", "J.P. Smith"),
        ("Dr.Smith", "Dr.Smith"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O’Neill-Ångström", "O’Neill-Ångström"),
    ],
)
def test_name_is_tidied(client, typed, kept):
    client.post(step("post"), POST | {"name": typed})

    assert _mine(client).name == kept


def test_address_is_trimmed_and_in_lower_case(client):
    client.post(step("post"), POST | {"email": "  Noor@PortAmity.example.org "})

    assert _mine(client).email == EMAIL


@pytest.mark.parametrize(
    "page", ["javascript:alert(1)", "ftp://city.example", "data:text/html,x", "no page"]
)
def test_page_must_be_one_of_the_web(client, page):
    client.post(step("post"), POST | {"employer_page": page})

    assert _mine(client).employer_page == ""
    assert _mine(client).steps_done == []


def test_page_without_a_scheme_is_understood(client):
    client.post(step("post"), POST | {"employer_page": "www.portamity.example.org"})

    assert _mine(client).employer_page == "https://www.portamity.example.org"


def test_line_breaks_count_once_as_in_the_browser(client):
    text = "\r\n".join(["x" * 9] * 200)  # 1,999 characters to the person, 2,198 on the wire

    client.post(step("themes"), THEMES | {"motivation": text})

    assert len(_mine(client).motivation) == 1999
    assert _mine(client).steps_done == ["themes"]


def test_motivation_that_is_too_long_is_kept_but_not_taken(client):
    client.post(step("themes"), THEMES | {"motivation": "x" * 2001})

    assert _mine(client).motivation == ""
    assert len(_mine(client).typed["themes"]["motivation"]) == 2001


def test_role_of_staff_cannot_be_chosen(client):
    client.post(step("post"), POST | {"role": "staff"})

    assert _mine(client).role == ""


def test_fields_that_are_not_asked_are_not_set(client):
    client.post(
        step("post"), POST | {"status": "approved", "decided_at": "2020-01-01", "route": "new_city"}
    )

    application = _mine(client)
    assert (application.status, application.route, application.decided_at) == ("draft", "", None)


# --- The city


@pytest.mark.parametrize("typed", ["Beyrouth", "beirut", "بيروت", "Bayrout"])
def test_place_is_found_in_any_script_and_spelling(client, typed):
    beirut()

    page = client.get(reverse("members:join_places"), {"q": typed}).content.decode()

    assert 'value="276781"' in page
    assert "Lebanon" in page
    assert 'data-found="One place found."' in page


def test_guess_is_said_to_be_one(client):
    beirut()

    page = client.get(reverse("members:join_places"), {"q": "Beirtu"}).content.decode()

    assert "Did you mean one of these?" in page


def test_nothing_found_says_what_to_do(client):
    page = client.get(reverse("members:join_places"), {"q": "Xqzt"}).content.decode()

    assert "No place found by this name." in page
    assert "My city is not in the list" in page


@pytest.mark.parametrize("typed", ["", "%", "_", "\x00", "x" * 10000, "'; drop table"])
def test_any_search_is_answered(client, typed):
    assert client.get(step("city"), {"q": typed}).status_code in (200, 400)
    assert client.get(reverse("members:join_places"), {"q": typed}).status_code in (200, 400)


def test_search_button_saves_and_shows_the_places(client):
    beirut()

    response = client.post(step("city"), CITY | {"place": "", "q": "beyrouth", "then": "search"})

    assert response.url == "/join/city/?q=beyrouth#id_q"
    assert 'value="276781"' in client.get(response.url).content.decode()
    assert _mine(client).city_website == CITY["city_website"]


def test_enter_in_the_search_box_searches(client):
    beirut()

    response = client.post(step("city"), CITY | {"place": "", "q": "beyrouth"})
    again = client.post(response.url, CITY | {"place": "", "q": "beyrouth"})

    assert response.url == "/join/city/?q=beyrouth#id_q"
    assert "Choose your city" in again.content.decode()


def test_place_chosen_gives_name_and_country(client):
    beirut()

    client.post(step("city"), CITY | {"place": "276781", "city_name": "ignored"})

    application = _mine(client)
    assert application.place_id == 276781
    assert application.city_name == "Beirut"
    assert application.country.code == "LB"
    assert application.steps_done == ["city"]


def test_chosen_place_is_still_chosen_later(client):
    beirut()
    client.post(step("city"), CITY | {"place": "276781"})

    page = client.get(step("city"), {"q": "other"}).content.decode()

    assert 'value="276781" id="id_place_0" checked' in page.replace("required ", "")


def test_city_not_in_the_list_needs_name_and_country(client):
    response = client.post(step("city"), CITY | {"city_name": "", "country": ""})

    page = response.content.decode()
    assert "Write the name of your city." in page
    assert "Choose the country or territory." in page
    assert 'value="other" id="id_place_0" checked' in client.get(step("city")).content.decode()


def test_city_must_be_chosen(client):
    response = client.post(step("city"), CITY | {"place": ""})

    assert "Choose your city, or say that it is not in the list." in response.content.decode()
    assert _mine(client).steps_done == []


@pytest.mark.parametrize("place", ["1", "abc", "99999999999999999999", "-1", "٣"])
def test_place_that_is_none_is_refused(client, place):
    response = client.post(step("city"), CITY | {"place": place})

    assert "Choose your city from the list again." in response.content.decode()
    assert _mine(client).place_id is None


def test_searching_too_often_is_refused(client):
    url = reverse("members:join_places")
    client.get(url, {"q": "b"})
    RateCount.objects.update(count=60)

    assert client.get(url, {"q": "b"}).status_code == 429


def test_places_are_found_with_the_same_queries_for_one_and_for_many(
    client, django_assert_num_queries
):
    place = beirut()
    url = reverse("members:join_places")
    with django_assert_num_queries(5):
        client.get(url, {"q": "beirut"})
    beirut(geoname_id=1, name="Beirut North", country="JO", names=[])
    beirut(geoname_id=2, name="Beirut South", country="SY", names=[])

    with django_assert_num_queries(5):
        page = client.get(url, {"q": "beirut"}).content.decode()

    assert "3 places found." in page
    assert place.name in page


# --- The pledge and the letter


def test_pledge_must_be_agreed_to(client):
    response = client.post(step("pledge"), {"privacy": "on"})

    assert "Only cities that work by these principles can join." in response.content.decode()
    assert _mine(client).pledge is None


def test_pledge_is_shown_in_the_language_of_the_reader(client):
    pledge = factories.pledge()
    pledge.text_fr = "Premier principe.\nDeuxième principe."
    pledge.save()

    assert "Deuxième principe." in client.get("/fr" + step("pledge")).content.decode()


def test_newer_pledge_is_ticked_anew(client):
    write(client)
    factories.pledge(2)

    page = client.get(step("pledge")).content.decode()

    assert page.count("checked") == 1  # the privacy notice alone


def test_without_a_pledge_in_force_the_step_can_be_finished(client):
    factories.pledge().delete()

    client.post(step("pledge"), {"privacy": "on"})

    assert _mine(client).steps_done == ["pledge"]
    assert "is being renewed" in client.get(step("pledge")).content.decode()


def test_letter_is_kept_with_its_kind_and_fingerprint(client):
    client.post(step("pledge"), PLEDGE | {"letter": pdf("The mayor’s letter.pdf")})

    letter = _mine(client).attachments.get()
    assert letter.name == "The mayor’s letter.pdf"
    assert letter.content_type == "application/pdf"
    assert letter.size == 15
    assert len(letter.sha256) == 64
    assert letter.file.read() == b"%PDF-1.4\n%%EOF\n"
    assert "mayor" not in letter.file.name


@pytest.mark.parametrize(
    ("name", "content"),
    [("letter.pdf", b"MZ\x90\x00 a programme"), ("letter.exe", b"%PDF-1.4\n"), ("letter.pdf", b"")],
)
def test_letter_of_another_kind_is_refused(client, name, content):
    client.post(step("pledge"), PLEDGE | {"letter": pdf(name, content)})

    application = _mine(client)
    assert not application.attachments.exists()
    assert application.steps_done == []
    assert application.pledge is not None


def test_letter_is_kept_although_a_tick_is_missing(client):
    client.post(step("pledge"), {"letter": pdf()})

    assert _mine(client).attachments.count() == 1


def test_letter_can_be_removed(client, django_capture_on_commit_callbacks):
    client.post(step("pledge"), PLEDGE | {"letter": pdf()})
    letter = _mine(client).attachments.get()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(step("pledge"), PLEDGE | {"remove": letter.pk})

    assert response.url == step("pledge")
    assert not Attachment.objects.exists()
    assert not letter.file.storage.exists(letter.file.name)


def test_letter_of_somebody_else_cannot_be_removed(client):
    other = registration.begin(language="en")
    file = pdf()
    file.kind = "pdf"
    registration.attach(other, file)

    client.post(step("pledge"), PLEDGE | {"remove": other.attachments.get().pk})

    assert other.attachments.count() == 1


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "x", "-1"])
def test_number_of_no_letter_removes_nothing(client, number):
    client.post(step("pledge"), PLEDGE | {"letter": pdf()})

    assert client.post(step("pledge"), PLEDGE | {"remove": number}).status_code == 302
    assert _mine(client).attachments.count() == 1


def test_letters_are_limited(client):
    for _ in range(MembershipApplication.MOST_ATTACHMENTS):
        client.post(step("pledge"), PLEDGE | {"letter": pdf()})

    response = client.post(step("pledge"), PLEDGE | {"letter": pdf()})

    assert "That is one letter too many." in response.content.decode()
    assert _mine(client).attachments.count() == MembershipApplication.MOST_ATTACHMENTS


def test_one_letter_too_many_is_refused_by_the_action_too(client):
    for _ in range(MembershipApplication.MOST_ATTACHMENTS):
        client.post(step("pledge"), PLEDGE | {"letter": pdf()})
    file = pdf()
    file.kind = "pdf"

    with pytest.raises(registration.IllegalMove):
        registration.attach(_mine(client), file)


# --- Going on elsewhere


def test_address_brings_a_link_to_go_on_once(client):
    client.post(step("post"), POST)
    client.post(step("post"), POST | {"office": "Mayor"})

    assert letters() == ["continue_application"]


def test_link_opens_the_draft_in_another_browser_by_a_button(client):
    application = write(client)
    elsewhere = Client()
    link = link_in("continue_application")

    opened = elsewhere.get(link)
    assert "application" not in elsewhere.session
    pressed = elsewhere.post(link)

    assert opened.status_code == 200
    assert pressed.url == "/join/"
    assert elsewhere.session["application"] == str(application.uid)


def test_new_address_kills_the_link_of_the_old(client):
    client.post(step("post"), POST)
    link = link_in("continue_application")

    client.post(step("post"), POST | {"email": "other@portamity.example.org"})

    assert client.get(link).status_code == 404
    assert letters("other@portamity.example.org") == ["continue_application"]


def test_link_of_a_sent_application_leads_on(client):
    client.post(step("post"), POST)
    link = link_in("continue_application")
    application = send(client)

    assert client.post(link).url == "/join/"
    assert application.status == "unconfirmed"


def test_nobody_fills_a_mailbox_through_the_form(client):
    for _ in range(5):
        Client().post(step("post"), POST)

    assert letters() == ["continue_application"] * 3


def test_forged_link_is_dead(client):
    assert client.get(reverse("members:join_resume", args=["a.1~b~c"])).status_code == 404
