"""Requests to read what is not open, and who may read it until when."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.staff import StaffAdmin
from hub import rules
from hub.actions import access
from hub.forms.access import DeclineForm, GrantForm
from hub.models import AccessGrant, AccessRequest, Record
from members.rules import standing


class LiveFilter(SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("live", _("holds today")), ("over", _("over"))]

    def queryset(self, request, queryset):
        live = AccessGrant.objects.live().values("pk")
        if self.value() == "live":
            return queryset.filter(pk__in=live)
        return queryset.exclude(pk__in=live) if self.value() == "over" else queryset


@admin.register(AccessRequest)
class AccessRequestAdmin(StaffAdmin):
    """Who asks to read what; the focal point of the owning city may answer too, and the first answer counts."""

    may_add = False
    may_change = False
    list_display = ["record", "who", "status", "asked_at", "decided_at"]
    list_display_links = ["record"]
    list_filter = ["status"]
    list_select_related = ["record", "by"]
    search_fields = ["record__code", "email", "by__email", "reason"]
    ordering = ["-asked_at", "-pk"]
    readonly_fields = [
        "record", "status", "who", "reason", "language", "asked_at", "decided_at", "decided_by", "answer",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    @admin.display(description=gettext_lazy("by"))
    def who(self, request):
        return request.by or request.email

    def verbs(self, request, obj):
        if obj.status != AccessRequest.Status.OPEN:
            return []
        if not rules.may_decide_access(request.user, obj):
            return []
        return [
            {
                "label": _("Let this person read it"),
                "url": self._url("grant", obj),
                "primary": True,
            },
            {"label": _("Decline"), "url": self._url("decline", obj), "danger": True},
        ]

    def get_urls(self):
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=self._name(name))
            for name, view in [("grant", self.grant), ("decline", self.decline)]
        ]
        return [*own, *super().get_urls()]

    def grant(self, request, pk):
        """Until when, and why; the second answer is refused (409)."""
        form = GrantForm(request.POST or None)
        return self._decide(request, pk, form, access.grant, _("Let this person read it"))

    def decline(self, request, pk):
        """Why not; the second answer is refused (409)."""
        form = DeclineForm(request.POST or None)
        return self._decide(request, pk, form, access.decline, _("Decline"))

    def _decide(self, request, pk, form, act, label):
        asked = self.get_object(request, str(pk))
        if not rules.may_decide_access(request.user, asked):
            raise PermissionDenied
        if form.is_valid():
            act(asked, **form.cleaned_data, by=request.user)
            messages.success(request, _("Done. A letter says so."))
            return redirect(self._url("change", asked))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": asked,
            "title": label,
            "label": label,
            "form": form,
            "back": self._url("change", asked),
        }
        return TemplateResponse(request, "admin/hub/accessrequest/decide.html", context)

    def _name(self, name):
        return f"hub_accessrequest_{name}"

    def _url(self, name, asked):
        return reverse(f"admin:{self._name(name)}", args=[asked.pk])


class DirectGrantForm(forms.ModelForm):
    """A grant without a request: to a member, for a record of a group, until a day."""

    class Meta:
        model = AccessGrant
        fields = ["record", "grantee", "reason", "until"]

    def clean_record(self):
        record = self.cleaned_data["record"]
        if record.visibility != "group":
            raise ValidationError(_("Only a record for a group is opened to one person."))
        return record

    def clean_grantee(self):
        grantee = self.cleaned_data["grantee"]
        if standing(grantee).kind != "member":
            raise ValidationError(_("Choose somebody who acts for a member city today."))
        return grantee

    def clean_until(self):
        AccessGrant.check_until(self.cleaned_data["until"])
        return self.cleaned_data["until"]


@admin.register(AccessGrant)
class AccessGrantAdmin(StaffAdmin):
    """Who may read a record of a group besides the group, until when, and by whose word."""

    form = DirectGrantForm
    list_display = ["record", "grantee", "until", "ended_at", "grantor"]
    list_display_links = ["record"]
    list_filter = [LiveFilter]
    list_select_related = ["record", "grantee", "grantor"]
    search_fields = ["record__code", "grantee__email"]
    ordering = ["-created_at", "-pk"]
    autocomplete_fields = ["record", "grantee"]
    readonly_fields = ["grantor", "created_at", "ended_at"]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        given = ["record", "grantee", "reason", "until"]
        return [*given, *self.readonly_fields] if obj else given

    def save_model(self, request, obj, form, change):
        """The action makes the grant; the page goes on with what it made."""
        facts = {name: form.cleaned_data[name] for name in ("grantee", "reason", "until")}
        made = access.grant_directly(form.cleaned_data["record"], **facts, by=request.user)
        obj.pk = made.pk

    def log_addition(self, request, obj, message):
        """The action has written it down."""

    def verbs(self, request, obj):
        if not obj.is_live:
            return []
        url = reverse("admin:hub_accessgrant_end", args=[obj.pk])
        return [{"label": _("End it now"), "url": url, "direct": True}]

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.end))
        return [path("<int:pk>/end/", view, name="hub_accessgrant_end"), *super().get_urls()]

    def end(self, request, pk):
        """From now on the grant opens nothing; a letter says so."""
        access.end(self.get_object(request, str(pk)), by=request.user)
        messages.success(request, _("The record is no longer open to this person."))
        return redirect("admin:hub_accessgrant_change", pk)


class WithGrants(StaffAdmin):
    """A record's page lists who reads it by a grant, and says when an embargo ends."""

    change_form_template = "admin/hub/record/change_form.html"

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if isinstance(obj, Record):
            context |= {
                "grants": obj.grants.live().with_people(),
                "is_embargoed": bool(obj.embargo_until and obj.embargo_until > timezone.now()),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
