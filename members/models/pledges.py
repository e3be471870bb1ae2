from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from members.models.cities import City
from members.models.people import LANGUAGES, Person


class PledgeQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """The version that binds on a day (default today, UTC), or None before the first."""
        day = on or timezone.now().date()
        return self.filter(valid_from__lte=day).order_by("-number").first()


class PledgeVersion(models.Model):
    """The text every member agrees to, as it read from one day on."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    text = TranslatedField(models.TextField(_("text, one principle a line")))
    valid_from = models.DateField(_("valid from"))

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")

    def __str__(self):
        return f"{_('Pledge')} {self.number}"


class PledgeAcceptance(models.Model):
    """A city's yes to one version of the pledge, by somebody who held an office at that moment."""

    city = models.ForeignKey(City, models.PROTECT, related_name="pledges", verbose_name=_("city"))
    version = models.ForeignKey(PledgeVersion, models.PROTECT, verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    signatory = models.ForeignKey(Person, models.PROTECT, verbose_name=_("signatory"))
    office = models.CharField(_("office at signing"), max_length=160)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("acceptance of the pledge")
        verbose_name_plural = _("acceptances of the pledge")
        constraints = [
            models.UniqueConstraint(fields=["city", "version"], name="members_pledge_once_a_city"),
        ]

    def __str__(self):
        return f"{self.city}, {self.version}"
