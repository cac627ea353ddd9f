"""The ladder: who is told what on which day, once; and what is never told."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.services import leavers
from hmis_portal.models import Message, PortalSettings, forget_settings
from tests.factories import StaffFactory, UserFactory
from training import selectors, services, tasks
from training.models import Notice, Requirement
from training.requirements import reminders
from training.requirements.items import Item
from training.requirements.reminders import cause
from training.validity import Fact, judge

pytestmark = pytest.mark.django_db
ASSIGNED = dt.date(2026, 6, 1)
DUE = dt.date(2026, 7, 1)


@pytest.fixture(autouse=True)
def thirty_days(cast, once):
    """What the dates below are counted from."""
    once(lambda: PortalSettings.objects.update(training_due_days=30))
    forget_settings()
    PortalSettings.load()
    yield
    forget_settings()


@pytest.fixture
def started(time_machine, cast, catalogue, once):
    """Training opened on June 1, due July 1; only the privacy course counts here."""
    time_machine.move_to("2026-06-01T16:00:00Z", tick=False)

    def make():
        cast.staff_row.supervisor_email = "boss@harbor.example"
        cast.staff_row.save(update_fields=["supervisor_email"])
        services.open_training(cast.agency, cast.lead)
        Requirement.objects.exclude(person=cast.staff, course__slug="privacy-security").delete()
        Message.objects.all().delete()
        return cast

    started = once(make)
    time_machine.move_to("2026-06-01T16:00:00Z", tick=True)
    return started


def run(time_machine, day):
    time_machine.move_to(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC))
    before = set(Message.objects.values_list("pk", flat=True))
    tasks.send_reminders()
    return sorted((one.name.split("/")[1], one.to) for one in Message.objects.exclude(pk__in=before))


def told_over(time_machine, first, last):
    """day → names of messages to the learner, running once a day."""
    found = {}
    day = first
    while day <= last:
        names = [name for name, to in run(time_machine, day) if name != "digest"]
        if names:
            found[day] = names
        day += dt.timedelta(days=1)
    return found


def test_41_the_ladder_to_a_due_date(started, time_machine):
    told = told_over(time_machine, ASSIGNED, DUE + dt.timedelta(days=40))
    assert told == {
        dt.date(2026, 6, 17): ["due"],
        dt.date(2026, 6, 24): ["due"],
        dt.date(2026, 6, 30): ["due"],
        dt.date(2026, 7, 2): ["overdue"],
        dt.date(2026, 7, 8): ["overdue"],
    }


def test_41_the_ladder_to_a_renewal_grace_and_suspension(started, course, time_machine):
    services.record_completion(
        services.Result(person=started.staff, course=course, completed_on=ASSIGNED, score=90),
        by=started.trainer,
    )
    through = dt.date(2027, 5, 31)
    told = told_over(time_machine, dt.date(2027, 3, 25), through + dt.timedelta(days=50))
    assert {(through - day).days: names for day, names in told.items()} == {
        60: ["renew_by"], 30: ["renew_by"], 14: ["renew_by"], 7: ["renew_by"], 1: ["renew_by"],
        -1: ["lapsed"], -7: ["lapsed"], -15: ["suspended"],
    }  # fmt: skip


def test_40_a_run_twice_on_a_day_sends_once(started, time_machine):
    assert run(time_machine, dt.date(2026, 6, 24)) == [
        ("digest", "boss@harbor.example"),
        ("due", started.staff.email),
    ]
    assert run(time_machine, dt.date(2026, 6, 24)) == []
    assert Notice.objects.count() == 1


def test_a_missed_day_is_made_up_for_by_the_latest_rung_alone(started, time_machine):
    assert run(time_machine, dt.date(2026, 6, 27)) == [
        ("digest", "boss@harbor.example"),
        ("due", started.staff.email),
    ]
    assert Notice.objects.get().rung == 7
    assert run(time_machine, dt.date(2026, 6, 28)) == []


def test_nothing_is_told_of_a_rung_before_the_course_was_assigned(started, time_machine):
    assert run(time_machine, dt.date(2026, 6, 2)) == []


def test_a_completion_ends_the_reminders(started, course, time_machine):
    run(time_machine, dt.date(2026, 6, 17))
    services.record_completion(
        services.Result(person=started.staff, course=course, completed_on=dt.date(2026, 6, 17), score=90),
        by=started.trainer,
    )
    assert told_over(time_machine, dt.date(2026, 6, 18), dt.date(2026, 7, 20)) == {}
    assert Message.objects.get(name="training/due").status == Message.Status.CANCELLED


def test_24_leaving_stops_reminders(started, time_machine):
    leavers.report_leaver(staff=started.staff_row, by=started.director, last_day=ASSIGNED)
    assert run(time_machine, dt.date(2026, 6, 24)) == []


def test_nothing_is_told_while_proof_is_being_checked_or_the_course_is_waived(started, course, time_machine):
    services.waive(
        person=started.staff,
        course=course,
        first_on=dt.date(2026, 6, 1),
        last_on=dt.date(2026, 6, 26),
        reason="On leave",
        by=started.admin,
    )
    assert run(time_machine, dt.date(2026, 6, 24)) == []
    services.upload_evidence(
        person=started.staff,
        course=course,
        data=b"%PDF-1.4",
        kind="pdf",
        filename="p.pdf",
        claimed_on=dt.date(2026, 6, 20),
        by=started.staff,
    )
    assert run(time_machine, dt.date(2026, 6, 30)) == []


def test_several_courses_of_one_day_are_one_message(cast, catalogue, time_machine):
    time_machine.move_to("2026-06-01T16:00:00Z")
    services.open_training(cast.agency, None)
    Message.objects.all().delete()
    told = run(time_machine, dt.date(2026, 6, 24))
    assert told == [("due", cast.coordinator.email), ("due", cast.staff.email)]
    message = Message.objects.get(user=cast.staff)
    assert message.body_text.count("Due July 1, 2026.") == 5


def test_41_a_supervisor_has_one_digest_for_all_learners_from_14_days_on(cast, catalogue, time_machine):
    time_machine.move_to("2026-06-01T16:00:00Z")
    for row in (cast.staff_row, cast.coordinator_row):
        row.supervisor_email = "boss@harbor.example"
        row.save(update_fields=["supervisor_email"])
    services.open_training(cast.agency, None)
    Requirement.objects.exclude(course__slug="privacy-security").delete()
    Message.objects.all().delete()
    assert ("digest", "boss@harbor.example") in run(time_machine, dt.date(2026, 6, 17))
    digest = Message.objects.get(name="training/digest")
    assert "Sasha Staff: Privacy and security awareness (due)" in digest.body_text
    assert "Chris Coordinator: Privacy and security awareness (due)" in digest.body_text


def test_41_a_supervisor_at_two_agencies_has_a_digest_of_each(started, time_machine):
    """Of one and the same learner and course: neither takes the place of the other."""
    row = StaffFactory(user=started.staff, supervisor_email="boss@harbor.example")
    Requirement.objects.get(person=started.staff).reasons.create(staff=row, reason="HMIS user")
    told = run(time_machine, dt.date(2026, 6, 24))
    assert told == [("digest", "boss@harbor.example")] * 2 + [("due", started.staff.email)]
    for agency in (started.agency, row.agency):
        page = reverse("training:agency", args=[agency.pk])
        assert Message.objects.filter(name="training/digest", body_text__contains=page).count() == 1


def test_41_the_coordinator_hears_of_a_lapse_and_the_admin_of_a_suspension(started, course, time_machine):
    services.record_completion(
        services.Result(person=started.staff, course=course, completed_on=ASSIGNED, score=90),
        by=started.trainer,
    )
    through = dt.date(2027, 5, 31)
    assert run(time_machine, through - dt.timedelta(days=14)) == [
        ("digest", "boss@harbor.example"), ("renew_by", started.staff.email),
    ]  # fmt: skip
    assert run(time_machine, through + dt.timedelta(days=1)) == [
        ("digest", "boss@harbor.example"), ("digest", started.coordinator.email), ("lapsed", started.staff.email),
    ]  # fmt: skip
    assert run(time_machine, through + dt.timedelta(days=15)) == [
        ("digest", started.admin.email), ("digest", "boss@harbor.example"), ("digest", started.coordinator.email),
        ("suspended", started.staff.email),
    ]  # fmt: skip


def test_18_and_19_a_notice_before_on_and_after_and_the_days_of_grace_are_counted(
    started, course, time_machine
):
    services.record_completion(
        services.Result(person=started.staff, course=course, completed_on=ASSIGNED, score=90),
        by=started.trainer,
    )
    run(time_machine, dt.date(2027, 5, 30))
    assert "Take it again by then" in Message.objects.get(name="training/renew_by").body_text
    run(time_machine, dt.date(2027, 6, 1))
    assert "Access stays for 14 days more" in Message.objects.get(name="training/lapsed").body_text
    for day, left in ((2, "13 days"), (14, "1 day")):
        time_machine.move_to(f"2027-06-{day:02}T16:00:00Z")
        items = {one.course_title: one for one in selectors.status_of(started.staff_row).items}
        assert f"Access stays for {left} more" in items[course.title].sentence
    run(time_machine, dt.date(2027, 6, 15))
    assert "is suspended from today" in Message.objects.get(name="training/suspended").body_text


def test_a_digest_that_was_cut_off_is_sent_by_the_next_run(started, time_machine):
    time_machine.move_to("2026-06-24T12:00:00Z")
    reminders.remind(
        [started.staff.pk], dt.date(2026, 6, 24), PortalSettings().training_ladder
    )  # and the worker dies here
    assert run(time_machine, dt.date(2026, 6, 24)) == [("digest", "boss@harbor.example")]
    assert run(time_machine, dt.date(2026, 6, 25)) == []


def test_a_run_with_nothing_due_costs_few_queries(started, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        tasks.send_reminders()


def test_a_night_costs_the_same_for_two_people_as_for_twelve(started, course, time_machine):
    """Whether they are told or were told already."""
    time_machine.move_to("2026-06-24T12:00:00Z")
    tasks.send_reminders()
    costs = []
    for number in (2, 12):
        people = UserFactory.create_batch(number)
        Requirement.objects.bulk_create(
            Requirement(person=person, course=course, assigned_on=ASSIGNED, due_on=DUE) for person in people
        )
        for _time in range(2):
            with CaptureQueriesContext(connection) as queries:
                tasks.send_reminders()
            costs.append(len(queries))
        told = Message.objects.filter(name="training/due", user__in=people)
        assert {(message.user, message.to) for message in told} == {
            (person, person.email) for person in people
        }
        assert Notice.objects.filter(message__in=told).count() == len(told) == number
    assert costs[:2] == costs[2:]
    assert max(costs) <= 30


def test_what_a_killed_worker_had_begun_is_told_by_the_next(started, time_machine):
    time_machine.move_to("2026-06-24T12:00:00Z")
    with transaction.atomic():
        assert (
            reminders.remind([started.staff.pk], dt.date(2026, 6, 24), PortalSettings().training_ladder)[0]
            == 1
        )
        transaction.set_rollback(True)  # the end of its connection
    assert not Notice.objects.exists()
    assert run(time_machine, dt.date(2026, 6, 24)) == [
        ("digest", "boss@harbor.example"),
        ("due", started.staff.email),
    ]


def test_copies_to_others_cost_the_same_for_one_course_as_for_five(cast, catalogue, time_machine):
    time_machine.move_to("2026-06-01T16:00:00Z")
    services.open_training(cast.agency, cast.lead)
    rows = list(Requirement.objects.filter(person=cast.staff)[:5])
    assert len(rows) == 5
    costs = []
    for deadline, found in ((DUE, rows[:1]), (DUE + dt.timedelta(days=1), rows)):
        Notice.objects.bulk_create(
            Notice(requirement=row, kind=Notice.Kind.SUSPENDED, deadline=deadline, rung=-15) for row in found
        )
        before = set(Message.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            reminders.copy_to_others()
        costs.append(len(queries))
        told = Message.objects.exclude(pk__in=before)
        assert sorted(one.to for one in told) == sorted([cast.admin.email, cast.coordinator.email])
    assert costs[0] == costs[1]


class _Row:
    """Enough of a requirement for the pure rule."""

    def __init__(self, assigned_on, due_on):
        self.assigned_on, self.due_on = assigned_on, due_on


days = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


@settings(suppress_health_check=[HealthCheck.too_slow])  # how fast examples are made is the machine’s affair
@given(days, st.integers(1, 90), st.none() | days, st.integers(0, 30))
def test_each_rung_is_reached_at_most_once_and_in_order(assigned, due_days, done, grace):
    row, ladder = _Row(assigned, assigned + dt.timedelta(days=due_days)), PortalSettings().training_ladder
    facts = [Fact(done, done + dt.timedelta(days=364), None)] if done else []
    causes = []
    for offset in range(0, 900, 3):
        day = assigned + dt.timedelta(days=offset)
        status = judge(today=day, due_on=row.due_on, facts=facts, grace_days=grace)
        found = cause(Item(row, status, day), day, ladder)
        if found and (not causes or causes[-1] != found):
            causes.append(found)
    assert len(set(causes)) == len(causes)
    for kind, deadline, rung in causes:
        assert rung in ladder or kind == Notice.Kind.SUSPENDED
        assert deadline - dt.timedelta(days=rung) > assigned


def test_notices_are_unique_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_constraint where conname = 'notice_once_per_cycle'")
        assert cursor.fetchone()
