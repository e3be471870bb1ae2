"""The words of the library: new ones are learnt soon after a change, and all are counted at night."""

from django.db import connection, transaction

from hub.models import Record, RecordToLearn, SearchCount, SearchLexeme, SearchRow, SearchWord
from hub.models.search_words import count_words
from hub.search.terms import COUNTED_LIVE, LANGUAGES

_LEVELS = ("public", "members", "staff")
_WORD = ["word", "spelled", "bones", *_LEVELS]
_TOGETHER = 50
_TAKE = """
DELETE FROM hub_recordtolearn WHERE record_id IN (
    SELECT record_id FROM hub_recordtolearn ORDER BY record_id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING record_id
"""
_LEXEMES = """
INSERT INTO hub_searchlexeme (language, lexeme, public, members, staff)
SELECT %s, left(word, 60), sum(public), sum(members), sum(staff) FROM ({counted}) AS counted
GROUP BY left(word, 60) ORDER BY 2
"""
_COUNTED = """
SELECT word, {columns} FROM ts_stat($rows$SELECT fts_{language} FROM hub_searchrow
WHERE fts_{language} IS NOT NULL
    AND '{level}' = ANY(hub_search_levels(status, visibility, readers, embargo_until))$rows$)
"""


@transaction.atomic
def learn_next() -> int:
    """The words of some records that changed can be suggested from now on; says how many records there were."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [_TOGETHER])
        changed = [Record(pk=key) for (key,) in cursor.fetchall()]
    if changed:
        SearchWord.objects.learn(SearchRow.objects.with_spellings(*changed))
    return len(changed)


def learn() -> None:
    """Count the words of the whole library anew; searches, suggestions and changes go on meanwhile."""
    with transaction.atomic():
        count_lexemes()
    _count_words()


def count_lexemes():
    SearchLexeme.objects.all().delete()
    if not _is_large():
        return
    with connection.cursor() as cursor:
        # A large library takes longer to count than any page may take.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL jit = off")
        for language in LANGUAGES:
            counted = " UNION ALL ".join(_counted(language, level) for level in _LEVELS)
            cursor.execute(_LEXEMES.format(counted=counted), [language])


def _counted(language, level):
    columns = ", ".join(f"{'ndoc' if name == level else 0} AS {name}" for name in _LEVELS)
    return _COUNTED.format(columns=columns, language=language, level=level)


def _is_large():
    whole = SearchCount.objects.filter(level="staff", facet=0).values_list("n", flat=True).first()
    return (whole or 0) >= COUNTED_LIVE


def _count_words():
    """Words as they are written come from the records: the rows hold only their stems."""
    RecordToLearn.objects.all().delete()
    before = set(SearchWord.objects.values_list("word", flat=True))
    counted = count_words(SearchRow.objects.with_spellings())
    gone = before - {word for word, *_ in counted}
    with transaction.atomic():
        SearchWord.objects.filter(word__in=sorted(gone)).delete()
        SearchWord.objects.bulk_create(
            [SearchWord(**dict(zip(_WORD, word, strict=True))) for word in sorted(counted)],
            batch_size=5_000,
            update_conflicts=True,
            unique_fields=["word"],
            update_fields=_WORD[1:],
        )
