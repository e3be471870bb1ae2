from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.lifecycle import IllegalMove
from core.staff import StaffAdmin, StaffTable
from core.templatetags.ui import moment
from outbox import letters, mail
from outbox.models import Attempt, Message

Status = Message.Status


class AttemptTable(StaffTable):
    model = Attempt
    may_add = False
    may_change = False
    fields = ["at", "outcome", "detail"]
    ordering = ["at", "pk"]


@admin.register(Message)
class MessageAdmin(StaffAdmin):
    """The queue of letters. One-time links are made when a letter is sent and shown to nobody here."""

    may_add = False
    may_change = False
    change_list_template = "admin/outbox/message/change_list.html"
    change_form_template = "admin/outbox/message/change_form.html"
    list_display = ["to", "letter", "status", "created_at", "answer"]
    list_filter = ["status", "kind", "language"]
    search_fields = ["to", "template", "key"]
    ordering = ["-created_at", "-pk"]
    actions = ["retry_chosen", "cancel_chosen"]
    inlines = [AttemptTable]
    fields = [
        "to", "letter", "language", "kind", "status", "created_at", "next_try", "failures", "sent_at", "answer",
        "identifier", "key", "content",
    ]  # fmt: skip

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/retry/", view(require_POST(self.retry)), name="outbox_message_retry"),
            path("<int:pk>/cancel/", view(require_POST(self.cancel)), name="outbox_message_cancel"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        states = self.get_queryset(request).by_state()
        return super().changelist_view(request, {"states": states} | (extra_context or {}))

    def retry(self, request, pk):
        """Send one letter again, or now; 409 when it was sent or is being sent."""
        return self._do(request, pk, mail.retry, _("The letter is sent again within seconds."))

    def cancel(self, request, pk):
        """Keep one letter from being sent; 409 when it was sent or is being sent."""
        return self._do(request, pk, mail.cancel, _("The letter is not sent."))

    @admin.action(description=_("Send the chosen letters again"), permissions=["view"])
    def retry_chosen(self, request, queryset):
        self._do_all(request, queryset, mail.retry)

    @admin.action(description=_("Cancel the chosen letters"), permissions=["view"])
    def cancel_chosen(self, request, queryset):
        self._do_all(request, queryset, mail.cancel)

    @admin.display(description=_("letter"), ordering="template")
    def letter(self, message):
        return message.template.rpartition("/")[2].removesuffix(".txt").replace("_", " ")

    @admin.display(description=_("next try"))
    def next_try(self, message):
        return moment(message.next_try_at) if message.status == Status.QUEUED else "–"

    @admin.display(description=_("Message-ID"))
    def identifier(self, message):
        return message.message_id

    @admin.display(description=_("what it says"))
    def content(self, message):
        """The letter as its reader gets it, but for the links."""
        context = {"message": message}
        if not message.erased_at:
            try:
                context["letter"] = letters.preview(message)
            except Exception as error:
                context["error"] = f"{type(error).__name__}: {error}"
        return render_to_string("admin/outbox/message/_content.html", context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["may_retry"] = obj.status == Status.QUEUED or obj.may_move_to(Status.QUEUED)
            context["may_cancel"] = obj.may_move_to(Status.CANCELLED)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _do(self, request, pk, verb, words):
        message = get_object_or_404(self.get_queryset(request), pk=pk)
        verb(message, by=request.user)
        messages.success(request, words)
        return redirect(reverse("admin:outbox_message_change", args=[pk]))

    def _do_all(self, request, queryset, verb):
        refused = done = 0
        for message in queryset:
            try:
                verb(message, by=request.user)
                done += 1
            except IllegalMove:
                refused += 1
        if done:
            words = ngettext("%(n)d letter changed.", "%(n)d letters changed.", done) % {"n": done}
            messages.success(request, words)
        if refused:
            words = ngettext(
                "%(n)d letter was left as it is: its state does not allow this.",
                "%(n)d letters were left as they are: their state does not allow this.",
                refused,
            )
            messages.warning(request, words % {"n": refused})
