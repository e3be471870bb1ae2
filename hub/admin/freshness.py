"""How staff find the records that somebody should look at again."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models import Record


class FreshnessFilter(admin.SimpleListFilter):
    title = _("still right?")
    parameter_name = "fresh"

    def lookups(self, request, model_admin):
        return [
            ("due", _("To be confirmed within 30 days, or late")),
            ("late", _("Late")),
            ("confirmed", _("Confirmed within a year")),
        ]

    def queryset(self, request, queryset):
        today = timezone.now().date()
        if self.value() == "due":
            return queryset.filter(pk__in=Record.objects.waiting_for_confirmation(today))
        if self.value() == "late":
            return queryset.filter(status="published", review_due__lt=today)
        if self.value() == "confirmed":
            return queryset.filter(last_confirmed_on__gt=today - timedelta(days=365))
        return queryset
