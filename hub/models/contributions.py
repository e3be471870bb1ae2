import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from hub.models.records import Record
from hub.models.visibility import Visibility
from members.models.cities import City
from members.models.people import LANGUAGES, Person, User
from members.models.standing import standing


class Section(models.TextChoices):
    """The parts of the form a contribution is written in."""

    ABOUT = "about", _("what it is")
    STORY = "story", _("the story")
    CODES = "codes", _("where it fits")
    CONTEXT = "context", _("cost and context")
    LINKS = "links", _("links and people")
    FILES = "files", _("files")
    AUDIENCE = "audience", _("who may read it")


class ContributionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this visitor may open: staff everything, a member what they or their city's people write."""
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        if not who.is_inside:
            return self.none()
        ours = models.Q(created_by=user, city__isnull=True) | models.Q(city__in=who.cities)
        # A change holds the whole text of its record: it is for those alone who may read that.
        is_open = ~models.Q(record__visibility__in=[Visibility.GROUP, Visibility.STAFF])
        is_open |= models.Q(record__isnull=True) | models.Q(
            record__in=Record.objects.visible_to(user)
        )
        return self.filter(ours, is_open)

    def open_to(self, user):
        """What this visitor writes, or the people of their cities, the latest first."""
        mine = models.Q(created_by=user) | models.Q(city__in=standing(user).cities)
        return self.visible_to(user).filter(mine).with_names().order_by("-updated_at", "-pk")

    def with_names(self):
        """What a line in a list says, in one query."""
        return self.select_related("city", "record", "created_by__person")

    def waiting_for_sign_off(self, user):
        """What this focal point has to look at, the longest wait first."""
        return (
            self.visible_to(user)
            .filter(status=Contribution.Status.CITY_REVIEW, city__in=standing(user).focal_cities)
            .with_names()
            .order_by("city_asked_at", "pk")
        )

    def waiting_for_authors(self, user):
        """What staff sent back to this writer."""
        return (
            self.visible_to(user)
            .filter(status=Contribution.Status.CHANGES_REQUESTED)
            .filter(models.Q(created_by=user) | models.Q(updated_by=user))
            .with_names()
            .order_by("updated_at", "pk")
        )

    def waiting_for_staff(self):
        return self.filter(status__in=Contribution.STAFF_QUEUE)

    def unanswered_by_city(self, before):
        """What a focal point was asked about before this moment and has not been reminded of."""
        return self.filter(
            status=Contribution.Status.CITY_REVIEW, city_asked_at__lt=before, reminded_at=None
        ).order_by("pk")


class Contribution(HasStatus):
    """What members write for the library before it is on the shelf: a new record, a change or a translation.

    `card` holds it in the shape of a record card (hub/data/README.md); nothing in it needs to be there until it
    is sent. The record itself changes only when staff publish.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        CITY_REVIEW = "city_review", _("with the focal point")
        SUBMITTED = "submitted", _("waiting for network staff")
        STAFF_REVIEW = "staff_review", _("being reviewed")
        CHANGES_REQUESTED = "changes_requested", _("changes requested")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {
        Status.DRAFT: {Status.CITY_REVIEW, Status.SUBMITTED, Status.WITHDRAWN},
        Status.CITY_REVIEW: {Status.SUBMITTED, Status.DRAFT, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.STAFF_REVIEW, Status.CHANGES_REQUESTED, Status.WITHDRAWN},
        Status.STAFF_REVIEW: {Status.PUBLISHED, Status.CHANGES_REQUESTED, Status.WITHDRAWN},
        Status.CHANGES_REQUESTED: {Status.CITY_REVIEW, Status.SUBMITTED, Status.WITHDRAWN},
        Status.PUBLISHED: set(),
        Status.WITHDRAWN: {Status.DRAFT},
    }
    OPEN = [
        Status.DRAFT,
        Status.CITY_REVIEW,
        Status.SUBMITTED,
        Status.STAFF_REVIEW,
        Status.CHANGES_REQUESTED,
    ]
    STAFF_QUEUE = [Status.SUBMITTED, Status.STAFF_REVIEW]
    CITY_REMINDED_AFTER_DAYS = 7
    # While it stands here its authors may write.
    WRITABLE = [Status.DRAFT, Status.CHANGES_REQUESTED]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=17, choices=Status, default=Status.DRAFT, editable=False
    )
    record = models.ForeignKey(
        Record,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("record"),
    )
    base_revision = models.PositiveIntegerField(_("made from version"), null=True, editable=False)
    city = models.ForeignKey(
        City,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("city"),
    )
    language = models.CharField(_("written in"), max_length=2, choices=LANGUAGES, default="en")
    card = models.JSONField(_("card"), default=dict)
    version = models.PositiveIntegerField(_("saved so often"), default=1, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="contributions", editable=False
    )
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    city_asked_at = models.DateTimeField(_("city asked"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("city reminded"), null=True, editable=False)
    signed_off_at = models.DateTimeField(_("signed off"), null=True, editable=False)
    signed_off_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(_("sent"), null=True, editable=False)
    reviewer = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="hub_contribution_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status__in=["submitted", "staff_review", "published"])
                | models.Q(submitted_at__isnull=False),
                name="hub_sent_has_a_date",
            ),
        ]

    def __str__(self):
        return self.title or str(_("untitled"))

    @property
    def title(self):
        """What its text is called so far, in its own language, else in any; empty while it has no title."""
        texts = self.card.get("texts", {})
        titles = [texts.get(self.language, {}).get("title")]
        titles += [text.get("title") for text in texts.values()]
        return next((title for title in titles if title), "")

    @property
    def is_writable(self):
        return self.status in self.WRITABLE

    @property
    def kind_label(self):
        """What it will be in the library, in words."""
        return Record.Kind(self.card.get("kind", Record.Kind.PRACTICE)).label

    def authors(self) -> list[User]:
        """Whoever began it and whoever wrote last, as long as they may read it."""
        writers = {user.pk: user for user in (self.created_by, self.updated_by) if user}
        return [user for user in writers.values() if self.is_open_to(user)]

    def focal_point(self) -> Person | None:
        """Who can sign it off for its city today: its focal point, with an account and allowed to read it."""
        person = Person.objects.focal_point_of(self.city) if self.city else None
        return person if person and person.user and self.is_open_to(person.user) else None

    def is_open_to(self, user) -> bool:
        return Contribution.objects.visible_to(user).filter(pk=self.pk).exists()

    def sent_comments(self):
        """The remarks that were sent to its authors; those of a review under way are not theirs yet."""
        comments = self.comments.select_related("by__person").order_by("at", "pk")
        if self.status in self.STAFF_QUEUE:
            return comments.filter(at__lt=self.submitted_at)
        return comments

    def files_in_it(self):
        """The files that come with it and are on no record yet."""
        return self.files.filter(record__isnull=True).order_by("pk")


class Comment(models.Model):
    """A remark on one part of a contribution, for whoever writes it."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="comments")
    section = models.CharField(
        _("about"),
        max_length=40,
        blank=True,
        help_text=_("The name of a part; empty for the whole."),
    )
    text = models.TextField(_("comment"), max_length=4000)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self):
        return self.text[:60]

    @property
    def section_label(self):
        """The part it is about, in words; empty for the whole."""
        return Section(self.section).label if self.section in Section.values else ""


class Revision(models.Model):
    """A record as it stood at one version: its whole card, kept for good."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("version"))
    card = models.JSONField(_("card"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    contribution = models.ForeignKey(Contribution, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="hub_revision_once"),
        ]

    def __str__(self):
        return f"{self.record}, {self.number}"
