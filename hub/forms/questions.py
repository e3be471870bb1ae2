"""Asking a record's city, and telling staff what is wrong with a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.honeypot import HoneypotField
from hub.forms.words import WordsField


class QuestionForm(forms.Form):
    """A member's question; name, city and address travel with it, and the page says so."""

    purpose = forms.ChoiceField(
        label=_("What would you like?"),
        choices=[
            ("question", _("To ask a question")),
            ("exchange", _("To exchange experience, in a call or a visit")),
        ],
        initial="question",
        widget=forms.RadioSelect,
    )
    text = WordsField(
        label=_("Your message"),
        rows=8,
        max_length=5000,
        required=True,
        help_text=_("In a language the city reads. Leave out what must not travel by e-mail."),
    )


class ReportForm(forms.Form):
    """What a reader thinks is wrong. Strangers may leave an address; members' goes along by itself."""

    reason = forms.ChoiceField(
        label=_("What is the matter?"),
        choices=[
            ("wrong", _("Something in it is wrong")),
            ("harmful", _("It may harm people")),
            ("outdated", _("It is out of date")),
            ("rights", _("It uses what belongs to others")),
            ("other", _("Something else")),
        ],
        widget=forms.RadioSelect,
    )
    text = WordsField(
        label=_("Tell us more"),
        rows=6,
        max_length=5000,
        required=True,
        help_text=_("Only network staff read this. Say where it stands in the record."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("Only if you would like an answer. We use it for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = HoneypotField()

    def __init__(self, data=None, *, is_known):
        super().__init__(data)
        if is_known:
            del self.fields["email"], self.fields["website"]
