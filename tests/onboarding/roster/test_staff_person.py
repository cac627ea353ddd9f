"""One person's page: its typing is kept between visits, and two colleagues do not overwrite each other."""

import pytest

from agencies.models import Staff
from onboarding.models import Application, SectionWork
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from tests.factories import UserFactory
from tests.onboarding.roster.helpers import HEAD, person_data, upload
from training import services
from training.models import Requirement

pytestmark = pytest.mark.django_db


def new_page(client, staff_pages):
    """The page that "Add a person" opens."""
    return client.get(f"{staff_pages}add/")["Location"]


def test_autosave_of_a_person_is_shown_again(cast, application, staff_pages):
    client, url = cast.client("director"), f"{staff_pages}{cast.staff_row.pk}/"
    kept = client.post(f"{url}keep/", {"version": "0", "first_name": "Half a na"})
    assert kept.json()["version"] == 1
    page = client.get(url).content.decode()
    assert "Typed, but not saved as answers yet" in page
    assert "Half a na" in page
    assert "There is a problem" not in page
    assert "Typed, not saved yet" in client.get(staff_pages).content.decode()
    gaps = [one.text for one in completeness.missing(Answers(application, cast.agency))]
    assert "Sasha Staff: typed, but not saved as answers yet" in gaps
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.first_name == "Sasha"
    assert client.post(f"{url}discard/", {"version": "1"}).status_code == 302
    assert "Half a na" not in client.get(url).content.decode()


def test_a_refused_person_is_kept_with_its_errors(cast, application, staff_pages):
    client, url = cast.client("director"), f"{staff_pages}{cast.staff_row.pk}/"
    answer = client.post(url, person_data(cast, email="no address", title="Kept title") | {"version": "0"})
    assert "Enter an e-mail address in the correct format" in answer.content.decode()
    again = client.get(url).content.decode()
    assert "Kept title" in again
    assert "Enter an e-mail address in the correct format" in again
    assert "There is a problem" in client.get(staff_pages).content.decode()
    saved = client.post(url, person_data(cast) | {"version": "1"})
    assert saved.status_code == 302
    assert SectionWork.objects.get(section=f"staff-{cast.staff_row.pk}").draft == {}


def test_two_people_can_be_begun_at_once_and_a_colleague_goes_on(cast, application, staff_pages):
    director, coordinator = cast.client("director"), cast.client("coordinator")
    first, second = new_page(director, staff_pages), new_page(director, staff_pages)
    assert first != second
    later = {"version": "0", "first_name": "Maria", "last_name": "Lopez", "later": "1"}
    assert director.post(first, later).status_code == 302
    assert director.post(f"{second}keep/", {"version": "0", "email": "half@"}).json()["version"] == 1
    page = coordinator.get(staff_pages).content.decode()
    assert "Continue: Maria Lopez" in page
    assert "Continue: a person without a name yet" in page
    gaps = [one.text for one in completeness.missing(Answers(application, cast.agency))]
    assert "Maria Lopez: typed, but not on the list yet" in gaps
    assert 'value="Lopez"' in coordinator.get(first).content.decode()
    done = coordinator.post(
        first, person_data(cast, first_name="Maria", last_name="Lopez") | {"version": "1"}
    )
    assert done.status_code == 302
    assert Staff.objects.get(email="nia@harbor.example").name == "Maria Lopez"
    assert director.post(f"{second}discard/", {"version": "1"}).status_code == 302
    assert "Continue:" not in director.get(staff_pages).content.decode()


def test_a_second_click_adds_nobody_twice(cast, application, staff_pages):
    client = cast.client("director")
    url = new_page(client, staff_pages)
    assert client.post(url, person_data(cast) | {"version": "0"}).status_code == 302
    again = client.post(url, person_data(cast, email="other@harbor.example") | {"version": "0"}, follow=True)
    assert "Nothing was added twice" in again.content.decode()
    assert not Staff.objects.filter(email="other@harbor.example").exists()


def test_the_second_colleague_sees_who_saved_what_and_chooses(cast, application, staff_pages):
    director, coordinator = cast.client("director"), cast.client("coordinator")
    url = f"{staff_pages}{cast.staff_row.pk}/"
    theirs = person_data(cast, email=cast.staff_row.email, hmis_role="read_only", access_level="view")
    assert director.post(url, theirs | {"version": "0"}).status_code == 302
    mine = person_data(cast, email=cast.staff_row.email, title="Mine")
    answer = coordinator.post(url, mine | {"version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dana Director saved this page" in page
    assert "Case manager" in page
    assert "Read only" in page
    assert "read_only</strong>" not in page
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.hmis_role == "read_only"
    assert coordinator.post(f"{url}keep/", mine | {"version": "0"}).json()["who"] == "Dana Director"
    assert coordinator.post(url, mine | {"version": "1"}).status_code == 302
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.title == "Mine"


def test_an_upload_is_noticed_by_whoever_has_the_page_open(cast, application, staff_pages):
    client = cast.client("director")
    text = f"{HEAD}\nSasha,Uploaded,{cast.staff_row.email},case_manager,,Pat Person,2026-01-05,Staff"
    assert upload(client, staff_pages, text).status_code == 302
    assert client.post(f"{staff_pages}upload/preview/").status_code == 302
    mine = person_data(cast, email=cast.staff_row.email) | {"version": "0"}
    answer = cast.client("coordinator").post(f"{staff_pages}{cast.staff_row.pk}/", mine)
    assert answer.status_code == 409
    assert "Uploaded" in answer.content.decode()


def test_locked_while_submitted(cast, application, staff_pages):
    state = {"state": "submitted", "submitted_at": application.started_at}
    Application.objects.filter(pk=application.pk).update(**state)
    client = cast.client("director")
    for url in (f"{staff_pages}{cast.staff_row.pk}/", f"{staff_pages}add/0123456789ab/"):
        for act in ("", "keep/", "discard/"):
            assert client.post(url + act, {"version": "0"}).status_code == 303
    assert not SectionWork.objects.filter(application=application).exists()


def test_odd_names_of_a_new_page_are_not_found(cast, application, staff_pages):
    client = cast.client("director")
    for page in ("upload", "x" * 12, "0123456789abc", "0123456789AB"):
        assert client.get(f"{staff_pages}add/{page}/").status_code == 404


def test_the_page_needs_few_queries(cast, application, staff_pages, django_assert_max_num_queries):
    client, url = cast.client("director"), f"{staff_pages}{cast.staff_row.pk}/"
    client.get(url)
    with django_assert_max_num_queries(13) as asked:
        assert client.get(url).status_code == 200
    of_projects = [one["sql"] for one in asked.captured_queries if 'FROM "agencies_project"' in one["sql"]]
    assert of_projects
    assert all("WHERE" in sql for sql in of_projects), "the projects of every agency were read"


def test_a_supervisor_is_chosen_from_the_agencys_list(cast, application, staff_pages):
    client, url = cast.client("director"), f"{staff_pages}{cast.staff_row.pk}/"
    option = f'<option value="{cast.director.email}"'
    text = client.get(url).text
    assert option in text
    assert f'<option value="{cast.staff_row.email}"' not in text, "nobody is their own supervisor"
    chosen = person_data(cast, supervisor=cast.director.email, supervisor_name="") | {"version": "0"}
    stranger = chosen | {"supervisor": cast.other_staff_row.email}
    assert client.post(url, stranger).status_code == 200
    assert client.post(url, chosen | {"version": "1"}).status_code == 302
    row = Staff.objects.get(pk=cast.staff_row.pk)
    assert (row.supervisor_name, row.supervisor_email) == ("Dana Director", cast.director.email)
    assert f"{option} selected>" in client.get(url).text


def test_who_has_no_access_needs_no_project_and_gets_no_program_courses(
    cast, application, catalogue, staff_pages
):
    client = cast.client("director")
    nobody = person_data(cast, hmis_role="director", access_level="none", projects=[]) | {"version": "0"}
    assert client.post(new_page(client, staff_pages), nobody).status_code == 302
    row = Staff.objects.get(email="nia@harbor.example")
    assert (row.access_level, row.projects.count()) == ("none", 0)
    user = UserFactory(email=row.email)
    Staff.objects.filter(pk=row.pk).update(user=user)
    services.open_training(cast.agency, None)
    given = Requirement.objects.filter(person=user).values_list("course__slug", flat=True)
    assert set(given) == {"privacy-security", "user-agreement"}
    with_access = person_data(cast, email="may@harbor.example", access_level="view", projects=[])
    text = client.post(new_page(client, staff_pages), with_access | {"version": "0"}).text
    assert "Select at least one project" in text


def test_who_was_named_already_is_put_on_the_list_with_what_is_known(cast, application, staff_pages):
    """Offered until they are listed or begun; what is known stands typed, and nothing is on the list yet."""
    client = cast.client("director")
    page = client.get(staff_pages).text
    offered = page.partition("Add somebody whom you named already")[2]
    assert cast.director.email in offered
    assert cast.staff_row.email not in offered
    rows = Staff.objects.count()
    answer = client.post(f"{staff_pages}add-known/", {"email": cast.director.email})
    begun = client.get(answer["Location"]).text
    for known in (cast.director.first_name, cast.director.last_name, cast.director.email):
        assert f'value="{known}"' in begun
    assert Staff.objects.count() == rows
    again = client.get(staff_pages).text
    assert f"Continue: {cast.director}" in again
    assert cast.director.email not in again.partition("Add somebody whom you named already")[2]
    saved = client.post(
        answer["Location"],
        person_data(cast, email=cast.director.email, first_name="Dana", last_name="Director")
        | {"version": "1"},
    )
    assert saved.status_code == 302
    assert Staff.objects.get(email=cast.director.email).person == cast.agency.people.get(
        email=cast.director.email
    )
    for stranger in (cast.stranger.email, "nobody@x.example", ""):
        assert client.post(f"{staff_pages}add-known/", {"email": stranger}).status_code == 404
