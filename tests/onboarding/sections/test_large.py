"""An application of 40 projects and a list of 2,000 people: the number of queries does not grow with them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import large
from onboarding.demo.walk import Person, page
from onboarding.models import SectionWork
from tests.onboarding.helpers import queries

pytestmark = pytest.mark.django_db


def test_check_answers_of_forty_projects(reference):
    agency, director = large.make(projects=40)
    client = Person(director, "").client
    html = client.get(page("check_answers", agency)).content.decode()
    assert "Shelter 1" in html
    assert "Shelter 40" in html
    assert queries(client, page("check_answers", agency)) <= 18
    for name in ("application", "projects", "staff_section"):
        assert queries(client, page(name, agency)) <= 11, name
    assert queries(client, page("journey", agency)) <= 10


def test_preview_of_two_thousand_people(reference):
    agency, director = large.make(projects=3)
    address = large.upload_staff(agency, director, people=2000)
    client = Person(director, "").client
    answer = client.get(address)
    assert answer.status_code == 200
    wrong = next(group for group in answer.context["groups"] if group.act == "wrong")
    assert wrong.count == len([n for n in range(2000) if n % 40 > 2])
    assert SectionWork.objects.get(section="staff-upload").draft["rows"][2000][1] == "Person1999"
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    assert len(found) <= 14
