from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from agencies.models.matching import Words

INDEXES = (
    ("agency", Words("legal_name", "common_name"), "agency_by_words"),
    ("person", Words("first_name", "last_name", "email"), "person_by_words"),
    ("user", Words("first_name", "last_name", "email"), "user_by_words"),
)


class Migration(migrations.Migration):
    """`Words` holds what an apostrophe parts as one word too: the indexes are made anew by it."""

    dependencies = [("agencies", "0023_put_lists_in_order_by_an_index")]

    operations = [
        operation
        for model, words, name in INDEXES
        for operation in (
            migrations.RemoveIndex(model_name=model, name=name),
            migrations.AddIndex(model_name=model, index=GinIndex(words, name=name)),
        )
    ]
