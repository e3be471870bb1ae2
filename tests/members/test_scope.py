"""Staff with a region see that region and nothing else: lists, counts, pages, choices, steps, search, files."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from core import journal
from members.models import MembershipApplication, PledgeAcceptance, Post, User
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/members/membershipapplication/"


@pytest.fixture
def near(db):
    return factories.application(
        hub=factories.term("hub", "MENA"), city_name="Near", country=_country("TN")
    )


@pytest.fixture
def far(db):
    return factories.application(
        hub=factories.term("hub", "ESA"), city_name="Faraway", country=_country("KE")
    )


@pytest.fixture
def tunis(db):
    return factories.city("Tunis", country="TN", hub="MENA", slug="tunis")


@pytest.fixture
def officer(client, staff_mena):
    client.force_login(staff_mena)
    return client


def _country(code):
    return factories.term("country", code)


def _shown(response):
    return set(response.context["cl"].queryset)


def _step(application, name):
    return reverse(f"admin:members_membershipapplication_{name}", args=[application.pk])


def test_queue_holds_the_own_region(officer, near, far):
    response = officer.get(LIST)

    assert _shown(response) == {near}
    assert response.context["cl"].result_count == 1
    assert "Faraway" not in response.content.decode()


@pytest.mark.parametrize(
    "query",
    ["?q=far", "?queue=all&q=SCN", "?queue=all&hub__id__exact={esa}", "?queue=all&_facets=True"],
)
def test_no_search_or_filter_leads_out_of_it(officer, near, far, query):
    response = officer.get(LIST + query.format(esa=far.hub_id))

    assert far not in _shown(response)
    assert "Faraway" not in response.content.decode()


def test_dossier_of_another_region_does_not_exist(officer, far):
    absent = officer.get(f"{LIST}99999/change/")
    hidden = officer.get(f"{LIST}{far.pk}/change/")

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert [entry.verb for entry in journal.of(far)] == []


@pytest.mark.parametrize("page", ["history", "delete"])
def test_other_pages_of_it_do_not_exist_either(officer, far, page):
    assert officer.get(f"{LIST}{far.pk}/{page}/").status_code == 404


STEPS = [
    "assign-to-me", "approve", "ask", "hand-to-city", "duplicate", "decline", "reopen", "check-again", "check", "note",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_no_step_reaches_it(officer, far, step):
    assert officer.post(_step(far, step), {"text": "x", "reason": "1"}).status_code == 404
    assert officer.get(_step(far, step)).status_code == 404

    far.refresh_from_db()
    assert (far.status, far.assigned_to) == ("submitted", None)
    assert journal.of(far).count() == 0


def test_bulk_assignment_leaves_it_out(officer, staff_mena, near, far):
    data = {
        "action": "assign", "_selected_action": [near.pk, far.pk], "confirmed": "1", "to": staff_mena.pk,
    }  # fmt: skip

    officer.post(LIST, data)

    assert set(MembershipApplication.objects.filter(assigned_to=staff_mena)) == {near}


def test_assigning_to_a_colleague_of_another_region_changes_nothing(client, staff, staff_mena, far):
    client.force_login(staff)
    data = {"action": "assign", "_selected_action": [far.pk], "confirmed": "1", "to": staff_mena.pk}

    response = client.post(LIST, data)

    far.refresh_from_db()
    assert far.assigned_to is None
    assert "Outside this colleague’s region." in response.content.decode()


def test_file_of_another_region_does_not_exist(officer, near, far):
    letters = [
        application.attachments.create(
            file=ContentFile(b"%PDF-1.4", name="a.pdf"),
            name="a.pdf",
            content_type="application/pdf",
            size=8,
        )
        for application in (near, far)
    ]

    def status(application, letter):
        address = reverse(
            "admin:members_membershipapplication_attachment", args=[application.pk, letter.pk]
        )
        return officer.get(address).status_code

    assert [status(near, letters[0]), status(far, letters[1]), status(near, letters[1])] == [
        200,
        404,
        404,
    ]


def test_nobody_sees_what_was_not_confirmed(client, staff):
    hidden = [
        factories.application("draft", confirmed_at=None, sent_at=None),
        factories.application("unconfirmed", confirmed_at=None),
        factories.application("withdrawn", confirmed_at=None),
    ]
    client.force_login(staff)

    assert _shown(client.get(LIST + "?queue=all")) == set()
    assert {client.get(f"{LIST}{each.pk}/change/").status_code for each in hidden} == {404}


def test_staff_without_a_region_see_nothing(client, near, tunis):
    client.force_login(factories.staff())

    assert _shown(client.get(LIST + "?queue=all")) == set()
    assert client.get(f"{LIST}{near.pk}/change/").status_code == 404
    assert client.get(f"/admin/members/city/{tunis.pk}/change/").status_code == 404


def test_staff_without_a_scope_row_see_nothing(client, near):
    client.force_login(factories.user("bare@example.org", is_staff=True))

    assert _shown(client.get(LIST + "?queue=all")) == set()


@pytest.fixture
def both(tunis, mombasa, near, far):
    """The same things in the own region and in another: {model: (mine, theirs)}."""
    tina, mo = factories.member(tunis, focal=True), factories.member(mombasa, focal=True)
    return {
        "city": (tunis, mombasa),
        "citydomain": (tunis.domains.create(domain="a.test"), mombasa.domains.create(domain="b.test")),
        "person": (tina.person, mo.person),
        "post": (tina.person.posts.get(), mo.person.posts.get()),
        "user": (tina, mo),
        "membershipapplication": (near, far),
        "pledgeacceptance": tuple(
            PledgeAcceptance.objects.create(
                city=city, version=factories.pledge(), language="en", signatory=user.person, office="Mayor",
                signed_at=near.sent_at,
            )
            for city, user in ((tunis, tina), (mombasa, mo))
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "model",
    ["city", "citydomain", "person", "post", "user", "membershipapplication", "pledgeacceptance"],
)
def test_every_list_and_page_ends_at_the_region(officer, both, model):
    mine, theirs = both[model]
    address = f"/admin/members/{model}/"

    shown = _shown(officer.get(address))

    assert mine in shown
    assert theirs not in shown
    assert officer.get(f"{address}{mine.pk}/change/").status_code == 200
    assert officer.get(f"{address}{theirs.pk}/change/").status_code == 404
    assert officer.post(f"{address}{theirs.pk}/change/", {"name": "x"}).status_code == 404
    assert officer.get(f"{address}{theirs.pk}/history/").status_code == 404


def test_choices_end_at_the_region(officer, both, tunis, mombasa):
    address = (
        reverse("admin:autocomplete") + "?app_label=members&model_name=post&field_name=city&term="
    )

    cities = officer.get(address).json()["results"]
    people = officer.get(address.replace("field_name=city", "field_name=person")).json()["results"]

    assert [each["id"] for each in cities] == [str(tunis.pk)]
    assert [each["id"] for each in people] == [str(both["person"][0].pk)]


def test_forged_choice_outside_the_region_is_refused(officer, both, mombasa):
    before = Post.objects.count()
    data = {
        "person": both["person"][1].pk, "city": mombasa.pk, "role": "policy", "start_date": "2026-01-01",
    }  # fmt: skip

    response = officer.post("/admin/members/post/add/", data)

    assert sorted(response.context["adminform"].form.errors) == ["city", "person"]
    assert Post.objects.count() == before


def test_city_is_not_moved_out_of_the_region(officer, tunis):
    data = {
        "name_en": "Tunis", "name_fr": "Tunis", "name_ar": "تونس", "slug": "tunis", "country": _country("TN").pk,
        "hub": factories.term("hub", "ESA").pk, "time_zone": "UTC", "listing": "members",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0, "domains-TOTAL_FORMS": 0,
        "domains-INITIAL_FORMS": 0,
    }  # fmt: skip
    address = f"/admin/members/city/{tunis.pk}/change/"

    assert sorted(officer.post(address, data).context["adminform"].form.errors) == ["hub"]
    assert sorted(officer.post(address, data | {"hub": ""}).context["adminform"].form.errors) == [
        "hub"
    ]
    assert officer.post(address, data | {"hub": tunis.hub_id}).status_code == 302

    tunis.refresh_from_db()
    assert (tunis.hub.code, tunis.name_ar, tunis.folded_names) == (
        "MENA",
        "تونس",
        ["tunis", "تونس"],
    )


def test_forged_rows_of_another_city_change_nothing(officer, both, tunis, mombasa):
    theirs = both["citydomain"][1]
    data = {
        "name_en": "Tunis", "slug": "tunis", "country": _country("TN").pk, "hub": tunis.hub_id, "time_zone": "UTC",
        "listing": "members", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0, "domains-TOTAL_FORMS": 1,
        "domains-INITIAL_FORMS": 1, "domains-0-id": theirs.pk, "domains-0-city": tunis.pk,
        "domains-0-domain": "stolen.test", "domains-0-kind": "official",
    }  # fmt: skip

    officer.post(f"/admin/members/city/{tunis.pk}/change/", data)

    theirs.refresh_from_db()
    assert (theirs.domain, theirs.city) == ("b.test", mombasa)


def test_doubles_of_another_region_are_only_counted(officer, near, far, mombasa):
    near.checks.create(
        kind="duplicate_city",
        result="warn",
        found={"cities": [mombasa.pk], "applications": [far.pk]},
    )

    html = officer.get(f"{LIST}{near.pk}/change/").content.decode()

    assert "2 more lie outside your region." in html
    assert "Mombasa" not in html
    assert "Faraway" not in html


def test_groups_cross_regions(officer, client, staff):
    assert officer.get("/admin/members/body/add/").status_code == 403
    client.force_login(staff)
    assert client.get("/admin/members/body/add/").status_code == 200


def test_domain_of_no_city_is_for_staff_of_everywhere(officer, client, staff):
    data = {"domain": "post.test", "city": "", "kind": "free_mail"}

    assert sorted(
        officer.post("/admin/members/citydomain/add/", data).context["adminform"].form.errors
    ) == ["city"]
    client.force_login(staff)
    assert client.post("/admin/members/citydomain/add/", data).status_code == 302


def test_region_is_said_by_superusers_never_for_themselves(client, staff, staff_mena):
    root = factories.user("root@example.org", is_staff=True, is_superuser=True)
    own = factories.staff(everywhere=True, email="boss@example.org", is_superuser=True)
    address = f"/admin/members/staffscope/{staff_mena.scope.pk}/change/"

    client.force_login(staff)
    assert client.post(address, {"everywhere": "on"}).status_code == 403
    client.force_login(own)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    assert client.post(f"/admin/members/staffscope/{own.scope.pk}/change/", {}).status_code == 403
    client.force_login(root)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    assert client.post(address, {"everywhere": "on"}).status_code == 302

    staff_mena.scope.refresh_from_db()
    assert staff_mena.scope.everywhere
    assert User.objects.get(pk=own.pk).scope.everywhere
