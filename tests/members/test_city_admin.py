"""Cities, domains and pledges on the staff's pages."""

import pytest

from core import journal
from members.models import City, CityDomain, CityMembership, PledgeAcceptance, PledgeVersion
from tests import factories

pytestmark = pytest.mark.django_db

CITIES = "/admin/members/city/"


@pytest.fixture
def officer(client, staff):
    client.force_login(staff)
    return client


def _shown(response):
    return sorted(city.name_en for city in response.context["cl"].queryset)


def _form(city, **fields):
    return {
        "name_en": city.name_en, "name_fr": city.name_fr, "name_ar": city.name_ar, "slug": city.slug,
        "country": city.country_id, "hub": city.hub_id, "time_zone": "UTC", "listing": "members",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0, "domains-TOTAL_FORMS": 0,
        "domains-INITIAL_FORMS": 0,
    } | fields  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("focal_point=none", ["Orphan"]),
        ("focal_point=some", ["Aarhus"]),
        ("membership=active", ["Aarhus", "Orphan"]),
        ("membership=left", ["Gone"]),
        ("", ["Aarhus", "Gone", "Orphan"]),
    ],
)
def test_cities_are_narrowed(officer, aarhus, folke, query, expected):
    factories.city("Orphan")
    CityMembership.objects.create(city=factories.city("Gone", member=False), status="left")

    assert _shown(officer.get(f"{CITIES}?{query}")) == expected


def test_list_tells_the_membership(officer, aarhus):
    factories.city("Gone", member=False)

    html = officer.get(CITIES).content.decode()

    assert '<td class="field-membership">active</td>' in html
    assert '<td class="field-membership">none</td>' in html


def test_list_asks_the_same_questions_of_1_and_30_rows(
    officer, aarhus, django_assert_max_num_queries
):
    officer.get(CITIES)
    with django_assert_max_num_queries(12) as one:
        officer.get(CITIES)
    for _ in range(29):
        factories.city()

    with django_assert_max_num_queries(12) as thirty:
        officer.get(CITIES)

    assert len(one) == len(thirty)


def test_edited_names_are_found_in_any_script(officer, aarhus):
    officer.post(
        f"{CITIES}{aarhus.pk}/change/", _form(aarhus, name_ar="آرهوس", aliases="Århus,Arusia")
    )

    for words in ["ارهوس", "ARHUS", "århus", "arusia"]:
        assert _shown(officer.get(CITIES, {"q": words})) == ["Aarhus"], words
    assert journal.of(aarhus).get().facts == {"fields": ["name_ar", "aliases"]}


def test_status_is_no_field(officer, aarhus):
    membership = aarhus.memberships.get()
    data = _form(
        aarhus,
        **{
            "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1, "memberships-0-id": membership.pk,
            "memberships-0-city": aarhus.pk, "memberships-0-kind": "observer", "memberships-0-since": "2020-01-01",
            "memberships-0-status": "left",
        },
    )  # fmt: skip

    officer.post(f"{CITIES}{aarhus.pk}/change/", data)

    membership.refresh_from_db()
    assert (membership.kind, membership.status) == ("observer", "active")


def test_domain_written_by_staff_carries_their_name(officer, staff, aarhus):
    data = _form(
        aarhus,
        **{
            "domains-TOTAL_FORMS": 1,
            "domains-0-domain": " @Aarhus.DK",
            "domains-0-kind": "official",
        },
    )

    officer.post(f"{CITIES}{aarhus.pk}/change/", data)

    domain = CityDomain.objects.get()
    assert (domain.domain, domain.verified_by, bool(domain.verified_at)) == (
        "aarhus.dk",
        staff,
        True,
    )


def test_domain_on_its_own_page_too(officer, staff, aarhus):
    officer.post(
        "/admin/members/citydomain/add/",
        {"domain": "AARHUS.dk", "city": aarhus.pk, "kind": "official"},
    )

    domain = CityDomain.objects.get()
    assert (domain.domain, domain.verified_by) == ("aarhus.dk", staff)


def test_city_added_by_staff_is_found(officer):
    made = factories.city("Model")
    data = _form(made, name_en="Bergen", slug="bergen")

    officer.post(f"{CITIES}add/", data)

    assert City.objects.get(slug="bergen").folded_names == ["bergen", "model"]


def test_pledge_that_somebody_made_is_not_rewritten(client, aarhus, ana):
    root = factories.user("root@example.org", is_staff=True, is_superuser=True)
    client.force_login(root)
    kept, fresh = factories.pledge(1), factories.pledge(2)
    PledgeAcceptance.objects.create(
        city=aarhus,
        version=kept,
        language="en",
        signatory=ana.person,
        office="Mayor",
        signed_at="2026-01-01T00:00Z",
    )
    data = {"number": 9, "valid_from": "2026-01-01", "text_en": "x", "text_fr": "x", "text_ar": "x"}

    assert client.post(f"/admin/members/pledgeversion/{kept.pk}/change/", data).status_code == 403
    assert client.post(f"/admin/members/pledgeversion/{fresh.pk}/change/", data).status_code == 302
    assert sorted(PledgeVersion.objects.values_list("number", flat=True)) == [1, 9]


def test_pledges_are_written_by_superusers(officer):
    assert officer.get("/admin/members/pledgeversion/add/").status_code == 403
