"""A forgotten password: the letter, the link that is made when it is sent, and what it ends."""

import re
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from core.models import JournalEntry
from members.emails.accounts import reset_link
from members.models import CityMembership
from outbox import letters
from outbox.models import Message
from tests.factories import PASSWORD

RESET = "/accounts/password/reset/"
NEW = "seven quiet harbours at dawn"


def _letter_of(message):
    return letters.render(message)


def _link(message):
    return re.search(r"https?://\S+/password/reset/key/\S+", _letter_of(message).text)[0]


def _open(client, link):
    """Follow a link as a browser does and answer the page with the form."""
    return client.get(link.removeprefix("http://localhost:8000"), follow=True)


def _choose(client, link, password=NEW):
    page = _open(client, link)
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_reset_queues_one_letter_without_its_link(client, ana):
    response = client.post(RESET, {"email": ana.email})

    message = Message.objects.get()
    assert (response.status_code, response.url) == (302, "/accounts/password/reset/done/")
    assert (message.to, message.template) == (ana.email, "members/emails/password_reset.txt")
    assert message.links["button"] == ["members.emails.accounts.reset_link", ana.email]
    assert "reset/key" not in str(message.__dict__)


def test_link_from_the_letter_sets_a_password_once(client, ana):
    client.post(RESET, {"email": ana.email})
    link = _link(Message.objects.get())

    chosen = _choose(client, link)
    again = _open(Client(), link)

    ana.refresh_from_db()
    assert chosen.status_code == 302
    assert ana.check_password(NEW)
    assert "form" not in again.context or not again.context["form"].is_bound
    assert "password1" not in again.content.decode()


def test_opening_the_link_often_changes_nothing(client, ana):
    client.post(RESET, {"email": ana.email})
    link = _link(Message.objects.get()).removeprefix("http://localhost:8000")

    Client().head(link)
    for _ in range(3):
        Client().get(link)

    assert _choose(client, link).status_code == 302


def test_link_lives_one_hour(client, ana):
    with time_machine.travel(int(time.time()), tick=False) as clock:
        link = reset_link(ana.email)
        clock.shift(3600)
        fresh = _open(Client(), link).content.decode()
        clock.shift(2)
        old = _open(Client(), link).content.decode()

    assert "password1" in fresh
    assert "password1" not in old


def test_reset_ends_every_session_and_tells_the_owner(client, ana):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    link = reset_link(ana.email)

    _choose(client, link)

    assert elsewhere.get("/accounts/email/").status_code == 302
    assert [m.template for m in Message.objects.all()] == ["members/emails/password_changed.txt"]
    assert JournalEntry.objects.get(subject_type="members.user").verb == "changed the password"


def test_reset_does_not_sign_in(client, ana):
    _choose(client, reset_link(ana.email))

    assert "_auth_user_id" not in client.session


def test_letter_to_a_stranger_holds_no_key(client, db):
    client.post(RESET, {"email": "stranger@example.org"})

    text = _letter_of(Message.objects.get()).text

    assert "/key/" not in text
    assert "/join/" in text


def test_letter_to_an_inactive_account_holds_no_key(client, ana):
    ana.is_active = False
    ana.save()

    assert reset_link(ana.email) == ""


@pytest.mark.parametrize("what", ["person", "city", "post", "account"])
def test_link_dies_with_the_standing(client, ana, aarhus, what):
    link = reset_link(ana.email)

    if what == "person":
        ana.person.move_to("suspended")
        ana.person.save()
    elif what == "city":
        CityMembership.objects.filter(city=aarhus).update(status="suspended")
    elif what == "post":
        ana.person.posts.update(status="ended")
    else:
        ana.is_active = False
        ana.save()

    assert "password1" not in _open(client, link).content.decode()


def test_links_lead_to_the_origin_whatever_the_host(client, ana, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post(RESET, {"email": ana.email}, headers={"Host": "evil.example"})

    assert _link(Message.objects.get()).startswith(settings.SITE_ORIGIN + "/")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letter_is_in_the_language_of_the_page(client, ana, language):
    prefix = "" if language == "en" else f"/{language}"

    client.post(f"{prefix}{RESET}", {"email": ana.email})

    message = Message.objects.get()
    assert message.language == language
    assert _link(message).startswith(f"http://localhost:8000{prefix}/accounts/")


def test_fourth_letter_in_an_hour_is_not_written(client, db):
    statuses = [client.post(RESET, {"email": "a@example.org"}).status_code for _ in range(4)]

    assert statuses == [302, 302, 302, 429]
    assert Message.objects.count() == 3


# --- Changing the password and the address from inside


def _signed_in(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def _proved(user):
    client = _signed_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_changing_the_password_ends_all_sessions(ana):
    one, other = _signed_in(ana), _signed_in(ana)

    one.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert [c.get("/accounts/email/").status_code for c in (one, other)] == [302, 302]
    assert [m.template for m in Message.objects.all()] == ["members/emails/password_changed.txt"]


@pytest.mark.parametrize(
    "password", ["short", "password1234", "strong-cities-42", "aarhus.example"]
)
def test_weak_passwords_are_refused(ana, password):
    client = _signed_in(ana)

    response = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    ana.refresh_from_db()
    assert response.status_code == 200
    assert ana.check_password(PASSWORD)


def test_staff_need_a_longer_password(staff):
    client = _signed_in(staff)
    fourteen = "plum jar seven"

    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": fourteen, "password2": fourteen},
    )

    staff.refresh_from_db()
    assert len(fourteen) == 14
    assert staff.check_password(PASSWORD)


def test_changing_the_address_asks_for_the_password_first(ana):
    client = _signed_in(ana)

    response = client.post(
        "/accounts/email/", {"email": "new@aarhus.example.org", "action_add": ""}
    )

    assert response.status_code == 302
    assert response.url.startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@aarhus.example.org").exists()


def test_address_changes_once_confirmed_and_the_old_one_hears_of_it(ana):
    old, client, other = ana.email, _proved(ana), _signed_in(ana)

    client.post("/accounts/email/", {"email": "new@aarhus.example.org", "action_add": ""})
    ask = Message.objects.get()
    link = re.search(r"https?://\S+/confirm-email/\S+", letters.render(ask).text)[0]
    path = link.removeprefix("http://localhost:8000")
    Client().get(path)
    ana.refresh_from_db()
    before = ana.email
    client.post(path)

    ana.refresh_from_db()
    notice = Message.objects.get(template="members/emails/address_changed.txt")
    assert ask.to == "new@aarhus.example.org"
    assert "confirm-email" not in str(ask.__dict__)
    assert (before, ana.email) == (old, "new@aarhus.example.org")
    assert notice.to == old
    assert "new@aarhus.example.org" in letters.render(notice).text
    assert other.get("/accounts/email/").status_code == 302
    assert client.get("/accounts/email/").status_code == 200


def test_taken_address_is_not_betrayed(ana, zoe):
    client = _proved(ana)

    free = client.post("/accounts/email/", {"email": "free@aarhus.example.org", "action_add": ""})
    taken = client.post("/accounts/email/", {"email": zoe.email, "action_add": ""})

    assert (free.status_code, free.url) == (taken.status_code, taken.url)
    path = re.search(
        r"/accounts/confirm-email/\S+", letters.render(Message.objects.latest("pk")).text
    )[0]
    client.post(path)
    ana.refresh_from_db()
    assert ana.email != zoe.email
