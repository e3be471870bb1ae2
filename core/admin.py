from django.contrib import admin
from django.db.models import FileField
from django.forms import FileInput
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.models import Job, JournalEntry, Media, Term
from core.staff import StaffAdmin

LABELS = ["label_en", "label_fr", "label_ar"]


@admin.register(Term)
class TermAdmin(StaffAdmin):
    """The controlled words. All staff read them; they hold for everybody, so superusers change them."""

    list_display = ["code", *LABELS, "vocabulary", "broader", "valid_from", "valid_to"]
    list_filter = ["vocabulary"]
    list_select_related = ["broader"]
    search_fields = ["code", *LABELS]
    ordering = ["vocabulary", "position", "code"]
    autocomplete_fields = ["broader"]
    readonly_fields = ["edited"]
    fields = [
        "vocabulary", "code", *LABELS, "definition_en", "definition_fr", "definition_ar", "broader", "hub",
        "position", "exact_match", "note", "valid_from", "valid_to", "edited",
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """A code never changes: records point at its meaning."""
        return [*self.readonly_fields, "vocabulary", "code"] if obj else self.readonly_fields

    def has_add_permission(self, request):
        return request.user.is_superuser and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        """From now on the published list leaves this term alone."""
        obj.edited = True
        super().save_model(request, obj, form, change)


@admin.register(JournalEntry)
class JournalEntryAdmin(StaffAdmin):
    """The whole journal, to read. Staff see the part of a thing on its own page; all of it is for superusers."""

    may_add = False
    may_change = False
    only_superusers = True
    list_display = ["at", "verb", "subject_name", "subject_type", "by"]
    list_filter = ["verb", "subject_type"]
    list_select_related = ["by"]
    search_fields = ["verb", "subject_name"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = ["at", "verb", "subject_name", "subject_type", "subject_id", "by", "facts"]


@admin.register(Media)
class MediaAdmin(StaffAdmin):
    list_display = ["title", "author", "licence", "is_public", "created_at"]
    list_filter = ["is_public", "licence"]
    list_select_related = ["licence"]
    search_fields = ["title", "author", "alt_en", "alt_fr", "alt_ar"]
    ordering = ["-created_at"]
    readonly_fields = ["opened", "created_at"]
    formfield_overrides = {FileField: {"widget": FileInput}}
    fields = [
        "file", "opened", "title", "author", "source_url", "licence", "changes", "alt_en", "alt_fr", "alt_ar",
        "is_public", "created_at",
    ]  # fmt: skip

    def get_fields(self, request, obj=None):
        """Before it is saved there is nothing to open."""
        return self.fields if obj else [name for name in self.fields if name != "opened"]

    @admin.display(description=_("file"))
    def opened(self, media):
        """Files have no address of their own: a view decides who may open them."""
        if not media.pk:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("core:media", args=[media.uid]), media.title
        )


@admin.register(Job)
class JobAdmin(StaffAdmin):
    """Long work: one's own, or all of it for superusers."""

    may_add = False
    may_change = False
    list_display = ["kind", "owner", "status", "done", "total", "created_at", "finished_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["owner"]
    search_fields = ["kind"]
    ordering = ["-created_at"]
    fields = [
        "kind", "owner", "status", "done", "total", "attempts", "created_at", "finished_at", "params", "result",
        "error",
    ]  # fmt: skip

    def scope(self, user, queryset):
        return queryset if user.is_superuser else queryset.visible_to(user)
