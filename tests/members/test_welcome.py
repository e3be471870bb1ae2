"""The first password: a link that opens once, for two weeks, and only by a press of the button."""

import time

import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from core import tokens
from core.models import JournalEntry
from members.actions import accounts
from members.emails.accounts import welcome_link, welcome_token
from members.models import User
from outbox import letters
from outbox.models import Message
from tests import factories

NEW = {"password1": "seven quiet harbours at dawn", "password2": "seven quiet harbours at dawn"}
FORTNIGHT = 14 * 86400


def _newcomer():
    return factories.user("noor@portamity.example.org", password=None)


def _path(user):
    return reverse("members:welcome", args=[welcome_token(user)])


def test_link_leads_to_the_origin_in_the_language_of_the_letter(db):
    user = _newcomer()

    assert welcome_link(user.pk).startswith("http://localhost:8000/accounts/welcome/")


def test_button_sets_the_password_and_leads_to_the_login(client, db):
    user = User.objects.create_user("noor@portamity.example.org")

    response = client.post(_path(user), NEW)

    user.refresh_from_db()
    assert response.url == reverse("account_login")
    assert user.check_password(NEW["password1"])
    assert EmailAddress.objects.get(user=user).verified
    assert [e.verb for e in JournalEntry.objects.all()] == ["chose the first password"]
    assert "_auth_user_id" not in client.session


def test_password_then_opens_the_portal(client, db):
    user = _newcomer()
    client.post(_path(user), NEW)

    client.post("/accounts/login/", {"login": user.email, "password": NEW["password1"]})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_opening_the_link_often_changes_nothing(client, db):
    user = _newcomer()
    path, before = _path(user), user.password

    Client().head(path)
    pages = [Client().get(path) for _ in range(3)]

    user.refresh_from_db()
    assert [page.status_code for page in pages] == [200] * 3
    assert user.password == before
    assert client.post(path, NEW).status_code == 302


def test_link_is_dead_after_use(client, db):
    user = _newcomer()
    path = _path(user)
    client.post(path, NEW)
    user.refresh_from_db()
    before = user.password

    page, second = Client().get(path), Client().post(path, NEW)

    user.refresh_from_db()
    assert [page.status_code, second.status_code] == [410, 410]
    assert user.password == before


def test_second_of_two_presses_at_once_changes_nothing(db):
    user = _newcomer()
    token = welcome_token(user)

    for password in ("seven quiet harbours", "another one entirely"):
        accounts.choose_first_password(user, password=password, token=token, by=user)

    user.refresh_from_db()
    assert user.check_password("seven quiet harbours")
    assert JournalEntry.objects.count() == 1


def test_link_lives_two_weeks(client, db):
    user = _newcomer()
    with time_machine.travel(int(time.time()), tick=False) as clock:
        path = _path(user)
        clock.shift(FORTNIGHT)
        last = client.get(path).status_code
        clock.shift(1)
        late = client.get(path).status_code

    assert [last, late] == [200, 410]


def test_link_of_an_inactive_account_is_dead(client, db):
    user = _newcomer()
    user.is_active = False
    user.save()

    assert client.get(_path(user)).status_code == 410


def test_weak_password_is_refused_beside_the_field(client, db):
    user = _newcomer()

    response = client.post(_path(user), {"password1": "short", "password2": "short"})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["password1"]


def test_page_shows_whose_account_it_is_and_is_not_kept(client, db):
    user = _newcomer()

    response = client.get(_path(user))

    assert user.email in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_dead_link_can_ask_for_another_letter(client, db):
    user = _newcomer()
    with time_machine.travel(time.time() - FORTNIGHT - 60):
        path = _path(user)

    response = client.post(f"{path}again/")

    letter = Message.objects.get()
    assert response.url == reverse("account_login")
    assert (letter.to, letter.template) == (user.email, "members/emails/welcome_again.txt")
    assert "/accounts/welcome/" in letters.render(letter).text


def test_every_link_gets_the_same_answer_about_another_letter(client, db):
    user = _newcomer()
    waiting = _path(user)
    other = factories.user("done@portamity.example.org", password=None)
    used = _path(other)
    client.post(used, NEW)
    forged = reverse("members:welcome", args=["1.abc~forged"])
    stranger = reverse("members:welcome", args=[tokens.make("welcome", 999_999, "0" * 32)])

    answers = []
    for path in (waiting, used, forged, stranger):
        fresh = Client()
        response = fresh.post(f"{path}again/", follow=True)
        answers.append([str(m) for m in response.context["messages"]])

    assert answers[1:] == [answers[0]] * 3
    assert [m.to for m in Message.objects.all()] == [user.email]


def test_letters_are_sent_again_three_times_a_day(client, db):
    path = _path(_newcomer())

    for _ in range(5):
        client.post(f"{path}again/")

    assert Message.objects.count() == 3


def test_token_for_something_else_opens_nothing(client, db):
    user = _newcomer()
    token = tokens.make("status", *tokens.read("welcome", welcome_token(user)))

    assert client.get(reverse("members:welcome", args=[token])).status_code == 410
