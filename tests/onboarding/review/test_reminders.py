"""Reminders: at the right day, once, however often the worker runs."""

import datetime as dt

import pytest
from django.utils import timezone

from hmis_portal.models import Message
from onboarding import tasks
from onboarding.journey.workdays import add_business_days, business_days_between, is_business_day
from onboarding.models import Application, Condition, Mou
from tests.applications import make_application, make_mou
from tests.onboarding.helpers import settings_are

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 6, 1, 13, 0, tzinfo=dt.UTC)  # 9 a.m. in Connecticut


def day(number):
    return MONDAY + dt.timedelta(days=number)


def run(times=2):
    for _ in range(times):
        tasks.send_reminders()


def told(name):
    return sorted(Message.objects.filter(name=f"onboarding/{name}").values_list("to", flat=True))


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(MONDAY)


def test_an_unsigned_mou(cast, reference, time_machine):
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director, state="issued")
    run()
    assert told("signatory_reminder") == []
    for after, count in ((2, 0), (3, 1), (6, 1), (7, 2), (13, 2), (14, 3), (40, 3)):
        time_machine.move_to(day(after))
        run()
        assert told("signatory_reminder") == [cast.signatory.email] * count, after
    assert told("signature_waiting") == [cast.director.email]
    assert "3 times" in Message.objects.get(name="onboarding/signature_waiting").body_text


def test_a_signed_mou_is_left_in_peace(cast, reference, time_machine):
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director, state="signed")
    time_machine.move_to(day(10))
    run()
    assert told("signatory_reminder") == []


def test_a_late_worker_sends_the_last_reminder_only(cast, reference, time_machine):
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director, state="issued")
    time_machine.move_to(day(20))
    run()
    assert len(told("signatory_reminder")) == 1


def test_periods_are_settings(cast, reference, time_machine):
    settings_are(signature_reminder_days="5")
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director, state="issued")
    time_machine.move_to(day(4))
    run()
    assert told("signatory_reminder") == []
    time_machine.move_to(day(5))
    run()
    assert len(told("signatory_reminder")) == 1


def test_an_idle_draft(cast, reference, time_machine):
    application = make_application(cast.agency, by=cast.director, state="draft")
    for after, count in ((6, 0), (7, 1), (8, 1), (21, 2), (45, 3), (90, 3)):
        time_machine.move_to(day(after))
        run()
        assert told("draft_idle") == [cast.director.email] * count, after
    Application.objects.filter(pk=application.pk).update(touched_at=timezone.now())
    time_machine.move_to(day(98))
    run()
    assert len(told("draft_idle")) == 4  # worked on, then idle anew


def test_an_answer_that_is_due(cast, reference, time_machine):
    application = make_application(cast.agency, by=cast.director, state="changes_requested")
    for after, count in ((15, 0), (16, 1), (26, 1), (27, 2), (30, 2), (31, 2)):
        time_machine.move_to(day(after))
        run()
        assert len(told("answer_by")) == count, after
    application.refresh_from_db()
    assert application.state == "changes_requested"  # nothing closes by itself


def test_the_digest_counts_business_days(cast, reference, time_machine):
    make_application(cast.agency, by=cast.director)
    make_application(cast.other_agency, by=cast.stranger, state="in_review", reviewer=cast.admin)
    for after in (4, 5, 6, 7):  # Friday, the weekend, the fifth business day
        time_machine.move_to(day(after))
        run()
        assert told("review_digest") == [], after
    time_machine.move_to(day(8))
    run(3)
    assert told("review_digest") == [cast.admin.email]
    text = Message.objects.get(name="onboarding/review_digest").body_text
    assert "Harbor House" in text
    assert "River Street Shelter" in text
    assert "6 business days" in text
    time_machine.move_to(day(9))
    run()
    assert len(told("review_digest")) == 2  # once a day


def test_holidays_are_no_business_days():
    assert not is_business_day(dt.date(2026, 7, 3))  # Independence Day, observed
    assert not is_business_day(dt.date(2026, 4, 3))  # Good Friday, a holiday of Connecticut
    assert not is_business_day(dt.date(2026, 6, 6))
    assert is_business_day(dt.date(2026, 6, 5))
    assert business_days_between(dt.date(2026, 7, 2), dt.date(2026, 7, 6)) == 1
    assert business_days_between(dt.date(2026, 7, 6), dt.date(2026, 7, 6)) == 0
    assert add_business_days(dt.date(2026, 7, 2), 1) == dt.date(2026, 7, 6)


def test_a_condition_that_is_due(cast, reference, time_machine):
    application = make_application(
        cast.agency, by=cast.director, state="approved", decided_by=cast.admin, decided_at=timezone.now()
    )
    condition = Condition.objects.create(
        application=application, text="Name a Privacy Officer", owner="Dana", due_on=day(20).date()
    )
    for after, count in ((5, 0), (6, 1), (17, 2), (20, 3), (21, 4), (60, 4)):
        time_machine.move_to(day(after))
        run()
        assert len(told("condition_due")) == count, after
    assert Message.objects.filter(name="onboarding/condition_due", subject__startswith="Overdue").count() == 1
    Message.objects.all().delete()
    condition.met_by, condition.met_at = cast.admin, timezone.now()
    condition.save()
    run()
    assert told("condition_due") == []


def test_a_term_that_ends(cast, reference, time_machine):
    mou = make_mou(
        cast.agency,
        signatory=cast.signatory,
        by=cast.director,
        state="executed",
        term_ends_on=day(100).date(),
    )
    for after, count in ((9, 0), (10, 1), (69, 1), (70, 2), (93, 3), (101, 3)):
        time_machine.move_to(day(after))
        run()
        assert len(told("term_end")) == count, after
        assert Mou.objects.get(pk=mou.pk).state == ("executed" if after <= 100 else "ended"), after
    assert len(told("mou_ended")) == 1
