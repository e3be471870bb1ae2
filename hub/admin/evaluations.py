from django.contrib import admin

from core.staff import StaffAdmin, StaffTable
from hub.actions import records
from hub.models import Evaluation, EvaluationRating


class RatingTable(StaffTable):
    model = EvaluationRating
    max_num = 6
    fields = ["criterion", "rating", "assessment_en", "assessment_fr", "assessment_ar"]
    ordering = ["criterion__position"]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else self.max_num


@admin.register(Evaluation)
class EvaluationAdmin(StaffAdmin):
    """What somebody found when they looked at a record: six ratings, each with its reasons."""

    list_display = ["record", "evaluator_kind", "evaluator", "date", "published"]
    list_filter = ["evaluator_kind", "published"]
    list_select_related = ["record"]
    search_fields = ["evaluator", "record__code"]
    ordering = ["-date", "-pk"]
    autocomplete_fields = ["record"]
    inlines = [RatingTable]
    fields = [
        "record", "evaluator_kind", "evaluator", "date", "record_revision", "published",
        "method_en", "method_fr", "method_ar", "reply_en", "reply_fr", "reply_ar",
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return ["record"] if obj else []

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        records.note_evaluation(form.instance, by=request.user)
