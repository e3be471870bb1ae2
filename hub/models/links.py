from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.cities import City
from members.models.people import LANGUAGES


class RecordLink(models.Model):
    """A reference, a useful link, or an example of cooperation, as the card lists them."""

    class Kind(models.TextChoices):
        REFERENCE = "reference", _("reference")
        USEFUL = "useful", _("useful link")
        EXAMPLE = "example", _("example of cooperation")

    record = models.ForeignKey("hub.Record", models.CASCADE, related_name="links")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), blank=True, max_length=500)
    doi = models.CharField(_("DOI"), max_length=200, blank=True)
    accessed_on = models.DateField(_("seen on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self):
        return self.title


class RecordCity(models.Model):
    """A city that owns a record or took part in it."""

    record = models.ForeignKey("hub.Record", models.CASCADE, related_name="cities")
    city = models.ForeignKey(City, models.PROTECT, related_name="records", verbose_name=_("city"))
    role = models.CharField(
        _("role"),
        max_length=8,
        default="owner",
        choices=[("owner", _("owner")), ("partner", _("partner"))],
    )

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        constraints = [
            models.UniqueConstraint(fields=["record", "city"], name="hub_city_once_a_record"),
        ]

    def __str__(self):
        return str(self.city)


class RecordContact(models.Model):
    """Somebody to ask about a record. Only members read it; strangers never do."""

    record = models.ForeignKey("hub.Record", models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=200)
    function = models.CharField(_("function"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self):
        return self.name


class RecordRelationQuerySet(models.QuerySet):
    def of(self, record):
        """Every relation of a record, whichever end it stands at."""
        return self.filter(Q(source=record) | Q(target=record)).order_by("kind", "pk")


class RecordRelation(models.Model):
    """How one record stands to another. Adaptations by cities are `Adaptation`, which says much more."""

    class Kind(models.TextChoices):
        ADAPTS = "adapts", _("adapts")
        SUPERSEDES = "supersedes", _("takes the place of")
        EVALUATES = "evaluates", _("evaluates")
        OUTPUT_OF = "output_of", _("came out of")
        PART_OF = "part_of", _("is part of")

    # The same, read from the other record.
    READ_BACK = {
        Kind.ADAPTS: _("is adapted by"),
        Kind.SUPERSEDES: _("is replaced by"),
        Kind.EVALUATES: _("is evaluated by"),
        Kind.OUTPUT_OF: _("led to"),
        Kind.PART_OF: _("has as a part"),
    }

    source = models.ForeignKey("hub.Record", models.CASCADE, related_name="relations")
    kind = models.CharField(_("relation"), max_length=10, choices=Kind)
    target = models.ForeignKey(
        "hub.Record", models.CASCADE, related_name="related_from", verbose_name=_("other record")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = RecordRelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "target"], name="hub_relation_once"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="hub_no_relation_to_itself"
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.get_kind_display()} {self.target}"

    def seen_from(self, record):
        """What this relation says on a record's page: the words, and the key of the record at the other end."""
        if self.source_id == record.pk:
            return self.get_kind_display(), self.target_id
        return self.READ_BACK[self.Kind(self.kind)], self.source_id
