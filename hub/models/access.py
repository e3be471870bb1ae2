import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from hub.models.records import Record
from members.models.people import User


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


class AccessGrantQuerySet(models.QuerySet):
    def live(self, on=None):
        """The grants that hold on a day (default: today, UTC)."""
        return self.filter(until__gte=on or timezone.now().date(), ended_at__isnull=True)


class AccessGrant(models.Model):
    """One member may read one record of a group, until a day, because somebody said so."""

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
