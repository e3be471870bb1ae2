import uuid

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.records import Record
from members.models.bodies import Body
from members.models.people import User
from members.models.standing import standing


class ReadingListQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own lists, those of one's groups, and those shared with all members; staff see all."""
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        if not who.is_inside:
            return self.none()
        return self.filter(
            models.Q(owner=user)
            | models.Q(body__in=who.groups)
            | models.Q(audience=ReadingList.Audience.MEMBERS)
        )

    def kept_by(self, user):
        """The lists this member may put records on: their own and those of their groups."""
        return self.filter(models.Q(owner=user) | models.Q(body__in=standing(user).groups))

    def shared_by_others(self, user):
        """What other members show to all members."""
        kept = ReadingList.objects.kept_by(user).values("pk")
        return self.filter(audience=ReadingList.Audience.MEMBERS).exclude(pk__in=kept)

    def holding(self, record):
        return self.filter(items__record=record)

    def newest_first(self):
        return self.order_by("-updated_at", "-pk")

    def with_count_for(self, user):
        """Each with `readable`, how many of its records this visitor may read; the others are nobody's business."""
        items = ReadingListItem.objects.readable_by(user).filter(list=models.OuterRef("pk"))
        count = items.order_by().values("list").annotate(n=models.Count("pk")).values("n")
        return self.annotate(readable=Coalesce(models.Subquery(count), 0))


class ReadingList(models.Model):
    """Records that somebody, or a group, put together. It never opens a record to anybody."""

    class Audience(models.TextChoices):
        OWN = "own", _("only me and the group that keeps it")
        MEMBERS = "members", _("all members")

    MOST = 200  # records on one list

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="reading_lists")
    body = models.ForeignKey(
        Body,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reading_lists",
        verbose_name=_("kept by the group"),
    )
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is for"), max_length=2000, blank=True)
    audience = models.CharField(
        _("who sees it"), max_length=7, choices=Audience, default=Audience.OWN
    )
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = ReadingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading list")
        verbose_name_plural = _("reading lists")

    def __str__(self):
        return self.title


class ReadingListItemQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "pk")

    def readable_by(self, user):
        """Only what this visitor may open: a list never opens a record, nor tells that there is one."""
        return self.filter(record__in=Record.objects.visible_to(user))


class ReadingListItem(models.Model):
    """A record's place on a reading list, with a word on why it is there."""

    list = models.ForeignKey(ReadingList, models.CASCADE, related_name="items")
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = ReadingListItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["list", "record"], name="hub_listed_once"),
        ]

    def __str__(self):
        return str(self.record)
