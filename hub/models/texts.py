from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.people import LANGUAGES


class TextState(models.TextChoices):
    """How a record stands in one language; nothing of it is stored."""

    ORIGINAL = "original", _("original")
    MISSING = "missing", _("missing")
    DRAFT = "draft", _("draft")
    MACHINE = "machine", _("machine translation")
    REVIEWED = "reviewed", _("reviewed")
    STALE = "stale", _("older than the original")


class RecordText(models.Model):
    """A record in one language."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        MACHINE = "machine", _("machine translation")
        REVIEWED = "reviewed", _("reviewed")

    # The long texts and what they are called, in the order of the article.
    BODY = {
        "description": _("what it is"),
        "objectives": _("what it set out to do"),
        "activities": _("what was done"),
        "evidence_and_evaluation": _("what is known about the result"),
        "cooperation_partnerships": _("who works with whom"),
        "cost_description": _("what it costs"),
        "sustainability": _("what makes it last"),
        "transferability": _("what another city should know"),
        "enabling_factors": _("what helped"),
        "constraints": _("what stood in the way"),
        "resources_needed": _("what it needs"),
        "ethics_and_rights": _("rights and safeguards"),
        "gender_and_inclusion": _("gender and inclusion"),
    }

    # Needs no index of its own: hub_one_text_a_language begins with it.
    record = models.ForeignKey(
        "hub.Record",
        models.CASCADE,
        related_name="texts",
        verbose_name=_("record"),
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    status = models.CharField(
        _("translation"), max_length=8, choices=Status, default=Status.REVIEWED
    )
    source_revision = models.PositiveIntegerField(_("made from version"), default=1)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), max_length=600, blank=True)
    description = models.TextField(BODY["description"], blank=True)
    objectives = models.TextField(BODY["objectives"], blank=True)
    activities = models.TextField(BODY["activities"], blank=True)
    evidence_and_evaluation = models.TextField(BODY["evidence_and_evaluation"], blank=True)
    cooperation_partnerships = models.TextField(BODY["cooperation_partnerships"], blank=True)
    cost_description = models.TextField(BODY["cost_description"], blank=True)
    sustainability = models.TextField(BODY["sustainability"], blank=True)
    transferability = models.TextField(BODY["transferability"], blank=True)
    enabling_factors = models.TextField(BODY["enabling_factors"], blank=True)
    constraints = models.TextField(BODY["constraints"], blank=True)
    resources_needed = models.TextField(BODY["resources_needed"], blank=True)
    ethics_and_rights = models.TextField(BODY["ethics_and_rights"], blank=True)
    gender_and_inclusion = models.TextField(BODY["gender_and_inclusion"], blank=True)
    keywords = models.CharField(_("keywords"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(fields=["record", "language"], name="hub_one_text_a_language"),
        ]

    def __str__(self):
        return self.title

    def state(self, record) -> TextState:
        """How this version stands; a draft is a draft, whatever it was made from."""
        if self.status == self.Status.DRAFT:
            return TextState.DRAFT
        if self.language == record.original_language:
            return TextState.ORIGINAL
        return TextState.STALE if self.is_behind(record) else TextState(self.status)

    def is_behind(self, record) -> bool:
        """Whether the original has moved on since this translation was made."""
        return (
            self.language != record.original_language
            and self.source_revision < record.text_revision
        )
