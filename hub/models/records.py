import uuid
from datetime import date
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from core.models import Media, Term
from hub.models.freshness import a_year_after
from hub.models.record_queries import RecordQuerySet
from hub.models.texts import RecordText, TextState
from hub.models.visibility import Visibility, widens
from members.models.bodies import Body
from members.models.people import LANGUAGES, User

_ORDER = [code for code, _name in LANGUAGES]


is_currency = RegexValidator(
    r"^[A-Z]{3}\Z", _("A currency is three capital letters (ISO 4217), for example EUR.")
)
# With a digit, so that no code is ever a word of an address (/hub/feed/).
is_code = RegexValidator(
    r"^(?=.*\d)[A-Za-z0-9-]+\Z",
    _("A code has letters, digits and hyphens, and at least one digit, for example SCN-P-0001."),
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

    # The kinds of evidence, each with a date and a version of its own; none implies another.
    AXES = {
        "self_declared": _("self-declared"),
        "city_endorsed": _("city-endorsed"),
        "staff_checked": _("staff-checked"),
        "peer_reviewed": _("peer-reviewed"),
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
    # Since when each kind of evidence is there.
    self_declared_on = models.DateField(AXES["self_declared"], null=True, blank=True)
    city_endorsed_on = models.DateField(AXES["city_endorsed"], null=True, blank=True)
    staff_checked_on = models.DateField(AXES["staff_checked"], null=True, blank=True)
    peer_reviewed_on = models.DateField(AXES["peer_reviewed"], null=True, blank=True)
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
        """The kinds of evidence as (name, date or None), in their order."""
        return [(name, getattr(self, f"{axis}_on")) for axis, name in self.AXES.items()]

    def evidence_axes(self):
        """The same with the version each speaks of, and whether the record has changed since."""
        axes = []
        for axis, (name, day) in zip(self.AXES, self.evidence(), strict=True):
            revision = getattr(self, f"{axis}_revision")
            has_changed = bool(day and revision and revision < self.revision)
            axes.append(EvidenceAxis(name, day, revision, has_changed))
        return axes
