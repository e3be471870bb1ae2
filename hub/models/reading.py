import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.records import Record
from members.models.bodies import Body
from members.models.people import User
from members.models.standing import standing


class SavedSearch(models.Model):
    """A search somebody keeps, and how often a letter tells what is new in it."""

    class Frequency(models.TextChoices):
        NEVER = "never", _("never")
        EACH = "each", _("as each appears")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=120)
    query = models.CharField(_("search"), max_length=2000)  # as in the address, without page
    frequency = models.CharField(
        _("letters"), max_length=6, choices=Frequency, default=Frequency.WEEKLY
    )
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    told_until = models.DateTimeField(default=timezone.now, editable=False)
    letter_at = models.DateTimeField(_("last letter"), null=True, editable=False)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(fields=["user", "query"], name="hub_search_saved_once"),
        ]

    def __str__(self):
        return self.name


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


class ReadingList(models.Model):
    """Records that somebody, or a group, put together. It never opens a record to anybody."""

    class Audience(models.TextChoices):
        OWN = "own", _("only me and the group that keeps it")
        MEMBERS = "members", _("all members")

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


class ReadingListItem(models.Model):
    """A record's place on a reading list, with a word on why it is there."""

    list = models.ForeignKey(ReadingList, models.CASCADE, related_name="items")
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["list", "record"], name="hub_listed_once"),
        ]

    def __str__(self):
        return str(self.record)


class SearchLog(models.Model):
    """What was looked for and how much was found. It never says by whom."""

    on = models.DateField(_("day"))
    query = models.CharField(_("words, folded"), max_length=200)
    filters = models.CharField(_("filters"), max_length=500, blank=True)
    language = models.CharField(_("language of the page"), max_length=2)
    results = models.PositiveIntegerField(_("found"))
    times = models.PositiveIntegerField(_("times"), default=1)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [
            models.UniqueConstraint(
                fields=["on", "query", "filters", "language"], name="hub_search_logged_once"
            ),
        ]
        indexes = [models.Index(fields=["results", "-on"], name="hub_search_log_empty")]

    def __str__(self):
        return self.query
