import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q

# The words come folded and apart by spaces (core.words). Codes stand with the body, and twice: they tell more.
SEARCH_VECTOR = """
CREATE FUNCTION hub_search_vector(config regconfig, title text, summary text, codes text, body text, files text)
RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(config, title), 'A') || setweight(to_tsvector(config, summary), 'B')
        || setweight(to_tsvector(config, codes || ' ' || codes || ' ' || body), 'C')
        || setweight(to_tsvector(config, files), 'D')
$$
"""

# How many words a version has without its files.
SEARCH_LENGTH = """
CREATE FUNCTION hub_search_length(vector tsvector) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sum(cardinality(positions))::integer
    FROM unnest(ts_filter(vector, '{a,b,c}'))
$$
"""

SEARCH_HEAD = """
CREATE FUNCTION hub_search_head(en tsvector, fr tsvector, ar tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ts_filter(coalesce(en, ''), '{a,b}') || ts_filter(coalesce(fr, ''), '{a,b}')
        || ts_filter(coalesce(ar, ''), '{a,b}')
$$
"""

# Which levels of reader a row counts for. Rows of groups and rows under embargo are counted when somebody asks.
SEARCH_LEVELS = """
CREATE FUNCTION hub_search_levels(status text, visibility text, readers text, embargo_until timestamptz)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN status = 'published' AND embargo_until IS NULL AND readers <> 'insiders'
            AND visibility IN ('public', 'teaser') THEN 'public' END,
        CASE WHEN status = 'published' AND embargo_until IS NULL AND readers <> 'strangers'
            AND visibility IN ('public', 'teaser', 'members') THEN 'members' END,
        CASE WHEN readers <> 'strangers' THEN 'staff' END
    ], NULL)
$$
"""

# The words of a version count where there is a text of that language (facets -31 to -33), not only labels of codes.
_ADDED = """
    SELECT unnest(hub_search_levels(status, visibility, readers, embargo_until)) AS level, facets,
        length_en, length_fr, length_ar, {sign} AS sign FROM {rows}
"""
# Rows are locked in one order, so that two writers never wait for each other.
_COUNTED = """
CREATE FUNCTION hub_search_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub_searchcount (level, facet, n)
    SELECT level, facet, sum(n) FROM (
        SELECT level, unnest(facets) AS facet, sign::bigint AS n FROM ({changed}) AS changed
        UNION ALL SELECT level, -61, sign * length_en FROM ({changed}) AS changed WHERE -31 = ANY(facets)
        UNION ALL SELECT level, -62, sign * length_fr FROM ({changed}) AS changed WHERE -32 = ANY(facets)
        UNION ALL SELECT level, -63, sign * length_ar FROM ({changed}) AS changed WHERE -33 = ANY(facets)
    ) AS counted
    GROUP BY level, facet HAVING sum(n) <> 0 ORDER BY level, facet
    ON CONFLICT (level, facet) DO UPDATE SET n = hub_searchcount.n + excluded.n;
    RETURN NULL;
END
$$
"""
_TRIGGER = """
CREATE TRIGGER hub_search_{event} AFTER {event} ON hub_searchrow
REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION hub_search_{event}()
"""
_NEW, _OLD = _ADDED.format(sign="1", rows="new_rows"), _ADDED.format(sign="-1", rows="old_rows")
_EVENTS = {
    "insert": (_NEW, "NEW TABLE AS new_rows"),
    "delete": (_OLD, "OLD TABLE AS old_rows"),
    "update": (f"{_NEW} UNION ALL {_OLD}", "NEW TABLE AS new_rows OLD TABLE AS old_rows"),
}
OLD_TERM, OLD_VECTOR = "hub_search_term(text)", "hub_search_vector(text, text, text, text, text)"


def _functions():
    yield migrations.RunSQL(f"DROP FUNCTION {OLD_TERM}", migrations.RunSQL.noop)
    yield migrations.RunSQL(f"DROP FUNCTION {OLD_VECTOR}", migrations.RunSQL.noop)
    for sql, signature in [
        (SEARCH_VECTOR, "hub_search_vector(regconfig, text, text, text, text, text)"),
        (SEARCH_LENGTH, "hub_search_length(tsvector)"),
        (SEARCH_HEAD, "hub_search_head(tsvector, tsvector, tsvector)"),
        (SEARCH_LEVELS, "hub_search_levels(text, text, text, timestamptz)"),
    ]:
        yield migrations.RunSQL(sql, f"DROP FUNCTION {signature}")


def _triggers():
    for event, (changed, tables) in _EVENTS.items():
        yield migrations.RunSQL(
            _COUNTED.format(event=event, changed=changed),
            f"DROP FUNCTION hub_search_{event}()",
        )
        yield migrations.RunSQL(
            _TRIGGER.format(event=event, tables=tables),
            f"DROP TRIGGER hub_search_{event} ON hub_searchrow",
        )


def _length(language):
    return models.GeneratedField(
        db_persist=True,
        expression=Func(
            F(f"fts_{language}"),
            function="hub_search_length",
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
    )


class Migration(migrations.Migration):
    """The rows are made from the records: `manage.py rebuild_search` fills the new tables."""

    dependencies = [("hub", "0003_online_hub"), ("core", "0002_fold")]

    operations = [
        migrations.DeleteModel("SearchRow"),
        *_functions(),
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "readers",
                    models.CharField(
                        choices=[
                            ("everyone", "Everyone"),
                            ("strangers", "Strangers"),
                            ("insiders", "Insiders"),
                        ],
                        max_length=9,
                    ),
                ),
                ("status", models.CharField(max_length=12)),
                ("visibility", models.CharField(max_length=8)),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("embargo_until", models.DateTimeField(null=True)),
                (
                    "facets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("counted", models.BinaryField(default=bytes)),
                ("shown_at", models.DateTimeField()),
                ("evidence", models.SmallIntegerField(default=0)),
                ("fts_en", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("fts_fr", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("fts_ar", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("length_en", _length("en")),
                ("length_fr", _length("fr")),
                ("length_ar", _length("ar")),
                (
                    "head",
                    models.GeneratedField(
                        db_persist=True,
                        expression=Func(
                            F("fts_en"),
                            F("fts_fr"),
                            F("fts_ar"),
                            function="hub_search_head",
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_rows",
                        to="hub.record",
                    ),
                ),
            ],
            options={"verbose_name": "search row", "verbose_name_plural": "search rows"},
        ),
        migrations.CreateModel(
            name="SearchCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("public", "Public"), ("members", "Members"), ("staff", "Staff")],
                        max_length=7,
                    ),
                ),
                ("facet", models.IntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={"verbose_name": "search count", "verbose_name_plural": "search counts"},
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("spelled", models.CharField(max_length=60)),
                ("bones", models.CharField(max_length=12)),
                ("public", models.IntegerField(default=0)),
                ("members", models.IntegerField(default=0)),
                ("staff", models.IntegerField(default=0)),
            ],
            options={"verbose_name": "search word", "verbose_name_plural": "search words"},
        ),
        migrations.CreateModel(
            name="SearchLexeme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("lexeme", models.CharField(max_length=60)),
                ("public", models.IntegerField(default=0)),
                ("members", models.IntegerField(default=0)),
                ("staff", models.IntegerField(default=0)),
            ],
            options={"verbose_name": "search lexeme", "verbose_name_plural": "search lexemes"},
        ),
        *[
            migrations.AddIndex(
                "searchrow",
                django.contrib.postgres.indexes.GinIndex(fields=[name], name=f"hub_search_{name}"),
            )
            for name in ["fts_en", "fts_fr", "fts_ar", "head", "facets"]
        ],
        migrations.AddIndex(
            "searchrow", models.Index(fields=["-shown_at", "-record"], name="hub_search_newest")
        ),
        migrations.AddIndex(
            "searchrow",
            models.Index(
                fields=["record"],
                name="hub_search_embargo",
                condition=Q(embargo_until__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "searchrow",
            django.contrib.postgres.indexes.GinIndex(
                fields=["groups"], name="hub_search_groups", condition=Q(visibility="group")
            ),
        ),
        migrations.AddConstraint(
            "searchrow",
            models.UniqueConstraint(fields=["record", "readers"], name="hub_search_row_once"),
        ),
        migrations.AddConstraint(
            "searchcount",
            models.UniqueConstraint(fields=["level", "facet"], name="hub_search_count_once"),
        ),
        migrations.AddConstraint(
            "searchlexeme",
            models.UniqueConstraint(fields=["language", "lexeme"], name="hub_search_lexeme_once"),
        ),
        migrations.AddIndex(
            "searchword",
            django.contrib.postgres.indexes.HashIndex(fields=["bones"], name="hub_search_bones"),
        ),
        # Read out of line and uncompressed: counting reads narrow rows, scoring unpacks nothing.
        migrations.RunSQL(
            """
            ALTER TABLE hub_searchrow ALTER fts_en SET STORAGE EXTERNAL, ALTER fts_fr SET STORAGE EXTERNAL,
                ALTER fts_ar SET STORAGE EXTERNAL, ALTER head SET STORAGE EXTERNAL,
                ALTER facets SET STORAGE PLAIN, ALTER counted SET STORAGE PLAIN,
                SET (toast_tuple_target = 256)
            """,
            migrations.RunSQL.noop,
        ),
        *_triggers(),
    ]
