from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.forms.fields import NameField, PageField
from members.forms.places import country_of, place_choices
from members.forms.steps.step import StepForm, longest
from members.forms.terms import TermField, one_of
from members.models import City, Place

LONGEST_ID = 9
OTHER = "other"  # the city is not in the gazetteer


class CityForm(StepForm):
    step = "city"
    title = _("Your city")

    place = forms.CharField(
        label=_("Which city or local authority do you work for?"),
        required=False,
        widget=forms.RadioSelect,
    )
    city_name = NameField(
        label=_("Name of the city"),
        help_text=_("In Latin letters if you can, as it is written in English or French."),
        error_messages={"required": _("Write the name of your city.")},
        max_length=longest("city_name"),
    )
    country = TermField(
        "country",
        label=_("Country or territory"),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose the country or territory.")},
    )
    city_name_local = NameField(
        label=_("Name of the city in its own language and script"),
        required=False,
        max_length=longest("city_name_local"),
    )
    authority_level = one_of("authority_level", label=_("What kind of authority is it?"))
    city_website = PageField(
        label=_("Website of the city"),
        help_text=_("We look there for the number we telephone. Without one we find another way."),
        required=False,
    )
    city_listing = forms.ChoiceField(
        label=_("How shall the city be listed?"),
        help_text=_("Once it is a member. The city can change this at any time."),
        choices=[(listing.value, capfirst(listing.label)) for listing in City.Listing],
        widget=forms.RadioSelect,
        initial=City.Listing.MEMBERS,
    )

    def __init__(self, *args, places=(), application=None, **options):
        super().__init__(*args, application=application, **options)
        if self.is_bound and self.data.get("place") != OTHER:
            self.fields["city_name"].required = self.fields["country"].required = False
        self.places = list(places)
        chosen = application.place if application else None
        shown = {place.pk: place for place in [*([chosen] if chosen else []), *self.places]}
        self.fields["place"].widget.choices = [
            *place_choices(shown.values()),
            (OTHER, _("My city is not in the list")),
        ]

    @property
    def is_guessing(self):
        """Is what is offered only spelled like what was looked for?"""
        return bool(self.places) and all(place.is_guess for place in self.places)

    def stored(self, application):
        kept = super().stored(application)
        if application.place_id:
            return kept | {"place": application.place_id, "city_name": "", "country": None}
        return kept | {"place": OTHER if application.city_name else ""}

    def clean_place(self):
        value = self.cleaned_data["place"]
        if value in ("", OTHER):
            return value
        is_number = value.isascii() and value.isdigit() and len(value) <= LONGEST_ID
        place = Place.objects.filter(pk=value).first() if is_number else None
        if place is None:
            raise ValidationError(_("Choose your city from the list again."))
        return place

    def clean(self):
        if self.cleaned_data.get("place") == "":
            self.add_error("place", _("Choose your city, or say that it is not in the list."))

    def answers(self):
        found = super().answers()
        place = found.pop("place", None)
        if isinstance(place, Place):
            found |= {"place": place, "city_name": place.name[:120], "country": country_of(place)}
        else:
            found["place"] = None
        return found

    def unfit(self):
        """Somebody whose city is not in the list and who has not named it yet has still said so."""
        said_so = self.cleaned_data.get("place") == OTHER and not self.cleaned_data.get("city_name")
        return super().unfit() | ({"place": OTHER} if said_so else {})
