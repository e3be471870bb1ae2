"""What every page of the staff's has in common, and the pages of core."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import reverse

from core import journal
from core.models import Job, Media, Term
from core.staff import cell
from core.templatetags.staff import VERBS, facts_line, verb_words
from members.models import MembershipApplication
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client, db):
    user = factories.user("root@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def _term_form(term, **fields):
    data = {
        "label_en": term.label_en, "label_fr": term.label_fr, "label_ar": term.label_ar, "position": term.position,
    }  # fmt: skip
    return data | fields


def test_term_edited_by_staff_is_marked_so_and_keeps_its_code(root):
    term = factories.term("theme", "prevention")

    root.post(
        f"/admin/core/term/{term.pk}/change/",
        _term_form(term, label_en="Better", code="x", vocabulary="hub"),
    )

    term.refresh_from_db()
    assert (term.label_en, term.edited, term.code, term.vocabulary) == (
        "Better",
        True,
        "prevention",
        "theme",
    )


def test_new_term_gets_a_code(root):
    root.post(
        "/admin/core/term/add/",
        {"vocabulary": "theme", "code": "new", "label_en": "New", "position": 1},
    )

    assert Term.objects.get(vocabulary="theme", code="new").edited


def test_vocabularies_are_changed_by_superusers(client, staff):
    term = factories.term("theme", "prevention")
    client.force_login(staff)

    assert client.get(f"/admin/core/term/{term.pk}/change/").status_code == 200
    assert (
        client.post(
            f"/admin/core/term/{term.pk}/change/", _term_form(term, label_en="x")
        ).status_code
        == 403
    )
    assert client.get("/admin/core/term/add/").status_code == 403


def test_search_in_vocabularies_folds(root):
    term = factories.term("theme", "prevention")
    Term.objects.filter(pk=term.pk).update(label_fr="Prévention", label_ar="وِقاية")

    for words in ["PREVENTION", "prévention", "وقاية"]:
        assert term in root.get("/admin/core/term/", {"q": words}).context["cl"].queryset


def test_change_is_in_the_journal_by_field_and_on_the_page(root):
    term = factories.term("theme", "prevention")

    root.post(f"/admin/core/term/{term.pk}/change/", _term_form(term, label_en="Better"))

    (entry,) = journal.of(term)
    assert (entry.verb, entry.facts) == ("changed", {"fields": ["label_en"]})
    for page in ("change", "history"):
        assert (
            "fields: label_en" in root.get(f"/admin/core/term/{term.pk}/{page}/").content.decode()
        )


def test_added_thing_is_in_the_journal(root):
    root.post(
        "/admin/core/term/add/",
        {"vocabulary": "theme", "code": "new", "label_en": "New", "position": 1},
    )

    assert [entry.verb for entry in journal.of(Term.objects.get(code="new"))] == ["added"]


def test_history_of_what_may_not_be_seen_is_refused(client, staff):
    entry = journal.record("added", staff)
    client.force_login(staff)

    assert client.get(f"/admin/core/journalentry/{entry.pk}/history/").status_code == 403
    assert client.get("/admin/core/journalentry/").status_code == 403


def test_journal_is_only_read(root):
    entry = journal.record("added", factories.term("theme", "prevention"))
    address = f"/admin/core/journalentry/{entry.pk}/change/"

    assert root.get(address).status_code == 200
    assert root.post(address, {"verb": "x"}).status_code == 403
    assert root.get("/admin/core/journalentry/add/").status_code == 403


def test_jobs_are_ones_own(client, staff, staff_mena, root):
    own = Job.objects.create(owner=staff, kind="nothing")
    other = Job.objects.create(owner=staff_mena, kind="nothing")

    assert set(root.get("/admin/core/job/").context["cl"].queryset) == {own, other}
    client.force_login(staff)
    assert set(client.get("/admin/core/job/").context["cl"].queryset) == {own}
    assert client.get(f"/admin/core/job/{other.pk}/change/").status_code == 404


def test_picture_opens_where_the_rule_is_asked(root):
    picture = Media.objects.create(
        file="media/none.png",
        title="A dot",
        author="Nobody",
        licence=factories.term("licence", "CC0-1.0"),
    )

    html = root.get(f"/admin/core/media/{picture.pk}/change/").content.decode()

    assert reverse("core:media", args=[picture.uid]) in html
    assert root.get("/admin/core/media/add/").status_code == 200


def test_choice_among_things_without_a_page_is_not_narrowed(root):
    """Places have no list here; a field that leads to them offers what Django would."""
    page = admin.site.get_model_admin(MembershipApplication)

    assert (
        page.get_field_queryset(None, MembershipApplication._meta.get_field("place"), None) is None
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("|cmd", "'|cmd"),
        ("Málaga", "Málaga"),
        ("بيروت", "بيروت"),
        (-3, -3),
    ],
)
def test_no_cell_is_a_formula(value, expected):
    assert cell(value) == expected


def test_journal_is_told_in_words():
    assert verb_words("approved") == "approved"
    assert verb_words("never heard of") == "never heard of"
    assert facts_line({"reason": "other", "fields": ["a", "b"], "was_joined_to": 3}) == (
        "reason: other; fields: a, b; was joined to: 3"
    )
    assert facts_line({"after": {"record": "public"}}) == "after: record public"


def test_pages_ask_the_site_who_may_come_in(rf, ana, staff):
    page = admin.site.get_model_admin(Term)
    request = rf.get("/")

    request.user = ana
    assert not page.has_view_permission(request)
    request.user = staff
    assert page.has_view_permission(request)


def test_fields_of_three_languages_are_told_apart(root):
    term = factories.term("theme", "prevention")

    html = root.get(f"/admin/core/term/{term.pk}/change/").content.decode()

    assert ["Label [en]" in html, "Label [fr]" in html, "Label [ar]" in html] == [True, True, True]
    assert 'lang="ar" dir="rtl"' in html


def test_every_verb_of_the_journal_is_in_the_catalogues():
    """The portal writes them as plain words; the pages translate them from one list."""
    root = Path(__file__).resolve().parents[2]
    sources = [
        source.read_text(encoding="utf-8")
        for app in ("core", "outbox", "members", "hub", "scn")
        for source in (root / app).rglob("*.py")
    ]
    written = {verb for text in sources for verb in re.findall(r'\brecord\(\s*"([a-z ]+)"', text)}

    assert written - set(VERBS) == set()
    assert "approved" in written
