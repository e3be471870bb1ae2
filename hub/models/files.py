from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Term
from hub.models.records import Record
from hub.models.visibility import Visibility, audience
from members.models.people import LANGUAGES
from members.models.standing import standing


class RecordFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files whose record this visitor may open and which are themselves open to the visitor."""
        who = standing(user)
        shared = Record.objects.filter(Record.objects.all().in_groups(who.groups))
        return self.filter(
            audience(who, Q(record__in=shared)), record__in=Record.objects.visible_to(user)
        )


class RecordFile(models.Model):
    """A file on a record; never more visible than the record itself."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="files")
    file = models.FileField(_("file"), upload_to="records/%Y/%m", max_length=255)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, blank=True)
    licence = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "licence"},
        verbose_name=_("licence"),
    )
    visibility = models.CharField(
        _("who may read it"), max_length=8, choices=Visibility, default=Visibility.MEMBERS
    )
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = RecordFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self):
        return self.title
