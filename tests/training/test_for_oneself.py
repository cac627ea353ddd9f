"""Nobody records a training result for themselves, by whatever page, and the pages say so before the click."""

import datetime as dt

import pytest
from django.urls import reverse

from hmis_portal.web.errors import GuardFailed
from training import services
from training.models import Completion, CompletionVoid, Requirement, Waiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
DAY = dt.date(2026, 11, 2)
OWN = "decides about training of their own"


@pytest.mark.parametrize("kind", ["trainer", "admin"])
def test_a_completion_is_recorded_by_another(opened, course, kind):
    person = opened.person(kind)
    keys = [f"{one.pk}:{course.pk}" for one in (opened.staff, person)]
    typed = {"completed_on": "2026-11-02", "note": "", "row": keys, **{f"{key}-score": "100" for key in keys}}
    answer = opened.client(kind).post(reverse("admin:training_completion_record"), typed, follow=True)
    assert OWN in answer.text
    assert Completion.objects.get().person == opened.staff


def test_a_waiver_is_given_and_taken_back_by_another(opened, course):
    page = reverse("admin:training_waiver_grant")
    typed = {"person": opened.admin.email, "course": course.pk, "first_on": "2026-11-22", "last_on": "2026-12-22", "reason": "Busy"}  # fmt: skip
    assert "Nobody waives a course for themselves" in opened.client("admin").get(page).text
    assert OWN in opened.client("admin").post(page, typed).text
    assert not Waiver.objects.exists()
    other = services.waive(
        person=opened.admin, course=course, first_on=DAY, last_on=DAY, reason="Ill", by=opened.lead
    )
    with pytest.raises(GuardFailed, match=OWN):
        services.end_waiver(other, by=opened.admin, reason="Back")


def test_a_result_is_voided_by_another(opened, course):
    done = services.record_completion(
        services.Result(person=opened.admin, course=course, completed_on=DAY, score=10), by=opened.trainer
    )
    url = reverse("admin:training_completion_void", args=[done.completion.pk])
    client = opened.client("admin")
    assert OWN in client.get(url).text
    assert OWN in client.post(url, {"reason": "I was ill"}).text
    assert not CompletionVoid.objects.exists()


def test_an_open_requirement_of_one_s_own_is_recorded_by_another(opened, course):
    row = Requirement.objects.get(person=opened.staff, course=course)
    row.person = opened.trainer
    row.save(update_fields=["person"])
    url = reverse("admin:training_completion_record") + f"?ids={row.pk}"
    client, key = opened.client("trainer"), f"{row.person_id}:{course.pk}"
    assert key in client.get(url).text
    assert OWN in client.post(url, {"completed_on": "2026-11-02", "row": key, f"{key}-score": "100"}).text
    assert not Completion.objects.exists()
