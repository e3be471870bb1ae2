import uuid

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import leases
from core.lifecycle import HasStatus
from core.models import Leased


class MessageQuerySet(models.QuerySet):
    def in_lane(self, kind):
        """The letters of one class that wait to be handed over."""
        return self.filter(kind=kind, status=Message.Status.QUEUED)

    def left_in_hand(self):
        """Bulk letters whose worker died on the way."""
        return leases.due(
            self.filter(kind=Message.Kind.BULK, status=Message.Status.SENDING, lease__isnull=False)
        )

    def over(self):
        """The letters with which nothing more happens by itself."""
        return self.exclude(status__in=[Message.Status.QUEUED, Message.Status.SENDING])

    def by_state(self):
        """How many letters are in each state, and since when the oldest of them exists."""
        rows = (
            self.order_by().values("status").annotate(count=Count("pk"), oldest=Min("created_at"))
        )
        found = {row["status"]: row for row in rows}
        return [
            {
                "status": status.value,
                "label": status.label,
                "count": found.get(status, {}).get("count", 0),
                "oldest": found.get(status, {}).get("oldest"),
            }
            for status in Message.Status
        ]


class Message(HasStatus, Leased):
    """One letter to one address: which template, which facts, and how far it got."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("perhaps sent")
        CANCELLED = "cancelled", _("cancelled")

    class Kind(models.TextChoices):
        TRANSACTIONAL = "transactional", _("transactional")
        BULK = "bulk", _("bulk")

    MOVES = {
        Status.QUEUED: {
            Status.SENDING, Status.SENT, Status.FAILED, Status.UNKNOWN, Status.CANCELLED,
        },
        Status.SENDING: {Status.SENT, Status.QUEUED, Status.FAILED, Status.UNKNOWN},
        Status.UNKNOWN: {Status.SENT, Status.QUEUED, Status.CANCELLED},
        Status.FAILED: {Status.QUEUED, Status.CANCELLED},
        Status.CANCELLED: {Status.QUEUED},
    }  # fmt: skip

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=200)
    kind = models.CharField(_("class"), max_length=13, choices=Kind, default=Kind.TRANSACTIONAL)
    template = models.CharField(_("letter"), max_length=100)
    params = models.JSONField(_("parameters"), default=dict)
    # name -> [dotted path of a function in an app's emails, *arguments]: made when sending, never stored.
    links = models.JSONField(default=dict, editable=False)
    language = models.CharField(_("language"), max_length=2, default="en")
    to = models.EmailField(_("to"))
    reply_to = models.EmailField(_("answers go to"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("account"),
    )  # fmt: skip
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.QUEUED, editable=False
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("tries that failed"), default=0, editable=False)
    answer = models.TextField(_("the server’s words"), blank=True, editable=False)
    erased_at = models.DateTimeField(_("content erased"), null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint(fields=["key"], name="outbox_one_letter_a_key")]
        indexes = [
            models.Index(
                fields=["kind", "next_try_at"], name="outbox_due",
                condition=Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["-created_at"], name="outbox_newest"),
        ]  # fmt: skip

    def __str__(self):
        """Without the address: the journal keeps this name for ever."""
        return f"{self.template.rpartition('/')[2].removesuffix('.txt')} {self.pk}"

    @property
    def message_id(self):
        """The same for every copy of this letter, so that a receiver may show one."""
        return f"<{self.uid}@{settings.SITE_HOST}>"

    @property
    def is_held(self):
        """Does a worker hold this letter at this moment (by the web server's clock)?"""
        return self.leased_until is not None and self.leased_until > timezone.now()


class Attempt(models.Model):
    """One try that did not end with the letter sent, and what the server said."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("sent")
        LATER = "later", _("to be tried again")
        REFUSED = "refused", _("refused for good")
        UNKNOWN = "unknown", _("perhaps sent")
        CANCELLED = "cancelled", _("cancelled")

    message = models.ForeignKey(
        Message, models.CASCADE, related_name="tries", verbose_name=_("letter")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    detail = models.TextField(_("the server’s words"), blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self):
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"
