"""The steps of becoming a Strong City, one form each.

A form knows what is stored (`application`) and what was typed and does not pass yet. `answers()` is what may be
stored whether or not the whole step is valid; `unfit()` is the rest, as it was typed.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.folding import Fold
from core.models import Term
from members.forms.fields import (
    LetterField,
    LineField,
    NameField,
    PageField,
    TextField,
    WorkEmailField,
)
from members.forms.places import country_of, place_choices
from members.models import City, MembershipApplication, Person, Place, PledgeVersion, Post

LONGEST_MOTIVATION = 2000
LONGEST_TYPED = 5000
MOST_TYPED = 200
LONGEST_ID = 9
OTHER = "other"  # the city is not in the gazetteer


def _longest(field):
    """One rule in one place: the length the model holds."""
    return getattr(MembershipApplication._meta.get_field(field), "max_length", None)


def _term(vocabulary, **options):
    return TermField(vocabulary, empty_label=None, widget=forms.RadioSelect, **options)


class _OfVocabulary(forms.ModelChoiceField):
    """Terms in force, by code, read anew for every form."""

    def __init__(self, vocabulary, **options):
        self.vocabulary = vocabulary
        super().__init__(Term.objects.none(), to_field_name="code", **options)

    def load(self):
        terms = Term.objects.current().of(self.vocabulary)
        if self.vocabulary == "country":
            terms = terms.order_by(Fold(f"label_{get_language()}"), "code")
        self.queryset = terms


class TermField(_OfVocabulary):
    """One term."""


class TermsField(_OfVocabulary, forms.ModelMultipleChoiceField):
    """Any number of terms."""

    widget = forms.CheckboxSelectMultiple


class StepForm(forms.Form):
    """One step; a subclass says which, and how its answers stand in an application."""

    step: str
    title: Any

    def __init__(self, data=None, files=None, *, application=None):
        super().__init__(data, files)
        for field in self.fields.values():
            if isinstance(field, _OfVocabulary):
                field.load()
            if str(field.error_messages["required"]) == str(
                forms.Field.default_error_messages["required"]
            ):
                field.error_messages["required"] = _say_what(field)
        if application and application.pk:
            self.initial = self.stored(application) | application.typed.get(self.step, {})

    def stored(self, application):
        """What the application holds, as the form shows it."""
        return {
            name: self._stored(field, getattr(application, name))
            for name, field in self.fields.items()
            if hasattr(application, name)
        }

    def answers(self):
        """{field of the application: value}, for every answer that passes or was emptied."""
        empty = {name: self._emptied(name) for name in self.errors if self._is_emptied(name)}
        return self.cleaned_data | empty

    def unfit(self):
        """{field: what was typed}, for what does not pass yet."""
        return {
            name: self._typed(name)
            for name in self.errors
            if name in self.fields and not self._is_emptied(name)
        }

    def _stored(self, field, value):
        if isinstance(field, TermsField):
            return [term.code for term in value.all()]
        return value.code if isinstance(value, Term) else value

    def _typed(self, name):
        typed = [
            value[:LONGEST_TYPED].replace("\x00", "") for value in self._raw(name)[:MOST_TYPED]
        ]
        return typed if isinstance(self.fields[name], TermsField) else typed[0]

    def _is_emptied(self, name):
        return name in self.fields and not any(value.strip() for value in self._raw(name))

    def _raw(self, name) -> list[str]:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        return value if isinstance(value, list) else [value or ""]

    def _emptied(self, name):
        if isinstance(self.fields[name], TermsField):
            return []
        return None if MembershipApplication._meta.get_field(name).null else ""


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
        max_length=_longest("city_name"),
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
        max_length=_longest("city_name_local"),
    )
    authority_level = _term("authority_level", label=_("What kind of authority is it?"))
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


class PostForm(StepForm):
    step = "post"
    title = _("You and your post")

    name = NameField(
        label=_("Your name"),
        help_text=_("As your colleagues write it."),
        max_length=_longest("name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    name_local = NameField(
        label=_("Your name in another script"),
        help_text=_("For example in Latin letters, for badges and visa letters."),
        required=False,
        max_length=_longest("name_local"),
    )
    role = forms.ChoiceField(
        label=_("What is your role?"),
        choices=[
            (role.value, capfirst(role.label))
            for role in Post.Role
            if role not in (Post.Role.EXPERT, Post.Role.STAFF)
        ],
        widget=forms.RadioSelect,
    )
    office = LineField(
        label=_("Your post"),
        help_text=_("For example: head of community safety."),
        max_length=_longest("office"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    department = LineField(
        label=_("Your department or office"),
        help_text=_("For example: mayor’s office, education department, municipal police."),
        max_length=_longest("department"),
    )
    sector = _term("sector", label=_("Your field of work"))
    email = WorkEmailField(
        label=_("Your work e-mail"),
        help_text=_(
            "An address of the city is checked fastest. A free address is fine too: we telephone the city instead."
        ),
        max_length=_longest("email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    employer_page = PageField(
        label=_("A page that names your office"),
        help_text=_(
            "On your employer’s website. If no page names your office, give its main page."
        ),
    )
    languages = TermsField(
        "language",
        label=_("Languages you work in"),
        help_text=_("We write to you in the language of this form."),
        required=False,
    )
    is_signatory = forms.TypedChoiceField(
        label=_("May you sign for the city?"),
        help_text=_(
            "The pledge is signed by whoever may bind the city: a mayor, governor or chief executive."
        ),
        choices=[("yes", _("Yes, I may sign")), ("no", _("No, somebody else may"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    person_listing = forms.ChoiceField(
        label=_("Who may see your name?"),
        choices=[(listing.value, capfirst(listing.label)) for listing in Person.Listing],
        widget=forms.RadioSelect,
        initial=Person.Listing.MEMBERS,
    )

    def first_languages(self):
        """The languages of the portal, always in view."""
        return [choice for choice in self["languages"] if _code(choice) in dict(settings.LANGUAGES)]

    def more_languages(self):
        """All others."""
        return [
            choice for choice in self["languages"] if _code(choice) not in dict(settings.LANGUAGES)
        ]

    @property
    def has_more_languages(self):
        """Is one of the others ticked?"""
        return any(choice.data["selected"] for choice in self.more_languages())

    def stored(self, application):
        said = {True: "yes", False: "no", None: None}
        return super().stored(application) | {"is_signatory": said[application.is_signatory]}


class ThemesForm(StepForm):
    step = "themes"
    title = _("Themes")

    themes = TermsField(
        "theme",
        label=_("What does your city want to work on with others?"),
        help_text=_("Tick what matters most to you now."),
    )
    motivation = TextField(
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
        super().__init__(*args, **options)
        self.pledge = PledgeVersion.objects.in_force()
        if self.pledge is None:
            del self.fields["agrees"]

    def stored(self, application):
        agreed = bool(self.pledge_of(application))
        read = application.privacy_version == MembershipApplication.PRIVACY_VERSION
        return {"agrees": agreed, "privacy": read}

    def pledge_of(self, application):
        """The pledge that was ticked, unless there is a newer one."""
        newest = PledgeVersion.objects.in_force()
        return newest if newest and application.pledge_id == newest.pk else None

    def answers(self):
        read = self.cleaned_data.get("privacy")
        return {
            "pledge": self.pledge if self.cleaned_data.get("agrees") else None,
            "privacy_version": MembershipApplication.PRIVACY_VERSION if read else None,
        }

    def unfit(self):
        return {}


FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (CityForm, PostForm, ThemesForm, PledgeForm)
}


def _say_what(field):
    """What to do about an empty answer, rather than that it is "required"."""
    if isinstance(field, TermsField):
        return _("Choose at least one.")
    return _("Choose one.") if isinstance(field, forms.ChoiceField) else _("Write an answer.")


def _code(choice):
    return str(choice.data["value"])
