from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField


class Body(models.Model):
    """A group of people that things can be shared with: a committee, a working group."""

    class Kind(models.TextChoices):
        STEERING_COMMITTEE = "steering_committee", _("steering committee")
        EXPERT_POOL = "expert_pool", _("expert pool")
        WORKING_GROUP = "working_group", _("working group")
        FOCAL_POINTS = "focal_points", _("focal points")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = TranslatedField(models.CharField(_("name"), max_length=160, blank=True))

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self):
        return self.name or self.code


class BodyMemberQuerySet(models.QuerySet):
    def live(self, on=None):
        day = on or timezone.now().date()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class BodyMember(models.Model):
    """A person's place in a group, from one day to another."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="places", verbose_name=_("group"))
    person = models.ForeignKey(
        "members.Person", models.CASCADE, related_name="places", verbose_name=_("person")
    )
    since = models.DateField(_("from"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = BodyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a group")
        verbose_name_plural = _("places in groups")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "person"],
                condition=Q(until__isnull=True),
                name="members_one_place_a_person",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.body}"
