import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from hub.models.owners import cities_of
from hub.models.records import Record
from members.models.people import User
from members.models.standing import standing


class AccessRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff see every request; a focal point those of members about its city's records that it can read itself."""
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        if not who.focal_cities:
            return self.none()
        return self.filter(record__in=_kept_by(user), by__isnull=False).exclude(by=user.pk)

    def waiting_for(self, user):
        """The open requests that this visitor may answer, the oldest first."""
        return (
            self.visible_to(user)
            .filter(status=AccessRequest.Status.OPEN)
            .select_related("record", "by__person")
            .order_by("asked_at", "pk")
        )

    def answered_for(self, user):
        """What this member asked and heard about. An open one is not told: it would say that its record exists."""
        return (
            self.filter(by=user.pk, status__in=["granted", "declined"])
            .select_related("record", "grant")
            .order_by("-decided_at", "-pk")
        )


class AccessRequest(HasStatus):
    """Somebody asks to read a record that their standing does not open."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")
        INVITED = "invited", _("invited to join")

    MOVES = {Status.OPEN: {Status.GRANTED, Status.DECLINED, Status.INVITED}}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(
        Record, models.CASCADE, related_name="access_requests", verbose_name=_("record")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    by = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="access_requests", verbose_name=_("by")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    language = models.CharField(_("language"), max_length=2, default="en")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "by"],
                condition=Q(status="open", by__isnull=False),
                name="hub_one_open_request",
            ),
        ]

    def __str__(self):
        return f"{self.record}, {self.by or self.email}"

    def cities_of_asker(self):
        """The cities that the member who asks acts for today."""
        return cities_of(self.by)


class AccessGrantQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff see every grant, a focal point those for its city's records."""
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        if not who.focal_cities:
            return self.none()
        return self.filter(record__in=_kept_by(user))

    def live(self, on=None):
        """The grants that hold on a day (default: today, UTC)."""
        return self.filter(until__gte=on or timezone.now().date(), ended_at__isnull=True)

    def ending_by(self, day):
        """The live grants whose last day is no later than this one."""
        return self.live().filter(until__lte=day).select_related("record", "grantee")

    def with_people(self):
        return self.select_related("record", "grantee__person", "grantor__person").order_by(
            "until", "pk"
        )


class AccessGrant(models.Model):
    """One member may read one record of a group, until a day, because somebody said so."""

    LONGEST_DAYS = 366
    REMINDED_DAYS_BEFORE = 14

    record = models.ForeignKey(
        Record, models.CASCADE, related_name="grants", verbose_name=_("record")
    )
    grantee = models.ForeignKey(
        User, models.CASCADE, related_name="access_grants", verbose_name=_("for")
    )
    grantor = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("granted by")
    )
    request = models.OneToOneField(
        AccessRequest, models.SET_NULL, null=True, blank=True, related_name="grant"
    )
    reason = models.TextField(_("reason"), max_length=2000)
    until = models.DateField(_("until"))
    created_at = models.DateTimeField(_("granted"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended early"), null=True, editable=False)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("access grant")
        verbose_name_plural = _("access grants")
        indexes = [models.Index(fields=["grantee", "until"], name="hub_grant_grantee")]

    def __str__(self):
        return f"{self.record}, {self.grantee}"

    @property
    def is_live(self):
        return self.ended_at is None and self.until >= timezone.now().date()

    @classmethod
    def check_until(cls, day):
        """Raise ValidationError unless a grant may last until this day."""
        today = timezone.now().date()
        if not today <= day <= today + timedelta(days=cls.LONGEST_DAYS):
            raise ValidationError(_("Choose a day from today to twelve months from now."))


def _kept_by(user):
    """The records that this visitor speaks for: its city owns them, and it may read them itself."""
    owned = Record.objects.filter(
        cities__role="owner", cities__city__in=standing(user).focal_cities
    ).values("pk")
    return Record.objects.visible_to(user).filter(pk__in=owned)
