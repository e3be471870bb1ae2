from django import forms
from django.utils.translation import gettext_lazy as _

from core.answers import LinesField
from members.forms.steps.step import StepForm
from members.forms.terms import TermsField

LONGEST_MOTIVATION = 2000


class ThemesForm(StepForm):
    step = "themes"
    title = _("Themes")

    themes = TermsField(
        "theme",
        label=_("What does your city want to work on with others?"),
        help_text=_("Tick what matters most to you now."),
    )
    motivation = LinesField(
        label=_("Why does your city want to join?"),
        help_text=_(
            "A few sentences: what you do already, what you would like to learn. At most 2,000 characters."
        ),
        max_length=LONGEST_MOTIVATION,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    summit_interest = forms.BooleanField(
        label=_("We are interested in the next summit of the network"), required=False
    )
