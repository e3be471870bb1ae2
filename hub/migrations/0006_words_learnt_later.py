from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hub", "0005_rows_read_in_line")]

    operations = [
        migrations.CreateModel(
            name="RecordToLearn",
            fields=[("record_id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={
                "verbose_name": "record to learn",
                "verbose_name_plural": "records to learn",
            },
        ),
    ]
