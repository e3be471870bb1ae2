from django.contrib import admin, messages
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import wakeup
from core.models import Term
from hub import rules
from hub.actions import records, revisions
from hub.actions.files import LOOK, take_in
from hub.admin.access import WithGrants
from hub.admin.audience import WithManyAudiences
from hub.admin.files import WithDownloads
from hub.admin.forms import AudienceForm
from hub.admin.freshness import FreshnessFilter
from hub.admin.imports import ImportPages
from hub.admin.inlines import (
    CityTable,
    EvaluationTable,
    FileTable,
    LinkTable,
    RelationTable,
    TextStack,
)
from hub.admin.moves import WithMoves
from hub.admin.translations import WithTranslations
from hub.models import Record, RecordFile, RecordText

Status = Record.Status


class ThemeFilter(admin.SimpleListFilter):
    title = gettext_lazy("theme")
    parameter_name = "theme"

    def lookups(self, request, model_admin):
        return [(term.code, term.label) for term in Term.objects.of(Term.Vocabulary.THEME)]

    def queryset(self, request, queryset):
        if self.value():
            return queryset.filter(terms__vocabulary="theme", terms__code=self.value())
        return queryset


@admin.register(Record)
class RecordAdmin(
    ImportPages, WithMoves, WithManyAudiences, WithGrants, WithTranslations, WithDownloads
):
    """The shelf as its editors see it. A status moves by its buttons; who may read is a page of its own."""

    change_list_template = "admin/hub/record/change_list.html"
    list_display = ["title", "code", "kind", "status", "visibility", "languages", "updated"]
    list_display_links = ["title"]
    list_filter = [
        "status", "kind", "visibility", ThemeFilter, FreshnessFilter, "original_language", "is_fictional",
    ]  # fmt: skip
    search_fields = ["code", "lead_organization"]
    search_help_text = gettext_lazy("Code, title in any language, or who leads it.")
    ordering = ["-updated_at", "-pk"]
    autocomplete_fields = ["terms"]
    moves = {
        "publish": records.publish,
        "return": records.return_to_draft,
        "archive": records.archive,
    }
    inlines = [TextStack, FileTable, LinkTable, CityTable, RelationTable, EvaluationTable]
    readonly_fields = ["status", "revision", "created_at", "updated_at", "published_at"]
    fieldsets = [
        (None, {"fields": ["code", "kind", "status", "original_language"]}),
        (gettext_lazy("Who may read it"), {"fields": ["visibility", "groups", "embargo_until"]}),
        (gettext_lazy("Codes"), {"fields": ["terms", "licence", "internet_dependence"]}),
        (
            gettext_lazy("When and by whom"),
            {
                "fields": [
                    "lead_organization", "start_date", "start_precision", "end_date",
                    "is_fictional", "from_public_record",
                ]
            },
        ),
        (
            gettext_lazy("Evidence"),
            {
                "fields": [
                    "self_declared_on", "city_endorsed_on", "staff_checked_on", "peer_reviewed_on",
                    "last_confirmed_on", "review_due", "revision", "created_at", "updated_at", "published_at",
                ]
            },
        ),
    ]  # fmt: skip

    # --- lists

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    def searched(self):
        titles = (
            RecordText.objects.filter(record=OuterRef("pk"))
            .values("record")
            .annotate(all=StringAgg("title", " ", output_field=TextField()))
            .values("all")
        )
        return Concat(
            super().searched(),
            Coalesce(Subquery(titles), Value(""), output_field=TextField()),
            output_field=TextField(),
        )

    @admin.display(description=gettext_lazy("title"))
    def title(self, record):
        return record.text() or record.code

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, record):
        return " ".join(text.language for text in record.readable_texts())

    @admin.display(description=gettext_lazy("updated"), ordering="updated_at")
    def updated(self, record):
        return record.updated_at.date()

    # --- the page

    def get_readonly_fields(self, request, obj=None):
        """A code never changes; an audience changes on its own page, which asks before it widens."""
        return [*self.readonly_fields, *(["code", "visibility", "groups"] if obj else [])]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        for part, label in zip(
            form.base_fields["embargo_until"].widget.widgets, [_("Date"), _("Time")], strict=True
        ):
            part.attrs["aria-label"] = label
        if "code" in form.base_fields:
            form.base_fields["code"].required = False
            form.base_fields["code"].help_text = _("Left empty, the next free code is given.")
        return form

    def verbs(self, request, obj):
        if not rules.may_edit(request.user):
            return []
        moves = [
            ("publish", _("Publish"), Status.PUBLISHED),
            ("return", _("Return to draft"), Status.DRAFT),
            ("archive", _("Archive"), Status.ARCHIVED),
        ]
        return [
            {"label": _("See it in the library"), "url": reverse("hub:record", args=[obj.code])},
            {"label": _("Who may read it"), "url": self._url("audience", obj)},
            {"label": _("Who downloaded its files"), "url": self._url("downloads", obj)},
            *(
                {"label": label, "url": self._url(name, obj), "direct": True}
                for name, label, status in moves
                if obj.may_move_to(status)
            ),
        ]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.code = obj.code or records.next_code(obj.kind)
            obj.created_by = request.user
        else:
            revisions.keep(
                Record.objects.get(pk=obj.pk)
            )  # as it was: nothing of this form is saved yet
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """What is said of a file is read from the file."""
        if formset.model is RecordFile:
            for part in formset.forms:
                if "file" in part.changed_data:
                    take_in(part.instance, part.cleaned_data["file"], by=request.user)
                    wakeup.after_commit(LOOK)
        super().save_formset(request, form, formset, change)

    def save_related(self, request, form, formsets, change):
        """The change counts, is found and stands in the journal once all its parts are saved."""
        super().save_related(request, form, formsets, change)
        fields = self.construct_change_message(request, form, formsets)
        if not change:
            records.enter(form.instance, by=request.user)
        elif fields:
            records.revise(
                form.instance,
                fields=fields,
                original_changed=_original_changed(form.instance, formsets),
                by=request.user,
            )

    def log_addition(self, request, obj, message):
        """The action has written it down."""

    def log_change(self, request, obj, message):
        """The action has written it down."""

    # --- what its buttons do

    def get_urls(self):
        return [
            path("<int:pk>/audience/", self._guarded(self.audience), name="hub_record_audience"),
            *self.import_urls(),
            *super().get_urls(),
        ]

    def audience(self, request, pk):
        """Change who may read the record and its files; what lets new readers in is asked once more."""
        record = self._editable(request, pk)
        form = AudienceForm(request.POST or None, record=record)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, "audience", record, form=form)
        audience = form.audience()
        if record.would_widen(**audience) and "confirmed" not in request.POST:
            return self._page(request, "audience_confirm", record, form=form, audience=audience)
        records.change_audience(record, **audience, by=request.user)
        messages.success(request, _("This holds from now on, everywhere."))
        return redirect(self._url("change", record))

    def _page(self, request, name, record, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": record,
            "title": _("Import records") if name.startswith("import") else _("Who may read it"),
        }
        return TemplateResponse(request, f"admin/hub/record/{name}.html", context)

    def _guarded(self, view):
        return self.admin_site.admin_view(view)


def _original_changed(record, formsets):
    return any(
        formset.model is RecordText
        and any(
            form.has_changed() and form.instance.language == record.original_language
            for form in formset.forms
        )
        for formset in formsets
    )
