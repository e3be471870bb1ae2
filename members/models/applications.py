import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.lifecycle import HasStatus
from core.models import Term
from members.models.cities import City
from members.models.people import LANGUAGES, Person, Post, User


class PledgeQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """The version that binds on a day (default today, UTC), or None before the first."""
        day = on or timezone.now().date()
        return self.filter(valid_from__lte=day).order_by("-number").first()


class PledgeVersion(models.Model):
    """The text every member agrees to, as it read from one day on."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    text = TranslatedField(models.TextField(_("text, one principle a line")))
    valid_from = models.DateField(_("valid from"))

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")

    def __str__(self):
        return f"{_('Pledge')} {self.number}"


class PledgeAcceptance(models.Model):
    """A city's yes to one version of the pledge, by somebody who held an office at that moment."""

    city = models.ForeignKey(City, models.PROTECT, related_name="pledges", verbose_name=_("city"))
    version = models.ForeignKey(PledgeVersion, models.PROTECT, verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    signatory = models.ForeignKey(Person, models.PROTECT, verbose_name=_("signatory"))
    office = models.CharField(_("office at signing"), max_length=160)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("acceptance of the pledge")
        verbose_name_plural = _("acceptances of the pledge")
        constraints = [
            models.UniqueConstraint(fields=["city", "version"], name="members_pledge_once_a_city"),
        ]

    def __str__(self):
        return f"{self.city}, {self.version}"


class ApplicationQuerySet(models.QuerySet):
    def open(self):
        """Sent, confirmed, and not yet decided."""
        return self.filter(status__in=MembershipApplication.OPEN)

    def in_staff_queue(self):
        """What staff have to move: new cities, and colleagues whose city did not answer."""
        return self.filter(status__in=MembershipApplication.STAFF_QUEUE, joined_to__isnull=True)

    def waiting_for_staff(self):
        """The part of the queue where nobody but staff can make the next move."""
        return self.in_staff_queue().exclude(status=MembershipApplication.Status.MORE_INFO)

    def with_possible_double(self):
        """Applications whose checks found a city or a person that may be the same."""
        worrying = VettingCheck.objects.filter(
            application=OuterRef("pk"),
            kind__in=[VettingCheck.Kind.DUPLICATE_CITY, VettingCheck.Kind.DUPLICATE_PERSON],
            result__in=[VettingCheck.Result.WARN, VettingCheck.Result.FAIL],
        )
        return self.filter(Exists(worrying))

    def in_hubs(self, hub_ids):
        return self.filter(hub__in=hub_ids)

    def waiting_for_cities(self, city_ids):
        """Colleagues whom the focal points of these cities have to endorse or refuse, oldest first."""
        return self.filter(
            status=MembershipApplication.Status.AWAITING_CITY, city__in=city_ids
        ).order_by("sent_at", "pk")

    def asked_of_cities(self, city_ids):
        """Colleagues the focal points of these cities were asked about, decided or not."""
        return self.filter(route=MembershipApplication.Route.JOIN_CITY, city__in=city_ids)

    def not_confirmed(self):
        """Being written, or sent from an address that nobody confirmed: no one but its writer sees it."""
        return self.filter(status__in=MembershipApplication.NOT_CONFIRMED)

    def latest_of(self, user):
        """The newest confirmed application of an account's own address, or None."""
        return (
            self.exclude(status__in=MembershipApplication.NOT_CONFIRMED)
            .filter(email__iexact=user.email, confirmed_at__isnull=False)
            .order_by("-sent_at", "-pk")
            .first()
        )

    def left_lying(self, since):
        """Neither sent nor confirmed, and not touched since a moment."""
        return self.not_confirmed().filter(saved_at__lt=since).order_by("pk")

    def unanswered_by_city(self, since):
        """A focal point was asked before `since` and has not answered."""
        return self.filter(
            status=MembershipApplication.Status.AWAITING_CITY, city_asked_at__lt=since
        ).order_by("city_asked_at", "pk")


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
