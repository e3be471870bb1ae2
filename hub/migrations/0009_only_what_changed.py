from django.db import migrations, models

# As hub_search_sources (migration 0007), which stays for who still runs the version before; but it says what stands in
# the rows, and whoever writes them notes whose words are to be learnt.
READ = """
CREATE FUNCTION hub_search_read(keys bigint[], to_write boolean) RETURNS TABLE (source hub_record, texts json,
    links json, groups json, codes json, places json, files json, evaluations json, written json, vocabulary uuid)
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
BEGIN
    IF to_write THEN
        PERFORM id FROM hub_record WHERE id = ANY(keys) ORDER BY id FOR UPDATE;
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
            (SELECT coalesce(json_object_agg(s.readers, encode(s.digests, 'hex')), '{}')
                FROM hub_searchrow AS s WHERE s.record_id = r.id),
            (SELECT token FROM core_vocabularystate)
        FROM hub_record AS r WHERE r.id = one;
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("hub", "0008_texts_with_room")]

    operations = [
        migrations.AddField("searchrow", "digests", models.BinaryField(db_default=b"")),
        # In line, as all that a row holds of numbers: each save reads it.
        migrations.RunSQL(
            "ALTER TABLE hub_searchrow ALTER digests SET STORAGE PLAIN", migrations.RunSQL.noop
        ),
        migrations.RunSQL(READ, "DROP FUNCTION hub_search_read(bigint[], boolean)"),
    ]
