from django.contrib.postgres.indexes import HashIndex
from django.db import connection, models

from core.spelling import skeleton

# A word gets shorter bones than it has letters; one letter, or a number, nobody misspells.
_SHORTEST = 3
# Words that every level knows need no writing, nor any lock: almost all of them.
_UNKNOWN = """
SELECT word FROM unnest(%s::text[], %s::bool[], %s::bool[], %s::bool[]) AS asked (word, public, members, staff)
WHERE NOT EXISTS (SELECT FROM hub_searchword AS known WHERE known.word = asked.word
    AND (known.public > 0 OR NOT asked.public) AND (known.members > 0 OR NOT asked.members)
    AND (known.staff > 0 OR NOT asked.staff))
"""
_NOTE = """
INSERT INTO hub_searchword (word, spelled, bones, public, members, staff)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[])
    AS new (word, spelled, bones, public, members, staff)
ORDER BY word
ON CONFLICT (word) DO UPDATE SET
    public = greatest(hub_searchword.public, excluded.public),
    members = greatest(hub_searchword.members, excluded.members),
    staff = greatest(hub_searchword.staff, excluded.staff)
WHERE (hub_searchword.public = 0 AND excluded.public > 0)
    OR (hub_searchword.members = 0 AND excluded.members > 0)
    OR (hub_searchword.staff = 0 AND excluded.staff > 0)
"""


class SearchWordQuerySet(models.QuerySet):
    def learn(self, rows):
        """Note every word of these search rows that is new to one of the levels that read them."""
        counts, written = _counted(rows)
        if not counts:
            return
        asked = [[n > 0 for n in level] for level in zip(*counts.values(), strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_UNKNOWN, [list(counts), *asked])
            unknown = {word: counts[word] for (word,) in cursor.fetchall()}
            if unknown:
                columns = zip(*_with_bones(unknown, written), strict=True)
                cursor.execute(_NOTE, [list(column) for column in columns])


class SearchWord(models.Model):
    """A word as it is written in records, folded, and in about how many: the help with spelling knows no other."""

    word = models.CharField(max_length=60, primary_key=True)
    spelled = models.CharField(max_length=60)
    bones = models.CharField(max_length=12)
    public = models.IntegerField(default=0)
    members = models.IntegerField(default=0)
    staff = models.IntegerField(default=0)

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        verbose_name = "search word"
        verbose_name_plural = "search words"
        indexes = [HashIndex(fields=["bones"], name="hub_search_bones")]

    def __str__(self):
        return self.word


class RecordToLearn(models.Model):
    """A record whose search rows were written since its words were learnt."""

    record_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name = "record to learn"
        verbose_name_plural = "records to learn"

    def __str__(self):
        return str(self.record_id)


class SearchLexeme(models.Model):
    """In how many rows of a level a stemmed word stands: how much a match with it tells. Counted every night."""

    language = models.CharField(max_length=2)
    lexeme = models.CharField(max_length=60)
    public = models.IntegerField(default=0)
    members = models.IntegerField(default=0)
    staff = models.IntegerField(default=0)

    class Meta:
        verbose_name = "search lexeme"
        verbose_name_plural = "search lexemes"
        constraints = [
            models.UniqueConstraint(fields=["language", "lexeme"], name="hub_search_lexeme_once"),
        ]

    def __str__(self):
        return self.lexeme


def is_spelled(word: str) -> bool:
    """Whether a word can be misspelled at all."""
    return len(word) >= _SHORTEST and word.isalpha()


def levels_of(row) -> tuple[bool, bool, bool]:
    """Whether strangers, all members, and staff find a record through this row."""
    is_out = row.status == "published" and row.embargo_until is None
    return (
        is_out and row.readers != "insiders" and row.visibility in ("public", "teaser"),
        is_out and row.readers != "strangers" and row.visibility in ("public", "teaser", "members"),
        row.readers != "strangers",
    )


def count_words(rows) -> list[tuple]:
    """Each word of some rows as (word, spelled, bones, public, members, staff)."""
    return _with_bones(*_counted(rows))


def _counted(rows):
    """How many of the rows of each level have a word, and how it is written first."""
    counts: dict[str, list[int]] = {}
    written: dict[str, str] = {}
    for row in rows:
        public, members, staff = levels_of(row)
        for word, spelled in row.spelled.items():
            count = counts.get(word)
            if count is None:
                if not is_spelled(word):
                    continue
                written[word] = spelled
                count = counts[word] = [0, 0, 0]
            count[0] += public
            count[1] += members
            count[2] += staff
    return counts, written


def _with_bones(counts, written):
    return [(word, written[word], skeleton(word), *count) for word, count in counts.items()]
