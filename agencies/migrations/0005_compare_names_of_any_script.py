from django.db import migrations, models

import agencies.models.agency


class Migration(migrations.Migration):
    """The database writes the keys of all agencies anew as it adds the column."""

    dependencies = [("agencies", "0004_end_grants_and_tell_days_before_the_hmis")]

    operations = [
        migrations.RemoveIndex(model_name="agency", name="agency_by_name_key"),
        migrations.RemoveField(model_name="agency", name="name_key"),
        migrations.AddField(
            model_name="agency",
            name="name_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=agencies.models.agency.WholeNameKey("legal_name"),
                output_field=models.CharField(max_length=200),
            ),
        ),
        migrations.AddIndex(
            model_name="agency",
            index=models.Index(
                fields=["name_key"], name="agency_by_name_key", opclasses=["varchar_pattern_ops"]
            ),
        ),
    ]
