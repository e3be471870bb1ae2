from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.forms.fields import LineField, NameField, PageField, WorkEmailField
from members.forms.steps.step import StepForm, longest
from members.forms.terms import TermsField, one_of
from members.models import Person, Post


class PostForm(StepForm):
    step = "post"
    title = _("You and your post")

    name = NameField(
        label=_("Your name"),
        help_text=_("As your colleagues write it."),
        max_length=longest("name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    name_local = NameField(
        label=_("Your name in another script"),
        help_text=_("For example in Latin letters, for badges and visa letters."),
        required=False,
        max_length=longest("name_local"),
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
        max_length=longest("office"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    department = LineField(
        label=_("Your department or office"),
        help_text=_("For example: mayor’s office, education department, municipal police."),
        max_length=longest("department"),
    )
    sector = one_of("sector", label=_("Your field of work"))
    email = WorkEmailField(
        label=_("Your work e-mail"),
        help_text=_(
            "An address of the city is checked fastest. A free address is fine too: we telephone the city instead."
        ),
        max_length=longest("email"),
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


def _code(choice):
    return str(choice.data["value"])
