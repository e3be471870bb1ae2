"""How allauth behaves here: nobody signs up by themselves, letters go through the outbox."""

import ipaddress

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import F, Q
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import journal
from core.clients import address
from members.emails import accounts as letters
from members.models import User
from members.rules import needs_second_factor


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from approval or endorsement; what happens to them is told by letter."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """The address that rate limits count by; all who come without one count together."""
        try:
            return str(ipaddress.ip_address(address(request).partition("%")[0]))
        except ValueError:
            return "0.0.0.0"  # noqa: S104

    def is_safe_url(self, url):
        """Only pages of this very site are places to go on to."""
        return not url.startswith("//") and url_has_allowed_host_and_scheme(
            url, {self.request.get_host()}, require_https=self.request.is_secure()
        )

    # --- Letters

    def send_mail(self, template_prefix, email, context):
        """Refuse: a new kind of letter must not leave by allauth's own templates unnoticed."""
        raise NotImplementedError(f"No letter of ours stands for {template_prefix}.")

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        letters.confirm_address(emailconfirmation.email_address)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """The security of an account changed: tell its owner, write it down, end other sessions."""
        verb = _tell(template_prefix.rsplit("/", 1)[-1], user, context or {}, email)
        if verb is None:
            return
        journal.record(verb, user, by=user)
        self._end_other_sessions(user)
        self._remember_new_factor(template_prefix, user)

    def _end_other_sessions(self, user):
        for session in UserSession.objects.filter(user=user).exclude(
            session_key=self.request.session.session_key or ""
        ):
            session.end()

    def _remember_new_factor(self, template_prefix, user):
        """Adding a second factor proves it, so the session that added it is not asked again."""
        if template_prefix in ("mfa/email/totp_activated", "mfa/email/webauthn_added"):
            newest = (
                Authenticator.objects.filter(user=user).exclude(type=_CODES).latest("created_at")
            )
            record_authentication(self.request, user, "mfa", id=newest.pk, type=newest.type)


_CODES = Authenticator.Type.RECOVERY_CODES


def _tell(event, user, context, email):
    """Write the letter for an event of allauth's; the journal's verb, or None without one."""
    match event:
        case "password_changed" | "password_set" | "password_reset":
            letters.password_changed(user)
            return "changed the password"
        case "email_changed":
            letters.address_changed(user, old=email, new=context["to_email"])
            return "changed the e-mail address"
        case "totp_activated" | "webauthn_added":
            letters.second_factor_added(user, what=event.partition("_")[0])
            return "added a second factor"
        case "totp_deactivated" | "webauthn_removed":
            letters.second_factor_removed(user, what=event.partition("_")[0])
            return "removed a second factor"
        case "recovery_codes_generated":
            letters.recovery_codes_made(user)
            return "made new recovery codes"
        case "email_deleted":  # a change of address that was never confirmed and is given up
            return None
        case _:
            raise NotImplementedError(f"No letter of ours stands for {event}.")


class OneLookup(AuthenticationBackend):
    """allauth's backend, with as many questions to the database for a stranger as for an account.

    allauth asks once more when it finds nobody, which the clock tells (trust: B1). Whoever has signed in comes with
    their person, which every page asks for.
    """

    def get_user(self, user_id):
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def _authenticate_by_email(self, email, password):
        address = email.strip().lower()
        owner = Q(email=address) | Q(emailaddress__email=address, emailaddress__verified=True)
        users = User.objects.filter(owner)
        confirmed_first = F("emailaddress__verified").desc(nulls_last=True)
        return self._check_password(users.order_by(confirmed_first, "pk").first(), password)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors carry the network's name; the last one stays where one is a must."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one before you remove this."
        ),
    }

    def can_delete_authenticator(self, authenticator):
        if not (settings.STAFF_MFA_REQUIRED and needs_second_factor(authenticator.user)):
            return True
        return (
            Authenticator.objects.filter(user=authenticator.user)
            .exclude(type=_CODES)
            .exclude(pk=authenticator.pk)
            .exists()
        )

    def generate_authenticator_name(self, user, type):
        count = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Security key %(number)d") % {"number": count}

    def get_public_key_credential_rp_entity(self):
        return {"id": settings.SITE_HOST, "name": settings.MFA_TOTP_ISSUER}
