from datetime import timedelta

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from core.models import Term
from hub.models.freshness import ConfirmableQuerySet
from hub.models.links import RecordCity, RecordLink
from hub.models.texts import RecordText, TextState
from hub.models.visibility import Visibility, not_embargoed
from members.models.bodies import Body
from members.models.standing import standing

# The moment a record could first be read: an embargoed one appears when its day comes.
_APPEARS = Greatest("published_at", "embargo_until")


class RecordQuerySet(ConfirmableQuerySet):
    """The questions asked about records: who reads them, which are due, and with what a page needs beside them."""

    def shared_with(self, user):
        shared = Body.records.through.objects.filter(body_id__in=standing(user).groups)
        granted = apps.get_model("hub.AccessGrant").objects.live().filter(grantee=user.pk)
        return Q(pk__in=shared.values("record_id")) | Q(pk__in=granted.values("record_id"))

    def with_cities(self):
        return self.filter(cities__isnull=False).distinct()

    def published(self):
        return self.filter(status="published")

    def public(self):
        """What everybody may read, whoever asks: for the home page, feeds and the sitemap."""
        return self.visible_to(AnonymousUser())

    def newest_first(self):
        """By the moment each could first be read."""
        return self.order_by(_APPEARS.desc(), "-pk")

    def appeared(self, since, until):
        """Published after `since`, or freed from an embargo; and there to be read at `until`."""
        return self.published().alias(moment=_APPEARS).filter(moment__gt=since, moment__lte=until)

    def last_appeared(self, until):
        """When the newest record appeared, up to `until`; None while there is none."""
        appeared = self.published().annotate(moment=_APPEARS)
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
            not_embargoed(), code__iexact=code, visibility=Visibility.GROUP
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
