from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import MembershipApplication

Status = MembershipApplication.Status


class QueueFilter(admin.SimpleListFilter):
    """Whom an application waits for; without a choice, what staff have to move."""

    title = _("waits for")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [
            ("ours", _("us")),
            ("doubles", _("us, with a possible double")),
            ("applicant", _("the applicant")),
            ("city", _("the city’s focal point")),
            ("joined", _("another application")),
            ("decided", _("nobody: decided")),
            ("all", _("all")),
        ]

    def choices(self, changelist):
        """No "All" of Django's own: the first choice is what one sees without choosing."""
        chosen = self.value() or "ours"
        for value, label in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request, queryset):
        match self.value() or "ours":
            case "ours":
                return queryset.waiting_for_staff()
            case "doubles":
                return queryset.waiting_for_staff().with_possible_double()
            case "applicant":
                return queryset.in_staff_queue().filter(status=Status.MORE_INFO)
            case "city":
                return queryset.filter(status=Status.AWAITING_CITY)
            case "joined":
                return queryset.open().filter(joined_to__isnull=False)
            case "decided":
                return queryset.exclude(status__in=MembershipApplication.OPEN)
            case _:
                return queryset


class DueFilter(admin.SimpleListFilter):
    title = _("answer due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("late", _("late")), ("week", _("within a week"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "late":
            return queryset.filter(due_on__lt=today)
        if self.value() == "week":
            return queryset.filter(due_on__gte=today, due_on__lte=today + timedelta(days=7))
        return queryset


class AssignedFilter(admin.SimpleListFilter):
    title = _("assigned to")
    parameter_name = "assigned"

    def lookups(self, request, model_admin):
        return [("me", _("me")), ("nobody", _("nobody")), ("others", _("colleagues"))]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(assigned_to=request.user)
        if self.value() == "nobody":
            return queryset.filter(assigned_to__isnull=True)
        if self.value() == "others":
            return queryset.filter(assigned_to__isnull=False).exclude(assigned_to=request.user)
        return queryset


class StateFilter(admin.SimpleListFilter):
    """The states staff ever see: what was not confirmed is nobody's but its writer's."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        unseen = MembershipApplication.NOT_CONFIRMED
        return [choice for choice in Status.choices if choice[0] not in unseen]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset
