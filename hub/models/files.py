from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import extraction, files, scanner
from core.models import Leased, Term
from hub.models.contributions import Contribution
from hub.models.records import Record
from hub.models.visibility import Visibility, audience
from members.models.people import LANGUAGES, User
from members.models.standing import standing


class RecordFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Clean files whose record this visitor may open and which are themselves open to the visitor.

        What waits for the scanner, or was refused by it, nobody is given, staff neither.
        """
        who = standing(user)
        special = Record.objects.filter(Record.objects.all().shared_with(user))
        return self.clean().filter(
            audience(who, Q(record__in=special), in_full=True),
            record__in=Record.objects.readable_in_full(user),
        )

    def written_by(self, user):
        """Clean files of contributions this visitor may open, not on the shelf yet."""
        contributions = Contribution.objects.visible_to(user)
        return self.clean().filter(record__isnull=True, contribution__in=contributions)

    def clean(self):
        return self.filter(scan=RecordFile.Scan.CLEAN)

    def waiting(self):
        """What the scanner has not looked at yet."""
        return self.filter(scan=RecordFile.Scan.WAITING)

    def unread(self):
        """Clean files with words in them that were not read yet, and those whose reading failed and is tried again."""
        failed = ~Q(text__problem="") & Q(attempts__lt=RecordFile.MOST_READINGS)
        return self.clean().filter(
            Q(text__isnull=True) | failed, content_type__in=RecordFile.READ_TYPES
        )


def first_scan():
    """How a new file begins: where there is a scanner it waits for it."""
    return RecordFile.Scan.WAITING if scanner.is_on() else RecordFile.Scan.CLEAN


class RecordFile(Leased):
    """A file on a record, or on a contribution until that is published; never more visible than the record itself.

    The lease is that of the worker who has it scanned, then read for the search.
    """

    class Scan(models.TextChoices):
        WAITING = "waiting", _("waiting for the scanner")
        CLEAN = "clean", _("clean")
        REFUSED = "refused", _("refused")

    KINDS = ("pdf", "docx", "xlsx", "pptx", "odt", "txt", "jpg", "png")
    READ_TYPES = [files.KINDS[kind][1] for kind in extraction.KINDS]
    MOST_MEGABYTES = 50
    MOST_READINGS = 3

    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="files")
    contribution = models.ForeignKey(
        Contribution, models.SET_NULL, null=True, blank=True, related_name="files"
    )
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
    transcript = models.TextField(
        _("description or transcript"),
        blank=True,
        help_text=_("What somebody who cannot see or hear it needs to know."),
    )
    scan = models.CharField(
        _("scan"), max_length=7, choices=Scan, default=first_scan, editable=False
    )
    scanned_at = models.DateTimeField(_("scanned"), null=True, editable=False)
    scan_note = models.CharField(_("what the scanner said"), max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = RecordFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(scan="waiting"), name="hub_file_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(record__isnull=False) | Q(contribution__isnull=False),
                name="hub_file_belongs_somewhere",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def name(self):
        """What it is called when somebody saves it."""
        return f"{self.title}.{(self.file.name or '').rpartition('.')[2]}"


class FileText(models.Model):
    """The words inside a file, read from it for the search; nobody is shown them."""

    file = models.OneToOneField(RecordFile, models.CASCADE, related_name="text")
    words = models.TextField(blank=True)
    problem = models.CharField(_("why it could not be read"), max_length=200, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self):
        return str(self.file)
