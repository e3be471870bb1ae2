from django.contrib import admin
from django.db.models import Exists, F, Func, OuterRef, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.staff import StaffTable
from members import rules
from members.actions import people
from members.actions.cities import folded_names
from members.admin.forms import ReasonForm
from members.admin.scope import RegionalAdmin
from members.admin.steps import Step, WithSteps
from members.models import City, CityDomain, CityMembership, Post

Membership = CityMembership.Status


class FocalPointFilter(admin.SimpleListFilter):
    title = _("focal point")
    parameter_name = "focal_point"

    def lookups(self, request, model_admin):
        return [("none", _("member without one")), ("some", _("has one"))]

    def queryset(self, request, queryset):
        live = Exists(Post.objects.live().filter(city=OuterRef("pk"), is_focal_point=True))
        if self.value() == "none":
            return queryset.members().filter(~live)
        if self.value() == "some":
            return queryset.filter(live)
        return queryset


class MembershipFilter(admin.SimpleListFilter):
    title = _("membership")
    parameter_name = "membership"

    def lookups(self, request, model_admin):
        return Membership.choices

    def queryset(self, request, queryset):
        if self.value():
            return queryset.filter(memberships__status=self.value()).distinct()
        return queryset


class CityMembershipTable(StaffTable):
    model = CityMembership
    fields = ["kind", "status", "since", "until", "decision_note"]
    readonly_fields = ["status"]


class CityDomainTable(StaffTable):
    model = CityDomain
    fields = ["domain", "kind", "verified_by", "verified_at"]
    readonly_fields = ["verified_by", "verified_at"]


def _membership(city):
    return CityMembership.objects.filter(city=city).exclude(status=Membership.LEFT).first()


def _may_move_to(status):
    def fits(city):
        membership = _membership(city)
        return membership is not None and membership.may_move_to(status)

    return fits


@admin.register(City)
class CityAdmin(WithSteps, RegionalAdmin):
    list_display = ["name", "country", "hub", "membership", "population", "listing", "risk_flag"]
    list_filter = [MembershipFilter, FocalPointFilter, "hub", "listing", "risk_flag"]
    list_select_related = ["country", "hub"]
    search_fields = ["slug"]
    search_help_text = _("Any name, in any script or spelling.")
    ordering = ["name_en", "pk"]
    autocomplete_fields = ["country", "authority_level", "themes"]
    readonly_fields = ["created_at"]
    inlines = [CityMembershipTable, CityDomainTable]
    fieldsets = [
        (None, {"fields": ["name_en", "name_fr", "name_ar", "official_name", "aliases", "slug"]}),
        (
            _("Where it is"),
            {"fields": ["country", "hub", "geoname_id", "lat", "lon", "time_zone"]},
        ),
        (
            _("What it is"),
            {"fields": ["authority_level", "population", "population_band", "website", "themes"]},
        ),
        (_("Who may know"), {"fields": ["listing", "risk_flag", "is_founder", "created_at"]}),
    ]
    steps = [
        Step(
            "suspend",
            _("Suspend the membership"),
            lambda city, **facts: people.suspend_city(_membership(city), **facts),
            may=lambda user, city: rules.looks_after(user, city.hub_id),
            fits=_may_move_to(Membership.SUSPENDED),
            question=_("Suspend the membership of this city?"),
            explanation=_(
                "Everybody who acts for it stands outside at once, and is told why by letter."
            ),
            done=_("The membership is suspended."),
            form=ReasonForm,
            danger=True,
            sensitive=True,
        ),
        Step(
            "reinstate",
            _("Reinstate the membership"),
            lambda city, **facts: people.reinstate_city(_membership(city), **facts),
            may=lambda user, city: rules.looks_after(user, city.hub_id),
            fits=_may_move_to(Membership.ACTIVE),
            question=_("Make this city a member again?"),
            explanation=_(
                "The people who act for it have what their posts give, and are told by letter."
            ),
            done=_("The city is a member again."),
            form=ReasonForm,
            sensitive=True,
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("memberships")

    def searched(self):
        """The names as they are stored for the search: folded already, folded again to no effect."""
        names = Func(
            F("folded_names"), Value(" "), function="array_to_string", output_field=TextField()
        )
        return Coalesce(names, Value(""))

    def save_model(self, request, obj, form, change):
        obj.folded_names = folded_names(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Whoever writes a domain down vouches for it."""
        for part in formset.forms:
            if formset.model is CityDomain and part.has_changed():
                _vouch(part.instance, request.user)
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("membership"))
    def membership(self, city):
        standing = [each for each in city.memberships.all() if each.status != Membership.LEFT]
        return standing[0].get_status_display() if standing else _("none")


def _vouch(domain, user):
    domain.domain = domain.domain.lower().strip().removeprefix("@")
    domain.verified_by, domain.verified_at = user, timezone.now()


@admin.register(CityDomain)
class CityDomainAdmin(RegionalAdmin):
    """Domains by which colleagues are recognised; those of no city (free mail) are for staff of everywhere."""

    hub_path = "city__hub"
    list_display = ["domain", "city", "kind", "verified_by", "verified_at"]
    list_filter = ["kind"]
    list_select_related = ["city", "verified_by"]
    search_fields = ["domain"]
    ordering = ["domain", "pk"]
    autocomplete_fields = ["city"]
    readonly_fields = ["verified_by", "verified_at"]
    fields = ["domain", "city", "kind", "verified_by", "verified_at"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A domain of no city holds for the whole network."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "city" and rules.standing(request.user).hubs is not None:
            field.required = True
        return field

    def save_model(self, request, obj, form, change):
        _vouch(obj, request.user)
        super().save_model(request, obj, form, change)
