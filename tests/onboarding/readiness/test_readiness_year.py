"""Technical readiness is asked again each year, with last time's answers beside it."""

import datetime as dt
import importlib
import re

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent
from onboarding import reminders, rights
from onboarding.journey import yearly
from onboarding.models import (
    Application,
    Condition,
    ReadinessQuestion,
    ReadinessVersion,
    ReadinessYear,
    SectionWork,
)
from onboarding.readiness import versions
from tests.onboarding.as_sent import as_sent
from tests.onboarding.helpers import readiness_data

pytestmark = pytest.mark.django_db
PLAN = {
    "q9a_plan": "Train everybody", "q9a_plan_owner": "Dana Director", "q9a_plan_due_month": "1", "q9a_plan_due_day": "1",
    "q9a_plan_due_year": "2099",
}  # fmt: skip


@pytest.fixture
def live_for_a_year(cast, complete):
    """The agency was approved ten days short of a year ago, and is live."""
    decided = timezone.now() - dt.timedelta(days=355)
    Application.objects.filter(pk=complete.pk).update(
        state="approved", submitted_at=decided, decided_at=decided, decided_by=cast.admin
    )
    Agency.objects.filter(pk=cast.agency.pk).update(state=Agency.State.LIVE, live_at=decided)
    complete.refresh_from_db()
    cast.agency.refresh_from_db()
    return complete


@pytest.fixture
def yearly_url(cast):
    return f"/agencies/{cast.agency.pk}/readiness/"


def due(cast):
    return [task for task in yearly.due(agency=cast.agency) if task.kind == "readiness"]


def answer(cast, yearly_url, **changes):
    """Every topic by its own button, and at the end the one of the list; the last answer, or the first that was refused."""
    client, address = cast.client("director"), f"{yearly_url}agency/"
    while address != yearly_url:
        version = SectionWork.objects.filter(section=f"readiness-yearly.{address.split('/')[-2]}").first()
        given = {"version": str(version.version if version else 0)}
        answer = client.post(address, readiness_data() | changes | given)
        if answer.status_code != 302:
            return answer
        address = answer["Location"]
    return client.post(yearly_url)


def test_it_is_a_task_with_a_reminder(cast, live_for_a_year, yearly_url, commits):
    assert [task.days_left for task in due(cast)] == [10]
    page = cast.client("director").get(f"/agencies/{cast.agency.pk}/").content.decode()
    assert "Answer the technical readiness questions again" in page
    assert yearly_url in page
    mail.outbox.clear()
    for _twice in range(2):
        with commits():
            reminders.send_all()
    sent = [one for one in mail.outbox if "readiness questions" in one.body]
    assert {one.to[0] for one in sent} == {cast.director.email}
    assert len(sent) == 1


def test_not_due_yet_shows_the_answers_of_the_application(cast, live_for_a_year, yearly_url):
    Application.objects.update(decided_at=timezone.now())
    assert due(cast) == []
    page = cast.client("director").get(yearly_url).content.decode()
    assert "These are the answers of the application" in page
    assert "<form method" not in page.split("<main")[1]
    assert "Answer as things are today" in cast.client("director").get(f"{yearly_url}?again").content.decode()


def test_last_answers_stand_beside_and_nothing_is_answered_beforehand(cast, live_for_a_year, yearly_url):
    page = cast.client("director").get(f"{yearly_url}sign-in/").content.decode()
    assert "Last time you answered: Yes." in page
    assert not re.search(r"<input[^>]*\schecked", page)


def test_topic_by_topic_the_plan_after_the_no_and_all_counts_at_the_end(cast, live_for_a_year, yearly_url):
    director = cast.client("director")
    topics = director.get(yearly_url).text
    assert topics.count('class="task"') == 8
    assert "These are our answers of this year" not in topics
    saved = director.post(f"{yearly_url}sign-in/", readiness_data(q9a="no"))
    assert saved["Location"] == f"{yearly_url}sign-in-plan1/"
    plans = director.get(saved["Location"]).text
    assert "You answered: No." in plans
    assert director.post(saved["Location"], {"version": "0", **PLAN})["Location"] == f"{yearly_url}devices/"
    assert re.search(r"Signing in and passwords.*?Completed", director.get(yearly_url).text, re.S)
    refused = director.post(yearly_url, follow=True).text
    assert "Some questions are not answered yet" in refused
    assert due(cast), "a year that is begun is not answered"
    assert "Last time you answered: Yes." in director.get(f"{yearly_url}sign-in/").text
    assert answer(cast, yearly_url, q9a="no", **PLAN).status_code == 302
    assert due(cast) == []


def test_answering_keeps_both_years_and_plans_become_conditions(cast, live_for_a_year, yearly_url):
    assert answer(cast, yearly_url, q9a="no", q8="no", q14="no", **PLAN).status_code == 302
    year = ReadinessYear.objects.get()
    assert year.answered_by == cast.director
    assert year.answers.get(question__number="9a").value == {"answer": "no"}
    assert live_for_a_year.readiness.get(question__number="9a", yearly=None).value == {"answer": "yes"}
    found = {
        one.question.number: one
        for one in Condition.objects.filter(application=live_for_a_year)
        if one.question
    }
    assert (found["9a"].text, found["9a"].owner, found["9a"].due_on) == (
        "Train everybody",
        "Dana Director",
        dt.date(2099, 1, 1),
    )
    assert "antivirus" in found["14"].text.lower()
    assert AuditEvent.objects.filter(verb="answered readiness", agency_id=cast.agency.pk).exists()
    assert due(cast) == []
    page = cast.client("director").get(yearly_url).content.decode()
    assert "Dana Director answered on" in page
    count = Condition.objects.count()
    ReadinessYear.objects.update(answered_at=timezone.now() - dt.timedelta(days=360))
    again = cast.client("director").get(f"{yearly_url}sign-in/").content.decode()
    assert "Last time you answered: No." in again
    assert answer(cast, yearly_url, q9a="no", q8="yes", q14="yes", **PLAN).status_code == 302
    assert Condition.objects.count() == count  # the open one stands; none is made twice
    assert ReadinessYear.objects.count() == 2


def test_a_new_version_is_asked_from_then_on(cast, live_for_a_year, yearly_url):
    draft = versions.begin(by=cast.admin)
    question = ReadinessQuestion.objects.create(
        version=draft, number="37", order=370, group="Papers", text="Are fax machines locked away?", answer_type="YN",
        choices=[["yes", "Yes"], ["no", "No"]],
    )  # fmt: skip
    question.outcomes.create(order=0, kind="B", when={"answer": ["no"]}, text="Lock them away.")
    versions.publish(ReadinessVersion.objects.get(pk=draft.pk), by=cast.admin, what_changed="Fax")
    assert (
        "Are fax machines locked away?"
        in cast.client("director").get(f"{yearly_url}papers/").content.decode()
    )
    refused = answer(cast, yearly_url, q37="").content.decode()
    assert "Answer “Are fax machines locked away?”" in refused
    assert answer(cast, yearly_url, q37="no").status_code == 302
    assert ReadinessYear.objects.get().version == draft
    assert Condition.objects.get(application=live_for_a_year, question__number="37").text == "Lock them away."


def test_typing_is_kept_and_a_colleague_is_not_overwritten(cast, live_for_a_year, yearly_url):
    director, coordinator, page = cast.client("director"), cast.client("coordinator"), f"{yearly_url}sign-in/"
    kept = director.post(f"{page}keep/", {"version": "0", "q12_text": "Half a pol"})
    assert kept.json()["version"] == 1
    assert "Half a pol" in coordinator.get(page).content.decode()
    assert "In progress" in coordinator.get(yearly_url).content.decode()
    late = coordinator.post(page, readiness_data(version="0"))
    assert late.status_code == 409
    assert "Dana Director saved this page" in late.content.decode()
    assert director.post(f"{page}discard/", {"version": "1"}).status_code == 302
    assert "Half a pol" not in director.get(page).content.decode()
    assert coordinator.post(page, readiness_data(version="2") | {"later": "1"}).status_code == 302
    assert coordinator.post(page, readiness_data(version="3")).status_code == 302


def test_who_has_a_page_open_when_the_year_is_answered_is_told(cast, live_for_a_year, yearly_url):
    coordinator = cast.client("coordinator")
    opened = as_sent(coordinator.get(f"{yearly_url}sign-in/"))
    assert answer(cast, yearly_url).status_code == 302
    told = coordinator.post(f"{yearly_url}sign-in/", opened | readiness_data(version="0"), follow=True)
    assert "Nothing was saved twice" in told.content.decode()
    twice = coordinator.post(yearly_url, follow=True)
    assert "Nothing was saved twice" in twice.content.decode()
    assert ReadinessYear.objects.count() == 1
    assert not any(
        SectionWork.objects.filter(section__startswith="readiness-yearly").values_list("draft", flat=True)
    )


def test_two_colleagues_answer_different_questions_at_once(cast, live_for_a_year, yearly_url):
    director, coordinator, page = cast.client("director"), cast.client("coordinator"), f"{yearly_url}sign-in/"
    theirs, mine = as_sent(director.get(page)), as_sent(coordinator.get(page))
    assert director.post(page, theirs | readiness_data(version="0")).status_code == 302
    one, other = "q8", "q12_text"
    theirs, mine = as_sent(director.get(page)), as_sent(coordinator.get(page))
    director.post(f"{page}keep/", theirs | {one: "no"})
    saved = coordinator.post(f"{page}keep/", mine | {other: "In the safe"}).json()
    assert saved["taken"] == {one: {one: ["no"]}}
    draft = SectionWork.objects.get(section="readiness-yearly.sign-in").draft
    assert (draft[one], draft[other]) == (["no"], ["In the safe"])
    late = director.post(f"{page}keep/", theirs | {one: "no", other: "On the shelf"})
    assert (late.status_code, late.json()["who"]) == (409, "Chris Coordinator")


def test_an_agency_that_left_only_reads(cast, live_for_a_year, yearly_url):
    Agency.objects.filter(pk=cast.agency.pk).update(state=Agency.State.LEFT, left_at=timezone.now())
    page = cast.client("director").get(f"{yearly_url}?again").content.decode()
    assert "These are the answers of the application" in page
    assert "Answer the questions again now" not in page
    refused = cast.client("director").post(f"{yearly_url}sign-in/", readiness_data(), follow=True)
    assert "has left the HMIS" in refused.content.decode()
    assert not ReadinessYear.objects.exists()


def test_before_approval_it_says_so(cast, application, yearly_url):
    answer = cast.client("director").get(yearly_url, follow=True)
    assert "begin after your application is approved" in answer.content.decode()


def test_the_page_needs_few_queries(cast, live_for_a_year, yearly_url, django_assert_max_num_queries):
    client = cast.client("director")
    for path in (yearly_url, f"{yearly_url}sign-in/"):
        client.get(path)
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_the_hmis_admin_reads_the_answers(cast, live_for_a_year, yearly_url):
    assert answer(cast, yearly_url, q9a="no", **PLAN).status_code == 302
    rights.load()
    year = ReadinessYear.objects.get()
    admin = cast.client("admin")
    assert admin.get("/admin/onboarding/readinessyear/").status_code == 200
    page = admin.get(f"/admin/onboarding/readinessyear/{year.pk}/change/").content.decode()
    assert "Plan: Train everybody. Seen to by Dana Director" in page


def test_a_draft_of_the_one_page_of_before_stands_on_its_topics(cast, live_for_a_year, yearly_url):
    typed = {"q8": ["no"], "q9a_plan": ["Train everybody"], "q28": ["yes"]}
    row = SectionWork.objects.create(
        application=live_for_a_year, section="readiness-yearly", draft=typed, version=3
    )
    module = importlib.import_module("onboarding.migrations.0025_answer_each_year_by_topic")
    module.move(apps, None)
    found = dict(
        SectionWork.objects.filter(section__startswith="readiness-yearly").values_list("section", "draft")
    )
    assert found == {
        "readiness-yearly.sign-in": {"q8": ["no"]},
        "readiness-yearly.sign-in-plan1": {"q9a_plan": ["Train everybody"]},
        "readiness-yearly.papers": {"q28": ["yes"]},
    }
    module.move_back(apps, None)
    row = SectionWork.objects.get(section__startswith="readiness-yearly")
    assert (row.draft, row.version) == (typed, 3)
