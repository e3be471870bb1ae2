from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.applications import MembershipApplication
from members.models.people import Person, User


class VettingCheck(models.Model):
    """One thing that was looked at before deciding: what came out, who looked, when."""

    class Kind(models.TextChoices):
        EMAIL_CONFIRMED = "email_confirmed", _("e-mail address confirmed")
        DOMAIN_KNOWN = "domain_known", _("domain known to be the city’s")
        DOMAIN_IS_WEBSITE = "domain_is_website", _("domain is that of the city’s website")
        GOV_SUFFIX = "gov_suffix", _("government domain")
        FREE_MAIL = "free_mail", _("free mail address")
        GAZETTEER = "gazetteer", _("city in the gazetteer")
        DUPLICATE_CITY = "duplicate_city", _("city known already")
        DUPLICATE_PERSON = "duplicate_person", _("person known already")
        LETTER = "letter", _("letter from the city")
        CALL_BACK = "call_back", _("call to the city’s own number")

    class Result(models.TextChoices):
        PASS = "pass", _("pass")
        WARN = "warn", _("warning")
        FAIL = "fail", _("fail")
        NOT_APPLICABLE = "n/a", _("does not apply")

    application = models.ForeignKey(
        MembershipApplication, models.CASCADE, related_name="checks", verbose_name=_("application")
    )
    kind = models.CharField(_("check"), max_length=20, choices=Kind)
    result = models.CharField(_("result"), max_length=4, choices=Result)
    detail = models.TextField(_("what was found"), blank=True)
    # Ids of the cities or people found, to be shown side by side.
    found = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by whom (nobody: automatic)"),
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        indexes = [models.Index(fields=["application", "at"], name="members_check_order")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.get_result_display()}"


class Exchange(models.Model):
    """A question staff put to an applicant, an answer to it, or a note among staff."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        ANSWER = "answer", _("answer")
        NOTE = "note", _("note among staff")

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="exchanges",
        verbose_name=_("application"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.TextField(_("text"))
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by whom")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("question or answer")
        verbose_name_plural = _("questions and answers")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"


class Endorsement(models.Model):
    """What a city's focal point said about somebody who says to work there."""

    application = models.OneToOneField(
        MembershipApplication,
        models.CASCADE,
        related_name="endorsement",
        verbose_name=_("application"),
    )
    endorsed = models.BooleanField(_("endorsed"))
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by whom"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")

    def __str__(self):
        return str(self.application)


class AttachmentQuerySet(models.QuerySet):
    def no_longer_needed(self, decided_before):
        """Letters with applications that were decided before a moment: kept no longer than needed."""
        return self.filter(
            application__status__in=["approved", "declined"],
            application__decided_at__lt=decided_before,
        )


class Attachment(models.Model):
    """A letter or other proof sent with an application; staff alone may open it."""

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="attachments",
        verbose_name=_("application"),
    )
    file = models.FileField(_("file"), upload_to="applications/%Y/%m")
    name = models.CharField(_("name"), max_length=160)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self):
        return self.name
