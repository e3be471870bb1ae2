from django.db import models
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.models import Term
from hub.models.records import Record
from members.models.people import User


class Evaluation(models.Model):
    """What somebody found when they looked at a record: six ratings, each with its reasons."""

    class Evaluator(models.TextChoices):
        SELF = "self", _("the city itself")
        PEER = "peer", _("peers")
        EXPERT = "expert", _("an outside expert")
        STAFF = "staff", _("network staff")

    record = models.ForeignKey(
        Record, models.CASCADE, related_name="evaluations", verbose_name=_("record")
    )
    evaluator_kind = models.CharField(_("by"), max_length=6, choices=Evaluator)
    evaluator = models.CharField(_("name of the evaluator"), max_length=200, blank=True)
    method = TranslatedField(models.TextField(_("how it was done"), blank=True))
    date = models.DateField(_("date"), null=True, blank=True)
    record_revision = models.PositiveIntegerField(_("version evaluated"), default=1)
    overall_comment = TranslatedField(models.TextField(_("on the whole"), blank=True))
    reply = TranslatedField(models.TextField(_("the city’s reply"), blank=True))
    replied_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True, editable=False)
    published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")

    def __str__(self):
        return f"{self.record}, {self.get_evaluator_kind_display()}"


class EvaluationRating(models.Model):
    """One criterion of an evaluation. "Not enough information" is an answer, and counts in no mean."""

    class Rating(models.TextChoices):
        VERY = "4", _("very")
        PLAIN = "3", _("plain")
        SOMEWHAT = "2", _("somewhat")
        NOT = "1", _("not")
        NOT_ENOUGH = "NEI", _("not enough information")

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(
        Term,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"vocabulary": "criterion"},
        verbose_name=_("criterion"),
    )
    rating = models.CharField(_("rating"), max_length=3, choices=Rating)
    assessment = TranslatedField(models.TextField(_("reasons"), blank=True))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "criterion"], name="hub_one_rating_a_criterion"
            ),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.get_rating_display()}"
