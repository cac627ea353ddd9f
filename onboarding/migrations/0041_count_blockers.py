from django.db import migrations, models


class Migration(migrations.Migration):
    """What was sent before is counted by `portal load_reference`, which reads the answers as the pages do."""

    dependencies = [
        ("onboarding", "0040_publish_requirement_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="blockers",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
    ]
