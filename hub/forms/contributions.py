"""Beginning a contribution, proposing a change, and what the focal point asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.forms.words import WordsField
from hub.forms.writing import KINDS
from hub.models import Record
from hub.models.owners import cities_of
from members.models.people import LANGUAGES


class StartForm(forms.Form):
    """What it is, for which city, in which language."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[choice for choice in KINDS if choice[0] != Record.Kind.EVALUATION],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("In which language do you write?"),
        choices=LANGUAGES,
        help_text=_("Others can be added later."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        cities = cities_of(user).select_related("country")
        if cities:
            self.fields["city"] = forms.ModelChoiceField(
                label=_("For which city?"), queryset=cities, empty_label=None
            )
            self.order_fields(["kind", "city", "language"])


class ProposeForm(forms.Form):
    """In which language a change is written: a translation is a change too."""

    language = forms.ChoiceField(choices=LANGUAGES)


class SendBackForm(forms.Form):
    """What the focal point asks its writers to change."""

    text = WordsField(
        label=_("What should change?"),
        required=True,
        help_text=_("Your colleague gets these words in a letter."),
    )
