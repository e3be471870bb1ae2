"""The button behind the letter: it alone confirms, once, and decides whose business the application is."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members.actions import confirmation
from members.emails import registration as links
from members.models import CityMembership, MembershipApplication, Post
from outbox.letters import render
from outbox.models import Message
from tests import factories
from tests.members.places import beirut
from tests.members.writing import CITY, EMAIL, confirm, letters, link_in, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pledge(db):
    return factories.pledge()


def _named(city, *names, **fields):
    city.folded_names = list(names)
    for name, value in fields.items():
        setattr(city, name, value)
    city.save()
    return city


@pytest.fixture
def amity(db):
    return _named(factories.city("Port Amity"), "port amity", "port-amitie")


# --- The link


def test_mail_scanners_change_nothing_and_the_person_still_succeeds(client):
    application = send(client)
    link = link_in("confirm_application")

    for _ in range(3):
        assert Client().head(link).status_code == 200
        assert Client().get(link).status_code == 200
    application.refresh_from_db()
    assert application.status == "unconfirmed"

    Client().post(link)
    application.refresh_from_db()
    assert application.status == "submitted"


def test_page_of_the_link_is_kept_nowhere(client):
    send(client)

    assert "no-store" in client.get(link_in("confirm_application"))["Cache-Control"]


def test_link_works_to_the_last_second(client):
    send(client)
    link, now = link_in("confirm_application"), timezone.now()

    with time_machine.travel(now + timedelta(seconds=links.CONFIRM_SECONDS - 5)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(now + timedelta(seconds=links.CONFIRM_SECONDS + 5)):
        dead = Client().get(link)
        pressed = Client().post(link)

    assert dead.status_code == 404
    assert "Send a new link" in dead.content.decode()
    assert pressed.status_code == 404
    assert MembershipApplication.objects.get().status == "unconfirmed"


def test_old_link_can_be_changed_for_a_new_one(client):
    send(client)
    link = link_in("confirm_application")
    token = link.split("/")[-2]

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        response = Client().post(reverse("members:join_again"), {"token": token})
        written = letters()
        confirmed = confirm(Client())

    assert response.url == "/join/"
    assert written == ["continue_application", "confirm_application", "confirm_application"]
    assert confirmed.url.startswith("/join/status/")


def test_old_link_of_a_confirmed_application_brings_the_link_to_follow_it(client):
    send(client)
    token = link_in("confirm_application").split("/")[-2]
    confirm(client)

    Client().post(reverse("members:join_again"), {"token": token})

    assert letters()[-1] == "application_status"
    assert link_in("application_status").startswith("/join/status/")


@pytest.mark.parametrize("token", ["x", "a.1~b~c", "0" * 500])
def test_forged_link_is_dead(client, token):
    assert client.get(f"/join/confirm/{token}/").status_code == 404
    assert client.post(f"/join/confirm/{token}/").status_code == 404


def test_token_of_one_purpose_opens_nothing_else(client):
    application = send(client)

    token = links.token("resume", application)

    assert client.get(reverse("members:join_confirm", args=[token])).status_code == 404


def test_second_press_shows_the_page_of_the_application(client):
    send(client)
    link = link_in("confirm_application")
    first = client.post(link)

    second, third = client.post(link), client.get(link)

    assert first.url.startswith("/join/status/")
    assert (second.status_code, third.status_code) == (302, 302)
    assert letters()[2:] == ["application_received"]


def test_second_confirmation_is_refused(client):
    application = send(client)
    confirm(client)

    with pytest.raises(IllegalMove):
        confirmation.confirm(application)


def test_link_of_what_was_taken_back_is_dead(client):
    application = send(client)
    link = link_in("confirm_application")
    client.post(reverse("members:join_change"))
    MembershipApplication.objects.update(link_version=F("link_version") - 1)

    assert client.post(link).status_code == 404
    application.refresh_from_db()
    assert application.status == "draft"


# --- What follows


def test_confirmed_application_is_in_the_queue_with_a_day_to_answer_by(client):
    application = send(client)

    confirm(client)

    application.refresh_from_db()
    assert application.status == "submitted"
    assert application.route == "new_city"
    assert application.confirmed_at is not None
    assert application.hub == application.country.hub
    assert application.due_on == timezone.localdate() + timedelta(days=settings.ANSWER_WITHIN_DAYS)
    assert list(MembershipApplication.objects.in_staff_queue()) == [application]
    assert application.number == f"SCN-A-{application.pk:04d}"
    assert "email_confirmed" in application.checks.values_list("kind", flat=True)
    assert [entry.verb for entry in journal.of(application)] == ["sent", "confirmed"]


def test_receipt_has_the_number_the_day_and_the_link(client):
    application = send(client)
    confirm(client)

    text = render(Message.objects.latest("pk")).text

    assert application.number in text
    assert "aim to answer by" in text
    assert client.get(link_in("application_received")).status_code == 200


def test_confirmed_application_leaves_the_session(client):
    send(client)
    confirm(client)

    assert "Start" in client.get("/join/").content.decode()


def test_second_application_of_one_address_is_set_aside(client):
    first = send(client)
    other = Client()
    second = send(other, city={"city_name": "Elsewhere"})
    first_link, second_link = links.token("confirm", first), links.token("confirm", second)

    one = client.post(reverse("members:join_confirm", args=[first_link]))
    two = other.post(reverse("members:join_confirm", args=[second_link]))

    second.refresh_from_db()
    assert second.status == "withdrawn"
    # A link carries the second it was made in, so the two may differ and lead to the same page.
    led_to = [links.named_by(answer.url.split("/")[-2], "status") for answer in (one, two)]
    assert led_to == [first, first]
    assert [entry.verb for entry in journal.of(second)] == ["sent", "set aside"]


# --- Whose business it is


def test_city_that_is_a_member_is_asked_and_the_staff_queue_is_untouched(client, amity):
    folke = factories.member(amity, focal=True, name="Folke Example")
    application = send(client)

    confirm(client)

    application.refresh_from_db()
    assert (application.status, application.route, application.city) == (
        "awaiting_city",
        "join_city",
        amity,
    )
    assert application.city_asked_at is not None
    assert not MembershipApplication.objects.in_staff_queue().exists()
    assert letters(folke.email) == ["colleague_waits"]
    assert link_in("colleague_waits", folke.email) == reverse(
        "members:colleague", args=[application.uid]
    )
    assert [entry.verb for entry in journal.of(application)] == [
        "sent",
        "confirmed",
        "handed to the city",
    ]


def test_receipt_says_that_the_city_is_asked(client, amity):
    factories.member(amity, focal=True)
    send(client)
    confirm(client)

    assert (
        "Its focal point has had a letter"
        in render(Message.objects.get(to=EMAIL, template__contains="received")).text
    )


def test_focal_point_without_an_account_is_written_to_all_the_same(client, amity):
    person = factories.person("Folke Example")
    person.email = "folke@portamity.example.org"
    person.save()
    factories.post(person, amity, focal=True)
    send(client)
    confirm(client)

    assert letters("folke@portamity.example.org") == ["colleague_waits"]


def test_focal_point_without_any_address_is_asked_on_their_page_only(client, amity):
    factories.post(factories.person("Folke Example"), amity, focal=True)
    application = send(client)
    confirm(client)

    application.refresh_from_db()
    assert application.status == "awaiting_city"
    assert Message.objects.filter(template__contains="colleague").count() == 0


def test_city_without_a_focal_point_goes_to_staff(client, amity):
    focal = factories.member(amity, focal=True)
    Post.objects.filter(person__user=focal).update(end_date=timezone.localdate())
    application = send(client)

    confirm(client)

    application.refresh_from_db()
    assert (application.status, application.route, application.city) == (
        "submitted",
        "join_city",
        amity,
    )
    assert list(MembershipApplication.objects.in_staff_queue()) == [application]


def test_suspended_focal_point_is_not_asked_and_the_application_goes_to_staff(client, amity):
    folke = factories.member(amity, focal=True)
    folke.person.move_to("suspended")
    folke.person.save()
    application = send(client)

    confirm(client)

    application.refresh_from_db()
    assert (application.status, application.city) == ("submitted", amity)
    assert letters(folke.email) == []


@pytest.mark.parametrize(
    "typed", [{"city_name": "PORT AMITY"}, {"city_name": "X", "city_name_local": "Port-Amitié"}]
)
def test_member_is_known_by_any_of_its_names(client, amity, typed):
    application = send(client, city=typed)
    confirm(client)

    application.refresh_from_db()
    assert application.city == amity


def test_member_is_known_by_its_place(client, amity):
    beirut()
    _named(amity, "something else", geoname_id=276781)
    application = send(client, city={"place": "276781"})
    confirm(client)

    application.refresh_from_db()
    assert application.city == amity


def test_other_place_of_the_same_name_is_another_city(client, amity):
    beirut()
    lebanon = factories.term("country", "LB")
    _named(amity, "beirut", geoname_id=1, country=lebanon)
    application = send(client, city={"place": "276781"})
    confirm(client)

    application.refresh_from_db()
    assert (application.city, application.route) == (None, "new_city")


def test_city_of_the_same_name_in_another_country_is_another_city(client, amity):
    application = send(client, city={"country": "KE"})
    confirm(client)

    application.refresh_from_db()
    assert application.route == "new_city"


def test_two_members_of_one_name_are_for_staff_to_tell_apart(client, amity):
    _named(factories.city("Port Amity"), "port amity")
    application = send(client)
    confirm(client)

    application.refresh_from_db()
    assert application.route == "new_city"


def test_city_whose_membership_is_not_active_is_for_staff(client, amity):
    CityMembership.objects.update(status="suspended")
    application = send(client)
    confirm(client)

    application.refresh_from_db()
    assert (application.city, application.route) == (None, "new_city")


@pytest.mark.parametrize("name", ["Port Amity", "port  amity", "PÖRT AMITY"])
def test_second_applicant_of_a_new_city_joins_the_first(client, name):
    first = factories.application(city_name="Port Amity")
    application = send(client, city={"city_name": name})

    confirm(client)

    application.refresh_from_db()
    assert (application.route, application.joined_to) == ("join_application", first)
    assert list(MembershipApplication.objects.in_staff_queue()) == [first]
    assert "kept together with that application" in render(Message.objects.latest("pk")).text
    assert [entry.verb for entry in journal.of(application)] == ["sent", "confirmed", "joined to"]


def test_second_applicant_of_the_same_place_joins_the_first(client):
    place = beirut()
    first = factories.application(
        city_name="بيروت", place=place, country=factories.term("country", "LB")
    )
    application = send(client, city={"place": "276781"})
    confirm(client)

    application.refresh_from_db()
    assert application.joined_to == first


def test_applicant_of_another_place_of_the_same_name_stands_alone(client):
    beirut()
    other = beirut(geoname_id=1)
    factories.application(city_name="Beirut", place=other, country=factories.term("country", "LB"))
    application = send(client, city={"place": "276781"})
    confirm(client)

    application.refresh_from_db()
    assert (application.joined_to, application.route) == (None, "new_city")


def test_third_applicant_joins_the_first_not_the_second(client):
    first = factories.application(city_name="Port Amity")
    factories.application(city_name="Port Amity", route="join_application", joined_to=first)
    application = send(client)
    confirm(client)

    application.refresh_from_db()
    assert application.joined_to == first


@pytest.mark.parametrize("status", ["declined", "withdrawn", "approved"])
def test_what_has_ended_is_joined_by_nobody(client, status):
    factories.application(status, city_name=CITY["city_name"])
    application = send(client)
    confirm(client)

    application.refresh_from_db()
    assert application.route == "new_city"


def test_application_without_a_country_is_for_staff():
    application = factories.application(
        "unconfirmed", country=None, confirmed_at=None, sent_at=None, hub=None, route=""
    )

    confirmation.confirm(application)

    application.refresh_from_db()
    assert (application.status, application.hub, application.route) == (
        "submitted",
        None,
        "new_city",
    )
