"""The staff's pages: for staff alone, in three languages, and only of their own region."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from core.models import Job, Media
from hub.models import (
    AccessGrant,
    AccessRequest,
    Adaptation,
    Contribution,
    Evaluation,
    RecordFile,
    SearchLog,
)
from members.actions import checks
from members.models import Body, PledgeAcceptance, VettingCheck
from outbox import mail
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
_INLINE = r"<style|<script(?![^>]*\ssrc=)|\sstyle=\"|\son[a-z]+=\""
IDS = [model._meta.label_lower for model in MODELS]


@pytest.fixture(autouse=True)
def _english():
    """A request leaves its language behind; the next test starts in English."""
    with override("en"):
        yield


@pytest.fixture
def superuser(db):
    return factories.user("root@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def world(aarhus, folke, rui, staff_mena):
    """At least one thing of every kind that has a page."""
    application = factories.application("in_vetting", city_name="Aarhus")
    checks.run(application)
    PledgeAcceptance.objects.create(
        city=aarhus, version=factories.pledge(), language="en", signatory=folke.person, office="Mayor",
        signed_at=application.sent_at,
    )  # fmt: skip
    aarhus.domains.create(domain="aarhus.example.org")
    record = factories.record()
    Evaluation.objects.create(record=record, evaluator_kind="peer")
    Contribution.objects.create(status="submitted", city=aarhus, submitted_at=application.sent_at)
    Adaptation.objects.create(source=record, city=aarhus)
    AccessRequest.objects.create(record=record, by=folke, reason="A plan.")
    AccessGrant.objects.create(record=record, grantee=folke, reason="A plan.", until="2099-01-01")
    RecordFile.objects.create(
        record=record, title="Plan", file="plan.txt", content_type="text/plain", size=1
    )
    SearchLog.objects.note("buses", filters="", language="en", results=0)
    mail.queue(
        "members/emails/person_reinstated.txt",
        to="ana@example.org",
        key="one",
        params={"name": "Ana"},
    )
    Media.objects.create(
        file="media/none.png",
        title="A dot",
        author="Nobody",
        licence=factories.term("licence", "CC0-1.0"),
    )
    Job.objects.create(owner=staff_mena, kind="nothing")
    Body.objects.create(code="leads", kind="focal_points")
    admin.site.get_model_admin(type(aarhus)).log_change(_request(folke), aarhus, ["name_en"])
    return application


def _request(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def _url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _pages(model, model_admin, request):
    yield _url(model, "changelist")
    if model_admin.has_add_permission(request):
        yield _url(model, "add")
    first = model_admin.get_queryset(request).order_by("pk").first()
    if first:
        yield _url(model, "change", first.pk)
        yield _url(model, "history", first.pk)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_every_page_answers_in_every_language(client, world, superuser, model):
    client.force_login(superuser)

    for language in ("en", "fr", "ar"):
        with override(language):
            pages = list(_pages(model, admin.site._registry[model], _request(superuser)))
        for page in pages:
            response = client.get(page)
            html = response.content.decode()
            assert response.status_code == 200, page
            assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
            assert not re.search(_INLINE, html), page


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_staff_open_every_list_they_may(client, world, staff, model):
    client.force_login(staff)
    model_admin = admin.site._registry[model]
    may = model_admin.has_view_permission(_request(staff))

    assert client.get(_url(model, "changelist")).status_code == (200 if may else 403)
    assert client.get(_url(model, "changelist") + "?q=مراكش+x").status_code == (200 if may else 403)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_members_are_refused_and_strangers_sent_to_log_in(client, world, folke, superuser, model):
    pages = list(_pages(model, admin.site._registry[model], _request(superuser)))

    assert {client.get(page).headers["Location"].split("?")[0] for page in pages} <= {
        "/admin/login/", "/accounts/login/",
    }  # fmt: skip
    client.force_login(folke)
    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(page, {}).status_code for page in pages} == {403}


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_nothing_is_deleted(client, world, superuser, model):
    client.force_login(superuser)
    first = admin.site._registry[model].get_queryset(_request(superuser)).order_by("pk").first()

    assert client.post(_url(model, "delete", first.pk), {"post": "yes"}).status_code == 403
    client.post(
        _url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [first.pk], "post": "yes"},
    )
    assert model.objects.filter(pk=first.pk).exists()


def test_login_of_the_admin_is_allauths(client):
    response = client.get("/admin/login/?next=/admin/")

    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/login/?next=%2Fadmin%2F",
    )


def test_login_page_lets_staff_through_and_nobody_else(client, staff, folke):
    client.force_login(staff)
    assert (
        client.post("/admin/login/", {"username": "x", "password": "y"}).headers["Location"]
        == "/admin/"
    )
    client.force_login(folke)
    assert client.get("/admin/login/").status_code == 403


@pytest.mark.parametrize("page", ["password_change", "password_change_done"])
def test_passwords_are_changed_where_everybody_does(client, staff, page):
    client.force_login(staff)

    assert client.get(reverse(f"admin:{page}")).headers["Location"] == reverse(
        "account_change_password"
    )


def test_only_our_own_pages_are_there():
    """allauth's lists of addresses and second factors know no region, and show secrets."""
    assert {model._meta.app_label for model in admin.site._registry} <= {
        "core",
        "hub",
        "members",
        "outbox",
    }


def test_no_page_tells_which_numbers_exist():
    names = {url.name for url in admin.site.get_urls() if hasattr(url, "name")}

    assert "view_on_site" not in names
    assert not [
        name
        for name in names
        if name and "password" in name and not name.startswith("password_change")
    ]


# --- the start page


def test_start_page_counts_what_waits(client, staff):
    factories.application(), factories.application("in_vetting", route="join_city")
    factories.application("more_info"), factories.application("approved")
    doubled = factories.application()
    VettingCheck.objects.create(application=doubled, kind="duplicate_city", result="fail")
    mail.queue("members/emails/welcome.txt", to="a@example.org", key="failed")
    Message.objects.update(status="failed")
    factories.city("Orphan")
    client.force_login(staff)

    rows = client.get("/admin/").context["waiting"]

    assert [row["count"] for row in rows] == [2, 0, 1, 1, 1, 1, 0, 0]


def test_start_page_says_what_is_late(client, staff):
    late = factories.application()
    type(late).objects.update(due_on="2020-01-01")
    client.force_login(staff)

    first, second, third, *_rest = client.get("/admin/").context["waiting"]

    assert [(row["count"], row["late"]) for row in (first, second, third)] == [
        (1, True),
        (1, True),
        (0, False),
    ]
    assert "Late, the aim is" in client.get("/admin/").content.decode()


def test_every_row_of_the_start_page_leads_to_its_list(client, staff):
    factories.application()
    client.force_login(staff)

    for row in client.get("/admin/").context["waiting"]:
        assert client.get(row["url"]).status_code == 200, row["url"]


def test_start_page_is_of_the_own_region(client, staff_mena):
    factories.application(hub=factories.term("hub", "MENA"))
    factories.application(hub=factories.term("hub", "ESA"))
    factories.city("Orphan", hub="ESA")
    client.force_login(staff_mena)

    context = client.get("/admin/").context

    assert [row["count"] for row in context["waiting"]] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert [(f["label"], f["count"]) for f in context["figures"]] == [
        ("Middle East and North Africa", 1)
    ]


@pytest.mark.parametrize(("language", "rtl"), [("en", False), ("ar", True)])
def test_chart_and_table_hold_the_same_figures(client, staff, language, rtl):
    for hub in ("MENA", "MENA", "ESA"):
        factories.application(hub=factories.term("hub", hub))
    client.force_login(staff)

    context = client.get("/admin/" if language == "en" else f"/{language}/admin/").context

    bars = context["chart"]["bars"]
    assert (
        [bar["count"] for bar in bars]
        == [figure["count"] for figure in context["figures"]]
        == [1, 2]
    )
    assert [bar["length"] for bar in bars] == [126, 252]
    assert (bars[0]["label_x"] > bars[0]["x"]) is rtl


def test_start_page_without_applications_draws_no_chart(client, staff):
    client.force_login(staff)

    assert (
        "<svg viewBox"
        not in client.get("/admin/").content.decode().split("start-page")[1].split("base-svgs")[0]
    )


def test_figures_as_a_file(client, staff_mena):
    factories.application(hub=factories.term("hub", "MENA"))
    factories.application(hub=factories.term("hub", "ESA"))
    client.force_login(staff_mena)

    response = client.get(reverse("admin:applications_by_region"))

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode() == (
        "\ufeffRegion,Applications,The 90 days before\r\nMiddle East and North Africa,1,0\r\n"
    )
    assert client.post(reverse("admin:applications_by_region")).status_code == 405


def test_figures_are_for_staff(client, folke):
    client.force_login(folke)

    assert client.get(reverse("admin:applications_by_region")).status_code == 403


def test_no_region_has_a_name(client, staff):
    factories.application(hub=None)
    client.force_login(staff)

    assert [f["label"] for f in client.get("/admin/").context["figures"]] == ["No region"]


def test_letters_are_of_the_own_region(client, staff, staff_mena, ana):
    tina = factories.member(
        factories.city("Tunis", country="TN", hub="MENA"), email="tina@example.org"
    )
    factories.application(email="noor@example.org", hub=factories.term("hub", "MENA"))
    factories.application(email="far@example.org")
    for user, to in [
        (tina, tina.email),
        (ana, ana.email),
        (None, "Noor@example.org"),
        (None, "far@example.org"),
    ]:
        mail.queue("members/emails/welcome.txt", to=to, key=to, user=user)
    Message.objects.update(status="failed")

    seen = {}
    for who in (staff, staff_mena):
        client.force_login(who)
        response = client.get("/admin/outbox/message/")
        letters = client.get("/admin/").context["waiting"][4]["count"]
        states = sum(state["count"] for state in response.context["states"])
        seen[who] = (sorted(m.to for m in response.context["cl"].queryset), letters, states)

    assert seen[staff][1:] == (4, 4)
    assert seen[staff_mena] == (["Noor@example.org", "tina@example.org"], 2, 2)
    far = Message.objects.get(to=ana.email)
    assert client.get(f"/admin/outbox/message/{far.pk}/change/").status_code == 404
