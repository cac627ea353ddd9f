import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0025_answer_each_year_by_topic"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="assignment", name="section_of_one_colleague"),
        migrations.RenameField(model_name="assignment", old_name="section", new_name="task"),
        migrations.AlterField(
            model_name="assignment", name="task", field=models.CharField(max_length=60)
        ),
        migrations.AlterModelOptions(
            name="assignment", options={"verbose_name": "task of a colleague"}
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("application", "task"), name="section_of_one_colleague"),
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("nonce", models.CharField(max_length=32)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"verbose_name": "calendar address"},
        ),
    ]
