import uuid

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.lifecycle import HasStatus
from hub.models.records import Record, is_currency
from members.models.cities import City
from members.models.people import User

# Records away from the one that is read, up and down.
DEEPEST = 5
_EDGES = """
    WITH RECURSIVE down(adaptation, record, depth) AS (
        SELECT id, result_id, 1 FROM hub_adaptation WHERE source_id = %(record)s
        UNION
        SELECT a.id, a.result_id, depth + 1 FROM hub_adaptation a JOIN down ON a.source_id = down.record
        WHERE depth < %(deepest)s
    ), up(adaptation, record, depth) AS (
        SELECT id, source_id, 1 FROM hub_adaptation WHERE result_id = %(record)s
        UNION
        SELECT a.id, a.source_id, depth + 1 FROM hub_adaptation a JOIN up ON a.result_id = up.record
        WHERE depth < %(deepest)s
    )
    SELECT adaptation FROM down UNION SELECT adaptation FROM up
"""


class AdaptationQuerySet(models.QuerySet):
    def shown(self):
        """What staff have not hidden."""
        return self.filter(is_hidden=False)

    def taken_up(self):
        """What a city tries, runs or ran; not what it only thinks of."""
        return self.shown().exclude(status=Adaptation.Status.CONSIDERING)

    def around(self, record):
        """All adaptations this record came from or led to, several records away."""
        with connection.cursor() as cursor:
            cursor.execute(_EDGES, {"record": record.pk, "deepest": DEEPEST})
            keys = [key for (key,) in cursor.fetchall()]
        return (
            self.shown()
            .filter(pk__in=keys)
            .select_related("city__country")
            .order_by("start_date", "created_at", "pk")
        )

    def of_cities(self, cities):
        """What these cities wrote, hidden or not: it is theirs."""
        return self.filter(city__in=cities)


class Adaptation(HasStatus):
    """A city takes up what another city's record tells: what it kept, what it changed, what came of it."""

    class Status(models.TextChoices):
        CONSIDERING = "considering", _("considering it")
        PILOTING = "piloting", _("trying it out")
        RUNNING = "running", _("running it")
        STOPPED = "stopped", _("stopped")

    MOVES = {
        Status.CONSIDERING: {Status.PILOTING, Status.RUNNING, Status.STOPPED},
        Status.PILOTING: {Status.RUNNING, Status.STOPPED, Status.CONSIDERING},
        Status.RUNNING: {Status.STOPPED, Status.PILOTING},
        Status.STOPPED: {Status.CONSIDERING, Status.PILOTING, Status.RUNNING},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(
        Record, models.PROTECT, related_name="adaptations", verbose_name=_("what is adapted")
    )
    city = models.ForeignKey(
        City, models.PROTECT, related_name="adaptations", verbose_name=_("city")
    )
    status = models.CharField(
        _("status"), max_length=11, choices=Status, default=Status.CONSIDERING
    )
    kept = TranslatedField(models.TextField(_("what was kept"), blank=True))
    changed = TranslatedField(models.TextField(_("what was changed"), blank=True))
    outcome = TranslatedField(models.TextField(_("what came of it"), blank=True))
    cost_amount = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    cost_currency = models.CharField(
        _("currency"), max_length=3, blank=True, validators=[is_currency]
    )
    start_date = models.DateField(_("from"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)
    result = models.ForeignKey(
        Record,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="adapted_from",
        verbose_name=_("its own record"),
    )
    is_hidden = models.BooleanField(
        _("hidden"), default=False, help_text=_("Kept here, but on no page of the library.")
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(_("changed on"), default=timezone.now, editable=False)

    objects = AdaptationQuerySet.as_manager()

    class Meta:
        verbose_name = _("adaptation")
        verbose_name_plural = _("adaptations")
        constraints = [
            models.UniqueConstraint(fields=["source", "city"], name="hub_adapted_once_a_city"),
            models.CheckConstraint(
                condition=models.Q(end_date__isnull=True)
                | models.Q(start_date__isnull=True)
                | models.Q(end_date__gte=models.F("start_date")),
                name="hub_adaptation_ends_later",
            ),
        ]

    def __str__(self):
        return f"{self.source}, {self.city}"
