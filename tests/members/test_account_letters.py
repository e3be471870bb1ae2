"""The letters about accounts: what they say, and that no link stands in them before they are sent."""

import pytest
from allauth.account.models import EmailAddress

from members.adapter import AccountAdapter
from members.emails import accounts
from members.templatetags.accounts import device
from outbox import letters
from outbox.models import Message

WRITE = {
    "password_reset": lambda user: accounts.password_reset(user.email, language=user.language),
    "password_changed": accounts.password_changed,
    "address_changed": lambda user: accounts.address_changed(
        user, old="old@example.org", new=user.email
    ),
    "confirm_address": lambda user: accounts.confirm_address(
        EmailAddress.objects.create(user=user, email="new@example.org")
    ),
    "second_factor_added": lambda user: accounts.second_factor_added(user, what="totp"),
    "second_factor_removed": lambda user: accounts.second_factor_removed(user, what="webauthn"),
    "recovery_codes_made": accounts.recovery_codes_made,
    "welcome_again": accounts.welcome_again,
}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("letter", WRITE)
def test_letter_is_whole_in_every_language(ana, letter, language):
    ana.language = language
    ana.save()

    WRITE[letter](ana)

    message = Message.objects.get()
    sent = letters.render(message)
    assert message.language == sent.language == language
    assert message.template == f"members/emails/{letter}.txt"
    assert sent.subject
    assert "{{" not in sent.text
    assert "[[" not in sent.text
    assert ("http://localhost:8000" in sent.text) == ("button" in message.links)


@pytest.mark.parametrize("letter", WRITE)
def test_staff_see_no_link_in_a_letter(ana, letter):
    WRITE[letter](ana)

    seen = letters.preview(Message.objects.get())

    assert "/accounts/" not in seen.text
    assert "/accounts/" not in seen.html


def test_two_events_are_two_letters(ana):
    accounts.password_changed(ana)
    accounts.password_changed(ana)

    assert Message.objects.count() == 2


def test_letter_about_an_address_that_is_settled_holds_no_link(ana):
    WRITE["confirm_address"](ana)
    EmailAddress.objects.filter(email="new@example.org").update(verified=True)

    assert "http" not in letters.render(Message.objects.get()).text


def test_unknown_kind_of_letter_does_not_leave(rf, ana):
    adapter = AccountAdapter()

    with pytest.raises(NotImplementedError):
        adapter.send_mail("account/email/login_code", ana.email, {})
    with pytest.raises(NotImplementedError):
        adapter.send_notification_mail("account/email/something_new", ana)


def test_address_that_was_given_up_is_told_nobody(ana):
    AccountAdapter().send_notification_mail("account/email/email_deleted", ana)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_browser_is_named_in_words(user_agent, words):
    assert device(user_agent) == words
