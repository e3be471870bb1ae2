from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.staff import StaffAdmin
from hub import rules
from hub.actions import adaptations
from hub.models import Adaptation


@admin.register(Adaptation)
class AdaptationAdmin(StaffAdmin):
    """What cities made of other cities' records. Hidden, it stands on no page; nothing is deleted."""

    list_display = ["source", "city", "status", "start_date", "result", "updated", "is_hidden"]
    list_filter = ["status", "is_hidden", "city__country"]
    list_select_related = ["source", "city", "result"]
    search_fields = ["source__code", "city__name_en", "city__name_fr", "city__name_ar"]
    ordering = ["-updated_at", "-pk"]
    autocomplete_fields = ["source", "city", "result"]
    readonly_fields = ["status", "created_at", "updated_at"]
    fields = [
        "source", "city", "status", "is_hidden", "start_date", "end_date", "cost_amount", "cost_currency", "result",
        "kept_en", "kept_fr", "kept_ar", "changed_en", "changed_fr", "changed_ar",
        "outcome_en", "outcome_fr", "outcome_ar", "created_at", "updated_at",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("updated"), ordering="updated_at")
    def updated(self, adaptation):
        return adaptation.updated_at.date()

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(["source", "city"] if obj else [])]

    def save_model(self, request, obj, form, change):
        obj.updated_at = timezone.now()
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def verbs(self, request, obj):
        if not rules.may_edit(request.user):
            return []
        return [
            {
                "label": _("Now: %(status)s") % {"status": status.label},
                "url": reverse("admin:hub_adaptation_move", args=[obj.pk, status.value]),
                "direct": True,
            }
            for status in Adaptation.Status
            if obj.may_move_to(status)
        ]

    def get_urls(self):
        move = self.admin_site.admin_view(require_POST(self.move))
        return [
            path("<int:pk>/move/<slug:status>/", move, name="hub_adaptation_move"),
            *super().get_urls(),
        ]

    def move(self, request, pk, status):
        """Staff correct how far the city is."""
        adaptation = self.get_object(request, str(pk))
        if not rules.may_edit(request.user):
            raise PermissionDenied
        if status not in Adaptation.Status.values:
            raise Http404
        adaptations.move(adaptation, status, by=request.user)
        return redirect(reverse("admin:hub_adaptation_change", args=[pk]))
