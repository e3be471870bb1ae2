"""What the search is measured against: the same asked plainly, in bare SQL or of the ORM."""

import time

_TRIGRAMS = """
SELECT word FROM hub_searchword WHERE word %% %s AND members > 0
ORDER BY similarity(word, %s) DESC, members DESC LIMIT 5
"""
_READABLE = """
SELECT EXISTS (SELECT FROM ({visible}) AS r WHERE fts_en @@ plainto_tsquery('pg_catalog.english', %s))
"""
_WIDE = """
CREATE TABLE bench_wide (id bigint PRIMARY KEY, kind text, published_at timestamptz, codes int[],
    title text, summary text, body text,
    fts tsvector GENERATED ALWAYS AS (setweight(to_tsvector('pg_catalog.english', title), 'A')
        || setweight(to_tsvector('pg_catalog.english', summary), 'B')
        || setweight(to_tsvector('pg_catalog.english', body), 'D')) STORED,
    fts_head tsvector GENERATED ALWAYS AS (setweight(to_tsvector('pg_catalog.english', title), 'A')
        || setweight(to_tsvector('pg_catalog.english', summary), 'B')) STORED);
INSERT INTO bench_wide SELECT text.id, kind, published_at,
    ARRAY(SELECT term_id FROM hub_record_terms AS coded WHERE coded.record_id = record.id), title, summary, description
    FROM hub_recordtext AS text JOIN hub_record AS record ON record.id = record_id WHERE language = 'en';
CREATE INDEX ON bench_wide USING gin (fts);
CREATE INDEX ON bench_wide USING gin (fts_head);
CREATE INDEX ON bench_wide USING gin (codes);
CREATE INDEX ON bench_wide (published_at DESC, id DESC);
"""


def raw(sql, params):
    """How long a statement takes, its rows fetched, in milliseconds."""
    from django.db import connection

    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.fetchall()
    return (time.perf_counter() - start) * 1000


def ask_naively(user, word):
    """The number, the best twenty and four facets of the records with a word, as one would first write it."""
    from django.contrib.postgres.search import SearchQuery, SearchRank
    from django.db.models import Count, F

    from hub.models import Record

    query = SearchQuery(word, config="english")
    found = Record.objects.visible_to(user).filter(search_rows__fts_en=query)
    found.count()
    ranked = found.annotate(rank=SearchRank(F("search_rows__fts_en"), query))
    list(ranked.order_by("-rank", "-pk")[:20])
    list(found.order_by().values("kind").annotate(n=Count("pk")))
    for vocabulary in ("theme", "country", "target_audience"):
        coded = found.filter(terms__vocabulary=vocabulary).order_by()
        list(coded.values("terms").annotate(n=Count("pk")))


def index_trigrams():
    """Whether the list of words could be given an index of trigrams, in this database alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX ON hub_searchword USING gin (word gin_trgm_ops)")
        cursor.execute("VACUUM ANALYZE hub_searchword")
    return True


def suggest_barely(visible, wrong, right):
    """The words most like a wrong one, and whether this visitor may read a record with the right one."""
    readable = _READABLE.format(visible=visible.text)
    return raw(_TRIGRAMS, [wrong, wrong]) + raw(readable, [*visible.params, right])


def widen():
    """The English texts as one wide table would hold them, with the vectors that Postgres itself generates."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = 0; {_WIDE}; RESET statement_timeout")
        # Both tables were just filled; none shall pay for that in the middle of a measurement.
        cursor.execute("VACUUM ANALYZE bench_wide, hub_searchrow, hub_record, hub_recordtext")


def update_wide(pk, body):
    return raw("UPDATE bench_wide SET body = %s WHERE id = %s RETURNING id", [body, pk])
