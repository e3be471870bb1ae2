from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.fields import LetterField
from members.forms.steps.step import StepForm
from members.models import MembershipApplication, PledgeVersion


class PledgeForm(StepForm):
    step = "pledge"
    title = _("The pledge")

    agrees = forms.BooleanField(
        label=_("My city works by these principles"),
        error_messages={"required": _("Only cities that work by these principles can join.")},
    )
    privacy = forms.BooleanField(
        label=_("I have read how the network uses what I write here"),
        error_messages={"required": _("Read the privacy notice, then tick the box.")},
    )
    letter = LetterField(
        label=_("A letter from your city"),
        help_text=_(
            "If you have one, on its letterhead, saying that it applies. PDF, DOCX, JPEG or PNG, at most"
            " 10 MB. Only network staff can open it."
        ),
        required=False,
    )

    def __init__(self, *args, **options):
        self.pledge = PledgeVersion.objects.in_force()
        super().__init__(*args, **options)
        if self.pledge is None:
            del self.fields["agrees"]

    def stored(self, application):
        agreed = bool(self.pledge and application.pledge_id == self.pledge.pk)
        read = application.privacy_version == MembershipApplication.PRIVACY_VERSION
        return {"agrees": agreed, "privacy": read}

    def answers(self):
        read = self.cleaned_data.get("privacy")
        return {
            "pledge": self.pledge if self.cleaned_data.get("agrees") else None,
            "privacy_version": MembershipApplication.PRIVACY_VERSION if read else None,
        }

    def unfit(self):
        return {}
