"""Putting people and cities out and letting them in; posts; accounts and roles."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from core import journal
from core.lifecycle import IllegalMove
from members import rules
from members.actions import people
from members.models import CityMembership, Person, Post, User
from outbox import letters
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, staff):
    """Staff who have just said again who they are."""
    return _signed_in(client, staff)


@pytest.fixture
def root(db):
    return factories.user("root@example.org", is_staff=True, is_superuser=True)


def _signed_in(client, user):
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


def _step(thing, name):
    return reverse(f"admin:members_{thing._meta.model_name}_{name}", args=[thing.pk])


def _letters():
    return list(Message.objects.order_by("pk").values_list("template", "to"))


def _standing(user):
    return rules.standing(User.objects.get(pk=user.pk)).kind


# --- people


def test_suspended_person_is_out_at_the_next_click(client, officer, staff, ana):
    response = officer.post(_step(ana.person, "suspend"), {"reason": "Left the city."})

    assert response.status_code == 302
    assert _standing(ana) == "suspended"
    assert _letters() == [("members/emails/person_suspended.txt", ana.email)]
    (entry,) = journal.of(ana.person)
    assert (entry.verb, entry.by, entry.facts) == ("suspended", staff, {"reason": "Left the city."})


def test_reinstated_person_is_in_again(officer, staff, ana):
    people.suspend_person(ana.person, reason="x", by=staff)

    officer.post(_step(ana.person, "reinstate"), {"reason": "A mistake."})

    assert _standing(ana) == "member"
    assert _letters()[-1] == ("members/emails/person_reinstated.txt", ana.email)


def test_second_suspension_is_409(officer, staff, ana):
    people.suspend_person(ana.person, reason="x", by=staff)

    assert officer.post(_step(ana.person, "suspend"), {"reason": "y"}).status_code == 409
    assert [entry.verb for entry in journal.of(ana.person)] == ["suspended", "refused"]


def test_suspension_needs_a_reason(officer, ana):
    response = officer.post(_step(ana.person, "suspend"), {"reason": ""})

    assert list(response.context["form"].errors) == ["reason"]
    assert _standing(ana) == "member"


def test_suspension_asks_who_you_are_again(client, staff, ana):
    client.force_login(staff)

    response = client.post(_step(ana.person, "suspend"), {"reason": "x"})

    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
    assert _standing(ana) == "member"


def test_nobody_suspends_themselves(client):
    staff = factories.staff(everywhere=True)
    own = factories.person("Staff Sample", account=staff)
    _signed_in(client, staff)

    assert client.get(f"/admin/members/person/{own.pk}/change/").context["verbs"] == []
    assert client.post(_step(own, "suspend"), {"reason": "x"}).status_code == 403


def test_colleagues_on_the_staff_are_for_superusers(client, officer, root):
    colleague = factories.staff("ESA")
    person = factories.person("Colleague", account=colleague)

    assert officer.post(_step(person, "suspend"), {"reason": "x"}).status_code == 403
    _signed_in(client, root)
    assert client.post(_step(person, "suspend"), {"reason": "x"}).status_code == 302
    assert _standing(colleague) == "suspended"


def test_suspended_staff_are_out_of_the_admin(client, staff, root):
    person = factories.person("Staff Sample", account=staff)
    people.suspend_person(person, reason="x", by=root)
    client.force_login(staff)

    assert client.get("/admin/").status_code in (302, 403)


def test_person_without_an_address_gets_no_letter(staff):
    person = Person.objects.create(name="Somebody")

    people.suspend_person(person, reason="x", by=staff)

    assert _letters() == []


def test_members_suspend_nobody(ana, folke):
    assert not rules.may_suspend(folke, ana.person)


# --- cities


def test_suspended_city_takes_its_people_along(officer, aarhus, ana, folke, zoe):
    ended = factories.person("Gone")
    factories.post(ended, aarhus, status=Post.Status.ENDED)

    officer.post(_step(aarhus, "suspend"), {"reason": "Under review."})

    assert [_standing(each) for each in (ana, folke, zoe)] == ["suspended", "suspended", "member"]
    assert sorted(_letters()) == [
        ("members/emails/city_suspended.txt", ana.email),
        ("members/emails/city_suspended.txt", folke.email),
    ]
    assert [entry.verb for entry in journal.of(aarhus)] == ["suspended"]


def test_reinstated_city_is_a_member_again(officer, staff, aarhus, ana):
    people.suspend_city(aarhus.memberships.get(), reason="x", by=staff)

    officer.post(_step(aarhus, "reinstate"), {"reason": "Settled."})

    assert _standing(ana) == "member"
    assert _letters()[-1] == ("members/emails/city_reinstated.txt", ana.email)


@pytest.mark.parametrize("step", ["suspend", "reinstate"])
def test_city_that_is_no_member_has_no_such_buttons(officer, step):
    city = factories.city(member=False)
    CityMembership.objects.create(city=city, status="left")

    assert officer.get(f"/admin/members/city/{city.pk}/change/").context["verbs"] == []
    assert officer.get(_step(city, step)).status_code == 302


def test_active_city_is_not_reinstated(staff, aarhus):
    with pytest.raises(IllegalMove):
        people.reinstate_city(aarhus.memberships.get(), reason="x", by=staff)


# --- posts


def test_post_begins_by_a_step(officer, aarhus):
    post = factories.post(
        factories.person(account=factories.user("new@a.test")), aarhus, status="pending"
    )

    officer.post(_step(post, "begin"))

    assert _standing(post.person.user) == "member"
    assert [entry.verb for entry in journal.of(post)] == ["began"]


def test_post_ends_by_a_step(officer, aarhus, folke):
    post = folke.person.posts.get()

    officer.post(_step(post, "end"))

    post.refresh_from_db()
    assert (post.status, post.is_focal_point, bool(post.end_date)) == ("ended", False, True)
    assert _standing(folke) == "suspended"


def test_city_has_one_focal_point(officer, aarhus, ana, folke):
    new, old = ana.person.posts.get(), folke.person.posts.get()

    officer.post(_step(new, "focal-point"))

    assert list(Post.objects.filter(is_focal_point=True)) == [new]
    old.refresh_from_db()
    assert old.status == "active"


def test_ended_post_is_no_focal_point(staff, aarhus, ana):
    post = ana.person.posts.get()
    people.end_post(post, by=staff)

    with pytest.raises(IllegalMove):
        people.make_focal_point(post, by=staff)


def test_expert_has_no_city_to_speak_for(officer, rui):
    post = rui.person.posts.get()

    assert [
        v["name"] for v in officer.get(f"/admin/members/post/{post.pk}/change/").context["verbs"]
    ] == ["end"]


def test_added_post_is_pending_and_nobodys_focal_point(officer, aarhus, ana):
    data = {
        "person": ana.person.pk, "city": aarhus.pk, "role": "policy", "start_date": "2026-01-01", "status": "active",
        "is_focal_point": "on", "endorsed_by": ana.person.pk,
    }  # fmt: skip

    officer.post("/admin/members/post/add/", data)

    post = Post.objects.latest("pk")
    assert (post.status, post.is_focal_point, post.endorsed_by) == ("pending", False, None)


# --- accounts and roles


USER = {
    "email": "x@example.org",
    "language": "fr",
    "is_active": "on",
    "is_staff": "on",
    "is_superuser": "on",
}


def _roles(user):
    user.refresh_from_db()
    return user.is_active, user.is_staff, user.is_superuser


def test_staff_change_no_roles(officer, staff, ana):
    for account in (staff, ana):
        before = _roles(account)
        officer.post(
            f"/admin/members/user/{account.pk}/change/",
            USER | {"password": "x", "groups": "1", "user_permissions": "1"},
        )
        assert _roles(account) == before
        assert account.email != "x@example.org"
        assert account.language == "fr"


def test_superuser_changes_roles_of_others_only(client, root, ana):
    _signed_in(client, root)

    client.post(
        f"/admin/members/user/{ana.pk}/change/",
        {"language": "en", "is_active": "on", "is_staff": "on"},
    )
    client.post(f"/admin/members/user/{root.pk}/change/", {"language": "en"})

    assert _roles(ana) == (True, True, False)
    assert _roles(root) == (True, True, True)
    assert journal.of(ana).get().facts == {"fields": ["is_staff"]}


def test_changing_roles_asks_who_you_are_again(client, root, ana):
    client.force_login(root)

    response = client.post(
        f"/admin/members/user/{ana.pk}/change/",
        {"language": "en", "is_active": "on", "is_staff": "on"},
    )

    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
    assert _roles(ana) == (True, False, False)


def test_superuser_opens_an_account_without_a_password(client, root):
    _signed_in(client, root)

    client.post(
        "/admin/members/user/add/", {"email": "New@Example.org", "language": "ar", "is_staff": "on"}
    )

    user = User.objects.get(email="new@example.org")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert EmailAddress.objects.get(user=user).verified
    assert _letters() == [("members/emails/welcome_again.txt", "new@example.org")]
    assert "opened" in [entry.verb for entry in journal.of(user)]


def test_accounts_are_opened_by_superusers(officer):
    assert officer.get("/admin/members/user/add/").status_code == 403
    assert officer.post("/admin/members/user/add/", USER).status_code == 403


def test_link_to_choose_a_password_is_all_there_is(officer, ana):
    html = officer.get(f"/admin/members/user/{ana.pk}/change/").content.decode()
    assert "argon2" not in html

    officer.post(_step(ana, "password-link"))

    assert _letters() == [("members/emails/welcome_again.txt", ana.email)]
    assert [entry.verb for entry in journal.of(ana)] == ["sent a password link"]


def test_accounts_without_a_person_are_reached_by_staff_of_everywhere(officer):
    user = factories.user("bare@example.org")

    assert officer.get(f"/admin/members/user/{user.pk}/change/").status_code == 200


# --- letters


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letters_read_well_in_every_language(staff, aarhus, ana, language):
    Person.objects.update(language=language)
    membership = aarhus.memberships.get()
    people.suspend_person(ana.person, reason="The <b>reason</b>.", by=staff)
    people.reinstate_person(ana.person, reason="x", by=staff)
    people.suspend_city(membership, reason="The reason.", by=staff)
    people.reinstate_city(membership, reason="x", by=staff)

    for message in Message.objects.all():
        letter = letters.preview(message)
        assert message.language == language
        assert letter.subject.strip()
        assert "Ana Example" in letter.text
        assert "{{" not in letter.text + letter.subject
    assert "The reason." in letters.preview(Message.objects.order_by("pk")[2]).text
