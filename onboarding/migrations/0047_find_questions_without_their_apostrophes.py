from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from agencies.models.matching import Words


class Migration(migrations.Migration):
    """As in the migration of agencies on which it depends."""

    dependencies = [
        ("agencies", "0024_find_names_without_their_apostrophes"),
        ("onboarding", "0046_put_access_and_mous_in_order"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="thread", name="thread_by_words"),
        migrations.AddIndex(
            model_name="thread", index=GinIndex(Words("subject", "name", "email"), name="thread_by_words")
        ),
    ]
