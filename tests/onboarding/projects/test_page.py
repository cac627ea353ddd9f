"""Section B: a director fills in the page of a project."""

import pytest
from django.urls import reverse

from agencies.hud.drafts import project_findings
from agencies.models import CEParticipation, Funder, Inventory, Project, ProjectCoC
from hmis_portal.models import AuditEvent
from onboarding.demo.answers import OPENED, day
from onboarding.models import Application
from tests.factories import ProjectFactory
from tests.onboarding.projects.helpers import answers, now, page, problems, save


def test_a_project_is_filled_in_and_saved(cast, application, client_of):
    response = save(cast, client_of, answers())
    assert response.status_code == 302, problems(response)
    assert response.url == reverse("onboarding:projects", args=[cast.agency.pk])
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.project_type, project.housing_type, project.hopwa_med_assisted_living_fac) == (0, 1, 2)
    coc = project.coc_rows.get()
    assert (coc.zip, coc.state, coc.geocode) == ("06103", "CT", "090492")
    beds = project.inventory.get()
    assert (beds.bed_inventory, beds.vet_bed_inventory, beds.ch_bed_inventory) == (30, 2, 0)
    assert [one.complete for one in project_findings(cast.agency)] == [True]
    event = AuditEvent.objects.get(verb="project changed")
    assert event.actor == cast.director
    assert event.target_id == str(project.pk)


def test_saving_again_changes_rows_in_place_and_takes_out_the_removed(cast, application, client_of):
    save(cast, client_of, answers())
    beds = Inventory.objects.get()
    coc = ProjectCoC.objects.get()
    again = now(
        **{
            "inventory-0-id": str(beds.pk),
            "inventory-0-other_bed_inventory": "30",
            "coc-0-id": str(coc.pk),
            "ce-rows": "2",
            "ce-0-DELETE": "1",
            "ce-1-access_point": "1",
            "ce-1-prevention_assessment": "0",
            "ce-1-crisis_assessment": "1",
            "ce-1-housing_assessment": "0",
            "ce-1-direct_services": "0",
            "ce-1-receives_referrals": "0",
            **day("ce-1-ce_participation_status_start_date", OPENED),
        }
    )
    response = save(cast, client_of, again)
    assert response.status_code == 302, problems(response)
    assert Inventory.objects.get().pk == beds.pk
    assert Inventory.objects.get().bed_inventory == 32
    assert ProjectCoC.objects.get().date_updated == coc.date_updated
    assert CEParticipation.objects.get().crisis_assessment == 1


def test_a_row_of_another_agency_cannot_be_taken_over(cast, application, client_of):
    foreign = Funder.objects.create(project=cast.other_project, funder=2, start_date=OPENED)
    save(cast, client_of, answers(**{"funders-0-id": str(foreign.pk)}))
    foreign.refresh_from_db()
    assert (foreign.project, foreign.funder) == (cast.other_project, 2)
    assert Funder.objects.get(project=cast.project).funder == 8


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"project_name": ""}, "Enter the project's name"),
        ({"project_type": ""}, "Choose the project type"),
        ({"operating_start_date_year": ""}, "First day of operation must include a year"),
        (
            {"inventory-0-unit_inventory": "31"},
            "Beds and units, row 1: There cannot be more units than the 30 beds: lower the units or add beds",
        ),
        (
            {"inventory-0-other_bed_inventory": "many"},
            "Beds and units, row 1: Beds not dedicated to any group must be a whole number from 0 to 9,999",
        ),
        (
            {"inventory-0-household_type": "4"},
            "Beds and units, row 1: Beds for veterans cannot be in a household type of only children: move them or change the household type",
        ),
        (
            {"coc-0-zip": "12"},
            "Where it works, row 1: Enter a ZIP code with 5 or 9 digits, like 06103 or 06103-1234",
        ),
        ({"funders-0-funder": "46"}, "Who pays for it, row 1: Enter the name of the other funding source"),
        (
            {"ce-rows": "0"},
            "Add the coordinated entry participation in force now: one period stays open while the project runs",
        ),
        (
            {"inventory-0-availability": ""},
            "Beds and units, row 1: Choose when the beds are available: year-round, seasonal or overflow",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    cast, application, client_of, changes, message
):
    response = save(cast, client_of, answers(**changes))
    assert response.status_code == 200
    assert message in problems(response)
    html = response.content.decode()
    assert "There is a problem" in html
    assert 'value="12 Main Street"' in html
    assert not ProjectCoC.objects.exists()
    again = client_of(cast.director).get(page(cast)).content.decode()
    assert 'value="12 Main Street"' in again
    assert "There is a problem" in again


def test_what_does_not_apply_is_not_an_answer(cast, application, client_of):
    services = answers(project_type="6", residential_affiliation="0", **{"funders-0-funder": "4"})
    response = save(cast, client_of, services)
    assert response.status_code == 302, problems(response)
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.housing_type, project.residential_affiliation) == (None, 0)
    assert not project.inventory.exists()


def test_an_affiliated_project_is_chosen_among_the_residential_ones(cast, application, client_of):
    home = ProjectFactory(agency=cast.agency, project_name="Elm Street", project_type=3)
    services = answers(
        project_type="6", residential_affiliation="1", affiliated=[str(home.pk)], **{"funders-0-funder": "4"}
    )
    response = save(cast, client_of, services)
    assert response.status_code == 302, problems(response)
    assert cast.project.affiliations.get().res_project == home
    services |= {"affiliated": [str(cast.other_project.pk)], "version": "1"}
    assert save(cast, client_of, services).status_code == 200


def test_rows_are_added_and_removed_without_scripts(cast, application, client_of):
    response = save(cast, client_of, answers(action="add:coc"))
    assert response.url.endswith("#coc-1")
    found = client_of(cast.director).get(page(cast))
    assert found.context["page"].rows["coc"].count == 2
    response = save(
        cast, client_of, now(action="remove:coc-0", **{"coc-rows": "2", "coc-1-city": "Stamford"})
    )
    assert response.url.endswith("#coc")
    found = client_of(cast.director).get(page(cast))
    assert [row.key for row in found.context["page"].rows["coc"].visible] == ["coc-1"]
    assert b'value="Stamford"' in found.content


def test_a_row_of_beds_is_copied_without_scripts(cast, application, client_of):
    response = save(cast, client_of, answers(action="copy:inventory-0", **{"inventory-0-id": "x"}))
    assert response.url.endswith("#inventory-1")
    rows = client_of(cast.director).get(page(cast)).context["page"].rows["inventory"].visible
    assert [row["other_bed_inventory"].value() for row in rows] == ["28", "28"]
    assert rows[1]["inventory_start_date"].value() == ["1", "1", "2020"]
    assert not rows[1]["id"].value()


def test_there_is_an_end_of_rows(cast, application, client_of):
    full = answers(action="add:inventory", **{"inventory-rows": "60"})
    response = client_of(cast.director).post(page(cast), full, follow=True)
    assert "60 rows of one kind at most" in response.content.decode()
    assert len(response.context["page"].rows["inventory"].forms) == 60


@pytest.mark.parametrize(
    "bad",
    [
        "copy:inventory-x",
        "copy:coc-77",
        "add:nothing",
        "remove:coc-x",
        "add:",
        "later:1",
        "dance",
        "remove:coc-99",
    ],
)
def test_strange_acts_and_row_counts_are_harmless(cast, application, client_of, bad):
    for count in ("-1", "x", "99999", "٣", ""):
        response = save(cast, client_of, now(action=bad, **{"coc-rows": count}))
        assert response.status_code in (200, 302)
    assert client_of(cast.director).get(page(cast)).status_code == 200


NAMES = ("project", "project_remove", "project_check")


@pytest.mark.parametrize("name", NAMES)
def test_strangers_find_nothing_and_readers_change_nothing(cast, application, client_of, name):
    where = page(cast, name)
    for kind, status in (
        ("stranger", 404),
        ("staff", 404),
        ("trainer", 404),
        ("signatory", 403),
        ("admin", 403),
        ("auditor", 403),
    ):
        client = client_of(getattr(cast, kind))
        assert client.post(where, {}).status_code == status, kind
        if name == "project_remove" or (name == "project" and status == 404):
            assert client.get(where).status_code == status, kind
    if name == "project":
        assert "You can read these answers" in client_of(cast.auditor).get(where).content.decode()
        assert client_of(cast.signatory).get(where).status_code == 404
    foreign = reverse(f"onboarding:{name}", args=[cast.agency.pk, cast.other_project.pk])
    assert client_of(cast.director).post(foreign, {}).status_code == 404
    assert client_of(cast.director).get(page(cast, "project_check")).status_code == 405


def test_a_sent_application_is_locked(cast, application, client_of):
    from django.utils import timezone

    Application.objects.filter(pk=application.pk).update(state="submitted", submitted_at=timezone.now())
    response = save(cast, client_of, answers())
    assert response.status_code == 303
    assert not ProjectCoC.objects.exists()


def test_numbers_of_queries_do_not_grow_with_rows(
    cast, application, client_of, django_assert_max_num_queries
):
    client = client_of(cast.director)
    client.get(page(cast))
    with django_assert_max_num_queries(12):
        client.get(page(cast))
    with django_assert_max_num_queries(15):
        assert client.post(page(cast), now(action="later")).status_code == 302
    with django_assert_max_num_queries(12):
        client.get(page(cast))
    many = {"funders-rows": "30"}
    for index in range(1, 30):
        many |= {f"funders-{index}-funder": "8", **day(f"funders-{index}-start_date", OPENED)}
    sent = now(**many)
    with django_assert_max_num_queries(15):
        assert client.post(page(cast), sent).status_code == 302
    assert cast.project.funders.count() == 30
    with django_assert_max_num_queries(12):
        client.get(page(cast))
    for number in range(10):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    with django_assert_max_num_queries(12):
        client.get(reverse("onboarding:projects", args=[cast.agency.pk]))


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "sql": "'; DROP TABLE agencies_project; --",
    "right to left": "\u202eأهلا",
    "emoji": "🏠" * 5,
    "nul": "a\x00b",
    "long": "x" * 100_000,
    "newlines": "a\r\nb",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_in_every_field_is_answered(cast, application, client_of, text):
    names = [name for name in answers() if name not in ("action", "version") and not name.endswith("-rows")]
    names += ["affiliated", "coc-0-id", "rrh_sub_type", "funders-0-other_funder"]
    # One field of each sort alone, then all of them at once.
    alone = (
        "project_name",
        "project_type",
        "operating_start_date_day",
        "coc-0-zip",
        "coc-0-id",
        "inventory-0-unit_inventory",
    )
    for bad in [*([name] for name in alone), names]:
        response = save(cast, client_of, now(**dict.fromkeys(bad, text)))
        assert response.status_code in (200, 302), bad
        assert b"<script>alert(1)" not in response.content
        if response.status_code == 200:
            assert problems(response), bad
    check = client_of(cast.director).post(page(cast, "project_check"), now(project_name=text))
    assert check.status_code == 200
