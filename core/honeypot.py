"""A field that people never see: whoever fills it in is a program."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoneypotField(forms.CharField):
    """Stands in a form as `website`; its template hides it, and its view does nothing where it is filled in."""

    def __init__(self):
        super().__init__(
            label=_("Leave this empty"),
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        )
