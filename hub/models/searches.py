import uuid
from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, models
from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.people import User

_COUNT = """
    INSERT INTO hub_searchlog ("on", query, filters, language, results, times)
    VALUES (%s, %s, %s, %s, %s, 1)
    ON CONFLICT ("on", query, filters, language) DO UPDATE
    SET times = hub_searchlog.times + 1, results = greatest(hub_searchlog.results, excluded.results)
"""


class SavedSearchQuerySet(models.QuerySet):
    def due(self, at, *, newest):
        """The searches for which a letter may be written: the last one lies far enough back.

        Where nothing has appeared since (`newest` is when the last record did) there is nothing to ask.
        """
        return self.filter(told_until__lt=newest).filter(
            Q(frequency=SavedSearch.Frequency.EACH)
            | Q(frequency=SavedSearch.Frequency.DAILY, told_until__lte=at - timedelta(days=1))
            | Q(frequency=SavedSearch.Frequency.WEEKLY, told_until__lte=at - timedelta(days=7))
        )


class SavedSearch(models.Model):
    """A search somebody keeps, and how often a letter tells what is new in it."""

    class Frequency(models.TextChoices):
        NEVER = "never", _("never")
        EACH = "each", _("as each appears")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    MOST = 50  # that one person keeps
    LONGEST = 2000  # characters of an address, without the page

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=120)
    query = models.CharField(_("search"), max_length=LONGEST)
    frequency = models.CharField(
        _("letters"), max_length=6, choices=Frequency, default=Frequency.WEEKLY
    )
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    told_until = models.DateTimeField(default=timezone.now, editable=False)
    letter_at = models.DateTimeField(_("last letter"), null=True, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(fields=["user", "query"], name="hub_search_saved_once"),
        ]

    def __str__(self):
        return self.name


class SearchLogQuerySet(models.QuerySet):
    def note(self, words, *, filters, language, results):
        """Count one search of today, in one statement; of several answers the fullest is kept."""
        today = timezone.now().date()
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [today, words[:200], filters[:500], language, results])

    def not_found(self, *, settled=False):
        """Words that found nothing and have found nothing since, the most asked first.

        One dict for each: `query`, `times`, `days`, `last` (a date), `languages` (codes of pages) and `pk`, the
        newest row. With `settled` those that staff have settled, else those that wait.
        """
        same = SearchLog.objects.filter(query=OuterRef("query"))
        is_settled = Exists(same.filter(settled_at__isnull=False))
        return (
            self.filter(is_settled if settled else ~is_settled, results=0)
            .exclude(Exists(same.filter(results__gt=0, on__gte=OuterRef("on"))))
            .order_by()
            .values("query")
            .annotate(
                pk=Max("pk"),
                times=Sum("times"),
                days=Count("on", distinct=True),
                last=Max("on"),
                languages=ArrayAgg("language", distinct=True),
            )
            .order_by("-times", "-last", "query")
        )


class SearchLog(models.Model):
    """What was looked for and how much was found. It never says by whom."""

    KEPT = timedelta(days=365)

    on = models.DateField(_("day"))
    query = models.CharField(_("words, folded"), max_length=200)
    filters = models.CharField(_("filters"), max_length=500, blank=True)
    language = models.CharField(_("language of the page"), max_length=2)
    results = models.PositiveIntegerField(_("found"))
    times = models.PositiveIntegerField(_("times"), default=1)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    objects = SearchLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searched and not found")
        constraints = [
            models.UniqueConstraint(
                fields=["on", "query", "filters", "language"], name="hub_search_logged_once"
            ),
        ]
        indexes = [models.Index(fields=["results", "-on"], name="hub_search_log_empty")]

    def __str__(self):
        return self.query
