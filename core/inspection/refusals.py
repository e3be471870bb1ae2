"""Why a file is not taken, and what its sender can do about it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SENTENCES = {
    "damaged": _("This file is damaged or incomplete. Save it again, then choose the new one."),
    "active": _("This file holds a macro, a script or a form that runs. Save it without, or as PDF."),
    "carries": _("This file carries other files or programs inside. Take them out and send them one by one."),
    "outside": _(
        "This file loads something from elsewhere when it is opened. Save it with everything inside, or as PDF."
    ),
    "locked": _("This file is protected by a password, so we cannot check it. Save it without."),
    "pixels": _("This picture has more than 100 million pixels. Make it smaller."),
    "unpacked": _("This file unpacks to far more than such a file should. Save it again, or as PDF."),
}  # fmt: skip


def refusal(code: str) -> ValidationError:
    """The refusal to raise, with its sentence."""
    return ValidationError(_SENTENCES[code], code=code)
