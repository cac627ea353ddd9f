from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0021_load_the_irs_register"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="agency", name="agency_by_ein"),
        migrations.AddIndex(
            model_name="agency",
            index=models.Index(fields=["ein"], name="agency_by_ein", opclasses=["varchar_pattern_ops"]),
        ),
    ]
