"""Staff see the part of the world they look after, and nothing of the rest."""

from core.models import Term
from core.staff import StaffAdmin
from members import rules


class RegionalAdmin(StaffAdmin):
    """A list of things that lie in a region: `hub_path` leads to its regional hub."""

    hub_path = "hub"

    def scope(self, user, queryset):
        hubs = rules.standing(user).hubs
        return queryset if hubs is None else queryset.filter(**{f"{self.hub_path}__in": hubs})

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A thing can be put into one's own regions only, and somebody with regions must name one."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        hubs = rules.standing(request.user).hubs
        if field and db_field.name == "hub" and hubs is not None:
            field.queryset = Term.objects.of("hub").filter(pk__in=hubs)
            field.required = True
        return field
