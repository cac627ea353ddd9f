"""The six-step page: where we are, whose turn it is, what to do next; and who may read it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal import audit
from onboarding.application import requirements
from onboarding.journey.facts import Facts, gather
from onboarding.journey.steps import Journey
from onboarding.models import Access, Application, RequirementText
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.workflow import AccessVerb
from tests.factories import StaffFactory
from tests.mou import issue_mou
from training.events import TrainingEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("requirement_texts")]


def page(agency: Agency) -> str:
    return reverse("onboarding:journey", args=[agency.pk])


def confirm(cast) -> None:
    requirements.confirm(agency=cast.agency, by=cast.director, texts=RequirementText.objects.all())


def test_a_new_agency_is_asked_to_confirm_the_requirements(cast, client_of) -> None:
    html = client_of(cast.director).get(page(cast.agency)).content.decode()
    assert "It is your turn" in html
    assert "Confirm the requirements" in html
    assert "Step 1 of 6" in html


def test_then_to_read_the_mou(cast, client_of) -> None:
    confirm(cast)
    found = Journey(gather(cast.agency))
    assert (found.current, found.turn.action) == (2, "Read the MOU")


def test_while_the_mou_is_with_the_signatory_the_application_goes_on(cast, client_of) -> None:
    confirm(cast)
    issue_mou(cast)
    html = client_of(cast.director).get(page(cast.agency)).content.decode()
    assert "The MOU is with Sidney Signatory for signature" in html
    assert "Start the application" in html


@pytest.mark.parametrize(("people", "words"), [(1, "0 of 1 person ready"), (2, "0 of 2 people ready")])
def test_one_person_is_not_people(cast, monkeypatch, people, words) -> None:
    monkeypatch.setattr(Journey, "done", [True] * 4 + [False] * 2)
    monkeypatch.setattr(Facts, "people", people)
    assert words in Journey(gather(cast.agency)).notes


def test_what_was_sent_is_the_turn_of_the_hmis_admin(cast) -> None:
    confirm(cast)
    application = Application.objects.create(
        agency=cast.agency,
        reference="APP-1",
        started_by=cast.director,
        state="submitted",
        submitted_at=timezone.now(),
    )
    turn = Journey(gather(cast.agency)).turn
    assert not turn.yours
    assert turn.who == "CT HMIS Admin"
    assert "waits to be read" in turn.text
    application.state, application.reviewer = "in_review", cast.admin
    application.save()
    turn = Journey(gather(cast.agency)).turn
    assert turn.who == "Alex Admin"
    assert "is being read" in turn.text


def test_changes_requested_are_the_agency_s_turn_with_a_date(cast) -> None:
    import datetime as dt

    confirm(cast)
    Application.objects.create(
        agency=cast.agency, reference="APP-1", started_by=cast.director, state="changes_requested",
        submitted_at=timezone.now(), answer_by=dt.date(2026, 12, 24),
    )  # fmt: skip
    found = Journey(gather(cast.agency))
    assert found.turn.yours
    assert "Answer by December 24, 2026." in found.turn.text
    assert found.tasks[3].status_text == "In progress"


@pytest.mark.parametrize("kind", ["staff", "signatory", "trainer", "stranger"])
def test_who_may_not_see_it_learns_nothing(kind, cast, client_of) -> None:
    assert client_of(cast.person(kind)).get(page(cast.agency)).status_code == 404


@pytest.mark.parametrize("kind", ["director", "coordinator", "admin", "lead", "auditor"])
def test_who_may_read_it(kind, cast, client_of) -> None:
    assert client_of(cast.person(kind)).get(page(cast.agency)).status_code == 200


def test_the_roster_page_counts_as_work_on_section_c(cast) -> None:
    application = Application.objects.create(agency=cast.agency, reference="APP-1", started_by=cast.director)
    cast.coordinator_row.projects.set([cast.project])
    answers = Answers(application, cast.agency)
    assert completeness.refresh(answers)["staff"].is_complete
    application.refresh_from_db()
    today = timezone.localdate()
    last = {
        "last_day_month": today.month,
        "last_day_day": today.day,
        "last_day_year": today.year,
        "notice": "at_end",
    }
    for row in (cast.staff_row, cast.coordinator_row):
        url = reverse("agencies:report_leaver", args=[cast.agency.pk, row.pk])
        assert cast.client("director").post(url, {**last, "reason": "Retired"}).status_code == 302
    application.refresh_from_db()
    assert not completeness.statuses(Answers(application, application.agency))["staff"].is_complete


def test_its_queries_do_not_grow_with_people(cast, client_of) -> None:
    confirm(cast)
    issue_mou(cast)
    Application.objects.create(agency=cast.agency, reference="APP-1", started_by=cast.director)
    StaffFactory.create_batch(50, agency=cast.agency)
    client = client_of(cast.director)
    client.get(page(cast.agency))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(page(cast.agency))
    assert len(queries) <= 12, [query["sql"][:120] for query in queries]


def test_the_history_says_who_did_what(cast, client_of) -> None:
    issue_mou(cast)
    html = client_of(cast.director).get(reverse("onboarding:history", args=[cast.agency.pk])).content.decode()
    assert "Dana Director" in html
    assert "issued the MOU" in html


def test_the_history_names_nobody_for_what_happened_by_itself(cast, client_of) -> None:
    audit.record(by=cast.lead, verb=TrainingEvent.TRAINING_OPENED, obj=cast.agency, agency_id=cast.agency.pk)
    html = client_of(cast.director).get(reverse("onboarding:history", args=[cast.agency.pk])).content.decode()
    assert "Training has begun" in html
    assert "Lee Lead" not in html


def test_the_history_says_whose_access_was_confirmed(cast, client_of) -> None:
    access = Access.objects.create(staff=cast.staff_row)
    audit.record(by=cast.admin, verb=AccessVerb.GRANT, obj=access, agency_id=cast.agency.pk)
    html = client_of(cast.director).get(reverse("onboarding:history", args=[cast.agency.pk])).content.decode()
    assert "confirmed the access of Sasha Staff" in html
