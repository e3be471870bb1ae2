"""What is answered after an application was sent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.answers import LinesField
from members.forms.fields import LetterField


class ReplyForm(forms.Form):
    """The applicant's answer to a question of staff."""

    text = LinesField(
        label=_("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class LetterForm(forms.Form):
    """A letter that comes later."""

    letter = LetterField(
        label=_("A letter from your city"),
        help_text=_("PDF, DOCX, JPEG or PNG, at most 10 MB. Only network staff can open it."),
    )


class RefusalForm(forms.Form):
    """Why a colleague is not one; the applicant reads it."""

    reason = LinesField(
        label=_("Why not?"),
        help_text=_("The person reads this. A sentence is enough."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
