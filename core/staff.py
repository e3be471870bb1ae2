"""The staff's workplace: how every list and page of the Django admin behaves."""

import re

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, TextField, URLField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.forms.widgets import Script
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from translated_fields.admin import TranslatedFieldAdmin

from core import journal
from core.answers import LinesField
from core.folding import Fold, fold

_NOTHING = Value("", output_field=TextField())
_SPACE = Value(" ", output_field=TextField())


class StaffSite(admin.AdminSite):
    """The door to the staff's pages; it may know more about who may see what than a page does."""

    def narrowed(self, user, queryset):
        """What is left of a page's rows for this member of staff."""
        return queryset


class StaffForms(BaseModelAdmin):
    """What a page and a table inside a page share: choices end where the reader's scope ends."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A field for one language says so, and runs the way its script does.

        Lines are compared as they are stored, so that saving a page without a change changes nothing.
        """
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        if isinstance(db_field, TextField):
            kwargs["form_class"] = LinesField
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        language = getattr(db_field, "_translated_field_language_code", None)
        if field and language:
            field.widget.attrs |= {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
        return field

    def get_field_queryset(self, db, db_field, request):
        """Only what the reader could open may be chosen, whatever number a forged form sends."""
        try:
            related = self.admin_site.get_model_admin(db_field.remote_field.model)
        except NotRegistered:
            return super().get_field_queryset(db, db_field, request)
        queryset = related.get_queryset(request)
        ordering = related.get_ordering(request)
        return queryset.order_by(*ordering) if ordering else queryset


class StaffAdmin(StaffForms, TranslatedFieldAdmin, admin.ModelAdmin):
    """A list and its pages for staff.

    Who may come in is the site's decision (network staff); what they find there is `scope`, and what the site's
    `narrowed` leaves of it. Whatever lies outside does not exist (404). Nothing is deleted. Changes are written to
    the journal, which is also the history. The search folds what is typed and what is stored: `search_fields` are
    paths of text fields of the model itself.
    """

    admin_site: StaffSite
    may_add = True
    may_change = True
    only_superusers = False

    actions_on_top = True
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    change_form_template = "admin/core/change_form.html"
    object_history_template = "admin/core/history.html"

    class Media:
        js = [Script("js/staff-names.js", type="module")]

    def scope(self, user, queryset):
        """The rows that exist for this member of staff."""
        return queryset

    def verbs(self, request, obj):
        """The steps this member of staff may take with the thing now: [{"label", "url", "danger"}]."""
        return []

    def get_queryset(self, request):
        queryset = self.scope(request.user, super().get_queryset(request))
        return self.admin_site.narrowed(request.user, queryset)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        if not self.admin_site.has_permission(request):
            return False
        if self.only_superusers and not request.user.is_superuser:
            return False
        return self._is_in_scope(request, obj)

    def has_add_permission(self, request):
        return self.may_add and self.has_view_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.may_change and self.has_view_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """The thing with this number, if it exists for the reader; else 404, as for a number never given."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj

    def get_search_results(self, request, queryset, search_term):
        words = fold(search_term).split()
        if not words:
            return queryset, False
        queryset = queryset.alias(searched=Fold(self.searched()))
        for word in words:
            queryset = queryset.filter(searched__contains=word)
        return queryset, False

    def searched(self):
        """The text a search looks into, as an expression."""
        parts = []
        for path in self.search_fields:
            parts += [Coalesce(Cast(F(path), TextField()), _NOTHING), _SPACE]
        return Concat(*parts, _NOTHING)

    def changelist_view(self, request, extra_context=None):
        """The page is called what it lists."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def construct_change_message(self, request, form, formsets, add=False):
        """The fields that changed; values stay out of the journal."""
        fields = list(form.changed_data)
        for formset in formsets or []:
            for part in formset.forms:
                fields += [f"{formset.prefix}.{name}" for name in part.changed_data]
        return fields

    def log_addition(self, request, obj, message):
        return journal.record("added", obj, by=request.user)

    def log_change(self, request, obj, message):
        return journal.record("changed", obj, by=request.user, fields=message)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= {"journal": journal.of(obj), "verbs": self.verbs(request, obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("What happened"),
            "subtitle": str(obj),
            "opts": self.opts,
            "original": obj,
            "journal": journal.of(obj),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _is_in_scope(self, request, obj):
        if obj is None or obj.pk is None:
            return True
        known = request.__dict__.setdefault("staff_scope", {})
        key = (self.opts.label_lower, obj.pk)
        if key not in known:
            known[key] = self.get_queryset(request).filter(pk=obj.pk).exists()
        return known[key]


class StaffInline(StaffForms):
    """A table of things inside the page of the thing they belong to; it obeys that page's rules."""

    parent_model: type[Model]
    extra = 0
    may_add = True
    may_change = True
    show_change_link = False

    def has_view_permission(self, request, obj=None):
        return self._page().has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return self.may_add and self._page().has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.may_change and self._page().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def _page(self):
        return self.admin_site.get_model_admin(self.parent_model)


class StaffTable(StaffInline, admin.TabularInline):
    """The same as rows of a table: its heads are no labels to those who hear the page, so each field has its own."""

    template = "admin/core/tabular.html"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and field.label:
            field.widget.attrs.setdefault("aria-label", str(capfirst(field.label)))
        return field


class StaffStack(StaffInline, admin.StackedInline):
    """The same one below the other."""


_FORMULA = re.compile(r"^[\s\0]*[=+\-@＝＋－＠\t\r\n|%]")


def cell(value):
    """A value as a spreadsheet may read it: text that looks like a formula is kept text (ASVS 1.2.10)."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
