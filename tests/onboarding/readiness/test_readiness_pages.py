"""Section D on short pages: topics, plans on the page after the “No”, the way through, and drafts of the one page of before."""

import importlib
import re

import pytest
from django.apps import apps

from onboarding.models import SectionWork
from onboarding.readiness import topics
from onboarding.sections.answers import Answers
from tests.onboarding.helpers import people_data, readiness_data, save_pages

pytestmark = pytest.mark.django_db
PLAN = {
    "q21_plan": "Encrypt all laptops", "q21_plan_owner": "IT", "q21_plan_due_month": "12", "q21_plan_due_day": "31",
    "q21_plan_due_year": "2099",
}  # fmt: skip


def test_every_question_stands_on_one_page(cast, application):
    answers = Answers(application, cast.agency)
    asked = [page for page in topics.pages(answers) if not page.plans]
    assert len(asked) == 8
    for question in answers.questions:
        assert sum(page.shows(f"q{question.number}") for page in asked) == 1, question.number
    assert all(len(page.draft) <= 40 for page in topics.pages(answers))


def test_the_list_shows_each_topic_and_the_sites(url, director):
    page = director.get(url).text
    assert page.count('class="task"') == 10  # sites, eight topics, and the plan for a Privacy Officer
    assert "Signing in and passwords" in page
    director.post(f"{url}network/", readiness_data())
    page = director.get(url).text
    assert re.search(r"Network and internet.*?Completed", page, re.S)
    assert re.search(r"Signing in and passwords.*?Not yet started", page, re.S)


def test_a_plan_is_asked_on_the_page_after_the_no(url, director, cast, application):
    page = director.get(f"{url}devices/").text
    assert "What will be done about it?" not in page
    assert "Do passwords" not in page
    answer = director.post(f"{url}devices/", readiness_data(q21="no"))
    assert answer["Location"] == f"{url}devices-plan2/"
    page = director.get(answer["Location"]).text
    assert "Are the disks of laptops and tablets encrypted?" in page
    assert "You answered: No." in page
    assert "Which browser" not in page
    refused = director.post(answer["Location"], {"version": "0"})
    assert "Enter who sees to “Are the disks" in refused.text
    answer = director.post(answer["Location"], {"version": "1", **PLAN})
    assert answer["Location"] == f"{url}network/"
    row = application.readiness.get(question__number="21")
    assert (row.value, row.plan, row.plan_owner) == ({"answer": "no"}, "Encrypt all laptops", "IT")
    # The plan outlives another save of its topic, not a "Yes".
    director.post(f"{url}devices/", readiness_data(version="1", q21="no", q15_text="Other"))
    row.refresh_from_db()
    assert row.plan == "Encrypt all laptops"
    assert director.post(f"{url}devices/", readiness_data(version="2"))["Location"] == f"{url}network/"
    row.refresh_from_db()
    assert (row.value, row.plan, row.plan_due) == ({"answer": "yes"}, "", None)


def test_a_plan_that_a_yes_makes_needless_is_not_dropped_silently(url, director, cast, application):
    coordinator, plans = cast.client("coordinator"), f"{url}devices-plan2/"
    director.post(f"{url}devices/", readiness_data(q21="no"))
    typed = {"version": "0", **PLAN}
    assert director.post(f"{plans}keep/", typed).json()["version"] == 1
    coordinator.post(f"{url}devices/", readiness_data(version="1"))
    words = "is answered “Yes” now and needs no plan. This one is not kept: “Encrypt all laptops”."
    assert words in director.get(plans).text
    assert words in director.post(f"{plans}keep/", typed | {"version": "1"}).json()["told"]
    assert words in director.post(plans, typed | {"version": "2"}, follow=True).text
    # A plan that was saved, too: whoever answers "Yes" is told which one goes.
    director.post(f"{url}devices/", readiness_data(version="2", q21="no"))
    director.post(plans, typed | {"version": "3"})
    assert application.readiness.get(question__number="21").plan == "Encrypt all laptops"
    assert words in coordinator.post(f"{url}devices/", readiness_data(version="3"), follow=True).text


def test_from_check_answers_a_new_no_leads_to_its_plan_and_back(url, director):
    answer = director.post(f"{url}devices/?from=check", readiness_data(q21="no"))
    assert answer["Location"] == f"{url}devices-plan2/?from=check"
    answer = director.post(answer["Location"], {"version": "0", **PLAN})
    assert "/check/" in answer["Location"]


def test_saving_a_topic_leaves_the_others_alone(url, director, application):
    assert (
        save_pages(director, url.removesuffix("readiness/"), "readiness", readiness_data()).status_code == 302
    )
    before = {row.question_id: row.value for row in application.readiness.all()}
    assert (
        director.post(f"{url}papers/", {"version": "1", "q27": "yes", "q28": "yes", "q29": "yes"}).status_code
        == 302
    )
    assert {row.question_id: row.value for row in application.readiness.all()} == before


def test_what_section_a_answered_is_shown_with_the_way_there(cast, url, director):
    base = url.removesuffix("readiness/")
    assert save_pages(director, base, "people", people_data()).status_code == 302
    page = director.get(f"{url}agency/").text
    shown = page[page.index("Who is the Security Officer?") :]
    assert re.search(r'<p class="known">[^<]*@[^<]*</p>', shown)
    assert re.search(r'<a href="[^"]+/people/security/#[^"]+">Change it there', shown)
    assert "Tell us when it changed" in page


def test_two_colleagues_on_different_topics_do_not_meet(cast, url, director):
    coordinator = cast.client("coordinator")
    assert director.post(f"{url}papers/keep/", {"version": "0", "q27": "no"}).json()["version"] == 1
    assert coordinator.post(f"{url}network/", readiness_data()).status_code == 302
    assert coordinator.post(f"{url}papers/", readiness_data()).status_code == 409
    assert SectionWork.objects.get(section="readiness.papers").draft == {"q27": ["no"]}


def test_the_pages_need_few_queries(url, director, django_assert_max_num_queries):
    for path in ("", "agency/", "staff/"):
        director.get(f"{url}{path}")
        with django_assert_max_num_queries(17):
            assert director.get(f"{url}{path}").status_code == 200


def test_a_draft_of_the_one_page_of_before_stands_on_its_topics(cast, application, url, director):
    typed = {
        "q8": ["no"],
        "q21": ["no"],
        "q21_plan": ["Encr"],
        "q21_plan_due_month": ["1"],
        "q12_text": ["Half"],
    }
    SectionWork.objects.create(
        application=application, section="readiness", version=3, draft=typed, saved_by=cast.director
    )
    move = importlib.import_module("onboarding.migrations.0019_move_readiness_drafts_to_topics").move
    for _twice in range(2):
        move(apps, None)
    drafts = dict(SectionWork.objects.exclude(draft={}).values_list("section", "draft"))
    assert drafts == {
        "readiness.sign-in": {"q8": ["no"], "q12_text": ["Half"]},
        "readiness.devices": {"q21": ["no"]},
        "readiness.devices-plan2": {"q21_plan": ["Encr"], "q21_plan_due_month": ["1"]},
    }
    assert "Half" in director.get(f"{url}sign-in/").text
