from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0028_compare_with_the_hmis")]

    operations = [
        migrations.AlterModelOptions(
            name="helprequest",
            options={
                "ordering": ["-pk"],
                "verbose_name": "request for help with readiness",
                "verbose_name_plural": "requests for help with readiness",
            },
        ),
        migrations.AlterField(
            model_name="helprequest",
            name="sent_count",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="times sent"),
        ),
    ]
