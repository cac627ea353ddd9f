from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from agencies.models.matching import Words


class Migration(migrations.Migration):
    """The desk's lists of staff and of access find a name however it is typed."""

    dependencies = [("agencies", "0025_find_what_waits_longest")]

    operations = [
        migrations.AddIndex(
            model_name="staff",
            index=GinIndex(Words("first_name", "last_name", "email"), name="staff_by_words"),
        ),
    ]
