"""`manage.py seed_scale --applications N`: a large community, written straight into the tables, for measuring.

The rows keep every constraint of the database and a realistic spread of states and ages; nobody is mailed, no document
is made, and no signature is given. What was sent can be reviewed. The same N gives the same rows; beyond a thousand the
database copies them, under other names.
"""

import random
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from agencies.models import Agency, User
from bench import copies
from bench.scale import MODELS, Community
from bench.spread import SYLLABLES

BATCH = 250
MADE = 1000


class Command(BaseCommand):
    help = "Fill an empty database with N agencies and their applications, staff, projects and training."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--applications", type=int, default=1000)

    def handle(self, *args: object, applications: int, **options: object) -> None:
        if Agency.objects.exists():
            raise CommandError("This database has agencies already: seed_scale only fills an empty one.")
        copied, rest = divmod(applications, MADE)
        if (copied and rest) or copied > len(SYLLABLES):
            raise CommandError("Ask for up to 1,000 agencies, or for so many thousands, at most 100.")
        community = Community(random.Random(applications))  # noqa: S311
        made = min(applications, MADE)
        for start in range(0, made, BATCH):
            with transaction.atomic():
                community.add(range(start, min(start + BATCH, made)))
        if copied > 1:
            with transaction.atomic():
                copies.make(MODELS, copies=copied - 1, step=MADE, kept={User: community.reviewers[-1].pk})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{applications} agencies, {community.staff_count * max(copied, 1)} staff members.")
