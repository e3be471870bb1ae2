from django.db import migrations

# All that the search says of some records. A function, as Postgres plans it once a connection (planning took longer
# than reading). Records whose rows are to be written are locked first, in a statement of its own: what comes after it
# sees what others wrote while it was waited for. Their words are to be learnt anew.
SOURCES = """
CREATE FUNCTION hub_search_sources(keys bigint[], to_write boolean) RETURNS TABLE (source hub_record, texts json,
    links json, groups json, codes json, places json, files json, evaluations json, readers json, vocabulary uuid)
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
BEGIN
    IF to_write THEN
        PERFORM id FROM hub_record WHERE id = ANY(keys) ORDER BY id FOR UPDATE;
        INSERT INTO hub_recordtolearn SELECT unnest(keys) ON CONFLICT DO NOTHING;
    END IF;
    FOREACH one IN ARRAY keys LOOP
        RETURN QUERY SELECT r,
            (SELECT coalesce(json_agg(t), '[]') FROM hub_recordtext AS t WHERE t.record_id = r.id),
            (SELECT coalesce(json_agg(l), '[]') FROM hub_recordlink AS l WHERE l.record_id = r.id),
            (SELECT coalesce(json_agg(g.body_id), '[]') FROM hub_record_groups AS g WHERE g.record_id = r.id),
            (SELECT coalesce(json_agg(c.term_id), '[]') FROM hub_record_terms AS c WHERE c.record_id = r.id),
            (SELECT coalesce(json_agg(json_build_object('place', p, 'city', c)), '[]')
                FROM hub_recordcity AS p JOIN members_city AS c ON c.id = p.city_id WHERE p.record_id = r.id),
            (SELECT coalesce(json_agg(json_build_object('file', f, 'text', w)), '[]')
                FROM hub_recordfile AS f LEFT JOIN hub_filetext AS w ON w.file_id = f.id WHERE f.record_id = r.id),
            (SELECT coalesce(json_agg(json_build_object('evaluation', e, 'ratings', (SELECT coalesce(json_agg(n), '[]')
                    FROM hub_evaluationrating AS n WHERE n.evaluation_id = e.id))), '[]')
                FROM hub_evaluation AS e WHERE e.record_id = r.id),
            (SELECT coalesce(json_agg(s.readers), '[]') FROM hub_searchrow AS s WHERE s.record_id = r.id),
            (SELECT token FROM core_vocabularystate)
        FROM hub_record AS r WHERE r.id = one;
    END LOOP;
END
$$
"""
# The same functions as in migration 0004, planned once a connection too.
PLANNED = """
CREATE OR REPLACE FUNCTION hub_search_vector(config regconfig, title text, summary text, codes text, body text,
    files text) RETURNS tsvector LANGUAGE plpgsql STRICT IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN setweight(to_tsvector(config, title), 'A') || setweight(to_tsvector(config, summary), 'B')
        || setweight(to_tsvector(config, codes || ' ' || codes || ' ' || body), 'C')
        || setweight(to_tsvector(config, files), 'D');
END
$$;
CREATE OR REPLACE FUNCTION hub_search_length(vector tsvector) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT sum(cardinality(positions)) FROM unnest(ts_filter(vector, '{a,b,c}')));
END
$$;
CREATE OR REPLACE FUNCTION hub_search_head(en tsvector, fr tsvector, ar tsvector) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ts_filter(coalesce(en, ''), '{a,b}') || ts_filter(coalesce(fr, ''), '{a,b}')
        || ts_filter(coalesce(ar, ''), '{a,b}');
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("hub", "0006_words_learnt_later"), ("core", "0005_vocabulary_state")]

    operations = [
        migrations.RunSQL(SOURCES, "DROP FUNCTION hub_search_sources(bigint[], boolean)"),
        migrations.RunSQL(PLANNED, migrations.RunSQL.noop),
    ]
