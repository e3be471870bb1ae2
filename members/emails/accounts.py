"""Letters about an account, and the links in them, which are made when a letter is sent."""

import uuid

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from core import tokens
from members.models import User
from members.rules import standing
from outbox import mail

WELCOME_SECONDS = 14 * 86400
_TO_RESET = {"button": ["members.emails.accounts.reset_page"]}


class ResetTokens(PasswordResetTokenGenerator):
    """Keys of reset links: dead after a login, a new password or address, a change of standing."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{standing(user).kind}"


# --- Letters


def password_reset(email, *, language):
    """Whoever asked gets a letter; only when it is sent do we look whether there is an account.

    So the page that takes the address does the same work whoever it belongs to.
    """
    mail.queue(
        "members/emails/password_reset.txt",
        to=email,
        key=f"password-reset:{uuid.uuid4()}",
        language=language,
        links={
            "button": ["members.emails.accounts.reset_link", email],
            "join": ["members.emails.accounts.join_link"],
        },
    )


def confirm_address(address):
    """The owner of a new address is asked to confirm it."""
    mail.queue(
        "members/emails/confirm_address.txt",
        to=address.email,
        key=f"confirm-address:{uuid.uuid4()}",
        language=address.user.language,
        links={"button": ["members.emails.accounts.confirm_link", address.pk]},
        user=address.user,
    )


def address_changed(user, *, old, new):
    """The old address hears that the account has moved to another one."""
    _notice("address_changed", user, to=old, params={"new": new}, links={})


def password_changed(user):
    _notice("password_changed", user)


def second_factor_added(user, *, what):
    """`what` is "totp" or "webauthn"."""
    _notice("second_factor_added", user, params={"what": what})


def second_factor_removed(user, *, what):
    """`what` is "totp" or "webauthn"."""
    _notice("second_factor_removed", user, params={"what": what})


def recovery_codes_made(user):
    _notice("recovery_codes_made", user)


def welcome_again(user):
    """A fresh link for somebody whose first one ran out before a password was chosen."""
    mail.queue(
        "members/emails/welcome_again.txt",
        to=user.email,
        key=f"welcome-again:{uuid.uuid4()}",
        language=user.language,
        links={"button": ["members.emails.accounts.welcome_link", user.pk]},
        user=user,
    )


def _notice(letter, user, *, to=None, params=None, links=_TO_RESET):
    mail.queue(
        f"members/emails/{letter}.txt",
        to=to or user.email,
        key=f"{letter}:{uuid.uuid4()}",
        language=user.language,
        params=params or {},
        links=links,
        user=user,
    )


# --- Links, called by the outbox under the reader's language


def reset_link(email: str) -> str:
    """Where the account behind `email` gets a new password; empty when there is none."""
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        return ""
    return _absolute(
        "account_reset_password_from_key",
        uidb36=user_pk_to_url_str(user),
        key=ResetTokens().make_token(user),
    )


def confirm_link(address_pk: int) -> str:
    """The address where a new e-mail address is confirmed; empty once it is, or was given up."""
    address = EmailAddress.objects.filter(pk=address_pk, verified=False).first()
    return (
        _absolute("account_confirm_email", key=EmailConfirmationHMAC(address).key)
        if address
        else ""
    )


def welcome_link(user_pk: int) -> str:
    """The address where a new account chooses its first password."""
    return _absolute("members:welcome", token=welcome_token(User.objects.get(pk=user_pk)))


def reset_page() -> str:
    return _absolute("account_reset_password")


def join_link() -> str:
    return _absolute("members:join")


def _absolute(name, **parts):
    return settings.SITE_ORIGIN + reverse(name, kwargs=parts)


# --- The token of the welcome link


def welcome_token(user) -> str:
    """Good until the account has another password than now."""
    return tokens.make("welcome", user.pk, _fingerprint(user))


def invited(token: str, *, seconds: int | None = WELCOME_SECONDS) -> User | None:
    """The account that may choose its first password; None if the token is old, used or forged."""
    try:
        pk, fingerprint = tokens.read("welcome", token, seconds=seconds)
    except (tokens.BadToken, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and constant_time_compare(fingerprint, _fingerprint(user)) else None


def _fingerprint(user):
    return salted_hmac(
        "members.welcome", f"{user.pk}{user.password}", algorithm="sha256"
    ).hexdigest()[:32]
