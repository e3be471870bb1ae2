from allauth.account.models import EmailAddress
from django.db import transaction

from core import journal, limits
from members.emails import accounts as letters
from members.models import User


@transaction.atomic
def choose_first_password(user, *, password, token, by):
    """The account has its first password and its address counts as confirmed; the link is dead.

    Pressed twice, the second press finds the link used and changes nothing.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if letters.invited(token) != user:
        return
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user, primary=True).exclude(email=user.email).update(
        primary=False
    )
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    journal.record("chose the first password", user, by=by)


@transaction.atomic
def invite_again(user, *, by):
    """A new welcome letter goes out, at most three a day; without an account nothing happens."""
    if user is None or not limits.allow(f"welcome:{user.pk}", most=3, seconds=86_400):
        return
    letters.welcome_again(user)
    journal.record("invited again", user, by=by)
