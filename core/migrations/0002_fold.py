"""The SQL function fold(text): what search compares. Written from the tables of core.folding."""

from django.db import migrations

from core.folding import function_sql


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(function_sql(), reverse_sql="DROP FUNCTION IF EXISTS fold(text)"),
    ]
