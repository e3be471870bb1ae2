from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION core_vocabulary_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_vocabularystate (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END
$$;
CREATE TRIGGER core_vocabulary_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON core_term
    FOR EACH STATEMENT EXECUTE FUNCTION core_vocabulary_changed();
INSERT INTO core_vocabularystate (id, token) VALUES (1, gen_random_uuid());
"""
BACKWARDS = """
DROP TRIGGER core_vocabulary_changed ON core_term;
DROP FUNCTION core_vocabulary_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_people")]

    operations = [
        migrations.CreateModel(
            name="VocabularyState",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("token", models.UUIDField()),
            ],
            options={
                "verbose_name": "state of the vocabularies",
                "verbose_name_plural": "state of the vocabularies",
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
