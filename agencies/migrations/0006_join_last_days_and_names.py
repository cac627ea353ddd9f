"""Two changes that landed at the same time come one after the other from here on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_announce_last_working_days"),
        ("agencies", "0005_compare_names_of_any_script"),
    ]

    operations = []
