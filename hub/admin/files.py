"""Files as staff look after them: what waits for the scanner, what was refused, what could not be read, who got it."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import scanner, wakeup
from core.models import JournalEntry
from core.staff import StaffAdmin
from hub.actions import extraction, scanning
from hub.actions.files import LOOK
from hub.models import RecordFile

A_PAGE = 100


class ReadingFilter(admin.SimpleListFilter):
    title = gettext_lazy("words in it")
    parameter_name = "words"

    def lookups(self, request, model_admin):
        return [("read", _("found by the search")), ("problem", _("could not be read"))]

    def queryset(self, request, queryset):
        if self.value() == "read":
            return queryset.filter(text__problem="")
        if self.value() == "problem":
            return queryset.filter(text__isnull=False).exclude(text__problem="")
        return queryset


@admin.register(RecordFile)
class RecordFileAdmin(StaffAdmin):
    """Every file of the library, on the shelf or still with what members write. It is changed there, not here."""

    may_add = False
    may_change = False
    list_display = ["title", "place", "scan", "scan_note", "problem", "sent_by", "added_at"]
    list_filter = ["scan", ReadingFilter, "visibility", "language"]
    list_select_related = ["record", "contribution", "text", "added_by__person"]
    search_fields = ["title", "record__code", "scan_note"]
    ordering = ["-added_at", "-pk"]
    actions = ["scan_again", "read_again"]
    readonly_fields = [
        "title", "opened", "place", "language", "licence", "visibility", "transcript", "content_type", "bytes",
        "sha256", "scan", "scan_note", "scanned_at", "problem", "sent_by", "added_at",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    @admin.display(description=gettext_lazy("where"))
    def place(self, file):
        """The record, or what a member writes."""
        if file.record:
            address = reverse("admin:hub_record_change", args=[file.record.pk])
            return format_html('<a href="{}"><span dir="ltr">{}</span></a>', address, file.record)
        address = reverse("admin:hub_contribution_change", args=[file.contribution.pk])
        return format_html('<a href="{}">{}</a>', address, file.contribution)

    @admin.display(description=gettext_lazy("open"))
    def opened(self, file):
        """Staff too are given clean files alone."""
        if file.scan != RecordFile.Scan.CLEAN:
            return ""
        return format_html('<a href="{}">{}</a>', _address(file), file.title)

    @admin.display(description=gettext_lazy("size"))
    def bytes(self, file):
        return filesizeformat(file.size)

    @admin.display(description=gettext_lazy("why it could not be read"))
    def problem(self, file):
        said = getattr(file, "text", None)
        return _(said.problem) if said and said.problem else ""

    @admin.display(description=gettext_lazy("sent by"), ordering="added_by")
    def sent_by(self, file):
        return getattr(file.added_by, "person", file.added_by) or ""

    @admin.action(description=gettext_lazy("Have them scanned again"), permissions=["view"])
    def scan_again(self, request, queryset):
        if not scanner.is_on():
            self.message_user(request, _("There is no virus scanner here."), messages.WARNING)
            return
        for file in queryset:
            scanning.scan_again(file, by=request.user)
        wakeup.wake(LOOK)
        self.message_user(request, _("They are scanned again. Until then nobody is given them."))

    @admin.action(description=gettext_lazy("Have their words read again"), permissions=["view"])
    def read_again(self, request, queryset):
        for file in queryset:
            extraction.read_again(file, by=request.user)
        wakeup.wake(LOOK)
        self.message_user(request, _("Their words are read again."))


class WithDownloads(StaffAdmin):
    """The page of a record that says who was given which of its files, and when."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.downloads)
        return [path("<int:pk>/downloads/", view, name="hub_record_downloads"), *super().get_urls()]

    def downloads(self, request, pk):
        """The newest first, a hundred on a page."""
        record = self.get_object(request, str(pk))
        files = {file.pk: file for file in record.files.all()}
        given = (
            JournalEntry.objects.filter(
                verb="downloaded", subject_type=RecordFile._meta.label_lower, subject_id__in=files
            )
            .select_related("by__person")
            .order_by("-at", "-pk")
        )
        page = Paginator(given, A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": record,
            "title": _("Who downloaded its files"),
            "page": page,
        }
        return TemplateResponse(request, "admin/hub/record/downloads.html", context)


def _address(file):
    """Where the file is handed out, to whoever may have it."""
    if file.record:
        return reverse("hub:file", args=[file.record.code, file.pk])
    return reverse("hub:contribution_file", args=[file.contribution.uid, file.pk])
