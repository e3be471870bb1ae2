from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction
from django.db.models import F, Func, Q

from hub.models.access import AccessGrant
from hub.models.records import Record
from hub.models.search_contents import contents_of
from hub.models.search_facets import packed
from hub.models.search_sources import in_batches
from hub.models.search_writing import COPIED, VECTORS, RowToWrite, digests_of, writing
from hub.models.visibility import ReadableQuerySet
from members.models.people import LANGUAGES
from members.models.standing import standing


def _length(language):
    """How many words a version has, without stop words and without its files."""
    return models.GeneratedField(
        expression=Func(
            F(f"fts_{language}"),
            function="hub_search_length",
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )


class SearchRowQuerySet(ReadableQuerySet):
    def visible_to(self, user):
        """The rows through which this visitor may find records, one a record."""
        others = (
            SearchRow.Readers.STRANGERS if standing(user).is_inside else SearchRow.Readers.INSIDERS
        )
        return super().visible_to(user).exclude(readers=others)

    def shared_with(self, user):
        granted = AccessGrant.objects.live().filter(grantee=user.pk)
        return Q(groups__overlap=sorted(standing(user).groups)) | Q(
            record_id__in=granted.values("record_id")
        )

    @transaction.atomic(savepoint=False)
    def refresh(self, *records):
        """Bring the rows of these records to what the source says now (without any: write all anew); says how many.

        Each record is locked meanwhile, so that no change made at the same time is missed.
        """
        batches = in_batches(records, to_write=True)
        return sum(self._write(batch, is_anew=not records) for batch in batches)

    def _write(self, records, *, is_anew):
        rows, gone = [], Q()
        for record in records:
            contents = contents_of(record)
            rows += [_row_to_write(record, *each, is_anew=is_anew) for each in contents.items()]
            if too_many := record.written.keys() - contents.keys():
                gone |= Q(record=record, readers__in=too_many)
        if gone:
            self.filter(gone).delete()
        statement, values = writing(rows)
        if statement:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
        return len(rows)

    def with_spellings(self, *records):
        """Each row of these records (of all, without any), with their words as they are written as `spelled`."""
        for batch in in_batches(records):
            for record in batch:
                for readers, says in contents_of(record).items():
                    row = _row(record, readers, says)
                    row.spelled = says.spelled
                    yield row

    def differing(self):
        """The (code, readers) of every row that is not what a refresh would make of it; changes nothing."""
        before = self._snapshot()
        with transaction.atomic():
            self.refresh()
            after = self._snapshot()
            transaction.set_rollback(True)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        codes = Record.objects.in_bulk({record for record, _ in changed})
        return sorted((codes[record].code, readers) for record, readers in changed)

    def _snapshot(self):
        hashes = {f"md5_{code}": _md5(name) for code, name in VECTORS.items()}
        rows = self.annotate(**hashes).values_list("record_id", "readers", *COPIED, *hashes)
        return {row[:2]: row[2:] for row in rows}


def _md5(name):
    text = Func(F(name), template="%(expressions)s::text", output_field=models.TextField())
    return Func(text, function="md5", output_field=models.TextField())


class SearchRow(models.Model):
    """What the search reads: one narrow row a record, rebuilt from the source.

    A record that says less to strangers than to insiders (one "in short", or one with files or cities that only
    members may know) has two: one for each. `facets` holds every code a filter can ask for, as numbers
    (hub.models.search_facets); `counted` those that are counted, as bytes, which Postgres strings together much faster
    than it counts them; `digests` say which parts a change has left alone (hub.models.search_writing).
    """

    class Readers(models.TextChoices):
        EVERYONE = "everyone"
        STRANGERS = "strangers"
        INSIDERS = "insiders"

    # Needs no index of its own: hub_search_row_once begins with it.
    record = models.ForeignKey(Record, models.CASCADE, related_name="search_rows", db_index=False)
    readers = models.CharField(max_length=9, choices=Readers)
    status = models.CharField(max_length=12)
    visibility = models.CharField(max_length=8)
    groups = ArrayField(models.IntegerField(), default=list)
    embargo_until = models.DateTimeField(null=True)
    facets = ArrayField(models.IntegerField(), default=list)
    counted = models.BinaryField(default=bytes)
    digests = models.BinaryField(db_default=b"")
    shown_at = models.DateTimeField()
    evidence = models.SmallIntegerField(default=0)
    fts_en = SearchVectorField(null=True)
    fts_fr = SearchVectorField(null=True)
    fts_ar = SearchVectorField(null=True)
    length_en = _length("en")
    length_fr = _length("fr")
    length_ar = _length("ar")
    # Titles and summaries of all versions: where the best of very many matches are looked for first.
    head = models.GeneratedField(
        expression=Func(
            F("fts_en"),
            F("fts_fr"),
            F("fts_ar"),
            function="hub_search_head",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        verbose_name = "search row"
        verbose_name_plural = "search rows"
        constraints = [
            models.UniqueConstraint(fields=["record", "readers"], name="hub_search_row_once"),
        ]
        indexes = [
            GinIndex(fields=["fts_en"], name="hub_search_fts_en"),
            GinIndex(fields=["fts_fr"], name="hub_search_fts_fr"),
            GinIndex(fields=["fts_ar"], name="hub_search_fts_ar"),
            GinIndex(fields=["head"], name="hub_search_head"),
            GinIndex(fields=["facets"], name="hub_search_facets"),
            models.Index(fields=["-shown_at", "-record"], name="hub_search_newest"),
            # What no count made beforehand can know, as it depends on the hour or on the visitor.
            models.Index(
                fields=["record"],
                name="hub_search_embargo",
                condition=Q(embargo_until__isnull=False),
            ),
            GinIndex(fields=["groups"], name="hub_search_groups", condition=Q(visibility="group")),
        ]

    def __str__(self):
        return f"{self.record_id} {self.readers}"


class SearchCount(models.Model):
    """How many rows each level of reader sees with each facet: what the library's first page shows.

    Triggers on the search rows keep it (migration 0004). Facet 0, which every row has, counts the rows, and the numbers
    of hub.models.search_facets.LENGTHS add up the words of each language.
    """

    class Level(models.TextChoices):
        PUBLIC = "public"
        MEMBERS = "members"
        STAFF = "staff"

    level = models.CharField(max_length=7, choices=Level)
    facet = models.IntegerField()
    n = models.BigIntegerField()

    class Meta:
        verbose_name = "search count"
        verbose_name_plural = "search counts"
        constraints = [
            models.UniqueConstraint(fields=["level", "facet"], name="hub_search_count_once"),
        ]

    def __str__(self):
        return f"{self.level} {self.facet}: {self.n}"


def _row(record, readers, says):
    return SearchRow(
        record=record,
        readers=readers,
        status=record.status,
        visibility=record.visibility,
        groups=sorted(group.pk for group in record.groups.all()),
        embargo_until=record.embargo_until,
        facets=says.facets,
        counted=packed(says.counted),
        shown_at=record.appeared_at or record.created_at,
        evidence=sum(day is not None for _name, day in record.evidence()),
    )


def _row_to_write(record, readers, says, *, is_anew):
    row, before = _row(record, readers, says), record.written.get(readers)
    said = [says.versions.get(code) for code, _name in LANGUAGES]
    words = [version and version.parts for version in said]
    row.digests = digests_of([getattr(row, name) for name in COPIED], words)
    return RowToWrite(row, words, b"" if is_anew and before is not None else before)
