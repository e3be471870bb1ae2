from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import override

from hub.models.access import AccessGrant
from hub.models.records import Record
from hub.models.texts import RecordText
from hub.models.visibility import ReadableQuerySet, Visibility
from members.models import City
from members.models.people import LANGUAGES
from members.models.standing import standing

# A kind's number among the facets. Never change one: the rows in the database hold them.
KIND_NUMBERS = {
    Record.Kind.PRACTICE: -1,
    Record.Kind.LESSON: -2,
    Record.Kind.POLICY: -3,
    Record.Kind.RESEARCH: -4,
    Record.Kind.TOOLKIT: -5,
    Record.Kind.CASE_STUDY: -6,
    Record.Kind.POSITION_PAPER: -7,
    Record.Kind.IMPACT_STORY: -8,
    Record.Kind.EVENT_REPORT: -9,
    Record.Kind.EVALUATION: -10,
}
_BATCH = 200
_COPIED = ["status", "visibility", "groups", "embargo_until", "facets", "shown_at", "fts"]


class SearchVector(Func):
    """The vector of one text: language, title, summary, words, body (migration 0002)."""

    function = "hub_search_vector"
    arity = 5
    output_field = SearchVectorField()


class SearchRowQuerySet(ReadableQuerySet):
    def shared_with(self, user):
        granted = AccessGrant.objects.live().filter(grantee=user.pk)
        return Q(groups__overlap=sorted(standing(user).groups)) | Q(
            record_id__in=granted.values("record_id")
        )

    @transaction.atomic
    def refresh(self, *records):
        """Write the rows of these records (of all, without any) anew from the source; says how many there are.

        Each record is locked meanwhile, so that no change made at the same time is missed.
        """
        chosen = Record.objects.select_for_update()
        if records:
            chosen = chosen.filter(pk__in=[record.pk for record in records])
        complete = chosen.prefetch_related(
            "texts", "terms", "groups", "cities__city", "links", "evaluations__ratings"
        )
        written = []
        for record in complete.order_by("pk").iterator(chunk_size=_BATCH):
            rows = _rows(record)
            self.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["record", "language"],
                update_fields=_COPIED,
            )
            languages = [row.language for row in rows]
            self.filter(record=record).exclude(language__in=languages).delete()
            written += rows
        return len(written)

    def differing(self):
        """The (code, language) of every row that is not what a refresh would make of it; changes nothing."""
        before = self._snapshot()
        with transaction.atomic():
            self.refresh()
            after = self._snapshot()
            transaction.set_rollback(True)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        codes = Record.objects.in_bulk({record for record, _ in changed})
        return sorted((codes[record].code, language) for record, language in changed)

    def _snapshot(self):
        digest = Func(Cast(F("fts"), TextField()), function="md5", output_field=TextField())
        rows = self.annotate(digest=digest).values_list(
            "record_id", "language", *[name for name in _COPIED if name != "fts"], "digest"
        )
        return {row[:2]: row[2:] for row in rows}


class SearchRow(models.Model):
    """What the search reads: one narrow row for each record and language, rebuilt from the source.

    `facets` holds the keys of the record's terms and, below zero, the number of its kind, so that one array
    answers every filter and every count.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="search_rows")
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=12)
    visibility = models.CharField(max_length=8)
    groups = ArrayField(models.IntegerField(), default=list)
    embargo_until = models.DateTimeField(null=True)
    facets = ArrayField(models.IntegerField(), default=list)
    shown_at = models.DateTimeField()
    fts = SearchVectorField()

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        verbose_name = "search row"
        verbose_name_plural = "search rows"
        constraints = [
            models.UniqueConstraint(fields=["record", "language"], name="hub_search_row_once"),
        ]
        indexes = [
            GinIndex(fields=["fts"], name="hub_search_fts"),
            GinIndex(fields=["facets"], name="hub_search_facets"),
            models.Index(fields=["-shown_at", "-record"], name="hub_search_newest"),
        ]

    def __str__(self):
        return f"{self.record_id} {self.language}"


def _rows(record):
    shared = {
        "record": record,
        "status": record.status,
        "visibility": record.visibility,
        "groups": sorted(group.pk for group in record.groups.all()),
        "embargo_until": record.embargo_until,
        "facets": [KIND_NUMBERS[record.kind], *sorted(term.pk for term in record.terms.all())],
        "shown_at": record.published_at or record.created_at,
    }
    words = _words(record)
    return [
        SearchRow(
            language=text.language,
            fts=SearchVector(
                Value(text.language), Value(text.title), Value(text.summary), Value(words),
                Value(_body(record, text)),
            ),
            **shared,
        )
        for text in record.readable_texts()
    ]  # fmt: skip


def _words(record):
    """Codes, labels in every language and names: how a reader of another language finds the record."""
    words = [record.code, record.code.replace("-", " "), record.lead_organization]
    cities = [place.city for place in _ordered(record.cities) if _is_named(place.city, record)]
    for code, _ in LANGUAGES:
        with override(code):
            words.append(str(record.get_kind_display()))
        words += [getattr(term, f"label_{code}") for term in _ordered(record.terms)]
        words += [getattr(city, f"name_{code}") for city in cities]
    return "\n".join(words)


def _ordered(related):
    """The prefetched rows in an order that never changes, as positions are part of a vector."""
    return sorted(related.all(), key=lambda row: row.pk)


def _is_named(city, record):
    """A city's name may lead to a record only if everybody who can read the record may know the city."""
    if city.risk_flag or city.listing == City.Listing.UNLISTED:
        return False
    return city.listing == City.Listing.PUBLIC or record.visibility != Visibility.PUBLIC


def _body(record, text):
    parts = [getattr(text, name) for name in RecordText.BODY]
    parts += [link.title for link in _ordered(record.links)]
    for evaluation in _ordered(record.evaluations):
        if evaluation.published:
            parts += [
                getattr(rating, f"assessment_{text.language}")
                for rating in _ordered(evaluation.ratings)
            ]
    return "\n".join(parts)
