"""Asking to read a record, and answering."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.honeypot import HoneypotField
from hub.models import AccessGrant
from hub.models.records import is_code

_PAGES = "/hub/"


class AskToJoinForm(forms.Form):
    """A stranger wants to read the whole of a record that is told in short."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send one letter to this address and use it for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    reason = forms.CharField(
        label=_("What you would like to know"),
        max_length=2000,
        help_text=_("Network staff read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    website = HoneypotField()


class RequestAccessForm(forms.Form):
    """A member knows of a record that is not open to it."""

    code = forms.CharField(
        label=_("Code or link of the record"),
        max_length=300,
        help_text=_("As it was given to you, for example SCN-P-0001."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "class": "short"}),
    )
    reason = forms.CharField(
        label=_("Why you would like to read it"),
        max_length=2000,
        help_text=_(
            "Network staff and the focal point of the city that owns the record read this, with your name and city."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_code(self):
        """The code itself, also out of a whole address."""
        typed = self.cleaned_data["code"]
        if _PAGES in typed:
            typed = typed.partition(_PAGES)[2].partition("/")[0].partition("?")[0]
        typed = typed.strip().upper()
        is_code(typed)
        return typed


class GrantForm(forms.Form):
    """Until when somebody may read a record, and why."""

    until = forms.DateField(
        label=_("Until"),
        help_text=_("The last day, at most twelve months from now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        help_text=_("Kept with the grant, for whoever looks after the record later."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=AccessGrant.LONGEST_DAYS)).isoformat(),
        }

    def clean_until(self):
        AccessGrant.check_until(self.cleaned_data["until"])
        return self.cleaned_data["until"]


class DeclineForm(forms.Form):
    """Why not."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        help_text=_("The person who asked reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
