"""All figures of the reports at once, by month, CoC, CAN and reviewer: counted by workers, read by the pages."""

import datetime as dt
import time
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from hmis_portal.running import tries
from onboarding.journey import feedback
from onboarding.journey.reports import decisions, pipeline, spans
from onboarding.journey.reports.counted import Counted
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.workdays import is_business_day
from onboarding.models import Access, ReportCount, ReportFigures
from onboarding.models.reports import ALL, NOW

EVER = Narrowing(dt.date(1990, 1, 1), dt.date(2199, 12, 31))
FIRST = dt.date(2010, 1, 1)  # what began earlier counts from there
REST = 50  # times as long as a count took, until the next: of a processor a fiftieth at most

# `passed` holds for each day from the first how many business days have passed: what lies between two is a difference.
# A row counts for all, and for each CoC and CAN of its agency and each reviewer of the application; of an agency itself
# these are all who read one of its applications. Rows of which all this is the same are counted first, and then put where
# they belong. Only what differs is written.
COUNT = """
WITH calendar (passed, first, now) AS (SELECT %s::int[], %s::date, %s::date),
happened (figure, subject, since, until) AS ({sources}),
place AS (
  SELECT id AS agency,
    0 || ARRAY(SELECT continuumofcare_id FROM agencies_agency_cocs WHERE agency_id = agency.id ORDER BY 1) AS cocs,
    0 || ARRAY(SELECT coordinatedaccessnetwork_id FROM agencies_agency_cans WHERE agency_id = agency.id ORDER BY 1) AS cans
  FROM agencies_agency AS agency
),
reader (subject, agency, reviewers) AS (
  SELECT id, agency_id, array_remove(ARRAY[0, reviewer_id], NULL) FROM onboarding_application
  UNION ALL
  SELECT agency.id, agency.id, 0 || array_agg(DISTINCT reviewer_id) FILTER (WHERE reviewer_id IS NOT NULL)
  FROM agencies_agency AS agency LEFT JOIN onboarding_application ON agency_id = agency.id GROUP BY agency.id
),
alike AS (
  SELECT figure COLLATE "C" AS figure, coalesce(date_trunc('month', until)::date, now) AS month,
    coalesce(CASE split_part(figure, '.', 1)
      WHEN 'took' THEN greatest(0, passed[until - first + 1] - passed[greatest(since, first) - first + 1])::text
      WHEN 'at' THEN since::text
      ELSE date_trunc('month', since)::date::text
    END, '') COLLATE "C" AS kind,
    cocs, cans, reviewers, count(*) AS rows
  FROM happened JOIN reader USING (subject) JOIN place USING (agency), calendar
  GROUP BY 1, 2, 3, 4, 5, 6
),
kinds AS (
  SELECT coc, can, reviewer, month, figure, kind, sum(rows) AS rows
  FROM alike, unnest(cocs) AS coc, unnest(cans) AS can, unnest(reviewers) AS reviewer
  GROUP BY 1, 2, 3, 4, 5, 6
),
figures AS (
  SELECT coc, can, reviewer, month, figure, jsonb_object_agg(kind, rows) AS counts FROM kinds GROUP BY 1, 2, 3, 4, 5
),
fresh AS MATERIALIZED (
  SELECT coc, can, reviewer, month, jsonb_object_agg(figure, counts) AS counts FROM figures GROUP BY 1, 2, 3, 4
),
gone AS (
  DELETE FROM onboarding_reportfigures AS old WHERE NOT EXISTS (
    SELECT FROM fresh
    WHERE (fresh.coc, fresh.can, fresh.reviewer, fresh.month) = (old.coc, old.can, old.reviewer, old.month)
  )
)
INSERT INTO onboarding_reportfigures AS old (coc, can, reviewer, month, counts)
SELECT coc, can, reviewer, month, counts FROM fresh
ON CONFLICT (coc, can, reviewer, month) DO UPDATE SET counts = excluded.counts WHERE old.counts <> excluded.counts
"""


def of(narrowing: Narrowing) -> Counted:
    """As they were counted last."""
    chosen = {name: getattr(narrowing, name) or ALL for name in ("coc", "can", "reviewer")}
    rows = ReportFigures.objects.filter(month__in=[*narrowing.months, NOW], **chosen)
    return Counted(narrowing.months, dict(rows.values_list("month", "counts")))


def last() -> ReportCount:
    """The last count by the days of the zone that is set. Where there is none, it is made at once."""
    return ReportCount.objects.filter(zone=timezone.get_current_timezone_name()).first() or count()


def keep_up() -> None:
    """For a worker: count what is due; what breaks off, or ends its worker, is tried again later and later."""
    rows = ReportCount.objects.all()
    row, _made = rows.get_or_create(defaults={"at": timezone.now()})
    if not _is_due(row) or not tries.begin(rows):
        return
    try:
        count(anew=True)  # also where a page has counted since: this try ends with it
    except Exception as error:
        tries.failed(rows, error)


def _is_due(row: ReportCount) -> bool:
    rested = timezone.now() >= row.at + REST * dt.timedelta(seconds=row.seconds)
    return rested or row.zone != timezone.get_current_timezone_name()


@transaction.atomic
def count(*, anew: bool = False) -> ReportCount:
    """Count what is due. All of it or nothing is written, and of two at once the second finds it done."""
    now, zone, begun = timezone.now(), timezone.get_current_timezone_name(), time.monotonic()
    row, _made = ReportCount.objects.select_for_update().get_or_create(defaults={"at": now})
    if not anew and not _is_due(row):
        return row
    row.at, row.zone = now, zone
    _write()
    row.people = dict(Access.objects.order_by().values_list("state").annotate(Count("pk")))
    row.ratings = feedback.counts()
    row.seconds = time.monotonic() - begun
    row.attempts, row.error, row.waits_for, row.next_try_at = 0, "", "", None
    row.save()
    return row


def _write() -> None:
    sources: list[Any] = [*spans.every(EVER), *decisions.every(EVER), *pipeline.every(EVER)]
    sql, params = sources[0].union(*sources[1:], all=True).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.replace("{sources}", sql), (_passed(timezone.localdate().year + 1), FIRST, NOW, *params)
        )


@lru_cache(maxsize=2)
def _passed(year: int) -> str:
    """As an array of the database: how many business days have passed on each day until the end of a year."""
    days = (FIRST + dt.timedelta(days=step) for step in range(1, (dt.date(year, 12, 31) - FIRST).days + 1))
    return "{" + ",".join(map(str, accumulate(map(is_business_day, days), initial=0))) + "}"
