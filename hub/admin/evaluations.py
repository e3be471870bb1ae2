from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.staff import StaffTable
from hub import rules
from hub.actions import evaluations
from hub.admin.moves import WithMoves
from hub.models import Evaluation, EvaluationRating


class WaitingFilter(admin.SimpleListFilter):
    title = gettext_lazy("waiting")
    parameter_name = "waiting"

    def lookups(self, request, model_admin):
        return [("yes", gettext_lazy("Sent by members, not decided"))]

    def queryset(self, request, queryset):
        return queryset.waiting() if self.value() == "yes" else queryset


class RatingTable(StaffTable):
    model = EvaluationRating
    max_num = 6
    fields = ["criterion", "rating", "assessment_en", "assessment_fr", "assessment_ar"]
    ordering = ["criterion__position"]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else self.max_num


@admin.register(Evaluation)
class EvaluationAdmin(WithMoves):
    """What somebody found when they looked at a record: six ratings, each with its reasons.

    Staff write theirs here. What members send waits here until staff publish it or set it aside.
    """

    list_display = ["record", "evaluator_kind", "evaluator", "city", "date", "published", "replied"]
    list_filter = [WaitingFilter, "evaluator_kind", "published"]
    list_select_related = ["record", "city"]
    search_fields = ["evaluator", "record__code"]
    ordering = ["-date", "-pk"]
    autocomplete_fields = ["record", "city"]
    inlines = [RatingTable]
    moves = {
        "publish": evaluations.publish,
        "show": evaluations.show_to_city,
        "aside": evaluations.set_aside,
    }
    readonly_fields = ["created_by", "created_at", "shown_to_city_at", "decided_at", "replied_at"]
    fields = [
        "record", "evaluator_kind", "evaluator", "city", "date", "record_revision", "published",
        "method_en", "method_fr", "method_ar",
        "overall_comment_en", "overall_comment_fr", "overall_comment_ar",
        "reply_en", "reply_fr", "reply_ar",
        "created_by", "created_at", "shown_to_city_at", "decided_at", "replied_at",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("replied"), ordering="replied_at")
    def replied(self, evaluation):
        return evaluation.replied_at and evaluation.replied_at.date()

    def get_readonly_fields(self, request, obj=None):
        """Once written, an evaluation goes on and off its page by the buttons."""
        return [*self.readonly_fields, *(["record", "published"] if obj else [])]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        evaluations.note(form.instance, by=request.user)

    def verbs(self, request, obj):
        if not rules.may_edit(request.user):
            return []
        on_page = [("aside", _("Take it off the page"))]
        off_page = [("publish", _("Publish"))]
        if obj.shown_to_city_at is None:
            off_page.append(("show", _("Show it to the city first")))
        if obj.is_waiting():
            off_page.append(("aside", _("Set it aside")))
        page = {"label": _("See the record"), "url": reverse("hub:record", args=[obj.record.code])}
        moves = on_page if obj.published else off_page
        return [
            page,
            *(
                {"label": label, "url": self._url(name, obj), "direct": True}
                for name, label in moves
            ),
        ]
