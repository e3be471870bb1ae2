"""What has no word of the trade: terms, the journal, long work, media, rate limits."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.lifecycle import HasStatus


class TermQuerySet(models.QuerySet):
    def current(self, on=None):
        """The terms in force on a day (default: today, UTC)."""
        day = on or timezone.now().date()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )

    def of(self, vocabulary):
        """The terms of one vocabulary, in its own order."""
        return self.filter(vocabulary=vocabulary).order_by("position", "code")


class Term(models.Model):
    """A word of a controlled vocabulary: a code that never changes, and labels people read."""

    class Vocabulary(models.TextChoices):
        REGION = "region", _("region")
        COUNTRY = "country", _("country or territory")
        HUB = "hub", _("regional hub")
        AUTHORITY_LEVEL = "authority_level", _("kind of authority")
        POPULATION_BAND = "population_band", _("city size")
        THEME = "theme", _("theme")
        SECTOR = "sector", _("sector")
        LANGUAGE = "language", _("language")
        PRACTICE_TYPE = "practice_type", _("type of work")
        POINT_OF_INTERVENTION = "point_of_intervention", _("point of intervention")
        TARGET_AUDIENCE = "target_audience", _("for whom")
        SCALE = "scale", _("scale")
        TIME_SCALE = "time_scale", _("time scale")
        AREA = "area", _("area")
        COST_BAND = "cost_band", _("cost")
        RATING = "rating", _("rating")
        CRITERION = "criterion", _("criterion")
        EVIDENCE_LEVEL = "evidence_level", _("level of evidence")
        DELIVERY_CHANNEL = "delivery_channel", _("channel")
        LICENCE = "licence", _("licence")
        DECLINE_REASON = "decline_reason", _("reason for declining")
        POST_ROLE = "post_role", _("role")
        SDG_TARGET = "sdg_target", _("SDG target")

    vocabulary = models.CharField(_("vocabulary"), max_length=32, choices=Vocabulary)
    code = models.CharField(_("code"), max_length=40)
    label = TranslatedField(models.CharField(_("label"), max_length=200, blank=True))
    definition = TranslatedField(models.TextField(_("definition"), blank=True))
    broader = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="narrower",
        verbose_name=_("broader term"),
    )
    hub = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="looks_after",
        limit_choices_to={"vocabulary": "hub"},
        verbose_name=_("regional hub"),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    exact_match = models.URLField(_("same as"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    edited = models.BooleanField(
        _("edited by staff"),
        default=False,
        help_text=_("The published list no longer overwrites this term."),
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("vocabularies")
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "code"], name="core_term_code_once"),
        ]

    def __str__(self):
        return self.label or self.code


class VocabularyState(models.Model):
    """One row, whose token is another after each change of a term: a trigger sees to it (migration 0005)."""

    id = models.SmallIntegerField(primary_key=True)
    token = models.UUIDField()

    class Meta:
        verbose_name = "state of the vocabularies"
        verbose_name_plural = "state of the vocabularies"

    def __str__(self):
        return str(self.token)


class JournalEntry(models.Model):
    """What somebody did, when, to what. Written once: the database refuses to change or delete it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    verb = models.CharField(_("what"), max_length=60)
    subject_type = models.CharField(_("kind of thing"), max_length=60)
    subject_id = models.BigIntegerField(_("thing"))
    subject_name = models.CharField(_("name of the thing"), max_length=200, blank=True)
    # No constraint and no cascade: erasing a person must not rewrite the journal.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("by whom"),
    )
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="core_journal_subject"),
            models.Index(fields=["-at"], name="core_journal_at"),
        ]

    def __str__(self):
        return f"{self.verb} {self.subject_name}"


class Leased(models.Model):
    """Work that one worker holds for a while; core.leases takes, renews and gives back."""

    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)

    class Meta:
        abstract = True


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A job is its owner's alone."""
        return self.filter(owner=user) if user.is_authenticated else self.none()


class Job(HasStatus, Leased):
    """Long work that a person started, can leave and come back to."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    MOVES = {
        Status.WAITING: {Status.RUNNING, Status.CANCELLED},
        Status.RUNNING: {Status.WAITING, Status.DONE, Status.FAILED, Status.CANCELLED},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs", verbose_name=_("owner")
    )
    kind = models.CharField(_("kind"), max_length=60)
    params = models.JSONField(_("parameters"), default=dict)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.WAITING, editable=False
    )
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="core_job_due",
                condition=Q(status__in=["waiting", "running"]),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class MediaQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is public; staff see what they prepare too."""
        return (
            self.all() if user.is_authenticated and user.is_staff else self.filter(is_public=True)
        )


class Media(models.Model):
    """A picture or recording with its author and licence; none is published without them."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to="media/%Y/%m")
    title = models.CharField(_("title"), max_length=200)
    author = models.CharField(_("author"), max_length=200)
    source_url = models.URLField(_("source"), blank=True)
    licence = models.ForeignKey(
        Term,
        models.PROTECT,
        limit_choices_to={"vocabulary": "licence"},
        related_name="+",
        verbose_name=_("licence"),
    )
    changes = models.CharField(_("changes made"), max_length=200, blank=True)
    alt = TranslatedField(
        models.CharField(_("text for those who cannot see it"), max_length=300, blank=True)
    )
    is_public = models.BooleanField(_("public"), default=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")

    def __str__(self):
        return self.title


class RateCount(models.Model):
    """How often something was tried in a window of time; see core.limits."""

    key = models.CharField(max_length=120)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="core_rate_once")]

    def __str__(self):
        return f"{self.key} {self.count}"
