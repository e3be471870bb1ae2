from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Term
from members import rules
from members.admin.steps import StepForm
from members.models import City, MembershipApplication, Person, Post, User, VettingCheck

LONGEST_TEXT = 4000
_LEFT = [MembershipApplication.Status.WITHDRAWN, MembershipApplication.Status.EXPIRED]


def _text(label, help_text=""):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


class AccountForm(forms.ModelForm):
    """A new account; whoever it belongs to chooses the password."""

    class Meta:
        model = User
        fields = ["email", "language", "is_staff"]


class ReasonForm(StepForm):
    reason = _text(_("Reason"), _("The people concerned read this, in the words you write."))


class AskForm(StepForm):
    text = _text(_("Your question"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _written_in(self.thing)


class NoteForm(StepForm):
    text = _text(_("Note"), _("For colleagues; the applicant never sees it."))


class DeclineForm(StepForm):
    reason = forms.ModelChoiceField(label=_("Reason"), queryset=Term.objects.none())
    text = _text(_("In words"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _choice(self, "reason").queryset = Term.objects.of("decline_reason").current()
        self.fields["text"].help_text = _written_in(self.thing)


class CheckForm(StepForm):
    """What a person can look at; the rest is looked at automatically."""

    kind = forms.ChoiceField(label=_("Check"), choices=VettingCheck.Kind.choices)
    result = forms.ChoiceField(label=_("Result"), choices=VettingCheck.Result.choices)
    detail = _text(_("What was found"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [VettingCheck.Kind.CALL_BACK, VettingCheck.Kind.LETTER]
        by_hand = [(kind.value, kind.label) for kind in kinds]
        others = [choice for choice in VettingCheck.Kind.choices if choice[0] not in kinds]
        _choice(self, "kind").choices = by_hand + others
        self.fields["detail"].widget.attrs["rows"] = 3


class DuplicateForm(StepForm):
    of = forms.ModelChoiceField(
        label=_("Which application goes on"), queryset=MembershipApplication.objects.none()
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _choice(self, "of").queryset = _doubles_of(self.thing, self.user)


class CityForm(StepForm):
    city = forms.ModelChoiceField(
        label=_("Member city"),
        queryset=City.objects.none(),
        help_text=_("Member cities of the same country that have a focal point."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _choice(self, "city").queryset = _answering_cities(self.thing, self.user)
        self.initial.setdefault("city", self.thing.city_id or _likely_city(self.thing))


class AssignForm(forms.Form):
    """Whose the chosen applications shall be."""

    to = forms.ModelChoiceField(
        label=_("Assign to"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("email"),
    )


def _choice(form, name) -> forms.ModelChoiceField:
    return form.fields[name]


def _written_in(application):
    return _("Write in %(language)s: the applicant reads it as you write it.") % {
        "language": application.get_language_display()
    }


def _doubles_of(application, user):
    """Other applications of the reader's regions, of the same country, those named by the checks first of all."""
    others = MembershipApplication.objects.filter(confirmed_at__isnull=False)
    others = others.exclude(pk=application.pk).exclude(status__in=_LEFT)
    hubs = rules.standing(user).hubs
    if hubs is not None:
        others = others.in_hubs(hubs)
    named = _found(application, "applications")
    return others.filter(Q(pk__in=named) | Q(country=application.country_id)).order_by(
        "-confirmed_at"
    )


def _answering_cities(application, user):
    focal = Post.objects.live().filter(is_focal_point=True, person__status=Person.Status.ACTIVE)
    cities = City.objects.members().filter(posts__in=focal)
    hubs = rules.standing(user).hubs
    if hubs is not None:
        cities = cities.in_hubs(hubs)
    if application.country_id:
        cities = cities.filter(country=application.country_id)
    return cities.order_by("name_en", "pk")


def _likely_city(application):
    return next(iter(_found(application, "cities")), None)


def _found(application, kind):
    return [pk for check in application.checks.all() for pk in check.found.get(kind, [])]
