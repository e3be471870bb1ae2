from django.db import migrations

FORWARDS = """
CREATE FUNCTION core_journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is written once: % is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER core_journal_append_only BEFORE UPDATE OR DELETE ON core_journalentry
    FOR EACH ROW EXECUTE FUNCTION core_journal_refuse();
"""
BACKWARDS = """
DROP TRIGGER core_journal_append_only ON core_journalentry;
DROP FUNCTION core_journal_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_fold")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
