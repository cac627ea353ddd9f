"""The HMIS's list of users compared with what is agreed here: time, queries a batch, and the most memory held."""

import resource
import time
import tracemalloc
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, Staff, User
from agencies.services import opening
from bench.large import FACTS
from onboarding.access.hmis import comparison, user_list
from onboarding.models import Access, Difference, HmisAccount, HmisUserList, RoleInHmis

SIZES = (1000, 10000)
COLUMNS = dict.fromkeys(("user_name", "email", "roles", "last_sign_in"), "x")


def measure_all(say: Callable[[str], object], sizes: tuple[int, ...] = SIZES) -> list[dict[str, object]]:
    director = User.objects.create_user("director@accounts.example", None)
    agency = opening.open_agency(by=director, facts=FACTS | {"ein": "069999998"}, title="Director")
    RoleInHmis.objects.get_or_create(role="data_entry", defaults={"roles": "Data entry"})
    say(
        f"{'comparison with the HMIS':<34}{'accounts':>9}{'queries':>9}{'a batch':>9}{'cpu ms':>9}{'wall ms':>9}{'peak MB':>9}"
    )
    rows = []
    for size in sizes:
        user_list = _list(agency, director, size)
        row = measure(user_list, size)
        rows.append(row)
        say(
            f"{row['name']:<34}{size:>9}{row['queries']:>9}{row['queries_a_batch']:>9}{row['cpu_ms']:>9}{row['wall_ms']:>9}{row['peak_mb']:>9}"
        )
    return rows


def measure(kept: HmisUserList, size: int) -> dict[str, object]:
    comparison.compare(kept)  # the first finds all differences, each later one finds them again
    begun, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    differences = comparison.compare(kept)
    wall, cpu = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
    with CaptureQueriesContext(connection) as asked:
        comparison.compare(kept)
    queries = len(asked)
    del asked
    tracemalloc.start()
    comparison.compare(kept)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    batches = -(-size // user_list.BATCH)
    return {
        "name": "comparison of accounts", "size": size, "differences": differences, "queries": queries,
        "queries_a_batch": round(queries / batches, 1), "cpu_ms": round(cpu * 1000), "wall_ms": round(wall * 1000),
        "peak_mb": round(peak / 1024 / 1024, 1),
    }  # fmt: skip


def _list(agency: Agency, director: User, size: int) -> HmisUserList:
    """Of ten accounts one is unknown, one has another role, one is idle, and one person has none."""
    today, now = timezone.localdate(), timezone.now()
    start = Staff.objects.filter(agency=agency).count()
    people = [User(email=f"p{number}@accounts.example") for number in range(start, start + size)]
    User.objects.bulk_create(people, batch_size=1000)
    staff = [
        Staff(
            agency=agency, user=person, first_name="Pat", last_name=f"Number {person.pk}", email=person.email,
            hmis_role="data_entry", access_level="entry", supervisor_name="Dana", start_date=today, employment="staff",
        )
        for person in people
    ]  # fmt: skip
    Staff.objects.bulk_create(staff, batch_size=1000)
    Access.objects.bulk_create(
        [
            Access(
                staff=row,
                state="granted",
                granted_at=now,
                granted_by=director,
                account_name=row.email.split("@")[0],
            )
            for row in staff
        ],
        batch_size=1000,
    )
    HmisAccount.objects.all().delete()
    Difference.objects.all().delete()
    user_list = HmisUserList.objects.create(name=f"{size} accounts", uploaded_by=director, columns=COLUMNS)
    HmisAccount.objects.bulk_create(
        [_account(user_list, row.email, place) for place, row in enumerate(staff)], batch_size=1000
    )
    return user_list


def _account(user_list: HmisUserList, email: str, place: int) -> HmisAccount:
    name = f"x{place}" if place % 10 == 0 else email.split("@")[0]
    return HmisAccount(
        list=user_list, user_name=name, user_key=name, email="" if place % 10 == 0 else email,
        roles="Other" if place % 10 == 1 else "Data entry",
        last_sign_in=timezone.localdate() if place % 10 != 2 else timezone.localdate().replace(year=2024, day=1),
    )  # fmt: skip
