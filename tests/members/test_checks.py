"""The automatic rows of a dossier."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.actions import checks
from members.actions.cities import folded_names
from members.models import CityDomain, VettingCheck
from tests import factories
from tests.members.places import BEIRUT, beirut

pytestmark = pytest.mark.django_db


def _city(name, *, aliases=(), **fields):
    city = factories.city(name, aliases=list(aliases), **fields)
    city.folded_names = folded_names(city)
    city.save()
    return city


def _applied(**fields):
    defaults = {"country": factories.term("country", "LB"), "hub": factories.term("hub", "MENA")}
    return factories.application(**defaults | fields)


def _result(application, kind):
    checks.run(application)
    check = application.checks.get(kind=kind)
    return check.result, check.detail


def test_run_makes_one_row_a_check():
    application = _applied()

    checks.run(application)

    assert sorted(application.checks.values_list("kind", flat=True)) == [
        "domain_is_website", "domain_known", "duplicate_city", "duplicate_person", "email_confirmed", "free_mail",
        "gazetteer", "gov_suffix",
    ]  # fmt: skip


def test_run_again_replaces_its_rows_and_keeps_those_of_people(staff):
    application = _applied()
    by_hand = application.checks.create(kind="call_back", result="pass", by=staff)
    judged = application.checks.create(kind="gazetteer", result="pass", by=staff)

    checks.run(application)
    checks.run(application)

    assert application.checks.filter(by=None).count() == 8
    assert set(application.checks.exclude(by=None)) == {by_hand, judged}


def test_confirmed_address_passes():
    assert _result(_applied(), "email_confirmed")[0] == "pass"


def test_unconfirmed_address_fails():
    application = _applied(status="unconfirmed", confirmed_at=None)

    assert _result(application, "email_confirmed") == ("fail", "Nobody has confirmed this address.")


def test_domain_nobody_knows_says_nothing():
    assert _result(_applied(email="a@portamity.test"), "domain_known") == (
        "n/a",
        "portamity.test is in no city’s list yet.",
    )


@pytest.mark.parametrize("domain", ["aarhus.test", "police.aarhus.test"])
def test_domain_of_the_city_passes(domain):
    city = _city("Aarhus")
    CityDomain.objects.create(domain="aarhus.test", city=city)
    application = _applied(city=city, route="join_city", email=f"a@{domain}")

    assert _result(application, "domain_known") == ("pass", f"{domain} is the city’s own.")


def test_domain_of_the_city_of_the_same_name_passes():
    city = _city("Port Amity", country="LB")
    CityDomain.objects.create(domain="amity.test", city=city)

    assert _result(_applied(email="a@amity.test"), "domain_known")[0] == "pass"


def test_domain_of_another_city_warns():
    CityDomain.objects.create(domain="aarhus.test", city=_city("Aarhus"))

    assert _result(_applied(email="a@aarhus.test"), "domain_known") == (
        "warn",
        "aarhus.test belongs to another city: Aarhus.",
    )


def test_website_of_the_same_domain_passes():
    application = _applied(email="a@mail.amity.test", city_website="https://www.amity.test/en")

    assert _result(application, "domain_is_website") == (
        "pass",
        "mail.amity.test and amity.test go together.",
    )


def test_page_of_the_employer_counts_too():
    application = _applied(
        email="a@amity.test",
        city_website="https://tourism.test",
        employer_page="https://people.amity.test/noor",
    )

    assert _result(application, "domain_is_website")[0] == "pass"


def test_website_of_another_domain_warns():
    application = _applied(email="a@gmail.com", city_website="https://amity.test")

    assert _result(application, "domain_is_website") == (
        "warn",
        "The address is at gmail.com, the pages at amity.test.",
    )


@pytest.mark.parametrize("shared", ["gov.lb", "gmail.com"])
def test_a_suffix_that_many_share_proves_nothing(shared):
    application = _applied(email=f"a@amity.{shared}", city_website=f"https://{shared}")

    assert _result(application, "domain_is_website")[0] == "warn"


def test_no_website_says_nothing():
    assert _result(_applied(), "domain_is_website") == ("n/a", "No website was given.")


@pytest.mark.parametrize(
    ("domain", "suffix"),
    [
        ("kolkata.gov.in", "gov.in"),
        ("city.gouv.fr", "gouv.fr"),
        ("mombasa.go.ke", "go.ke"),
        ("bogota.gob.mx", "gob.mx"),
        ("stadt.admin.ch", "admin.ch"),
        ("boston.gov", "gov"),
    ],
)
def test_government_suffix_passes(domain, suffix):
    assert _result(_applied(email=f"a@{domain}"), "gov_suffix") == (
        "pass",
        f"Only public bodies get names under {suffix}.",
    )


@pytest.mark.parametrize("domain", ["aarhus.dk", "notgov.in", "gov.in.evil.test"])
def test_other_domains_have_no_government_suffix(domain):
    assert _result(_applied(email=f"a@{domain}"), "gov_suffix")[0] == "n/a"


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.fr", "rediffmail.com"])
def test_free_mail_warns_and_never_refuses(domain):
    result, detail = _result(_applied(email=f"a@{domain}"), "free_mail")

    assert result == "warn"
    assert detail == f"Anybody can have an address at {domain}. Not refused: call the city back."


def test_domain_that_staff_noted_as_free_mail_warns():
    CityDomain.objects.create(domain="post.test", city=None, kind="free_mail")

    assert _result(_applied(email="a@post.test"), "free_mail")[0] == "warn"


def test_own_domain_is_no_free_mail():
    assert _result(_applied(email="a@amity.test"), "free_mail")[0] == "pass"


def test_place_chosen_from_the_gazetteer_passes():
    place = beirut()

    assert _result(_applied(place=place), "gazetteer") == ("pass", "Beirut, population 1,916,100.")


def test_city_typed_by_hand_warns_and_names_the_likely_place():
    beirut()

    assert _result(_applied(city_name="Beyrouth"), "gazetteer") == (
        "warn",
        "Entered by hand; perhaps Beirut.",
    )


def test_place_of_another_country_is_not_suggested():
    beirut(country="FR")

    assert _result(_applied(city_name="Beyrouth"), "gazetteer") == (
        "warn",
        "Not among places of more than 15,000 people. Look it up.",
    )


def test_nothing_alike_passes():
    _city("Aarhus")

    assert _result(_applied(), "duplicate_city")[0] == "pass"


@pytest.mark.parametrize("typed", ["Beyrouth", "beirut", "بيروت", "BEIRÚT"])
def test_member_city_is_found_in_any_script(typed):
    city = _city("Beirut", aliases=["Beyrouth", "بيروت"], country="LB")
    application = _applied(city_name=typed)

    assert _result(application, "duplicate_city") == ("fail", "A member already: Beirut.")
    assert application.checks.get(kind="duplicate_city").found["cities"] == [city.pk]


def test_member_city_is_found_by_its_place():
    _city("Bayrout le Grand", country="LB", geoname_id=BEIRUT["geoname_id"])

    assert _result(_applied(place=beirut(), city_name="x"), "duplicate_city")[0] == "fail"


def test_names_of_the_place_find_a_city_entered_by_hand():
    _city("Beyrouth", country="LB")

    assert _result(_applied(place=beirut(), city_name="بيروت"), "duplicate_city")[0] == "fail"


def test_city_one_letter_away_warns():
    _city("Kolkata", country="LB")

    assert _result(_applied(city_name="Kolkatta"), "duplicate_city") == (
        "warn",
        "Perhaps the same: Kolkata.",
    )


def test_short_names_one_letter_away_are_different():
    _city("Oslo", country="LB")

    assert _result(_applied(city_name="Olso"), "duplicate_city")[0] == "pass"


def test_same_name_in_another_country_is_another_city():
    _city("Tripoli", country="LY")

    assert _result(_applied(city_name="Tripoli"), "duplicate_city")[0] == "pass"


def test_city_that_is_no_member_warns():
    _city("Beirut", country="LB", member=False)

    assert _result(_applied(city_name="Beirut"), "duplicate_city")[0] == "warn"


def test_open_application_for_the_same_city_warns():
    other = _applied(city_name="Beyrouth", city_name_local="بيروت")
    application = _applied(city_name="بيروت")

    assert _result(application, "duplicate_city")[0] == "warn"
    assert application.checks.get(kind="duplicate_city").found["applications"] == [other.pk]


def test_open_application_for_the_same_place_warns():
    place = beirut()
    _applied(place=place, city_name="A")

    assert _result(_applied(place=place, city_name="B"), "duplicate_city")[0] == "warn"


def test_decided_application_for_the_same_city_is_none():
    _applied(status="declined", city_name="Beirut")

    assert _result(_applied(city_name="Beirut"), "duplicate_city")[0] == "pass"


def test_application_without_a_country_is_compared_with_all():
    _city("Beirut", country="LB")

    assert _result(_applied(city_name="Beirut", country=None), "duplicate_city")[0] == "warn"


def test_colleague_of_a_known_city_is_no_double():
    city = _city("Beirut", country="LB")
    application = _applied(city=city, city_name="Beirut", route="join_city")

    assert _result(application, "duplicate_city") == (
        "pass",
        "Asks to join a city that is known: Beirut.",
    )


def test_unknown_person_passes():
    assert _result(_applied(), "duplicate_person")[0] == "pass"


def test_person_of_the_same_address_is_found(ana):
    application = _applied(email=ana.email.upper())

    assert _result(application, "duplicate_person") == ("warn", "Perhaps the same: Ana Example.")
    assert application.checks.get(kind="duplicate_person").found["people"] == [ana.person.pk]


def test_person_of_the_same_name_in_the_same_city_is_found():
    city = _city("Beirut", country="LB")
    factories.member(city, name="Noor Exámple")

    assert _result(_applied(city_name="Beirut"), "duplicate_person")[0] == "warn"


def test_person_of_the_same_name_in_the_city_to_join_is_found(ana, aarhus):
    application = _applied(city=aarhus, route="join_city", name="Ana Example")

    assert _result(application, "duplicate_person")[0] == "warn"


def test_colleague_of_another_name_is_nobody():
    city = _city("Beirut", country="LB")
    factories.member(city, name="Somebody Else")

    assert _result(_applied(city_name="Beirut"), "duplicate_person")[0] == "pass"


def test_earlier_application_of_the_address_is_found():
    earlier = _applied(status="declined", email="noor@amity.test")
    application = _applied(email="noor@amity.test")

    assert _result(application, "duplicate_person")[0] == "warn"
    assert application.checks.get(kind="duplicate_person").found["applications"] == [earlier.pk]


def test_run_asks_as_much_among_thirty_cities_as_beside_one(django_assert_num_queries):
    application = _applied(place=beirut())
    _city("Aley", country="LB")
    checks.run(application)
    with CaptureQueriesContext(connection) as beside_one:
        checks.run(application)
    for number in range(29):
        _city(f"Aley {number}", country="LB")

    with django_assert_num_queries(len(beside_one)):
        checks.run(application)


def test_rows_hold_no_word_of_the_reader_of_the_moment():
    """The sentence is kept with its facts, so that each reader gets it in the own language."""
    application = _applied(email="a@gmail.com")
    checks.run(application)

    found = VettingCheck.objects.get(application=application, kind="free_mail").found

    assert found["facts"] == {"domain": "gmail.com"}
    assert found["sentence"] % found["facts"] == application.checks.get(kind="free_mail").detail
