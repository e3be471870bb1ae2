"""The forms about accounts: allauth's, in the words of this site."""

from allauth.account import forms as allauth
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from members.emails import accounts as letters

SHORTEST, SHORTEST_OF_STAFF = 12, 15
_ADDRESS = _("E-mail address")
_PASSWORD = _("New password")
_AGAIN = _("The same password again")
_NAME_OF_KEY = _("Name of the key")
_CODE = _("Code from the app, or a recovery code")


class LoginForm(allauth.LoginForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["login"].label = _ADDRESS
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(allauth.ResetPasswordForm):
    """Takes an address and never looks it up, so that the page cannot tell whose it is."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["email"].label = _ADDRESS

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, request, **kwargs):
        email = self.cleaned_data["email"]
        letters.password_reset(email, language=get_language() or settings.LANGUAGE_CODE)
        return email


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _say_what_it_takes(self, self.user)


class SetPasswordForm(allauth.SetPasswordForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _say_what_it_takes(self, self.user)


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["oldpassword"].label = _("Present password")
        _say_what_it_takes(self, self.user)


class AddEmailForm(allauth.AddEmailForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["email"].label = _("New e-mail address")


class AuthenticateForm(mfa.AuthenticateForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _ask_for_a_code(self, _CODE)


class ReauthenticateForm(mfa.ReauthenticateForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _ask_for_a_code(self, _CODE)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _ask_for_a_code(self, _("Code from the app"))


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["name"].label = _NAME_OF_KEY


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["name"].label = _NAME_OF_KEY


def _ask_for_a_code(form, label):
    field = form.fields["code"]
    field.label = label
    field.widget.attrs |= {"class": "short", "dir": "ltr", "inputmode": "numeric"}
    field.widget.attrs["autocomplete"] = "one-time-code"


def _say_what_it_takes(form, user):
    """One sentence instead of the list of all checks: those who meet it meet the others too."""
    first, again = form.fields["password1"], form.fields["password2"]
    first.label, again.label = _PASSWORD, _AGAIN
    first.help_text = _advice(SHORTEST_OF_STAFF if user and user.is_staff else SHORTEST)


def _how(length):
    return ngettext(
        "At least %(length)d character. A few words that have nothing to do with each other are"
        " safe and easy to remember.",
        "At least %(length)d characters. A few words that have nothing to do with each other are"
        " safe and easy to remember.",
        length,
    ) % {"length": length}


_advice = lazy(_how, str)
