from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.lifecycle import HasStatus
from core.models import Term


class CityQuerySet(models.QuerySet):
    def members(self):
        """Cities whose membership is active."""
        return self.filter(memberships__status=CityMembership.Status.ACTIVE).distinct()

    def listed_publicly(self):
        """Members that chose to be listed and that nobody flagged: what the map may draw."""
        return self.members().filter(listing=City.Listing.PUBLIC, risk_flag=False)

    def in_hubs(self, hub_ids):
        return self.filter(hub__in=hub_ids)


class City(models.Model):
    """A local authority: the member. People act for it for a time."""

    class Listing(models.TextChoices):
        PUBLIC = "public", _("publicly")
        MEMBERS = "members", _("to members only")
        UNLISTED = "unlisted", _("not at all")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = TranslatedField(models.CharField(_("name"), max_length=120, blank=True))
    official_name = models.CharField(_("official name"), max_length=160, blank=True)
    aliases = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, verbose_name=_("other names")
    )
    folded_names = ArrayField(models.CharField(max_length=160), default=list, editable=False)
    country = models.ForeignKey(
        Term,
        models.PROTECT,
        related_name="cities",
        limit_choices_to={"vocabulary": "country"},
        verbose_name=_("country or territory"),
    )
    hub = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "hub"},
        verbose_name=_("regional hub"),
    )
    authority_level = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "authority_level"},
        verbose_name=_("kind of authority"),
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_band = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "population_band"},
        verbose_name=_("city size"),
    )
    geoname_id = models.PositiveIntegerField(_("GeoNames id"), null=True, blank=True, unique=True)
    lat = models.DecimalField(_("latitude"), max_digits=5, decimal_places=2, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=5, decimal_places=2, null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    website = models.URLField(_("website"), blank=True, max_length=300)
    themes = models.ManyToManyField(
        Term,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "theme"},
        verbose_name=_("themes of interest"),
    )
    listing = models.CharField(_("listed"), max_length=8, choices=Listing, default=Listing.MEMBERS)
    risk_flag = models.BooleanField(
        _("at risk"), default=False, help_text=_("Kept out of lists, maps, feeds and exports.")
    )
    is_founder = models.BooleanField(_("founding city"), default=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        indexes = [GinIndex(fields=["folded_names"], name="members_city_names")]

    def __str__(self):
        return self.name or self.official_name


class CityMembership(HasStatus):
    """A city's membership of the network: the fact every right of its people is derived from."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DORMANT = "dormant", _("dormant")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        STEERING = "steering", _("steering committee")
        OBSERVER = "observer", _("observer")

    MOVES = {
        Status.ACTIVE: {Status.DORMANT, Status.SUSPENDED, Status.LEFT},
        Status.DORMANT: {Status.ACTIVE, Status.SUSPENDED, Status.LEFT},
        Status.SUSPENDED: {Status.ACTIVE, Status.LEFT},
        Status.LEFT: {Status.ACTIVE},
    }

    city = models.ForeignKey(
        City, models.PROTECT, related_name="memberships", verbose_name=_("city")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.MEMBER)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    decision_note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["city"], condition=~Q(status="left"), name="members_one_membership_a_city"
            ),
        ]

    def __str__(self):
        return f"{self.city}, {self.get_status_display()}"


class CityDomain(models.Model):
    """An e-mail domain that is a city's own, or that says nothing because anybody can have it."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("the city’s own")
        SHARED = "shared", _("shared with other authorities")
        FREE_MAIL = "free_mail", _("free mail")

    domain = models.CharField(_("domain"), max_length=253)
    city = models.ForeignKey(
        City, models.CASCADE, null=True, blank=True, related_name="domains", verbose_name=_("city")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OFFICIAL)
    verified_by = models.ForeignKey(
        "members.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "city"], nulls_distinct=False, name="members_domain_once_a_city"
            ),
        ]

    def __str__(self):
        return self.domain
