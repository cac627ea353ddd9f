"""`manage.py seed_scale --applications N`: a large community, written straight into the tables, for measuring.

The rows keep every constraint of the database and a realistic spread of states; nobody is mailed, no document is
made, and no signature is given. The same N gives the same rows.
"""

import random
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from agencies.models import Agency
from bench.scale import Community

BATCH = 250


class Command(BaseCommand):
    help = "Fill an empty database with N agencies and their applications, staff, projects and training."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--applications", type=int, default=1000)

    def handle(self, *args: Any, applications: int, **options: Any) -> None:
        if Agency.objects.exists():
            raise CommandError("This database has agencies already: seed_scale only fills an empty one.")
        community = Community(random.Random(applications))  # noqa: S311
        for start in range(0, applications, BATCH):
            with transaction.atomic():
                community.add(range(start, min(start + BATCH, applications)))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{applications} agencies, {community.staff_count} staff members.")
