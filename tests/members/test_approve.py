"""Yes: what is there afterwards, and that it is there once."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, connections
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members import rules
from members.actions import admission, people, vetting
from members.actions.cities import folded_names, free_slug, in_arabic_script
from members.models import (
    City,
    CityDomain,
    CityMembership,
    Endorsement,
    MembershipApplication,
    Person,
    PledgeAcceptance,
    Post,
    User,
)
from outbox.models import Message
from tests import factories
from tests.members.places import beirut

pytestmark = pytest.mark.django_db


def _applied(status="in_vetting", **fields):
    defaults = {
        "country": factories.term("country", "LB"),
        "hub": factories.term("hub", "MENA"),
        "city_name": "Beyrouth",
        "city_name_local": "بيروت",
        "city_website": "https://beirut.test/",
        "city_listing": "public",
        "authority_level": factories.term("authority_level", "city"),
        "email": "noor@beirut.test",
        "name": "Noor Example",
        "name_local": "نور",
        "language": "fr",
        "person_listing": "public",
    }
    application = factories.application(status, **defaults | fields)
    application.themes.add(factories.term("theme", "prevention"))
    application.languages.add(factories.term("language", "ar"))
    return application


# --- the city


def test_approve_makes_the_city_from_its_place(staff):
    application = _applied(place=beirut())

    city = admission.approve(application, by=staff)

    assert (city.name_en, city.name_fr, city.name_ar, city.slug) == (
        "Beirut",
        "Beyrouth",
        "بيروت",
        "beirut",
    )
    assert (city.geoname_id, city.population, city.time_zone) == (276781, 1916100, "Asia/Beirut")
    city.refresh_from_db()
    assert (str(city.lat), str(city.lon)) == ("33.89", "35.50")
    assert city.population_band.code == "1m_5m"
    assert (city.country.code, city.hub.code, city.authority_level.code) == ("LB", "MENA", "city")
    assert (city.website, city.listing) == ("https://beirut.test/", "public")
    assert [theme.code for theme in city.themes.all()] == ["prevention"]
    assert city.folded_names == sorted(["beirut", "beyrouth", "bayrut", "بيروت"])


def test_approve_makes_a_city_that_no_gazetteer_lists(staff):
    application = _applied(city_name="Test Island", city_name_local="", language="en")

    city = admission.approve(application, by=staff)

    assert (city.name_en, city.name_fr, city.name_ar) == ("Test Island",) * 3
    assert (city.geoname_id, city.lat, city.population_band) == (None, None, None)
    assert city.time_zone == "UTC"


def test_country_gives_the_hub_when_the_application_has_none(staff):
    country = factories.term("country", "LB")

    city = admission.approve(_applied(hub=None), by=staff)

    assert city.hub == country.hub


def test_approve_makes_the_membership_and_the_pledge(staff):
    application = _applied()

    city = admission.approve(application, by=staff)

    membership = CityMembership.objects.get(city=city)
    pledge = PledgeAcceptance.objects.get(city=city)
    assert (membership.status, membership.kind) == ("active", "member")
    assert (pledge.version, pledge.language, pledge.office) == (
        application.pledge,
        "fr",
        application.office,
    )
    assert (pledge.signatory.name, pledge.signed_at) == ("Noor Example", application.pledged_at)


def test_association_becomes_an_observer(staff):
    level = factories.term("authority_level", "association")

    city = admission.approve(_applied(authority_level=level), by=staff)

    assert city.memberships.get().kind == "observer"


def test_old_application_without_level_and_pledge_is_approved_too(staff):
    city = admission.approve(_applied(authority_level=None, pledge=None), by=staff)

    assert city.memberships.get().kind == "member"
    assert not PledgeAcceptance.objects.exists()


def test_city_that_had_left_comes_back(staff):
    city = factories.city("Beirut", country="LB", member=False, geoname_id=276781)
    CityMembership.objects.create(city=city, status="left")

    assert admission.approve(_applied(place=beirut()), by=staff) == city
    assert sorted(city.memberships.values_list("status", flat=True)) == ["active", "left"]


def test_city_of_the_same_name_that_is_no_member_is_the_same(staff):
    city = factories.city("Beyrouth", country="LB", member=False)
    city.folded_names = folded_names(city)
    city.save()

    assert admission.approve(_applied(), by=staff) == city
    assert City.objects.count() == 1


@pytest.mark.parametrize("status", ["active", "dormant", "suspended"])
def test_second_yes_for_a_member_city_is_refused(staff, status):
    city = factories.city("Beirut", country="LB", member=False, geoname_id=276781)
    CityMembership.objects.create(city=city, status=status)
    application = _applied(place=beirut())

    with pytest.raises(admission.CityIsMember) as refusal:
        admission.approve(application, by=staff)

    application.refresh_from_db()
    assert "focal point" in str(refusal.value)
    assert (application.status, User.objects.count()) == ("in_vetting", 1)


# --- the person


def test_approve_makes_person_post_and_account(staff):
    application = _applied(is_signatory=True)

    city = admission.approve(application, by=staff)

    user = User.objects.get(email="noor@beirut.test")
    person, post = user.person, Post.objects.get()
    assert (person.name, person.name_local, person.language, person.listing) == (
        "Noor Example", "نور", "fr", "public",
    )  # fmt: skip
    assert [language.code for language in person.languages.all()] == ["ar"]
    assert (post.city, post.status, post.role, post.title) == (
        city,
        "active",
        "senior",
        application.office,
    )
    assert (post.is_focal_point, post.is_signatory) == (True, True)
    assert (user.has_usable_password(), user.is_staff, user.language) == (False, False, "fr")
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("noor@beirut.test", True, True)
    assert rules.standing(user).kind == "member"


def test_approve_writes_decision_and_journal(staff):
    application = _applied("submitted")

    city = admission.approve(application, by=staff)

    application.refresh_from_db()
    assert (application.status, application.city, application.decided_by) == (
        "approved",
        city,
        staff,
    )
    assert application.person == Person.objects.get()
    assert application.decided_at
    assert [entry.verb for entry in journal.of(application)] == ["approved"]
    assert [entry.verb for entry in journal.of(city)] == ["joined"]


def test_welcome_letter_leads_to_the_first_password(staff):
    admission.approve(_applied(), by=staff)

    letter = Message.objects.get()
    user = User.objects.get(email="noor@beirut.test")
    assert (letter.template, letter.to, letter.language) == (
        "members/emails/welcome.txt",
        user.email,
        "fr",
    )
    assert (letter.params["city"], letter.params["new"]) == ("Beyrouth", True)
    assert letter.links == {"button": ["members.emails.accounts.welcome_link", user.pk]}


def test_account_that_exists_is_used_again(staff):
    user = factories.user("noor@beirut.test")
    person = factories.person("Noor Example", account=user)

    admission.approve(_applied(email="Noor@Beirut.test"), by=staff)

    assert User.objects.exclude(pk=staff.pk).get() == user
    assert person.posts.get().status == "active"
    assert Message.objects.get().links == {"button": ["members.emails.vetting.login_link"]}
    assert user.emailaddress_set.count() == 1


def test_person_known_without_an_account_gets_one(staff):
    person = Person.objects.create(name="Noor Example", email="noor@beirut.test")

    admission.approve(_applied(), by=staff)

    person.refresh_from_db()
    assert person.user.email == "noor@beirut.test"
    assert Person.objects.count() == 1


def test_somebody_put_out_does_not_come_in_by_another_city(staff):
    user = factories.user("noor@beirut.test")
    person = factories.person("Noor Example", account=user)
    people.suspend_person(person, reason="No.", by=staff)

    with pytest.raises(admission.PersonIsSuspended) as refusal:
        admission.approve(_applied(), by=staff)

    assert "suspended" in str(refusal.value)
    assert not City.objects.exists()


def test_closed_account_does_not_come_in(staff):
    factories.user("noor@beirut.test", is_active=False)

    with pytest.raises(admission.PersonIsSuspended):
        admission.approve(_applied(), by=staff)


def test_person_with_a_post_in_the_city_gets_no_second(staff, aarhus, ana):
    application = factories.application(
        "in_vetting", city=aarhus, route="join_city", email=ana.email
    )

    admission.approve(application, by=staff)

    assert ana.person.posts.count() == 1


# --- colleagues


def test_approving_a_colleague_adds_the_person_alone(staff, aarhus, folke):
    application = factories.application(
        "in_vetting",
        city=aarhus,
        route="join_city",
        role="",
        is_signatory=None,
        email="new@aarhus.test",
    )

    assert admission.approve(application, by=staff) == aarhus

    post = Post.objects.get(person__user__email="new@aarhus.test")
    assert (post.is_focal_point, post.is_signatory, post.role) == (False, False, "policy")
    assert City.objects.count() == 1
    assert not PledgeAcceptance.objects.exists()


def test_endorsement_admits_the_colleague(aarhus, folke):
    application = factories.application("awaiting_city", city=aarhus, route="join_city")
    Endorsement.objects.create(application=application, endorsed=True, by=folke.person)

    person = admission.admit_colleague(application, by=folke)

    application.refresh_from_db()
    assert (application.status, application.person, application.decided_by) == (
        "approved",
        person,
        folke,
    )
    assert person.posts.get().endorsed_by == folke.person
    assert [m.to for m in Message.objects.all()] == [application.email]


def test_first_colleague_of_an_orphan_city_is_its_focal_point(staff, aarhus):
    application = factories.application("in_vetting", city=aarhus, route="join_city")

    admission.approve(application, by=staff)

    assert Post.objects.get().is_focal_point


def test_who_had_joined_waits_for_the_new_focal_point(staff):
    front = _applied()
    waiting = [
        _applied(status, email=f"{status}@beirut.test", joined_to=front, route="join_application")
        for status in ("submitted", "more_info")
    ]
    gone = _applied(
        "withdrawn", email="gone@beirut.test", joined_to=front, route="join_application"
    )

    city = admission.approve(front, by=staff)

    for application in waiting:
        application.refresh_from_db()
        assert (application.status, application.city, application.route) == (
            "awaiting_city",
            city,
            "join_city",
        )
        assert application.joined_to is None
        assert application.city_asked_at
    gone.refresh_from_db()
    assert gone.status == "withdrawn"
    assert list(Message.objects.order_by("pk").values_list("template", "to")) == [
        ("members/emails/welcome.txt", "noor@beirut.test"),
        ("members/emails/colleague_waits.txt", "noor@beirut.test"),
        ("members/emails/colleague_waits.txt", "noor@beirut.test"),
    ]


# --- domains


def test_domain_of_an_approved_application_is_learned(staff):
    city = admission.approve(_applied(), by=staff)

    domain = CityDomain.objects.get()
    assert (domain.domain, domain.city, domain.kind, domain.verified_by) == (
        "beirut.test", city, "official", staff,
    )  # fmt: skip


def test_free_mail_is_not_learned(staff):
    admission.approve(_applied(email="noor@gmail.com"), by=staff)

    assert not CityDomain.objects.exists()


def test_domain_of_another_city_is_shared(staff, aarhus):
    CityDomain.objects.create(domain="beirut.test", city=aarhus)

    city = admission.approve(_applied(), by=staff)

    assert city.domains.get().kind == "shared"


def test_domain_known_already_is_not_learned_twice(staff):
    city = factories.city("Beirut", country="LB", member=False, geoname_id=276781)
    CityDomain.objects.create(domain="beirut.test", city=city)

    admission.approve(_applied(place=beirut()), by=staff)

    assert CityDomain.objects.count() == 1


# --- refusals and haste


@pytest.mark.parametrize("status", ["more_info", "approved", "declined", "withdrawn"])
def test_approve_refuses_other_states(staff, status):
    with pytest.raises(IllegalMove):
        admission.approve(_applied(status), by=staff)

    assert not City.objects.exists()


def _pressed(times, press):
    """Press `times` times at the same moment; what each press came to."""
    start, outcomes = threading.Barrier(times), []

    def one(number):
        start.wait()
        try:
            outcomes.append(press(number))
        except IllegalMove as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[number]) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_twenty_approvals_at_once_make_one_of_each():
    assert connection.vendor == "postgresql"
    staff = factories.staff(everywhere=True)
    application = _applied("submitted", place=beirut())

    outcomes = _pressed(20, lambda _n: admission.approve(application, by=staff))

    assert sorted(map(str, outcomes)).count(str(IllegalMove)) == 19
    assert City.objects.count() == CityMembership.objects.count() == 1
    assert PledgeAcceptance.objects.count() == Person.objects.count() == Post.objects.count() == 1
    assert (
        User.objects.exclude(pk=staff.pk).count()
        == EmailAddress.objects.exclude(user=staff).count()
        == 1
    )
    assert Message.objects.count() == CityDomain.objects.count() == 1
    assert [entry.verb for entry in journal.of(application)] == ["approved"]


@pytest.mark.django_db(transaction=True)
def test_twenty_endorsements_at_once_admit_once():
    city = factories.city("Aarhus")
    folke = factories.member(city, focal=True)
    application = factories.application("awaiting_city", city=city, route="join_city")

    outcomes = _pressed(20, lambda _n: admission.admit_colleague(application, by=folke))

    assert outcomes.count(IllegalMove) == 19
    assert Post.objects.filter(city=city).count() == 2
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_applications_for_one_city_approved_at_once_make_one_city():
    staff = factories.staff(everywhere=True)
    place = beirut()
    both = [_applied(place=place, email=f"{n}@beirut.test") for n in range(2)]

    outcomes = _pressed(2, lambda n: admission.approve(both[n], by=staff))

    assert outcomes.count(admission.CityIsMember) == 1
    assert City.objects.count() == CityMembership.objects.count() == 1
    assert sorted(MembershipApplication.objects.values_list("status", flat=True)) == [
        "approved",
        "in_vetting",
    ]


@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_once_are_one_answer():
    staff = factories.staff(everywhere=True)
    reason = factories.term("decline_reason", "other")
    application = _applied()

    def press(number):
        if number % 2:
            vetting.decline(application, reason=reason, text="No.", by=staff)
        else:
            admission.approve(application, by=staff)

    outcomes = _pressed(10, press)

    application.refresh_from_db()
    assert outcomes.count(IllegalMove) == 9
    assert City.objects.count() == (1 if application.status == "approved" else 0)
    assert Message.objects.count() == 1


# --- names and addresses


def test_addresses_of_cities_do_not_collide(db):
    for slug in ["tripoli", "tripoli-ly", "tripoli-ly-2"]:
        factories.city(slug=slug)

    assert free_slug("Tripoli", "LY") == "tripoli-ly-3"
    assert free_slug("Tripoli", "LB") == "tripoli-lb"
    assert free_slug("Mombasa", "KE") == "mombasa"


def test_city_without_a_latin_name_gets_an_address_too(db):
    assert free_slug("بيروت", "LB") == "lb-1"
    factories.city(slug="lb-1")
    assert free_slug("بيروت", "LB") == "lb-1-2"


def test_arabic_name_is_the_one_in_arabic_letters():
    assert in_arabic_script(["", "Beirut", "123", "بيروت", "بيروت 2"]) == "بيروت"
    assert in_arabic_script(["Beirut", "ბ"]) == ""


def test_folded_names_hold_every_language_once(db):
    city = factories.city(
        "Beirut", aliases=["BEIRUT", "Beyrouth"], official_name="Ville de Beyrouth"
    )

    assert folded_names(city) == ["beirut", "beyrouth", "ville de beyrouth"]


def test_signing_falls_back_to_the_day_it_was_sent(staff):
    sent = timezone.now()

    admission.approve(_applied(pledged_at=None, sent_at=sent), by=staff)

    assert PledgeAcceptance.objects.get().signed_at == sent
