"""Two at the same moment, on two connections: one acts, the other finds it done."""

import datetime as dt

import pytest

from hmis_portal.models import Message
from hmis_portal.web.errors import WrongState
from tests.racing import at_once
from training import services
from training.doors.xapi import credentials, storing
from training.models import Certificate, Completion, Door, Evidence, Notice, Requirement, Statement
from training.requirements import reminders

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_remind_at_once(opened, time_machine):
    due = Requirement.objects.filter(person=opened.staff).first().due_on
    day = due - dt.timedelta(days=7)
    results = at_once(*(lambda: reminders.send_all(day) for _ in range(3)))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Message.objects.filter(name="training/due", user=opened.staff).count() == 1
    assert Notice.objects.filter(requirement__person=opened.staff).count() == 5


def test_one_completion_recorded_by_two_trainers_at_once(opened, course):
    def record(by):
        return services.record_completion(
            services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 11, 2), score=90),
            by=by,
        )

    results = at_once(lambda: record(opened.trainer), lambda: record(opened.admin))
    assert sorted(one.known for one in results) == [False, True]
    assert Completion.objects.count() == Certificate.objects.count() == 1


def test_one_proof_decided_by_two_at_once(opened, course):
    paper = services.upload_evidence(
        person=opened.staff,
        course=course,
        data=b"%PDF-1.4",
        kind="pdf",
        filename="p.pdf",
        claimed_on=dt.date(2026, 11, 2),
        by=opened.staff,
    )
    results = at_once(
        lambda: services.accept_evidence(
            paper, by=opened.trainer, completed_on=dt.date(2026, 11, 2), score=90
        ),
        lambda: services.refuse_evidence(paper, by=opened.admin, reason="Cannot be read."),
    )
    assert sum(isinstance(one, WrongState) for one in results) == 1
    state = Evidence.objects.get().state
    assert Completion.objects.count() == (state == "accepted")
    assert Message.objects.filter(name="training/evidence_refused").count() == (state == "refused")


def test_opening_training_twice_at_once(cast, catalogue):
    results = at_once(*(lambda: services.open_training(cast.agency, None) for _ in range(2)))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Requirement.objects.filter(person=cast.staff).count() == 5
    assert Message.objects.filter(name="training/assigned", user=cast.staff).count() == 1


def test_one_statement_sent_by_two_requests_at_once(opened, course):
    door = Door.objects.create(name="LMS", kind=Door.Kind.XAPI)
    credential, _secret = credentials.make(door, by=opened.admin)
    said = {
        "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
        "actor": {"mbox": f"mailto:{opened.staff.email}"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "course:privacy-security"},
        "result": {"score": {"scaled": 0.9}},
        "timestamp": "2026-11-02T15:00:00Z",
    }
    door.courses.create(key="course:privacy-security", course=course)
    results = at_once(*(lambda: storing.store([said], credential=credential) for _ in range(3)))
    assert results == [[said["id"]]] * 3
    assert Statement.objects.count() == Completion.objects.count() == 1
