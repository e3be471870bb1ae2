import uuid
from datetime import date, timedelta
from typing import NamedTuple

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from core.models import Media, Term
from hub.models.freshness import ConfirmableQuerySet, a_year_after
from hub.models.links import RecordLink
from hub.models.texts import RecordText, TextState
from hub.models.visibility import Visibility, widens
from members.models.bodies import Body
from members.models.cities import City
from members.models.people import LANGUAGES, User
from members.models.standing import standing

_ORDER = [code for code, _name in LANGUAGES]


is_currency = RegexValidator(
    r"^[A-Z]{3}\Z", _("A currency is three capital letters (ISO 4217), for example EUR.")
)
# With a digit, so that no code is ever a word of an address (/hub/feed/).
is_code = RegexValidator(
    r"^(?=.*\d)[A-Za-z0-9-]+\Z",
    _("A code has letters, digits and hyphens, and at least one digit, for example SCN-P-0001."),
)


class RecordQuerySet(ConfirmableQuerySet):
    def shared_with(self, user):
        shared = Record.groups.through.objects.filter(body_id__in=standing(user).groups)
        granted = apps.get_model("hub.AccessGrant").objects.live().filter(grantee=user.pk)
        return Q(pk__in=shared.values("record_id")) | Q(pk__in=granted.values("record_id"))

    def with_cities(self):
        return self.filter(cities__isnull=False).distinct()

    def published(self):
        return self.filter(status=Record.Status.PUBLISHED)

    def public(self):
        """What everybody may read, whoever asks: for the home page, feeds and the sitemap."""
        return self.visible_to(AnonymousUser())

    def newest_first(self):
        """By the moment each could first be read: an embargoed record appears when its day comes."""
        return self.order_by(Greatest("published_at", "embargo_until").desc(), "-pk")

    def appeared(self, since, until):
        """Published after `since`, or freed from an embargo; and there to be read at `until`."""
        moment = Greatest("published_at", "embargo_until")
        return self.published().alias(moment=moment).filter(moment__gt=since, moment__lte=until)

    def last_appeared(self, until):
        """When the newest record appeared, up to `until`; None while there is none."""
        appeared = self.published().annotate(moment=Greatest("published_at", "embargo_until"))
        return appeared.filter(moment__lte=until).aggregate(newest=models.Max("moment"))["newest"]

    def in_text_state(self, language, state):
        """The records that stand so in this language (TextState), as `text_states` says it."""
        texts = RecordText.objects.filter(record=models.OuterRef("pk"), language=language)
        if state == TextState.MISSING:
            return self.filter(~models.Exists(texts))
        if state == TextState.DRAFT:
            return self.filter(models.Exists(texts.filter(status=RecordText.Status.DRAFT)))
        finished = texts.exclude(status=RecordText.Status.DRAFT)
        if state == TextState.ORIGINAL:
            return self.filter(models.Exists(finished), original_language=language)
        behind = models.Exists(
            finished.filter(source_revision__lt=models.OuterRef("text_revision"))
        )
        translated = self.exclude(original_language=language)
        if state == TextState.STALE:
            return translated.filter(behind)
        return translated.filter(models.Exists(finished.filter(status=state)), ~behind)

    def asked_for_by(self, user):
        """What this person asked to read as a stranger, within the last year, under the address of the account."""
        since = timezone.now() - timedelta(days=365)
        invited = Q(
            access_requests__status="invited",
            access_requests__email__iexact=user.email,
            access_requests__asked_at__gt=since,
        )
        return self.filter(invited).distinct().order_by("code").prefetch_related("texts")

    def to_be_asked_for(self, code):
        """The record of a group with this code, as far as a member outside the group may ask for it."""
        return self.published().filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=timezone.now()),
            code__iexact=code,
            visibility=Visibility.GROUP,
        )

    def newest_public(self, number):
        return self.public().newest_first().with_card()[:number]

    def newest_for(self, user, number):
        """The latest that this visitor may read, with their titles."""
        return self.visible_to(user).published().newest_first().prefetch_related("texts")[:number]

    def with_card(self):
        """What a card in a list says, in three queries however long the list."""
        return self.with_adaptations_counted().prefetch_related(
            "texts",
            models.Prefetch(
                "cities",
                RecordCity.objects.select_related("city__country").order_by("role", "pk"),
            ),
        )

    def with_adaptations_counted(self):
        """Each record says as `adapted_in` how many cities took it up: those that did, not those that think of it."""
        taken_up = (
            apps.get_model("hub.Adaptation")
            .objects.taken_up()
            .filter(source=models.OuterRef("pk"))
            .order_by()
            .values("source")
            .annotate(number=models.Count("pk"))
            .values("number")
        )
        return self.annotate(adapted_in=Coalesce(models.Subquery(taken_up), 0))

    def with_card_parts(self):
        """Everything that a record's card holds, in as many queries for many records as for one."""
        return self.select_related("licence", "cover").prefetch_related(
            "groups",
            "terms",
            "texts",
            "links",
            "contacts",
            "cities__city__country",
            "relations__target",
            "evaluations__city",
            "evaluations__ratings__criterion",
            "files__licence",
        )

    def with_article(self):
        """All that the record's own page says, except its files, which have a rule of their own."""
        return (
            self.select_related("licence", "cover__licence")
            .with_card()
            .prefetch_related(
                models.Prefetch("terms", Term.objects.order_by("vocabulary", "position", "code")),
                models.Prefetch("links", RecordLink.objects.order_by("kind", "position", "pk")),
            )
        )


class EvidenceAxis(NamedTuple):
    """One kind of evidence: what it is called, since when, for which version, and whether that is the past."""

    name: str
    day: date | None
    revision: int | None
    changed_since: bool


class Record(HasStatus):
    """One thing on the shelf: what a city tried, wrote or learned."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("practice")
        LESSON = "lesson_learned", _("lesson learned")
        POLICY = "policy", _("policy or strategy")
        RESEARCH = "research", _("research")
        TOOLKIT = "toolkit", _("guide or kit")
        CASE_STUDY = "case_study", _("case study")
        POSITION_PAPER = "position_paper", _("position paper")
        IMPACT_STORY = "impact_story", _("impact story")
        EVENT_REPORT = "event_report", _("event report")
        EVALUATION = "evaluation", _("evaluation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    MOVES = {
        Status.DRAFT: {Status.PUBLISHED, Status.ARCHIVED},
        Status.PUBLISHED: {Status.DRAFT, Status.ARCHIVED},
        Status.ARCHIVED: {Status.PUBLISHED},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True, validators=[is_code])
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.PRACTICE)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    visibility = models.CharField(
        _("who may read it"), max_length=8, choices=Visibility, default=Visibility.MEMBERS
    )
    groups = models.ManyToManyField(
        Body, blank=True, related_name="records", verbose_name=_("groups that may read it")
    )
    embargo_until = models.DateTimeField(_("not before"), null=True, blank=True)
    original_language = models.CharField(
        _("original language"), max_length=2, choices=LANGUAGES, default="en"
    )
    is_fictional = models.BooleanField(_("invented for the demonstration"), default=False)
    from_public_record = models.BooleanField(_("told from the public record"), default=False)
    terms = models.ManyToManyField(
        Term, blank=True, related_name="records", verbose_name=_("codes")
    )
    start_date = models.DateField(_("began"), null=True, blank=True)
    start_precision = models.CharField(
        _("began, known to the"),
        max_length=5,
        default="month",
        choices=[("day", _("day")), ("month", _("month")), ("year", _("year"))],
    )
    end_date = models.DateField(_("ended"), null=True, blank=True)
    is_ongoing = models.BooleanField(_("still going on"), default=False)
    lead_organization = models.CharField(_("led by"), max_length=200, blank=True)
    internet_dependence = models.CharField(
        _("needs the internet"),
        max_length=4,
        blank=True,
        choices=[("none", _("not at all")), ("low", _("a little")), ("high", _("much"))],
    )
    conflict_affected = models.BooleanField(_("done amid conflict"), null=True, blank=True)
    cost_amount = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    cost_currency = models.CharField(
        _("currency"), max_length=3, blank=True, validators=[is_currency]
    )
    staff_fte = models.DecimalField(
        _("staff, in full-time posts"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    funders = ArrayField(
        models.CharField(max_length=200), verbose_name=_("paid for by"), default=list, blank=True
    )
    licence = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "licence"},
        verbose_name=_("licence"),
    )
    cover = models.ForeignKey(
        Media, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    revision = models.PositiveIntegerField(_("version"), default=1, editable=False)
    text_revision = models.PositiveIntegerField(
        _("version of the original text"), default=1, editable=False
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    last_confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    review_due = models.DateField(_("to be confirmed by"), null=True, blank=True)
    # How many of the letters that ask for a confirmation went out for this date, and when the last one did.
    times_asked = models.PositiveSmallIntegerField(default=0, editable=False)
    last_asked_on = models.DateField(null=True, editable=False)
    # The four kinds of evidence, each with its own date; none implies another.
    self_declared_on = models.DateField(_("self-declared"), null=True, blank=True)
    city_endorsed_on = models.DateField(_("city-endorsed"), null=True, blank=True)
    staff_checked_on = models.DateField(_("staff-checked"), null=True, blank=True)
    peer_reviewed_on = models.DateField(_("peer-reviewed"), null=True, blank=True)
    # The version each of them speaks of.
    self_declared_revision = models.PositiveIntegerField(
        _("self-declared, version"), null=True, blank=True
    )
    city_endorsed_revision = models.PositiveIntegerField(
        _("city-endorsed, version"), null=True, blank=True
    )
    staff_checked_revision = models.PositiveIntegerField(
        _("staff-checked, version"), null=True, blank=True
    )
    peer_reviewed_revision = models.PositiveIntegerField(
        _("peer-reviewed, version"), null=True, blank=True
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_at__isnull=False),
                name="hub_published_has_a_date",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def appeared_at(self):
        """When it could first be read: published, and no longer embargoed; None before it is published."""
        if self.published_at and self.embargo_until:
            return max(self.published_at, self.embargo_until)
        return self.published_at

    @property
    def is_on_shelf(self):
        """Whether its audience reads it now: published, and no longer embargoed."""
        return self.status == self.Status.PUBLISHED and self.appeared_at <= timezone.now()

    def readable_texts(self):
        """The language versions a reader is offered, the original first; an unfinished one only when alone."""
        texts = sorted(
            self.texts.all(),
            key=lambda text: (text.language != self.original_language, _ORDER.index(text.language)),
        )
        return [text for text in texts if text.status != RecordText.Status.DRAFT] or texts

    def text_states(self):
        """How the record stands in each language, as (language, TextState)."""
        texts = {text.language: text for text in self.texts.all()}
        return [
            (code, texts[code].state(self) if code in texts else TextState.MISSING)
            for code in _ORDER
        ]

    def text_for(self, language):
        """The version in this language, else the original, else any; None while nothing is written."""
        texts = self.readable_texts()
        return next(
            (text for text in texts if text.language == language), texts[0] if texts else None
        )

    def text(self):
        """The version for the language of the page."""
        return self.text_for(get_language())

    def would_widen(self, visibility, groups, files) -> bool:
        """Whether a change of audience lets somebody in who cannot read the record or one of its files now."""
        known = set(self.groups.values_list("pk", flat=True))
        new_groups = visibility == Visibility.GROUP and not {group.pk for group in groups} <= known
        now = dict(self.files.values_list("pk", "visibility"))
        return (
            widens(self.visibility, visibility)
            or new_groups
            or any(widens(now[pk], chosen) for pk, chosen in files.items())
        )

    def evidence_axes(self):
        """The same with the version each speaks of, and whether the record has changed since."""
        return [
            EvidenceAxis(name, day, revision, bool(day and revision and revision < self.revision))
            for (name, day), revision in zip(
                self.evidence(),
                [
                    self.self_declared_revision,
                    self.city_endorsed_revision,
                    self.staff_checked_revision,
                    self.peer_reviewed_revision,
                ],
                strict=True,
            )
        ]

    def owner_cities(self) -> set[int]:
        """The keys of the cities that own it."""
        return {place.city_id for place in self.cities.all() if place.role == "owner"}

    def renew(self, on):
        """It was right on this day: the next time somebody has to say so is a year away. The caller saves."""
        self.review_due, self.times_asked, self.last_asked_on = a_year_after(on), 0, None

    @property
    def unconfirmed_since(self):
        """The day by which somebody should have said that it still holds, once that day is over."""
        is_over = self.review_due and self.review_due < timezone.now().date()
        return self.review_due if is_over and self.status == self.Status.PUBLISHED else None

    def evidence(self):
        """The four kinds of evidence as (name, date or None), in their order; none implies another."""
        return [
            (_("self-declared"), self.self_declared_on),
            (_("city-endorsed"), self.city_endorsed_on),
            (_("staff-checked"), self.staff_checked_on),
            (_("peer-reviewed"), self.peer_reviewed_on),
        ]


class RecordCity(models.Model):
    """A city that owns a record or took part in it."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="cities")
    city = models.ForeignKey(City, models.PROTECT, related_name="records", verbose_name=_("city"))
    role = models.CharField(
        _("role"),
        max_length=8,
        default="owner",
        choices=[("owner", _("owner")), ("partner", _("partner"))],
    )

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        constraints = [
            models.UniqueConstraint(fields=["record", "city"], name="hub_city_once_a_record"),
        ]

    def __str__(self):
        return str(self.city)
