"""The figures as they are counted and kept, beside the rows that each opens, with hostile clocks; when they are counted anew."""

import datetime as dt
import random
from contextlib import suppress
from itertools import product
from statistics import median

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, CoordinatedAccessNetwork
from onboarding.journey import feedback
from onboarding.journey.reports import counting, decisions, figures, pipeline, spans
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.workdays import business_days_between
from onboarding.models import Remark, ReportCount, ReportFigures, Revision
from onboarding.tasks import count_reports
from tests.applications import make_application, make_mou
from tests.factories import AgencyFactory, CoCFactory
from tests.onboarding.helpers import settings_are
from tests.onboarding.review.helpers import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
YEAR = Narrowing(dt.date(2025, 11, 1), dt.date(2026, 10, 31))
# Around midnight in UTC and in New York, at the ends of months and years, where clocks change, on holidays and weekends.
CLOCKS = [
    dt.datetime(*day, *clock, tzinfo=dt.UTC)
    for day in ((2025, 11, 1), (2025, 12, 31), (2026, 1, 1), (2026, 3, 8), (2026, 5, 31), (2026, 7, 3), (2026, 9, 30))
    for clock in ((0, 0), (3, 59, 59), (4, 0), (4, 59, 59), (5, 0), (23, 59, 59))
]  # fmt: skip


@pytest.fixture
def community(cast, once):
    return once(lambda: twenty_agencies(cast))


def twenty_agencies(cast):
    """Of several CoCs and CANs or none, read by two, decided more than once, on hold, renewed, live."""
    chance, cocs = random.Random(7), [CoCFactory(code=f"CT-{number}") for number in (601, 602)]
    cans = list(CoordinatedAccessNetwork.objects.all()[:2])
    for number in range(20):
        moments = sorted(chance.choices(CLOCKS, k=9))
        live = number % 4 == 0
        agency = AgencyFactory(
            created_at=moments[0], state="live" if live else "joining", live_at=moments[8] if live else None
        )
        agency.cocs.add(*chance.sample(cocs, number % 3))
        agency.cans.add(*chance.sample(cans, chance.randrange(3)))
        if number == 1:
            continue
        reviewer = [cast.admin, cast.auditor, None][number % 3]
        state = chance.choice(["approved", "approved", "declined"]) if reviewer else "submitted"
        made = make_application(agency, by=cast.director, state="draft", started_at=moments[1])
        made.state, made.reviewer, made.state_since = state, reviewer, moments[6]
        made.submitted_at, made.clock_from = moments[4], moments[5] if number % 5 == 0 else None
        if reviewer:
            made.decided_at, made.decided_by = moments[6], reviewer
        made.save()
        for revision, at in ((1, moments[2]), (2, moments[4])):
            Revision.objects.create(
                application=made, number=revision, snapshot={}, submitted_by=cast.director, submitted_at=at
            )
        for at in (moments[3], moments[5]):
            recorded(made, "request_changes", at, cast.admin, "changes_requested")
            for section in chance.sample(["projects", "staff", "agency"], 2):
                Remark.objects.create(
                    application=made, section=section, text="Which?", written_by=cast.admin, sent_at=at
                )
        for at in (moments[2], moments[6], moments[7])[number % 2 :]:
            recorded(made, "approve" if state == "approved" else "decline", at, cast.admin, state)
        executed = {"executed_at": moments[7]} if number % 2 else {}
        make_mou(
            agency, signatory=cast.signatory, by=cast.director, state="executed" if executed else "signed",
            issued_at=moments[1], signed_at=moments[4], **executed,
        )  # fmt: skip
    return cocs, cans


def opened(name, narrowing):
    return figures.rows(name, narrowing).order_by().values("pk").distinct().count()


def test_what_was_counted_is_what_the_rows_say(community, cast):
    cocs, cans = community
    counting.count()
    compare(YEAR, months=True)
    compare(Narrowing(YEAR.since, YEAR.until, cocs[0].pk, None, cast.admin.pk), months=True)
    for keys in product([None, *cocs], [None, cans[0]], [None, cast.admin, cast.auditor]):
        chosen = (key and key.pk for key in keys)
        compare(Narrowing(dt.date(2026, 1, 1), dt.date(2026, 5, 31), *chosen))


def compare(narrowing, *, months=False):
    """Of the whole period, and of each month."""
    counted = counting.of(narrowing)
    known, done = spans.lengths(counted), decisions.by_month(counted)
    within = {None: narrowing} | {month: narrowing.in_month(month) for month in narrowing.months if months}
    for month, narrowed in within.items():
        for name, span in spans.SPANS.items():
            moments = span.rows(narrowed).values_list("began", "ended")
            days = [business_days_between(*map(timezone.localdate, both)) for both in moments]
            length = spans.Length(len(days), median(days), max(days)) if days else spans.Length()
            assert known[name][month] == length, (name, narrowed)
        for verb in decisions.VERBS:
            assert done[month].done[verb] == opened(f"did.{verb}", narrowed), (verb, narrowed)
        assert done[month].at_once == opened("at_once.all", narrowed), narrowed
    asked = decisions.reasons(counted)
    for section in ("projects", "staff", "agency", "people"):
        assert asked.get(section, 0) == opened(f"asked_about.{section}", narrowing), (section, narrowing)
    for stage in pipeline.stages(counted):
        assert stage.count == opened(f"at.{stage.key}", narrowing), (stage, narrowing)


def test_counting_again_writes_nothing_and_follows_what_changed(community, cast):
    counting.count()
    before = versions()
    counting.count(anew=True)
    assert versions() == before
    (coc, _other), of_none = community[0], pipeline.at("live", YEAR).filter(cocs=None)[0]
    of_none.cocs.add(coc)
    counting.count(anew=True)
    compare(Narrowing(YEAR.since, YEAR.until, coc=coc.pk))
    Agency.cocs.through.objects.filter(continuumofcare=coc).delete()
    counting.count(anew=True)
    assert not ReportFigures.objects.filter(coc=coc.pk).exists()


def versions():
    """Which version of each row stands there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coc, can, reviewer, month, xmin::text FROM onboarding_reportfigures ORDER BY 1, 2, 3, 4"
        )
        return cursor.fetchall()


def test_a_page_that_counts_first_leaves_no_try_of_the_worker_behind(monkeypatch):
    """The next try would be taken for one after another that broke off, and the page say so."""
    begin = counting.tries.begin

    def after_a_page(rows):
        counting.count(anew=True)
        return begin(rows)

    monkeypatch.setattr(counting.tries, "begin", after_a_page)
    count_reports()
    assert ReportCount.objects.get().attempts == 0


def test_a_count_that_breaks_off_leaves_the_one_before(community, monkeypatch):
    first = counting.count()
    before = list(ReportFigures.objects.order_by("pk").values())
    Remark.objects.all().delete()
    monkeypatch.setattr(feedback, "counts", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        counting.count(anew=True)
    assert ReportCount.objects.get().at == first.at
    assert list(ReportFigures.objects.order_by("pk").values()) == before


def test_it_rests_between_counts_but_not_when_the_zone_is_changed(community, time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC), tick=False)
    count_reports()
    ReportCount.objects.update(seconds=6)
    first = ReportCount.objects.get()
    time_machine.shift(dt.timedelta(minutes=4))
    count_reports()
    assert ReportCount.objects.get().at == first.at
    settings_are(time_zone="Pacific/Honolulu")
    with timezone.override("Pacific/Honolulu"):
        again = counting.last()
        assert (again.at, again.zone) == (timezone.now(), "Pacific/Honolulu")
        compare(YEAR)
    ReportCount.objects.update(seconds=6)
    time_machine.shift(dt.timedelta(minutes=6))
    count_reports()
    assert ReportCount.objects.get().at == timezone.now()


def test_a_count_that_breaks_off_is_tried_again_later_and_later(cast, client_of, monkeypatch, time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC), tick=False)
    count_reports()
    first, tries, write = ReportCount.objects.get(), [], counting._write

    def too_long():
        tries.append(timezone.now().minute)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(counting, "_write", too_long)
    for _minute in range(1, 30):
        time_machine.shift(dt.timedelta(minutes=1))
        count_reports()
    assert tries == [1, 3, 7, 15]
    page, client = reverse("admin:onboarding_reports"), client_of(cast.admin)
    assert ReportCount.objects.get().at == first.at
    assert "The next try is due on October 5, 2026 at 11:31 a.m." in client.get(page).text
    monkeypatch.setattr(counting, "_write", write)
    for _minute in range(2):
        time_machine.shift(dt.timedelta(minutes=1))
        count_reports()
    assert ReportCount.objects.get().at == timezone.now()
    assert "The next try" not in client.get(page).text


def test_a_count_that_ends_its_worker_is_tried_again_later_and_later(reference, monkeypatch, time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC), tick=False)
    tries = []

    def ended():
        tries.append(timezone.now().minute)
        raise SystemExit

    monkeypatch.setattr(counting, "_write", ended)
    for _minute in range(30):
        with suppress(SystemExit):
            count_reports()
        time_machine.shift(dt.timedelta(minutes=1))
    assert tries == [0, 2, 6, 14]
