from django import forms
from django.utils.translation import gettext_lazy as _

from hub.models import SavedSearch


class SavedSearchForm(forms.ModelForm):
    """What a member calls a search, and how often a letter comes."""

    class Meta:
        model = SavedSearch
        fields = ["name", "frequency"]
        labels = {"frequency": _("A letter about what is new")}
        help_texts = {"frequency": _("When nothing is new, no letter comes.")}
