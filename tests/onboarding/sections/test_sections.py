"""Each section page: works, keeps, refuses, is locked; and what the task list says of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, Contact, Position
from hmis_portal.models import AuditEvent
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.together import notes, sharing
from tests.onboarding.helpers import agency_data, people_data, readiness_data, save_pages

pytestmark = pytest.mark.django_db
FORMS = (
    "agency/about", "agency/where", "agency/services", "people/director", "people/backup", "people/security",
    "people/it", "readiness/papers", "declaration",
)  # fmt: skip


def recorded(application):
    stored = fresh(application)
    return completeness.statuses(Answers(stored, stored.agency))


def fresh(application):
    return Application.objects.get(pk=application.pk)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    "key", [*FORMS, "agency", "people", "staff", "documents", "sites", "", "check", "projects"]
)
def test_director_opens_every_page(cast, application, base, key):
    answer = cast.client("director").get(base + (f"{key}/" if key else ""))
    assert answer.status_code == 200
    assert application.reference in answer.content.decode()


@pytest.mark.parametrize("key", FORMS)
def test_section_get_needs_few_queries(cast, application, base, key, django_assert_max_num_queries):
    client = cast.client("director")
    client.get(f"{base}{key}/")
    # Of readiness the answers of helpers too.
    with django_assert_max_num_queries(12 if key.startswith("readiness") else 11):
        assert client.get(f"{base}{key}/").status_code == 200


def test_what_colleagues_share_costs_as_much_for_many(cast, application, base, django_assert_max_num_queries):
    """A section page and the task list, with a section that is somebody's and questions that are open."""
    client = cast.client("director")
    titles = dict.fromkeys(SectionKey, "Title")
    sharing.assign(application, {"agency": cast.coordinator}, titles=titles, by=cast.director)
    client.get(base)
    for number in (1, 5):
        for place in range(number):
            notes.ask(
                application, page="agency.about", url="/", field="ein", label="EIN", of=cast.coordinator,
                text=f"{number} {place}", by=cast.director,
            )  # fmt: skip
        with django_assert_max_num_queries(14):
            assert client.get(f"{base}agency/about/").text.count("Read and answer") >= number
        with django_assert_max_num_queries(12):
            assert f"{cast.coordinator} does this." in client.get(base).text


def test_the_task_list_looks_at_the_answers_after_work_and_after_some_minutes(
    cast, application, base, time_machine
):
    client = cast.client("director")
    client.get(base)
    assert queries_of(client, base) <= 9, "nothing changed: what was recorded is shown"
    save_pages(client, base, "agency", agency_data(cast))
    assert queries_of(client, base) <= 20
    assert recorded(application)["agency"].is_complete
    Agency.objects.filter(pk=cast.agency.pk).update(towns="")
    assert recorded(application)["agency"].is_complete, "changed in no way that the portal has"
    time_machine.move_to(timezone.now() + completeness.LOOK_AGAIN)
    assert not completeness.current(Answers(fresh(application), cast.agency))["agency"].is_complete


def test_what_was_looked_at_while_somebody_saved_is_looked_at_again(cast, application, base):
    read_before = Answers(fresh(application), cast.agency)
    save_pages(cast.client("director"), base, "agency", agency_data(cast))
    completeness.refresh(read_before)
    stands = fresh(application)
    assert stands.checked_at is None
    assert recorded(application)["agency"].is_complete


QUERIES = {
    "declaration": 22,
    "readiness/papers": 16,  # the answers once more: what is unmet has a page of plans
    # Whom the agency knows, how the MOU spells who signs it, and the line of the roster that follows a change.
    "people/director": 21,
    "people/backup": 21,
    "people/security": 21,
    "people/it": 21,
}


@pytest.mark.parametrize("key", FORMS)
def test_section_post_needs_few_queries(cast, application, base, key, django_assert_max_num_queries):
    officers = {
        f"{position}_{part}": typed
        for position in ("security", "privacy")
        for part, typed in (
            ("name", "Kim"),
            ("title", "Lead"),
            ("email", "k@a.example"),
            ("phone", "860-555-0110"),
        )
    }
    data = {
        "agency": agency_data(cast), "people": people_data(privacy_is="other", security_is="other", **officers),
        "readiness": readiness_data(),
        "declaration": {"version": "0", "declared_name": "D", "declared_title": "T", "accurate": "on"},
    }[key.partition("/")[0]]  # fmt: skip
    client = cast.client("director")
    client.get(f"{base}{key}/")
    client.get(f"{base}check/")  # reads what is read once in a process: code lists, questions
    # The declaration is about every other section, so it reads them all once.
    with django_assert_max_num_queries(QUERIES.get(key, 15)):
        assert client.post(f"{base}{key}/", data).status_code == 302


def test_save_writes_the_rows_with_audit(cast, application, base):
    client = cast.client("director")
    assert save_pages(client, base, "agency", agency_data(cast)).status_code == 302
    cast.agency.refresh_from_db()
    assert (cast.agency.ein, cast.agency.towns) == ("061234567", "Hartford, East Hartford")
    event = AuditEvent.objects.filter(verb="save", target_id=str(application.pk)).latest("at")
    assert event.data["section"] == "agency"
    assert event.data["changed"]["towns"] == ["", "Hartford, East Hartford"]
    saved = Application.objects.get(pk=application.pk)
    assert completeness.statuses(Answers(saved, saved.agency))["agency"].is_complete


def test_people_who_coincide_are_copied(cast, application, base):
    assert save_pages(cast.client("director"), base, "people", people_data()).status_code == 302
    found = {one.position: one for one in Contact.objects.filter(agency=cast.agency)}
    assert set(found) == {"director", "signatory", "coordinator", "backup", "security", "privacy"}
    assert found["signatory"].email == "director@harbor.example"
    assert found["privacy"].name == found["security"].name == "Chris Coordinator"
    page = cast.client("director").get(f"{base}people/security/").content.decode()
    assert re.search(r'<input[^>]*name="security_is"[^>]*value="coordinator"[^>]*checked', page)


def test_backup_must_be_another_person(cast, application, base):
    data = people_data(backup_email="Coordinator@Harbor.example")
    answer = save_pages(cast.client("director"), base, "people", data)
    assert "another person than the coordinator" in answer.content.decode()
    assert not Contact.objects.filter(agency=cast.agency, position=Position.BACKUP).exists()


def test_invalid_input_comes_back_and_is_kept(cast, application, base):
    client = cast.client("director")
    answer = client.post(f"{base}agency/about/", agency_data(cast, ein="12", common_name="Kept words"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: " in page
    assert "Enter an EIN with 9 digits" in page
    assert "Kept words" in page
    assert completeness.statuses(Answers(application, application.agency))["agency"].key == "problem"
    again = client.get(f"{base}agency/about/").content.decode()
    assert "Kept words" in again
    assert "Enter an EIN with 9 digits" in again
    cast.agency.refresh_from_db()
    assert cast.agency.common_name != "Kept words"


def test_later_keeps_without_judging(cast, application, base):
    client = cast.client("director")
    data = agency_data(cast, ein="12", legal_name="") | {"later": "1"}
    assert client.post(f"{base}agency/about/", data).status_code == 302
    assert completeness.statuses(Answers(application, application.agency))["agency"].key == "started"
    page = client.get(f"{base}agency/about/").content.decode()
    assert 'value="12"' in page
    assert "There is a problem" not in page
    work = SectionWork.objects.get(application=application, section="agency.about")
    answer = client.post(f"{base}agency/about/discard/", {"version": work.version})
    assert answer.status_code == 302
    assert 'value="12"' not in client.get(f"{base}agency/about/").content.decode()


def test_hidden_answers_are_not_submitted(cast, application, base):
    data = agency_data(cast, uei="J3RW5C2KABC1", legal_form_other="typed before choosing government")
    assert cast.client("director").post(f"{base}agency/about/", data).status_code == 302
    cast.agency.refresh_from_db()
    assert (cast.agency.uei, cast.agency.legal_form_other) == ("", "")


def test_condition_asks_on_the_server(cast, application, base):
    answer = cast.client("director").post(f"{base}agency/about/", agency_data(cast, federal_money="yes"))
    assert "Enter the Unique Entity ID (UEI)" in answer.content.decode()


def test_second_colleague_sees_who_saved_what(cast, application, base):
    director, coordinator = cast.client("director"), cast.client("coordinator")
    assert director.post(f"{base}agency/services/", agency_data(cast, towns="Hartford")).status_code == 302
    answer = coordinator.post(f"{base}agency/services/", agency_data(cast, towns="Manchester"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dana Director saved this page" in page
    assert "Manchester" in page
    assert "Hartford" in page
    cast.agency.refresh_from_db()
    assert cast.agency.towns == "Hartford"
    assert (
        coordinator.post(
            f"{base}agency/services/", agency_data(cast, towns="Manchester", version="1")
        ).status_code
        == 302
    )
    cast.agency.refresh_from_db()
    assert cast.agency.towns == "Manchester"


def test_autosave_keeps_and_tells_of_a_colleague(cast, application, base):
    director, coordinator = cast.client("director"), cast.client("coordinator")
    answer = director.post(f"{base}agency/services/keep/", {"version": "0", "towns": "Half a to"})
    assert answer.json()["version"] == 1
    assert (
        director.post(f"{base}agency/services/keep/", {"version": "1", "towns": "Half a town"}).json()[
            "version"
        ]
        == 2
    )
    late = coordinator.post(f"{base}agency/services/keep/", {"version": "0", "towns": "Mine"})
    assert late.status_code == 409
    assert late.json()["who"] == "Dana Director"
    assert "Half a town" in director.get(f"{base}agency/services/").content.decode()


@pytest.mark.parametrize("key", FORMS)
def test_locked_while_submitted(cast, application, base, key):
    Application.objects.filter(pk=application.pk).update(
        state="submitted", submitted_at=application.started_at
    )
    client = cast.client("director")
    page = client.get(f"{base}{key}/")
    assert page.status_code == 200
    assert "They open again if changes are requested" in page.content.decode()
    for act in ("", "keep/", "discard/"):
        assert client.post(f"{base}{key}/{act}", {"version": "0"}).status_code == 303
    assert not SectionWork.objects.filter(application=application).exists()


@pytest.mark.parametrize(
    ("kind", "get", "post"),
    [
        ("stranger", 404, 404),
        ("staff", 404, 404),
        ("auditor", 200, 403),
        ("admin", 200, 403),
        ("signatory", 404, 403),
        ("visitor", 302, 302),
    ],
)
def test_who_may(cast, application, base, kind, get, post):
    client = cast.client(kind)
    for key in FORMS:
        assert client.get(f"{base}{key}/").status_code == get
        assert client.post(f"{base}{key}/", {"version": "0"}).status_code == post
        assert client.post(f"{base}{key}/keep/", {"version": "0"}).status_code == post


def test_dependent_question_appears_only_then(cast, application, base):
    client = cast.client("director")
    assert (
        "Do devices used outside"
        in client.post(f"{base}readiness/places/", readiness_data(q26="policy")).content.decode()
    )
    assert (
        client.post(
            f"{base}readiness/places/", readiness_data(version="1", q26="policy", q17="no")
        ).status_code
        == 302
    )
    kinds = {
        question.number: outcome.kind
        for question, outcome, _answer in Answers(application, cast.agency).outcomes
    }
    assert kinds["17"] == "B"


def test_task_list_completes(cast, complete, base):
    answers = Answers(complete, complete.agency)
    assert [one.text for one in completeness.missing(answers)] == []
    assert all(status.is_complete for status in completeness.refresh(answers).values())
    page = cast.client("director").get(base).content.decode()
    assert "7 of 7 sections completed" in page


def test_check_answers_lists_what_is_missing_first(cast, application, base):
    page = cast.client("director").get(f"{base}check/").content.decode()
    assert page.index("Before you can send") < page.index("A1. Agency information")
    assert "from=check" in page


def test_check_answers_needs_few_queries(cast, complete, base, django_assert_max_num_queries):
    client = cast.client("director")
    client.get(f"{base}check/")
    with django_assert_max_num_queries(18):
        assert client.get(f"{base}check/").status_code == 200


def test_the_six_steps_know_what_was_just_saved(cast, application, base):
    """Without the task list opened in between."""
    client, steps = cast.client("director"), f"/agencies/{cast.agency.pk}/"
    assert "0 of 7 sections complete" in client.get(steps).content.decode()
    assert save_pages(client, base, "people", people_data()).status_code == 302
    assert "1 of 7 sections complete" in client.get(steps).content.decode()
    assert (
        client.post(f"{base}people/director/keep/", {"version": "1", "director_name": "x"}).status_code == 200
    )
    assert "0 of 7 sections complete" in client.get(steps).content.decode()
    assert client.post(f"{base}people/director/discard/", {"version": "2"}).status_code == 302
    assert "1 of 7 sections complete" in client.get(steps).content.decode()
    site = {"address": "12 Main Street", "workstations": "1", "connection": "broadband", "intake_desks": "1"}
    assert save_pages(client, base, "readiness", readiness_data()).status_code == 302
    assert "1 of 7 sections complete" in client.get(steps).content.decode()
    assert client.post(f"{base}sites/add/", site).status_code == 302
    assert "2 of 7 sections complete" in client.get(steps).content.decode()


def test_reopening_a_draft_says_how_it_stands(cast, application, base):
    page = cast.client("director").post(f"{base}reopen/", follow=True).content.decode()
    assert "This cannot be done now" in page
    assert "is “Draft” since " in page
    assert "already done" not in page
