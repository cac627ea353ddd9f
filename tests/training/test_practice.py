"""A practice case is handed in as text or file, returned with remarks or passed; every attempt is kept."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.racing import at_once
from tests.scans import PDF
from training import services
from training.models import Completion, Course, PracticeCase
from training.services import practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]
TEXT = "I entered Zoë O’Sample <b>twice</b>.\nWhy?"


@pytest.fixture
def basics(catalogue):
    return Course.objects.get(slug="hmis-basics")


@pytest.fixture
def case(opened, basics):
    return services.hand_in(person=opened.staff, course=basics, text=TEXT)


def test_handing_in_returning_and_passing(opened, basics, client_of, time_machine):
    learner, url = client_of(opened.staff), reverse("training:practice", args=[basics.slug])
    assert "Hand in a practice case" in learner.get("/training/").text
    assert "Never write or upload anything about a real person" in learner.get(url).text
    assert "Write what you did, or select a file that shows it" in learner.post(url, {"text": " "}).text
    assert "Handed in. A trainer looks it through" in learner.post(url, {"text": TEXT}, follow=True).text
    assert "In progress" in learner.get("/training/").text
    case = PracticeCase.objects.get()
    trainer = client_of(opened.trainer)
    assert "Practice cases" in trainer.get("/admin/").text
    desk = reverse("admin:training_practicecase_look_through", args=[case.pk])
    assert "Zoë O’Sample &lt;b&gt;twice" in trainer.get(desk).text
    assert "Say what is to be done otherwise" in trainer.post(desk, {"decision": "return"}).text
    trainer.post(desk, {"decision": "return", "reason": "Search first; don’t add her twice."})
    told = Message.objects.get(name="training/practice_returned")
    assert "Search first; don’t add her twice." in told.body_text
    assert "Search first; don’t add her twice." in learner.get(url).text
    assert not Completion.objects.filter(course=basics).exists()
    file = SimpleUploadedFile("screen.pdf", PDF, content_type="application/pdf")
    learner.post(url, {"text": "", "file": file})
    second = PracticeCase.objects.waiting().get()
    assert learner.get(reverse("training:practice_file", args=[second.pk])).status_code == 200
    time_machine.move_to("2026-06-16T12:00:00Z")
    desk = reverse("admin:training_practicecase_look_through", args=[second.pk])
    passed = client_of(opened.trainer).post(desk, {"decision": "pass", "reason": ""}, follow=True)
    assert "The case is passed and the completion recorded" in passed.text
    completion = Completion.objects.get(course=basics)
    assert (completion.person, completion.source) == (opened.staff, "practice")
    assert completion.completed_on == dt.date(2026, 6, 15), "the day on which it was handed in"
    assert Message.objects.filter(name="training/practice_passed", user=opened.staff).count() == 1
    assert PracticeCase.objects.count() == 2
    assert AuditEvent.objects.filter(verb="practice case looked through").count() == 2


def test_one_waits_at_a_time_and_is_decided_once_by_another(opened, basics, case):
    with pytest.raises(WrongState, match="already waiting"):
        services.hand_in(person=opened.staff, course=basics, text="Again")
    with pytest.raises(GuardFailed, match="Somebody else"):
        practice.let_pass(case, by=opened.staff)
    Course.objects.filter(pk=basics.pk).update(min_score=80)
    with pytest.raises(GuardFailed, match="by a practice case any more"):
        practice.let_pass(case, by=opened.trainer)
    Course.objects.filter(pk=basics.pk).update(min_score=None)
    practice.let_pass(case, by=opened.trainer)
    with pytest.raises(WrongState, match="already looked through: Passed"):
        practice.give_back(case, by=opened.admin, remarks="No")
    assert Completion.objects.filter(course=basics).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_trainers_at_once(opened, case):
    results = at_once(
        lambda: practice.let_pass(case, by=opened.trainer),
        lambda: practice.give_back(case, by=opened.admin, remarks="Once more"),
    )
    assert sum(isinstance(one, WrongState) for one in results) == 1, results
    case.refresh_from_db()
    assert (case.state == "passed") == Completion.objects.filter(practice_case=case).exists()


def test_only_for_courses_that_ask_for_one_and_of_those_who_need_it(opened, basics, case, client_of):
    quiz = Course.objects.get(slug="privacy-security")
    with pytest.raises(GuardFailed, match="is not passed by a practice case"):
        services.hand_in(person=opened.staff, course=quiz, text=TEXT)
    assert client_of(opened.staff).get(reverse("training:practice", args=[quiz.slug])).status_code == 404
    assert (
        client_of(opened.signatory).get(reverse("training:practice", args=[basics.slug])).status_code == 404
    )
    other = reverse("training:practice_file", args=[case.pk])
    assert client_of(opened.director).get(other).status_code == 404
    assert client_of(opened.trainer).get(other).status_code == 404, "this one has no file"
    desk = reverse("admin:training_practicecase_look_through", args=[case.pk])
    assert client_of(opened.auditor).get(desk).status_code == 403
