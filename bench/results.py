"""A file of 10,000 results: read, tried, and recorded, each as a whole run."""

import io
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from agencies.models import User
from hmis_portal.files import tables
from training.doors import files, importing
from training.models import Course, Door, Upload

COLUMNS = {
    "email": "E-mail",
    "course": "Course",
    "completed": "Completed on",
    "score": "Score",
    "external_id": "ID",
}


def measure(by: User, rows: int) -> list[dict[str, object]]:
    """What reading, trying and recording so many results cost; one of 100 is unknown and held."""
    upload = _upload(by, rows)
    timings = [timed("results: read a file", rows, lambda: _table(_file(by, rows)))]
    importing.say_columns(upload, by=by)
    timings.append(timed("results: try a file", rows, lambda: importing.work(upload.pk)))
    importing.say_columns(upload, by=by)
    timings[-1]["peak_mb"] = _peak(lambda: importing.work(upload.pk))
    upload.refresh_from_db()
    importing.confirm(upload, by=by, seen=importing.stamp(upload))
    timings.append(timed("results: record a file", rows, lambda: importing.work(upload.pk)))
    upload.refresh_from_db()
    if upload.state != Upload.State.DONE:
        raise RuntimeError(f"The file was not recorded: {upload.state}, {upload.error}")
    return timings


def _file(by: User, rows: int) -> SimpleUploadedFile:
    people = list(User.objects.exclude(pk=by.pk).order_by("pk").values_list("email", flat=True)[:rows])
    courses = list(
        Course.objects.exclude(passes_with=Course.PassesWith.SIGNATURE).values_list("slug", flat=True)
    )
    day = timezone.localdate().isoformat()
    text = io.StringIO()
    text.write("E-mail,Course,Completed on,Score,ID\n")
    for number in range(rows):
        email = people[number % len(people)] if number % 100 else f"nobody{number}@bench.example"
        course = courses[number // len(people) % len(courses)]
        text.write(f"{email},{course},{day},{80 + number % 20},bench-{number}\n")
    return SimpleUploadedFile("results.csv", text.getvalue().encode())


def _table(file: SimpleUploadedFile) -> tables.Table:
    return tables.read(file, "csv", files.known, most_rows=files.MOST_ROWS)


def _upload(by: User, rows: int) -> Upload:
    door, _made = Door.objects.get_or_create(name=f"Bench {rows}", defaults={"kind": Door.Kind.FILE})
    return Upload.objects.create(
        door=door,
        name="results.csv",
        kind="csv",
        table=_table(_file(by, rows)).kept(),
        columns=COLUMNS,
        uploaded_by=by,
    )


def timed(name: str, size: int, act: Callable[[], object]) -> dict[str, object]:
    queries = 0

    def counted(execute: Callable[..., Any], *asked: Any) -> Any:
        """Django's own log keeps the last 9,000."""
        nonlocal queries
        queries += 1
        return execute(*asked)

    wall, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counted):
        act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "name": name, "size": size, "queries": queries, "cpu_ms": round(cpu * 1000), "wall_ms": round(wall * 1000),
        "requests": 1,
    }  # fmt: skip


def _peak(act: Callable[[], object]) -> float:
    """The most memory that Python held for it, in MB."""
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1024 / 1024, 1)
