from django.contrib import admin

from core.staff import StaffAdmin
from members.admin.scope import RegionalAdmin
from members.models import PledgeAcceptance, PledgeVersion


@admin.register(PledgeVersion)
class PledgeVersionAdmin(StaffAdmin):
    """The text of the pledge; what somebody has agreed to is never rewritten."""

    list_display = ["number", "valid_from"]
    search_fields = ["text_en", "text_fr", "text_ar"]
    ordering = ["-number"]
    fields = ["number", "valid_from", "text_en", "text_fr", "text_ar"]

    def has_add_permission(self, request):
        return request.user.is_superuser and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return (
            request.user.is_superuser
            and not (obj and PledgeAcceptance.objects.filter(version=obj).exists())
            and super().has_change_permission(request, obj)
        )


@admin.register(PledgeAcceptance)
class PledgeAcceptanceAdmin(RegionalAdmin):
    """Who agreed to which text, in what office: evidence, so only to read."""

    hub_path = "city__hub"
    may_add = False
    may_change = False
    list_display = ["city", "version", "signatory", "office", "language", "signed_at"]
    list_filter = ["version", "language"]
    list_select_related = ["city", "version", "signatory"]
    search_fields = ["office"]
    ordering = ["-signed_at", "pk"]
    fields = ["city", "version", "language", "signatory", "office", "signed_at"]
