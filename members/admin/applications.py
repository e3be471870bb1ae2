from django.contrib import admin
from django.db.models import F
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core import files, journal, limits
from core.lifecycle import IllegalMove
from members import rules
from members.actions import vetting
from members.admin.dossier import dossier
from members.admin.filters import AssignedFilter, DueFilter, QueueFilter, StateFilter
from members.admin.forms import AssignForm
from members.admin.scope import RegionalAdmin
from members.admin.steps import WithSteps
from members.admin.vetting_steps import CHECK, NOTE, STEPS
from members.models import Attachment, MembershipApplication

Status = MembershipApplication.Status

READ_AGAIN_SECONDS = 3600


@admin.register(MembershipApplication)
class MembershipApplicationAdmin(WithSteps, RegionalAdmin):
    """The queue, and behind each line the dossier. Nothing is edited: every change is a step."""

    may_add = False
    may_change = False
    list_display = [
        "number",
        "city_name",
        "country",
        "status",
        "due_on",
        "assigned_to",
        "name",
        "hub",
    ]
    list_display_links = ["number", "city_name"]
    list_filter = [QueueFilter, DueFilter, AssignedFilter, StateFilter, "route", "hub"]
    list_select_related = ["country", "assigned_to", "hub"]
    search_fields = ["city_name", "city_name_local", "name", "name_local", "email", "office"]
    search_help_text = _("City, person, address or number, in any script or spelling.")
    ordering = [F("due_on").asc(nulls_last=True), "pk"]
    actions = ["assign"]
    steps = STEPS

    def scope(self, user, queryset):
        """What nobody confirmed or sent is nobody's but the applicant's."""
        sent = queryset.filter(confirmed_at__isnull=False).exclude(
            status__in=[Status.DRAFT, Status.UNCONFIRMED]
        )
        return super().scope(user, sent)

    def get_urls(self):
        attachment = path(
            "<int:pk>/files/<int:file>/",
            self.admin_site.admin_view(self.attachment),
            name="members_membershipapplication_attachment",
        )
        return [attachment, *super().get_urls()]

    def get_search_results(self, request, queryset, search_term):
        """SCN-A-0042 is a number, and so is 42."""
        digits = search_term.strip().upper().removeprefix("SCN-A-")
        if digits.isdecimal() and len(digits) < 10:
            return queryset.filter(pk=int(digits)), False
        return super().get_search_results(request, queryset, search_term)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The dossier on one page. That it was read is written down, once an hour for each reader."""
        application = self.get_object(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if limits.allow(
            f"read:{request.user.pk}:{application.pk}", most=1, seconds=READ_AGAIN_SECONDS
        ):
            journal.record("read", application, by=request.user)
        may = rules.may_vet(request.user, application)
        context = {
            **self.admin_site.each_context(request),
            "title": str(application.city_name or application.number),
            "subtitle": None,
            "opts": self.opts,
            "original": application,
            "application": application,
            "may_vet": may,
            "may_check": may and CHECK.fits(application),
            "verbs": self.verbs(request, application),
            "check_form": CHECK.form(thing=application, user=request.user),
            "check_url": self._url(CHECK, application),
            "note_form": NOTE.form(thing=application, user=request.user),
            "note_url": self._url(NOTE, application),
            **dossier(application, request.user),
        }
        return TemplateResponse(
            request, "admin/members/membershipapplication/dossier.html", context
        )

    @admin.display(description=_("number"))
    def number(self, application):
        return application.number

    def verbs(self, request, obj):
        """The two that are forms in the page already are not buttons too."""
        return [
            verb
            for verb in super().verbs(request, obj)
            if verb["name"] not in (CHECK.name, NOTE.name)
        ]

    def attachment(self, request, pk, file):
        """A file of a dossier the reader may open; the same 404 for every other number."""
        application = self.get_object(request, str(pk))
        attachment = get_object_or_404(Attachment, pk=file, application=application)
        journal.record("opened a file", application, by=request.user, attachment=attachment.pk)
        return files.serve(
            attachment.file,
            name=attachment.name,
            content_type=attachment.content_type,
            request=request,
        )

    @admin.action(description=_("Assign to a colleague…"), permissions=["view"])
    def assign(self, request, queryset):
        """First what would happen to each, then, when confirmed, what did."""
        form = AssignForm(request.POST if "confirmed" in request.POST else None)
        to = form.cleaned_data["to"] if form.is_bound and form.is_valid() else None
        outcomes = [_outcome(application, to=to, by=request.user) for application in queryset]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Assigned") if to else _("Assign to a colleague"),
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "outcomes": outcomes,
            "done": to is not None,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/members/membershipapplication/assign.html", context)


def _outcome(application, *, to, by):
    """One line of the preview (nobody chosen yet) or of the result."""
    line = {"application": application, "good": False}
    if not rules.may_vet(by, application):
        return line | {"words": _("Not yours to move.")}
    if to is None:
        return line | _foreseen(application)
    if not rules.may_vet(to, application):
        return line | {"words": _("Outside this colleague’s region.")}
    try:
        vetting.assign(application, to=to, by=by)
    except IllegalMove as refusal:
        journal.record("refused", application, by=by, step="assign", status=application.status)
        return line | {"words": str(refusal)}
    return line | {"good": True, "words": _("Assigned.")}


def _foreseen(application):
    if application.status not in MembershipApplication.STAFF_QUEUE:
        return {"words": _("Stays as it is: it does not wait for us.")}
    if application.status == Status.SUBMITTED:
        return {"good": True, "words": _("Will be assigned and marked as being checked.")}
    return {"good": True, "words": _("Will be assigned.")}
