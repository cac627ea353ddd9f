"""Recording, voiding and waiving: what counts, for how long, and what is written down about it."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.factories import UserFactory
from tests.training.helpers import item
from training import selectors, services
from training.models import Certificate, Completion, Course, CourseEquivalence, Notice, Requirement, Waiver
from training.papers import transcript
from training.signals import requirements_met
from training.validity import State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]


def done(cast, course, day=dt.date(2026, 6, 1), **kwargs):
    kwargs.setdefault("score", 90)
    return services.record_completion(
        services.Result(person=cast.staff, course=course, completed_on=day, **kwargs), by=cast.trainer
    )


def test_a_completion_is_valid_from_its_own_day_and_certified(opened, course):
    completion = done(opened, course).completion
    assert completion.valid_through == dt.date(2027, 5, 31)
    assert completion.window_opens_on == dt.date(2027, 4, 1)
    assert item(opened, course).status.state == State.VALID
    assert item(opened, course).sentence == "Valid through May 31, 2027."
    certificate = Certificate.objects.get(completion=completion)
    assert certificate.holder == "Sasha Staff"
    assert len(certificate.number) == 23
    event = AuditEvent.objects.get(verb="completion recorded")
    assert event.actor == opened.trainer
    assert event.data["valid_through"] == "2027-05-31"


def test_1_done_before_the_assignment_counts(cast, course):
    done(cast, course, dt.date(2026, 1, 10))
    services.open_training(cast.agency, None)
    assert item(cast, course).status.in_force
    told = Message.objects.get(name="training/assigned", user=cast.staff)
    assert course.title not in told.body_text


def test_2_recorded_late_it_is_still_valid_from_the_day_it_was_done(opened, course):
    assert done(opened, course, dt.date(2025, 7, 1)).completion.valid_through == dt.date(2026, 6, 30)


def test_3_an_older_fact_that_arrives_later_never_shortens(opened, course):
    done(opened, course, dt.date(2026, 5, 1))
    done(opened, course, dt.date(2025, 8, 1))
    assert item(opened, course).status.valid_through == dt.date(2027, 4, 30)
    assert len(transcript.transcript(opened.staff)) == 2


def test_6_below_the_least_score_is_a_failed_attempt(opened, course):
    failed = done(opened, course, score=79).completion
    assert not failed.passed
    assert failed.valid_through is None
    assert item(opened, course).status.state == State.FAILED
    assert not Certificate.objects.exists()
    assert [row.result for row in transcript.transcript(opened.staff)] == ["Not passed"]


def test_6_the_person_hears_of_a_test_not_passed_unless_a_pass_counts(opened, course):
    done(opened, course, score=79)
    told = Message.objects.get(name="training/not_passed")
    assert told.to == opened.staff.email
    assert "Your score was 79 percent; the course asks for at least 80." in told.body_text
    done(opened, course, score=90)
    done(opened, course, score=60)
    done(opened, course, dt.date(2025, 1, 10), score=60)
    assert Message.objects.filter(name="training/not_passed").count() == 1


def test_8_equivalence_is_dated_and_one_way(opened, course):
    old = Course.objects.create(
        slug="old-privacy",
        title="Privacy (until 2025)",
        description="x",
        how_to_register="x",
        passes_with="quiz",
    )
    CourseEquivalence.objects.create(
        course=course, by=old, from_on=dt.date(2026, 1, 1), until_on=dt.date(2026, 3, 31)
    )
    done(opened, old, dt.date(2025, 12, 31))
    assert not item(opened, course).status.in_force
    done(opened, old, dt.date(2026, 2, 1))
    assert item(opened, course).status.valid_through == dt.date(2027, 1, 31)
    done(opened, course, dt.date(2026, 6, 1))
    assert not Requirement.objects.filter(course=old).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseEquivalence.objects.create(course=course, by=course, from_on=dt.date(2026, 1, 1))


def test_13_a_later_policy_change_does_not_move_what_was_recorded(opened, course):
    done(opened, course)
    course.valid_months, course.window_days = 1, 5
    course.save()
    status = item(opened, course).status
    assert (status.valid_through, status.renew_from) == (dt.date(2027, 5, 31), dt.date(2027, 4, 1))


def test_12_the_fixed_rule_with_a_campaign_for_newcomers(opened, course, time_machine):
    course.rule, course.anniversary, course.campaign_on, course.window_days = (
        "fixed",
        dt.date(2026, 3, 31),
        dt.date(2026, 1, 31),
        90,
    )
    course.save()
    first = done(opened, course, dt.date(2025, 11, 20)).completion
    assert first.valid_through == dt.date(2027, 1, 31)
    second = done(opened, course, dt.date(2025, 12, 15)).completion
    assert second.valid_through == dt.date(2026, 3, 31)
    assert item(opened, course).status.valid_through == dt.date(2027, 1, 31)


def test_16_an_instant_is_kept_and_its_day_is_connecticuts(opened, course):
    recorded = services.record_completion(
        services.Result(
            person=opened.staff,
            course=course,
            completed_at=dt.datetime(2026, 1, 1, 3, 30, tzinfo=dt.UTC),
            source="import",
            external_id="lms-1",
            source_time="2026-01-01T03:30Z",
            score=85,
        ),
        by=None,
    )
    assert recorded.completion.completed_on == dt.date(2025, 12, 31)
    assert recorded.completion.source_time == "2026-01-01T03:30Z"


def test_25_the_same_source_and_identity_again_is_known(opened, course):
    first = done(opened, course, source="import", external_id="lms-7")
    again = done(opened, course, dt.date(2026, 6, 2), source="import", external_id="lms-7")
    assert (first.known, again.known) == (False, True)
    assert again.completion == first.completion
    assert done(opened, course).known is False
    assert done(opened, course).known is True  # without an identity: source, person, course and time
    assert Completion.objects.count() == 2
    assert AuditEvent.objects.filter(verb="completion recorded").count() == 2


def test_a_voided_result_does_not_block_the_true_one_of_the_same_day(opened, course):
    wrong = done(opened, course).completion
    services.void(wrong, by=opened.admin, reason="Another person's result")
    assert not item(opened, course).status.in_force
    again = done(opened, course)
    assert not again.known
    assert item(opened, course).status.state == State.VALID
    assert done(opened, course).known  # a double click
    assert Completion.objects.count() == 2


def test_a_resit_on_the_day_of_a_failed_attempt_counts(opened, course):
    assert not done(opened, course, score=60).completion.passed
    passed = done(opened, course, score=95)
    assert not passed.known
    assert passed.completion.passed
    assert item(opened, course).status.state == State.VALID
    assert [row.result for row in transcript.transcript(opened.staff)] == [
        "Valid through May 31, 2027",
        "Not passed",
    ]
    assert done(opened, course, score=60).known
    better = services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 6, 1), score=99),
        by=opened.trainer,
    )
    assert not better.known


@pytest.mark.parametrize(
    ("day", "message"),
    [(dt.date(2026, 6, 16), "not in the future"), (dt.date(2019, 12, 31), "did not exist yet")],
)
def test_30_not_in_the_future_and_not_before_the_course(opened, course, day, message):
    course.exists_since = dt.date(2020, 1, 1)
    with pytest.raises(GuardFailed, match=message):
        done(opened, course, day)


def test_the_agreement_is_completed_by_nothing_but_its_signature(opened):
    with pytest.raises(GuardFailed, match="own signature"):
        done(opened, Course.objects.get(slug="user-agreement"))


def test_a_completion_never_changes(opened, course):
    completion = done(opened, course).completion
    for change in (
        lambda: Completion.objects.filter(pk=completion.pk).update(score=100),
        lambda: Completion.objects.filter(pk=completion.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_10_only_a_named_person_with_a_reason_voids(opened, course):
    completion = done(opened, course).completion
    with pytest.raises(GuardFailed, match="Say why"):
        services.void(completion, by=opened.admin, reason="  ")
    services.void(completion, by=opened.admin, reason="Recorded for the wrong person")
    assert not item(opened, course).status.in_force
    assert transcript.transcript(opened.staff)[0].result == "Voided: Recorded for the wrong person"
    assert transcript.certificate_state(completion.certificate)[0] == "voided"
    with pytest.raises(WrongState, match="already voided"):
        services.void(completion, by=opened.admin, reason="Again")
    event = AuditEvent.objects.get(verb="completion voided")
    assert (event.before, event.after, event.reason) == ("counted", "voided", "Recorded for the wrong person")


def test_33_a_waiver_says_who_why_from_until_and_lapses(opened, course, time_machine):
    with pytest.raises(GuardFailed):
        services.waive(
            person=opened.staff,
            course=course,
            first_on=dt.date(2026, 6, 15),
            last_on=dt.date(2026, 6, 30),
            reason="",
            by=opened.admin,
        )
    waiver = services.waive(
        person=opened.staff,
        course=course,
        first_on=dt.date(2026, 6, 15),
        last_on=dt.date(2026, 6, 30),
        reason="On leave",
        by=opened.admin,
    )
    assert item(opened, course).status.state == State.WAIVED
    assert item(opened, course).sentence == f"Not asked of you through {date_words(waiver.last_on)}."
    assert item(opened, course).status.in_force
    assert not Certificate.objects.exists()
    assert AuditEvent.objects.get(verb="course waived").reason == "On leave"
    time_machine.move_to("2026-07-01T16:00:00Z")
    assert not item(opened, course).status.in_force
    time_machine.move_to("2026-06-20T16:00:00Z")
    services.end_waiver(waiver, by=opened.admin, reason="Back at work")
    assert not item(opened, course).status.in_force
    with pytest.raises(WrongState):
        services.end_waiver(Waiver.objects.get(), by=opened.admin, reason="Again")


def test_the_agreement_cannot_be_waived(opened):
    with pytest.raises(GuardFailed, match="cannot be waived"):
        services.waive(
            person=opened.staff, course=Course.objects.get(slug="user-agreement"),
            first_on=dt.date(2026, 6, 15), last_on=dt.date(2026, 6, 30), reason="x", by=opened.admin,
        )  # fmt: skip


def test_7_a_newer_version_has_its_own_due_date(opened, course, time_machine):
    done(opened, course)
    with pytest.raises(GuardFailed):
        services.ask_newer_version(course, by=opened.admin, due_on=timezone.localdate(), reason="New law")
    asked = services.ask_newer_version(course, by=opened.admin, due_on=dt.date(2026, 9, 1), reason="New law")
    assert asked == 2
    one = item(opened, course)
    assert one.status.in_force
    assert one.sentence == "A newer version is asked of you by September 1, 2026."
    time_machine.move_to("2026-09-02T16:00:00Z")
    assert item(opened, course).status.state == State.OVERDUE
    course.refresh_from_db()
    done(opened, course, dt.date(2026, 9, 2))
    assert item(opened, course).status.state == State.VALID
    assert Requirement.objects.filter(person=opened.staff, course=course).count() == 2


def test_20_met_only_when_all_is_in_force_on_the_same_day(opened, django_capture_on_commit_callbacks):
    heard = []
    requirements_met.connect(
        lambda staff, **_: heard.append((staff, selectors.status_of(staff).met)), weak=False, dispatch_uid="t"
    )
    try:
        for course in Course.objects.filter(requirements__person=opened.staff).exclude(
            passes_with="signature"
        ):
            done(opened, course)
        status = selectors.status_of(opened.staff_row)
        assert not status.met
        assert [one.course_title for one in status.unmet] == ["HMIS user agreement and code of ethics"]
        assert status.reasons == ["HMIS user agreement and code of ethics: Due June 29, 2026."]
        services.record_completion(
            services.Result(
                person=opened.staff,
                course=Course.objects.get(slug="user-agreement"),
                completed_on=dt.date(2026, 6, 15),
                source="signature",
                staff=opened.staff_row,
            ),
            by=opened.staff,
        )
        assert selectors.status_of(opened.staff_row).met
        assert selectors.status_of(opened.staff_row).reasons == []
    finally:
        requirements_met.disconnect(dispatch_uid="t")
    assert heard[-1] == (opened.staff_row, True)
    assert not any(met for _staff, met in heard[:-1])


def test_a_course_not_needed_for_access_does_not_hold_it_up(opened, course):
    Course.objects.exclude(slug=course.slug).update(mandatory=False)
    done(opened, course)
    assert selectors.status_of(opened.staff_row).met


def test_status_costs_the_same_for_one_as_for_many(opened, course, django_assert_num_queries):
    from tests.factories import StaffFactory

    with django_assert_num_queries(5):
        selectors.agency_statuses(opened.agency)
    for _ in range(12):
        services.assign(staff=StaffFactory(agency=opened.agency, user=UserFactory()), by=None)
    with django_assert_num_queries(5):
        assert len(selectors.agency_statuses(opened.agency)) == 14


def test_40_a_completion_cancels_what_is_unsent(opened, course):
    row = Requirement.objects.get(person=opened.staff, course=course)
    message = Message.objects.create(
        key="k",
        name="training/due",
        user=opened.staff,
        to=opened.staff.email,
        subject="s",
        body_text="",
        body_html="",
    )
    Notice.objects.create(requirement=row, kind="due", deadline=row.due_on, rung=7, message=message)
    done(opened, course)
    message.refresh_from_db()
    assert message.status == Message.Status.CANCELLED
