import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from core.models import Term
from members.models.application_queries import ApplicationQuerySet
from members.models.cities import City
from members.models.people import LANGUAGES, Person, Post, User
from members.models.pledges import PledgeVersion


class MembershipApplication(HasStatus):
    """A request to become a Strong City, or to join one that is a member already."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        UNCONFIRMED = "unconfirmed", _("waiting for the e-mail address to be confirmed")
        SUBMITTED = "submitted", _("received")
        AWAITING_CITY = "awaiting_city", _("waiting for the city’s focal point")
        IN_VETTING = "in_vetting", _("being checked")
        MORE_INFO = "more_info", _("waiting for the applicant’s answer")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class Route(models.TextChoices):
        NEW_CITY = "new_city", _("a new city")
        JOIN_CITY = "join_city", _("a colleague in a member city")
        JOIN_APPLICATION = "join_application", _("a colleague in a city that has applied")

    NOT_CONFIRMED = [Status.DRAFT, Status.UNCONFIRMED]
    STEPS = ("city", "post", "themes", "pledge")
    PRIVACY_VERSION = 1  # of the notice at /privacy/; raise it when its meaning changes
    MOST_ATTACHMENTS = 5
    # A city's focal point is reminded after so many days; then staff look at the colleague themselves.
    CITY_REMINDED_AFTER_DAYS = 7
    CITY_ANSWERS_WITHIN_DAYS = 14
    # What nobody goes on with is deleted; letters are kept a little longer than the decision.
    KEPT_UNSENT_DAYS = 90
    LETTERS_KEPT_DAYS = 30
    OPEN = [Status.SUBMITTED, Status.AWAITING_CITY, Status.IN_VETTING, Status.MORE_INFO]
    STAFF_QUEUE = [Status.SUBMITTED, Status.IN_VETTING, Status.MORE_INFO]
    MOVES = {
        Status.DRAFT: {Status.UNCONFIRMED, Status.WITHDRAWN, Status.EXPIRED},
        Status.UNCONFIRMED: {Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN, Status.EXPIRED},
        Status.SUBMITTED: {
            Status.AWAITING_CITY,
            Status.IN_VETTING,
            Status.DECLINED,
            Status.WITHDRAWN,
        },
        Status.AWAITING_CITY: {
            Status.APPROVED,
            Status.DECLINED,
            Status.IN_VETTING,
            Status.WITHDRAWN,
        },
        Status.IN_VETTING: {
            Status.MORE_INFO,
            Status.AWAITING_CITY,
            Status.APPROVED,
            Status.DECLINED,
            Status.WITHDRAWN,
        },
        Status.MORE_INFO: {
            Status.IN_VETTING,
            Status.DECLINED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.DECLINED: {Status.IN_VETTING},
        Status.EXPIRED: {Status.IN_VETTING},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form_version = models.PositiveSmallIntegerField(_("version of the form"), default=1)
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.DRAFT, editable=False
    )
    route = models.CharField(_("route"), max_length=16, choices=Route, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    # Bumped when links already mailed must stop working (address changed, reopened).
    link_version = models.PositiveIntegerField(default=1, editable=False)

    # Your city
    place = models.ForeignKey(
        "members.Place",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("place in the gazetteer"),
    )
    city = models.ForeignKey(
        City,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("member city"),
    )
    city_name = models.CharField(_("city"), max_length=120, blank=True)
    city_name_local = models.CharField(_("city in the local script"), max_length=120, blank=True)
    country = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "country"},
        verbose_name=_("country or territory"),
    )
    hub = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        limit_choices_to={"vocabulary": "hub"},
        verbose_name=_("regional hub"),
    )
    authority_level = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "authority_level"},
        verbose_name=_("kind of authority"),
    )
    city_website = models.URLField(_("website of the city"), blank=True, max_length=300)
    city_listing = models.CharField(
        _("how the city is listed"),
        max_length=8,
        choices=City.Listing,
        default=City.Listing.MEMBERS,
    )

    # You and your post
    email = models.EmailField(_("work e-mail"), blank=True)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    name_local = models.CharField(_("name in the local script"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Post.Role, blank=True)
    office = models.CharField(_("office held"), max_length=160, blank=True)
    department = models.CharField(_("department"), max_length=160, blank=True)
    sector = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "sector"},
        verbose_name=_("sector"),
    )
    employer_page = models.URLField(_("page of the employer"), blank=True, max_length=300)
    languages = models.ManyToManyField(
        Term,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "language"},
        verbose_name=_("languages spoken"),
    )
    is_signatory = models.BooleanField(_("may sign for the city"), null=True)
    person_listing = models.CharField(
        _("who may see the name"),
        max_length=8,
        choices=Person.Listing,
        default=Person.Listing.MEMBERS,
    )

    # Themes, motivation, summit
    themes = models.ManyToManyField(
        Term,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "theme"},
        verbose_name=_("themes"),
    )
    motivation = models.TextField(_("motivation"), blank=True)
    summit_interest = models.BooleanField(_("interested in the next summit"), default=False)

    # Pledge
    pledge = models.ForeignKey(
        PledgeVersion, models.PROTECT, null=True, blank=True, verbose_name=_("pledge")
    )
    pledged_at = models.DateTimeField(_("pledge ticked"), null=True, editable=False)
    privacy_version = models.PositiveSmallIntegerField(_("privacy notice read"), null=True)

    # What became of it
    # What was typed and does not pass yet, by step and field: nobody types it twice.
    typed = models.JSONField(default=dict, editable=False)
    steps_done = ArrayField(models.CharField(max_length=12), default=list, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    due_on = models.DateField(_("answer due"), null=True, editable=False)
    joined_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joined",
        editable=False,
        verbose_name=_("joined to"),
    )
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        editable=False,
        verbose_name=_("duplicate of"),
    )
    assigned_to = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("assigned to"),
    )
    city_asked_at = models.DateTimeField(_("focal point asked"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("focal point reminded"), null=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decision_reason = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        limit_choices_to={"vocabulary": "decline_reason"},
        verbose_name=_("reason"),
    )
    decision_text = models.TextField(_("reason in words"), blank=True, editable=False)
    person = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        editable=False,
        verbose_name=_("person"),
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "unconfirmed", "withdrawn", "expired"])
                | Q(confirmed_at__isnull=False, sent_at__isnull=False),
                name="members_application_sent_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "declined"]) | Q(decided_at__isnull=False),
                name="members_application_decided_has_a_date",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(status__in=["submitted", "awaiting_city", "in_vetting", "more_info"]),
                name="members_one_open_application_an_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="members_application_due",
                condition=Q(status__in=["submitted", "in_vetting", "more_info"]),
            ),
            models.Index(fields=["status", "hub"], name="members_application_queue"),
        ]

    def __str__(self):
        return f"{self.number}, {self.city_name}" if self.city_name else self.number

    @property
    def number(self):
        """The number people quote: SCN-A-0042."""
        return f"SCN-A-{self.pk:04d}"

    @property
    def is_complete(self):
        """Was every step answered, so that it can be sent?"""
        return set(self.STEPS) <= set(self.steps_done)

    @property
    def email_domain(self):
        return self.email.rpartition("@")[2].lower()
