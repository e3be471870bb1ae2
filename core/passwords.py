"""What a password must not be, beyond Django's own checks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Words anybody would try first for this site, in the scripts its people type.
CONTEXT_WORDS = (
    "strongcities",
    "strongcity",
    "strongcitiesnetwork",
    "villesfortes",
    "المدنالقوية",
    "isdglobal",
    "cityhall",
    "municipality",
    "mairie",
    "بلدية",
)
# Leaves this much of the password once such a word is taken out.
_REST = 8


class LongerForStaff:
    """Staff read everything, so their passwords are longer."""

    def __init__(self, min_length: int = 15):
        self.min_length = min_length

    def validate(self, password, user=None):
        if (
            user is not None
            and getattr(user, "is_staff", False)
            and len(password) < self.min_length
        ):
            raise ValidationError(self.get_help_text(), code="password_too_short_for_staff")

    def get_help_text(self):
        return ngettext(
            "Network staff need a password of at least %(min_length)d character.",
            "Network staff need a password of at least %(min_length)d characters.",
            self.min_length,
        ) % {"min_length": self.min_length}


class NotAboutUs:
    """A password that is little more than the name of this network is the first one tried."""

    def validate(self, password, user=None):
        plain = "".join(letter for letter in password.casefold() if letter.isalnum())
        for word in CONTEXT_WORDS:
            if word in plain and len(plain.replace(word, "")) < _REST:
                raise ValidationError(self.get_help_text(), code="password_about_us")

    def get_help_text(self):
        return _("Do not build the password around the name of the network or of your office.")
