"""Section B: a director lists, fills in, copies and removes projects."""

import json
from datetime import date

import pytest
from django.urls import reverse

from agencies.hud import lists
from agencies.hud.drafts import project_findings
from agencies.models import CEParticipation, Funder, Inventory, Project, ProjectCoC
from hmis_portal.errors import GuardFailed
from hmis_portal.models import AuditEvent
from onboarding import projects
from onboarding.models import Application, SectionWork
from onboarding.project_places import IN_APPLICATION
from tests.factories import CoCFactory, ProjectFactory


@pytest.fixture(autouse=True)
def _lists(db):
    CoCFactory()
    CoCFactory(code="CT-503", name="Fairfield County")
    lists.forget()
    yield
    lists.forget()


@pytest.fixture
def application(cast):
    return Application.objects.create(agency=cast.agency, reference="CT-2026-0001", started_by=cast.director)


def day(name, value):
    return {f"{name}_month": str(value.month), f"{name}_day": str(value.day), f"{name}_year": str(value.year)}


OPENED = date(2020, 1, 1)


def answers(**changes):
    """An emergency shelter, filled in rightly, as the page posts it."""
    given = {
        "version": "0",
        "action": "save",
        "project_name": "Harbor House Shelter",
        "project_common_name": "The Harbor",
        **day("operating_start_date", OPENED),
        "continuum_project": "1",
        "project_type": "0",
        "housing_type": "1",
        "coc-rows": "1",
        "coc-0-coc_code": "CT-505",
        "coc-0-geocode": "090492",
        "coc-0-address1": "12 Main Street",
        "coc-0-city": "Hartford",
        "coc-0-zip": "06103-1234",
        "coc-0-geography_type": "1",
        "funders-rows": "1",
        "funders-0-funder": "8",
        "funders-0-grant_id": "ESG-2026-1",
        **day("funders-0-start_date", OPENED),
        "inventory-rows": "1",
        "inventory-0-coc_code": "CT-505",
        "inventory-0-household_type": "3",
        "inventory-0-es_bed_type": "1",
        "inventory-0-availability": "1",
        "inventory-0-vet_bed_inventory": "2",
        "inventory-0-other_bed_inventory": "28",
        "inventory-0-unit_inventory": "10",
        **day("inventory-0-inventory_start_date", OPENED),
        "hmis-rows": "1",
        "hmis-0-hmis_participation_type": "1",
        **day("hmis-0-hmis_participation_status_start_date", OPENED),
        "ce-rows": "1",
        "ce-0-access_point": "0",
        "ce-0-receives_referrals": "1",
        **day("ce-0-ce_participation_status_start_date", OPENED),
    }
    given.update(changes)
    return given


def page(cast, name="project"):
    return reverse(f"onboarding:{name}", args=[cast.agency.pk, cast.project.pk])


def save(cast, client_of, data, person=None):
    return client_of(person or cast.director).post(page(cast), data)


def now(**changes):
    """The same, from a page opened just now."""
    return answers(
        **{"version": str(SectionWork.objects.values_list("version", flat=True).first() or 0), **changes}
    )


def problems(response):
    return [
        str(message)
        for form in response.context["forms"]
        for errors in form.errors.values()
        for message in errors
    ]


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
            "There cannot be more units than the 30 beds: lower the units or add beds",
        ),
        (
            {"inventory-0-other_bed_inventory": "many"},
            "Beds not dedicated to any group must be a whole number from 0 to 9,999",
        ),
        (
            {"inventory-0-household_type": "4"},
            "Beds for veterans cannot be in a household type of only children: move them or change the household type",
        ),
        ({"coc-0-zip": "12"}, "Enter a ZIP code with 5 or 9 digits, like 06103 or 06103-1234"),
        ({"funders-0-funder": "46"}, "Enter the name of the other funding source"),
        (
            {"hmis-rows": "0"},
            "Add the HMIS participation in force now: one period stays open while the project runs",
        ),
        (
            {"inventory-0-availability": ""},
            "Choose when the beds are available: year-round, seasonal or overflow",
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


def test_save_and_come_back_later_keeps_the_typing_unjudged(cast, application, client_of):
    response = save(cast, client_of, answers(action="later", project_name="", **{"coc-0-zip": "nonsense"}))
    assert response.status_code == 302
    html = client_of(cast.coordinator).get(page(cast)).content.decode()
    assert 'value="nonsense"' in html
    assert "There is a problem" not in html
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"
    rows = client_of(cast.director).get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in rows] == ["started"]


def test_what_was_typed_can_be_discarded(cast, application, client_of):
    assert save(cast, client_of, answers()).status_code == 302
    client, where = client_of(cast.director), page(cast, "project_discard")
    assert client.post(page(cast, "project_check"), now(project_name="Oops")).status_code == 200
    html = client.get(page(cast)).content.decode()
    assert "Discard it and show the saved answers" in html
    assert where in html
    assert client.post(where, {"version": "1"}, follow=True).context["draft"], (
        "an older version forgets nothing"
    )
    shown = client.post(where, {"version": "2"}, follow=True)
    assert "Oops" not in shown.content.decode()
    assert 'value="Harbor House Shelter"' in shown.content.decode()
    listed = client.get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in listed] == ["complete"]


def test_a_second_click_adds_one_project(cast, application):
    given = {"name": "Annex", "copy": None, "by": cast.director}
    projects.add(IN_APPLICATION, application, **given)
    with pytest.raises(GuardFailed, match="already lists a project of this name"):
        projects.add(IN_APPLICATION, application, **given)
    assert Project.objects.filter(agency=cast.agency, project_name="Annex").count() == 1


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


def test_the_second_of_two_colleagues_sees_who_saved_and_chooses(cast, application, client_of):
    save(cast, client_of, answers(), person=cast.coordinator)
    mine = answers(version="0", project_common_name="Mine", **{"coc-0-zip": "06103"})
    response = save(cast, client_of, mine)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Chris Coordinator saved this project" in html
    assert 'value="Mine"' in html
    rows = [(row.label, row.mine, row.theirs) for row in response.context["conflict"]["rows"]]
    assert rows == [("Name that staff and clients use", "Mine", "The Harbor")]
    assert Project.objects.get(pk=cast.project.pk).project_common_name == "The Harbor"
    assert save(cast, client_of, {**mine, "version": str(response.context["version"])}).status_code == 302
    assert Project.objects.get(pk=cast.project.pk).project_common_name == "Mine"


def test_rows_and_codes_that_differ_are_shown_in_words(cast, application, client_of):
    save(cast, client_of, answers(), person=cast.coordinator)
    coc = ProjectCoC.objects.get()
    theirs = now(
        **{
            "coc-rows": "2",
            "coc-0-id": str(coc.pk),
            "coc-0-geography_type": "2",
            "coc-1-coc_code": "CT-503",
            "coc-1-city": "Stamford",
            **day("funders-0-start_date", date(2021, 7, 4)),
        }
    )
    save(cast, client_of, {**theirs, "action": "later"}, person=cast.coordinator)
    response = save(
        cast, client_of, answers(version="1", **{"coc-0-id": str(coc.pk), "coc-0-zip": "nonsense"})
    )
    assert response.status_code == 409
    assert [(row.label, row.mine, row.theirs) for row in response.context["conflict"]["rows"]] == [
        ("Where it works (1): ZIP code", "nonsense", "06103-1234"),
        ("Where it works (1): Geography", "Urban", "Suburban"),
        ("Where it works (2): Continuum of Care (CoC)", "", "CT-503 Fairfield County"),
        ("Where it works (2): City or town", "", "Stamford"),
        ("Who pays for it (1): Grant starts", "1/1/2020", "7/4/2021"),
    ]


def test_while_typing_the_same_rules_speak_and_the_typing_is_kept(cast, application, client_of):
    data = answers(**{"inventory-0-household_type": "4", "project_name": ""})
    response = client_of(cast.director).post(page(cast, "project_check"), data)
    found = json.loads(response.content)
    by_field = {one["field"]: one for one in found["findings"]}
    assert by_field["inventory-0-vet_bed_inventory"]["rule"] == 21
    assert not by_field["inventory-0-vet_bed_inventory"]["missing"]
    assert found["totals"] == {"inventory-0": 30}
    assert "residential_affiliation" in found["hidden"]
    assert found["version"] == 1
    assert not ProjectCoC.objects.exists()
    assert SectionWork.objects.get().draft["coc-0-city"] == ["Hartford"]
    save(cast, client_of, answers(version="1"), person=cast.coordinator)
    late = client_of(cast.director).post(page(cast, "project_check"), {**data, "version": "1"})
    assert late.status_code == 409
    assert json.loads(late.content)["who"] == "Chris Coordinator"


def test_a_project_is_added_by_name(cast, application, client_of):
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    assert client_of(cast.director).get(add).status_code == 200
    response = client_of(cast.director).post(add, {"project_name": "  Elm   Street "})
    project = Project.objects.get(project_name="Elm Street")
    assert response.url == reverse("onboarding:project", args=[cast.agency.pk, project.pk])
    assert AuditEvent.objects.get(verb="project added").target_name == "Elm Street"
    again = client_of(cast.director).post(add, {"project_name": "elm street"})
    assert "already lists a project of this name" in again.content.decode()
    empty = client_of(cast.director).post(add, {"project_name": ""})
    assert "Enter the project&#x27;s name" in empty.content.decode()


def test_a_copy_takes_everything_but_the_name(cast, application, client_of):
    save(cast, client_of, answers())
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    client_of(cast.director).post(add, {"project_name": "Second House", "copy": str(cast.project.pk)})
    copy = Project.objects.get(project_name="Second House")
    assert (copy.project_type, copy.project_common_name, copy.copied_from) == (0, "", cast.project)
    assert copy.inventory.get().bed_inventory == 30
    assert copy.coc_rows.get().pk != cast.project.coc_rows.get().pk
    foreign = client_of(cast.director).post(
        add, {"project_name": "Third", "copy": str(cast.other_project.pk)}
    )
    assert foreign.status_code == 200
    assert not Project.objects.filter(project_name="Third").exists()


def test_removing_asks_first_and_happens_by_post(cast, application, client_of):
    save(cast, client_of, answers())
    remove = page(cast, "project_remove")
    asked = client_of(cast.director).get(remove)
    assert "One person on the staff list works in it" in asked.content.decode()
    assert Project.objects.filter(pk=cast.project.pk).exists()
    response = client_of(cast.director).post(remove)
    assert response.status_code == 302
    assert not Project.objects.filter(pk=cast.project.pk).exists()
    assert not SectionWork.objects.exists()
    assert AuditEvent.objects.get(verb="project removed").target_name == "Harbor House Shelter"
    assert client_of(cast.director).post(remove).status_code == 404


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


def test_the_list_is_read_by_reviewers_without_ways_to_change(cast, application, client_of):
    where = reverse("onboarding:projects", args=[cast.agency.pk])
    html = client_of(cast.auditor).get(where).content.decode()
    assert "Harbor House Shelter" in html
    assert "Add a project" not in html
    assert client_of(cast.stranger).get(where).status_code == 404
    assert client_of(cast.director).post(where).status_code == 405


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


def _approve(application, admin):
    from django.utils import timezone

    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(
        state="approved", submitted_at=now, decided_at=now, decided_by=admin
    )


def test_an_approved_agency_is_exported_as_hud_csv(
    cast, application, client_of, django_assert_max_num_queries
):
    from agencies.hud import csv_check

    save(cast, client_of, answers())
    where = reverse("onboarding:hud_csv", args=[cast.agency.pk])
    refused = client_of(cast.admin).get(where)
    assert refused.status_code == 303
    _approve(application, cast.admin)
    client = client_of(cast.admin)
    with django_assert_max_num_queries(15):
        response = client.get(where)
    assert response["Content-Type"] == "application/zip"
    files = csv_check.unpacked(response.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    assert f'"{cast.project.hud_id}"' in files["Inventory.csv"]
    assert "Harbor House, Inc." in files["Organization.csv"]
    assert AuditEvent.objects.get(verb="HUD CSV downloaded").actor == cast.admin
    assert client_of(cast.stranger).get(where).status_code == 404


def test_what_breaks_a_rule_is_not_exported_but_named(cast, application, client_of):
    _approve(application, cast.admin)
    client = client_of(cast.admin)
    response = client.get(reverse("onboarding:hud_csv", args=[cast.agency.pk]), follow=True)
    assert (
        "Harbor House Shelter: Choose the housing type: every residential project has one"
        in response.content.decode()
    )


def test_the_set_up_sheet_reads_in_words(cast, application, client_of):
    save(cast, client_of, answers())
    where = reverse("onboarding:setup_sheet", args=[cast.agency.pk])
    html = client_of(cast.auditor).get(where).content.decode()
    for words in ("Emergency Shelter – Entry Exit", "January 1, 2020", "CT-505", "06103", "Hartford", "30"):
        assert words in html
    assert "Download as HUD CSV" not in html
    assert client_of(cast.stranger).get(where).status_code == 404
