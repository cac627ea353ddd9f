"""`make bench`: what the main pages and jobs cost, pages beside a floor measured right before and after.

Each page is asked for 30 times through Django's test client with DEBUG off, after 3 warm-ups: medians of the
processor's and the clock's time, and of a separate pass the queries and the time that the database took for them. The
table goes to var/bench.json too.
"""

import gc
import json
import logging
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from agencies.models import Agency, User
from bench import accounts, results, roster, training
from bench.documents import PAGES, measure_all
from bench.pages import Page, measured
from hmis_portal.attesting import keys as evidence_keys

WARM_UPS = 3
SIZES = [1000, 10000, 100000]
RESULTS_UP_TO = 10000  # lines of a file of results: nobody has larger ones
PEOPLE = [50, 500]
BACKEND = "hmis_portal.accounts.rights.GroupRightsBackend"
FLOOR = Template(
    "<!doctype html><title>Floor</title><h1>{{ person }}</h1>{% for n in numbers %}<p>{{ n }}</p>{% endfor %}"
)


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    """The least a page with a session, a person, one query and a template can cost."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(FLOOR.render(Context({"person": request.user.pk, "numbers": range(20)})))


urlpatterns = [path("floor/", floor), path("", include("hmis_portal.urls"))]
Row = dict[str, Any]


def empty() -> None:
    """Clear every table; append-only ones refuse that unless told who asks."""
    with pgtrigger.ignore():
        call_command("flush", interactive=False, verbosity=0)


class Command(BaseCommand):
    help = "Measure pages and jobs in databases of several sizes; needs an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sizes", type=int, nargs="*", default=SIZES, help="applications; none: no pages"
        )
        parser.add_argument(
            "--documents", type=int, nargs="*", default=list(PAGES), choices=PAGES,
            help="pages of agreements; none: no documents",
        )  # fmt: skip
        parser.add_argument(
            "--training", dest="training_sizes", type=int, nargs="*", default=list(training.SIZES),
            help="requirements of a night; none: no night",
        )  # fmt: skip
        parser.add_argument(
            "--people", type=int, nargs="*", default=PEOPLE,
            help="people of a roster; none: no rosters and no comparison of accounts",
        )  # fmt: skip

    def handle(
        self,
        *args: object,
        sizes: list[int],
        documents: list[int],
        training_sizes: list[int],
        people: list[int],
        **options: object,
    ) -> None:
        if Agency.objects.exists():
            raise CommandError("bench needs an empty database of its own: use `make bench`.")
        logging.disable(logging.WARNING)  # one line a request would be measured too
        rows: list[Row] = []
        evidence_keys.present()  # development makes it at first use, which is with DEBUG on
        # The desk's second factor is a question of the session, not of a page's cost.
        with override_settings(
            DEBUG=False,
            ROOT_URLCONF=__name__,
            ALLOWED_HOSTS=["testserver", "localhost"],
            ADMIN_SECOND_FACTOR=False,
            SIGNING_SECOND_FACTOR=False,
        ):
            for size in sizes:
                if rows:
                    empty()
                call_command("portal", "load_reference")
                begun = time.monotonic()
                call_command("seed_scale", applications=size)
                self.stdout.write(f"Seeded {size} in {time.monotonic() - begun:.0f} s")
                gc.collect()
                gc.freeze()  # what the seeding left in memory is not for the pages to sweep
                rows += self._pages(size)
                if size <= RESULTS_UP_TO:
                    rows += self._results(size)
            if documents:
                call_command("portal", "load_reference")
                rows += measure_all(self.stdout.write, tuple(documents))
            if people:
                call_command("portal", "load_reference")
                rows += accounts.measure_all(self.stdout.write)
                for size in people:
                    rows += self._roster(size)
            if training_sizes:
                empty()
                call_command("portal", "load_reference")
                rows += training.measure_all(self.stdout.write, tuple(training_sizes))
        target = settings.VAR_DIR / "bench.json"
        target.write_text(json.dumps(rows, indent=1))
        self.stdout.write(f"Written to {target}")

    def _pages(self, size: int) -> list[Row]:
        """Each beside the floor right before and after it: a machine does not keep its pace for a minute."""
        bare, *pages = measured()
        rows = [measure(bare, size) | {"ratio_to_floor": 1.0}]
        self.stdout.write(
            f"{'page':<34}{'size':>7}{'queries':>9}{'cpu ms':>9}{'wall ms':>9}{'db ms':>8}{'floor ms':>9}{'floors':>8}"
        )
        before = rows[0]["cpu_ms"]
        for page in pages:
            row, after = measure(page, size), measure(bare, size)["cpu_ms"]
            row["floor_ms"] = round((before + after) / 2, 2)
            row["ratio_to_floor"] = round(row["cpu_ms"] / row["floor_ms"], 1)
            before = after
            rows.append(row)
            self.stdout.write(
                f"{page.name:<34}{size:>7}{row['queries']:>9}{row['cpu_ms']:>9}{row['wall_ms']:>9}{row['database_ms']:>8}"
                f"{row['floor_ms']:>9}{row['ratio_to_floor']:>8}"
            )
        return rows

    def _roster(self, size: int) -> list[Row]:
        agency, director, rows = roster.measure(size)
        of_agency = {"agency_id": agency.pk}
        rows += [
            measure(Page("roster", director, reverse("agencies:staff", kwargs=of_agency)), size),
            measure(
                Page("training of the agency", director, reverse("training:agency", kwargs=of_agency)), size
            ),
        ]
        return self._said(rows)

    def _results(self, size: int) -> list[Row]:
        """A file with as many results as there are agencies."""
        return self._said(results.measure(User.objects.get(email="reviewer@scale.example"), size))

    def _said(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            numbers = f"{row['size']:>7}{row['queries']:>9}{row['cpu_ms']:>9}{row['wall_ms']:>9}"
            memory = f"  {row['peak_mb']} MB" if "peak_mb" in row else ""
            self.stdout.write(f"{row['name']:<34}{numbers}{memory}")
        return rows


def measure(page: Page, size: int) -> Row:
    client = Client()
    client.force_login(page.user, backend=BACKEND)
    address = page.address

    def ask() -> None:
        answer = client.get(address) if page.data is None else client.post(address, page.data())
        if answer.status_code != (200 if page.data is None else 302):
            raise CommandError(f"{page.name} ({address}) answered {answer.status_code}.")

    if page.data is None:
        led_to = client.get(address, follow=True).redirect_chain
        address = led_to[-1][0] if led_to else address
    for _ in range(WARM_UPS):
        ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)
    database = round(1000 * sum(float(query["time"]) for query in captured))
    wall, cpu = repeat(ask, page.requests)
    return {
        "name": page.name,
        "size": size,
        "queries": queries,
        "cpu_ms": cpu,
        "wall_ms": wall,
        "database_ms": database,
        "requests": page.requests,
    }


def repeat(act: Callable[[], None], requests: int) -> tuple[float, float]:
    """Medians in milliseconds: of the clock and of this process's processor time."""
    walls, cpus = [], []
    for _ in range(requests):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return round(statistics.median(walls) * 1000, 2), round(statistics.median(cpus) * 1000, 2)
