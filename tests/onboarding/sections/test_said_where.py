"""Errors of a page that asks the same of several people or questions: each says whose it is."""

import pytest

from agencies.models import Position
from onboarding.forms.sections.people import PeopleForm
from onboarding.models import ReadinessQuestion
from tests.onboarding.helpers import readiness_data

pytestmark = pytest.mark.django_db


def problems(form):
    return [str(words) for errors in form.errors.values() for words in errors]


def test_eight_people_in_charge(cast, application):
    typed = {"name": "Ana Ruiz", "title": "x" * 200, "email": "ana@", "phone": "12"}
    data = {f"{position}_{part}": value for position in Position for part, value in typed.items()}
    data |= {f"{position}_is": "other" for position in Position}
    said = problems(PeopleForm(data, application=application, contacts=[]))
    assert len(said) == len(set(said)) == 24
    assert "Security Officer: Enter a phone number with 10 digits, like 860-555-0142" in said
    missing = problems(PeopleForm({"security_is": "other"}, application=application, contacts=[]))
    assert "Enter the phone number of the Security Officer" in missing


def test_the_day_of_a_plan(cast, application):
    data = readiness_data(q6_plan_due_month="2", q6_plan_due_day="30")
    page = cast.client("director").post(
        f"/agencies/{cast.agency.pk}/application/readiness/agency-plan1/", data
    )
    (said,) = [words for words in problems(page.context["form"]) if "real date" in words]
    question = ReadinessQuestion.objects.get(version=application.readiness_version, number=6)
    assert said == f"“{question.text}”: “By when” must be a real date"
