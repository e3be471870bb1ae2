import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from core.honeypot import HoneypotField


class ContactForm(forms.Form):
    """A message from anybody to the network's staff."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We answer to this address and use it for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label=_("Your message"),
        max_length=5000,
        help_text=_("In English, French or Arabic. Leave out what must not travel by e-mail."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    website = HoneypotField()
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
