from datetime import timedelta
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.models import Term
from hub.models.records import Record
from members.models.cities import City
from members.models.people import User

# So long a city is reminded on its own page that it may reply; the right itself has no end.
REPLY_WITHIN = timedelta(days=30)


class Mean(NamedTuple):
    """What an evaluation comes to; one number never stands without what it leaves out."""

    value: float | None
    rated: int
    unknown: int


class EvaluationQuerySet(models.QuerySet):
    def with_ratings(self):
        """All that a page says of them, the latest first."""
        ratings = EvaluationRating.objects.select_related("criterion").order_by(
            "criterion__position"
        )
        return (
            self.select_related("city__country")
            .prefetch_related(models.Prefetch("ratings", ratings))
            .order_by(models.F("date").desc(nulls_last=True), "-pk")
        )

    def published(self):
        return self.filter(published=True)

    def waiting(self):
        """What members sent and staff have not decided on."""
        return self.filter(published=False, decided_at__isnull=True)

    def open_to_reply(self, cities):
        """What people of these cities may answer: on the page already, or shown to them before."""
        return self.filter(
            models.Q(published=True) | models.Q(shown_to_city_at__isnull=False),
            record__cities__city__in=cities,
            record__cities__role="owner",
        ).distinct()

    def waiting_for_reply(self, cities):
        """What these cities were told of lately and have not answered; nobody has to."""
        lately = timezone.now() - REPLY_WITHIN
        told_lately = models.Q(decided_at__gt=lately) | models.Q(shown_to_city_at__gt=lately)
        return (
            self.open_to_reply(cities)
            .filter(told_lately, replied_at__isnull=True)
            .exclude(evaluator_kind=Evaluation.Evaluator.SELF)
            .select_related("record")
            .order_by("pk")
        )

    def by_outsiders(self):
        """What makes a record peer-reviewed."""
        return self.filter(
            evaluator_kind__in=[Evaluation.Evaluator.PEER, Evaluation.Evaluator.EXPERT]
        )


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
    # Of one that members wrote: for which city (none for an outside expert), by whom, and what staff did with it.
    city = models.ForeignKey(
        City,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("city of the evaluator"),
    )
    created_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    shown_to_city_at = models.DateTimeField(_("shown to the city"), null=True, editable=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "city"],
                condition=models.Q(published=False, decided_at__isnull=True, city__isnull=False),
                name="hub_one_waiting_a_city",
            ),
            models.UniqueConstraint(
                fields=["record", "created_by"],
                condition=models.Q(
                    published=False,
                    decided_at__isnull=True,
                    city__isnull=True,
                    created_by__isnull=False,
                ),
                name="hub_one_waiting_an_expert",
            ),
        ]

    def __str__(self):
        return f"{self.record}, {self.get_evaluator_kind_display()}"

    def is_waiting(self) -> bool:
        """Whether members wrote it and staff have not decided."""
        return not self.published and self.decided_at is None

    def mean(self):
        """The mean of what was rated, from 1 to 4, how many criteria that were, and how many could not be."""
        given = [rating.rating for rating in self.ratings.all()]
        steps = [int(rating) for rating in given if rating != EvaluationRating.Rating.NOT_ENOUGH]
        mean = sum(steps) / len(steps) if steps else None
        return Mean(mean, len(steps), len(given) - len(steps))


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

    @classmethod
    def words(cls, criterion, rating) -> str:
        """What a rating is called for its criterion: "very inclusive", "positive impact"."""
        words = criterion.data.get("words", {}).get(rating, {})
        return words.get(get_language()) or words.get("en") or str(cls.Rating(rating).label)
