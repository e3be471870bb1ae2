"""What members sent, as staff read it: the queue, one contribution beside its record, and the steps."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import journal
from core.staff import StaffAdmin
from core.templatetags.ui import waited
from hub import rules
from hub.actions import publishing, reviewing
from hub.actions.card_fields import label, told
from hub.actions.card_values import BadCards
from hub.actions.checklist import missing
from hub.forms.words import WordsField
from hub.models import Contribution, Section

Status = Contribution.Status


class QueueFilter(admin.SimpleListFilter):
    """What waits for staff comes first; everything else is one click away."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [
            ("ours", _("waiting for us")),
            ("mine", _("with me")),
            ("authors", _("waiting for its authors")),
            ("city", _("with the focal point")),
        ]

    def queryset(self, request, queryset):
        chosen = {
            "ours": queryset.waiting_for_staff(),
            "mine": queryset.waiting_for_staff().filter(reviewer=request.user),
            "authors": queryset.filter(status=Status.CHANGES_REQUESTED),
            "city": queryset.filter(status=Status.CITY_REVIEW),
        }
        return chosen.get(self.value() or "", queryset)


class CommentForm(forms.Form):
    """A remark on one part."""

    section = forms.ChoiceField(
        label=gettext_lazy("Which part?"),
        required=False,
        choices=[("", gettext_lazy("the whole")), *Section.choices],
    )
    text = WordsField(label=gettext_lazy("Remark"), required=True)


class ChangesForm(forms.Form):
    """What the letter says besides the remarks that were made; one of the two is needed."""

    text = WordsField(label=gettext_lazy("What should change?"), rows=5)

    def __init__(self, *args, remarks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not remarks


@admin.register(Contribution)
class ContributionAdmin(StaffAdmin):
    """The queue by waiting time. Nothing is edited here: every change is a step."""

    may_add = False
    may_change = False
    list_display = ["name", "kind", "status", "city", "change_of", "waiting", "reviewer"]
    list_display_links = ["name"]
    list_filter = [QueueFilter, "status", "language"]
    list_select_related = ["city", "record", "reviewer"]
    search_fields = ["card"]
    search_help_text = gettext_lazy("Any words in it, in any script or spelling.")
    ordering = [F("submitted_at").asc(nulls_last=True), "pk"]

    def scope(self, user, queryset):
        """What was never sent is its writers' own."""
        return queryset.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN], submitted_at=None)

    @admin.display(description=gettext_lazy("title"))
    def name(self, contribution):
        return str(contribution)

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, contribution):
        return contribution.kind_label

    @admin.display(description=gettext_lazy("change of"), ordering="record")
    def change_of(self, contribution):
        return contribution.record or "–"

    @admin.display(description=gettext_lazy("waits since"), ordering="submitted_at")
    def waiting(self, contribution):
        if contribution.status in Contribution.STAFF_QUEUE:
            return waited(contribution.submitted_at)
        return "–"

    # --- one contribution

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The contribution beside the record as it is now, its remarks and its steps."""
        contribution = self.get_object(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._review(request, contribution, CommentForm())

    def verbs(self, request, obj):
        if not rules.may_review(request.user, obj):
            return []
        verbs = []
        has_it = obj.status == Status.STAFF_REVIEW and obj.reviewer_id == request.user.pk
        if obj.status in Contribution.STAFF_QUEUE and not has_it:
            verbs.append({"label": _("Take it"), "url": self._url("take", obj), "direct": True})
        if obj.may_move_to(Status.PUBLISHED):
            url = self._url("publish", obj)
            verbs.append({"label": _("Publish"), "url": url, "primary": True})
        if obj.may_move_to(Status.CHANGES_REQUESTED):
            verbs.append({"label": _("Ask for changes"), "url": self._url("changes", obj)})
        return verbs

    def get_urls(self):
        steps = {
            "take": require_POST(self.take),
            "comment": require_POST(self.comment),
            "changes": self.changes,
            "publish": self.publish,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"hub_contribution_{name}",
            )
            for name, view in steps.items()
        ]
        return [*own, *super().get_urls()]

    # --- its steps

    def take(self, request, pk):
        contribution = reviewing.take(self._mine(request, pk), by=request.user)
        messages.success(request, _("It is yours to review."))
        return redirect(self._url("change", contribution))

    def comment(self, request, pk):
        contribution = self._mine(request, pk)
        form = CommentForm(request.POST)
        if not form.is_valid():
            return self._review(request, contribution, form)
        reviewing.comment(contribution, **form.cleaned_data, by=request.user)
        messages.success(request, _("Kept. The authors read it once you ask for changes."))
        return redirect(self._url("change", contribution))

    def changes(self, request, pk):
        """One letter with every remark that is open, and what is added here."""
        contribution = self._mine(request, pk)
        remarks = list(contribution.comments.filter(settled_at=None).order_by("at", "pk"))
        form = ChangesForm(request.POST or None, remarks=remarks)
        if request.method == "POST" and form.is_valid():
            reviewing.request_changes(contribution, **form.cleaned_data, by=request.user)
            messages.success(request, _("The letter is on its way."))
            return redirect(self._url("change", contribution))
        title = _("Ask for changes")
        return self._page(request, "changes", contribution, title, form=form, remarks=remarks)

    def publish(self, request, pk):
        """Ask once; where the record has changed meanwhile, show all three and ask which words stay."""
        contribution = self._mine(request, pk)
        if request.method == "POST":
            done = self._published(request, contribution)
            if done:
                return done
        merge = publishing.merge_of(contribution)
        context = {
            "onto": contribution.record.revision if contribution.record else "",
            "missing": missing(contribution),
            "changes": told(merge.ours, merge.now, merge.proposed),
            "since": [label(each) for each in sorted(merge.since - merge.clashes)],
            "is_older": bool(merge.since),
            "clashes": list(
                zip(
                    told(merge.clashes, merge.base, merge.now),
                    told(merge.clashes, merge.now, merge.proposed),
                    strict=True,
                )
            ),
        }
        return self._page(request, "publish", contribution, _("Publish"), **context)

    def _published(self, request, contribution):
        """Where it leads when it worked; else a message, and the page is shown again."""
        clashes = publishing.merge_of(contribution).clashes
        answers = {path: request.POST.get(f"keep:{path}") for path in clashes}
        if not all(answer in ("record", "contribution") for answer in answers.values()):
            messages.error(request, _("Choose for each field which words stay."))
            return None
        onto = request.POST.get("onto", "")
        keep = [path for path, answer in answers.items() if answer == "record"]
        try:
            record = publishing.publish(
                contribution,
                onto=int(onto) if onto.isdecimal() and len(onto) < 9 else None,
                keep=keep,
                by=request.user,
            )
        except publishing.Unmerged:
            messages.error(request, _("The record has changed once more. Look at it again."))
        except BadCards as error:
            told_faults = [f"{problem.field}: {problem.message}" for problem in error.problems]
            messages.error(request, " ".join(told_faults))
        else:
            messages.success(request, _("Published. The letters are on their way."))
            return redirect(reverse("admin:hub_record_change", args=[record.pk]))
        return None

    # --- pages

    def _review(self, request, contribution, form):
        merge = publishing.merge_of(contribution)
        is_open = contribution.status in Contribution.OPEN
        context = {
            "comments": contribution.comments.select_related("by").order_by("at", "pk"),
            "files": contribution.files.select_related("licence").order_by("pk"),
            "changes": told(merge.ours, merge.now if is_open else merge.base, merge.proposed),
            "is_older": is_open and bool(merge.since),
            "clashes": merge.clashes if is_open else (),
            "may_review": rules.may_review(request.user, contribution),
            "verbs": self.verbs(request, contribution),
            "form": form,
            "comment_url": self._url("comment", contribution),
            "journal": journal.of(contribution),
        }
        return self._page(request, "review", contribution, str(contribution), **context)

    def _page(self, request, name, contribution, title, **context):
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": self.opts,
            "original": contribution,
            "contribution": contribution,
            "back": self._url("change", contribution),
        }
        return TemplateResponse(request, f"admin/hub/contribution/{name}.html", context)

    def _mine(self, request, pk):
        contribution = self.get_object(request, str(pk))
        if not rules.may_review(request.user, contribution):
            raise PermissionDenied
        return contribution

    def _url(self, name, contribution):
        return reverse(f"admin:hub_contribution_{name}", args=[contribution.pk])
