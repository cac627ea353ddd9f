"""Training at scale: the board of a large agency, and a night over 1,000 and 10,000 requirements.

`manage.py bench --sizes --documents --people --training 1000 10000 100000` measures a night of 100,000 too, and nothing else.
"""

import datetime as dt
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from agencies import permissions
from agencies.models import Agency, AgencyRole, Staff, User
from onboarding.access import recompute
from onboarding.models import Access
from training.models import Because, Completion, Course, OpenTraining, Requirement
from training.requirements import reminders

COURSES = 10
PEOPLE = 50  # of one agency
SIZES = (1000, 10000)
BOARD = 500
_numbers = count(1)
NOBODY_S = make_password(None)
M = TypeVar("M", bound=Model)


def courses() -> list[Course]:
    """Ten that anybody may record; those missing in the catalogue are made."""
    known = list(
        Course.objects.exclude(passes_with=Course.PassesWith.SIGNATURE).order_by("position")[:COURSES]
    )
    more = range(len(known), COURSES)
    known += [
        Course.objects.create(slug=f"bench-{n}", title=f"Course {n}", valid_months=12, position=n)
        for n in more
    ]
    return known


def director() -> User:
    """Who manages each of them."""
    return User.objects.get_or_create(email="director@training.example", defaults={"password": NOBODY_S})[0]


def make(agencies: int, people: int = PEOPLE) -> list[Agency]:
    """So many agencies in training, each with so many people; of their ten courses, seven are done."""
    asked, today = courses(), timezone.localdate()
    manager = director()
    made = []
    for number in (next(_numbers) for _agency in range(agencies)):
        agency = Agency.objects.create(
            legal_name=f"Trained {number}", ein=f"05{number:07d}", created_by=manager
        )
        permissions.grant(manager, agency, AgencyRole.MANAGER)
        OpenTraining.objects.create(agency=agency)
        users = _all(
            User(
                email=f"t{number}-{n}@training.example",
                password=NOBODY_S,
                first_name="Pat",
                last_name=f"Person {n}",
            )
            for n in range(people)
        )
        staff = _all(_line(agency, user) for user in users)
        _all(Access(staff=row) for row in staff)
        rows = _all(
            Requirement(person=row.user, course=course, assigned_on=today - dt.timedelta(days=90), due_on=today + dt.timedelta(days=45))
            for row in staff for course in asked
        )  # fmt: skip
        _all(
            Because(requirement=row, staff=staff[place // COURSES], reason="Everyone")
            for place, row in enumerate(rows)
        )
        _all(
            _done(row, today - dt.timedelta(days=30)) for place, row in enumerate(rows) if place % COURSES < 7
        )
        made.append(agency)
    return made


def _all(rows: Iterator[M]) -> list[M]:
    listed = list(rows)
    return type(listed[0])._default_manager.bulk_create(listed, batch_size=1000) if listed else []


def _line(agency: Agency, user: User) -> Staff:
    return Staff(
        agency=agency, user=user, first_name=user.first_name, last_name=user.last_name, email=user.email, hmis_role="data_entry",
        access_level="entry", supervisor_name="Dana Director", start_date=dt.date(2025, 1, 6), employment=Staff.Employment.STAFF,
    )  # fmt: skip


def _done(row: Requirement, day: dt.date) -> Completion:
    return Completion(
        person=row.person, course=row.course, version=1, passed=True, completed_on=day,
        completed_at=timezone.make_aware(dt.datetime.combine(day, dt.time(12))), valid_through=day + dt.timedelta(days=364),
        window_opens_on=day + dt.timedelta(days=304), source=Completion.Source.IMPORT, external_id=f"bench-{row.pk}",
    )  # fmt: skip


def measure_all(say: Callable[[str], Any], sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    say(
        f"{'a night of training':<34}{'asked':>9}{'queries':>9}{'a batch':>9}{'cpu ms':>9}{'wall ms':>9}{'peak MB':>9}"
    )
    rows: list[dict[str, Any]] = []
    agencies: list[Agency] = []
    for size in sizes:
        agencies += make(size // (PEOPLE * COURSES) - len(agencies))
        _recompute(agencies)  # the first writes what each later one finds
        new = sum(row["size"] for row in rows[-1:])
        batches = -(-size // COURSES // reminders.BATCH)
        told = _measure("reminders, each of the new told", size - new, batches, reminders.send_all)
        night = [
            _measure("reminders, all were told", size, batches, reminders.send_all, peak=True),
            _measure(
                "recomputation of access", size, len(agencies), partial(_recompute, agencies), peak=True
            ),
        ]
        for row in (told, *night):
            say(
                f"{row['name']:<34}{row['size']:>9}{row['queries']:>9}{row['queries_a_batch']:>9}{row['cpu_ms']:>9}"
                f"{row['wall_ms']:>9}{row.get('peak_mb', ''):>9}"
            )
        rows += [told, *night]
    return rows


def _recompute(agencies: list[Agency]) -> None:
    for agency in agencies:
        recompute.recompute(agency.pk)


def _measure(
    name: str, size: int, batches: int, act: Callable[[], object], *, peak: bool = False
) -> dict[str, Any]:
    queries = 0

    def counting(execute: Any, *call: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*call)

    wall, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counting):
        act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    row = {
        "name": name, "size": size, "queries": queries, "queries_a_batch": round(queries / batches, 1),
        "cpu_ms": round(cpu * 1000), "wall_ms": round(wall * 1000), "requests": 1,
    }  # fmt: skip
    if peak:
        tracemalloc.start()
        act()
        row["peak_mb"] = round(tracemalloc.get_traced_memory()[1] / 1024 / 1024, 1)
        tracemalloc.stop()
    return row
