"""Section B: a director fills in the pages of a project."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.hud.drafts import project_findings, with_rows
from agencies.hud.pages import PAGES, WHERE
from agencies.models import CEParticipation, Funder, Inventory, Project, ProjectCoC
from hmis_portal.models import AuditEvent
from onboarding.demo.answers import OPENED, day
from onboarding.forms.base import as_data
from onboarding.forms.projects.page import ProjectPageForm
from onboarding.models import Application
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION
from tests.factories import ProjectFactory
from tests.onboarding.projects.helpers import (
    answers,
    asks,
    overview,
    page,
    pages_with_faults,
    problems,
    save,
    save_all,
    version,
)


def test_a_project_is_filled_in_page_by_page(cast, application, client_of):
    responses = save_all(cast, client_of, answers())
    assert pages_with_faults(responses) == {}
    assert [answer.url for answer in responses.values()] == [
        page(cast, "where"),
        page(cast, "funding"),
        page(cast, "beds"),
        page(cast, "participation"),
        overview(cast),
    ]
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.project_type, project.housing_type, project.hopwa_med_assisted_living_fac) == (0, 1, 2)
    coc = project.coc_rows.get()
    assert (coc.zip, coc.state, coc.geocode) == ("06103", "CT", "090492")
    beds = project.inventory.get()
    assert (beds.bed_inventory, beds.vet_bed_inventory, beds.ch_bed_inventory) == (30, 2, 0)
    assert [one.complete for one in project_findings(cast.agency)] == [True]
    assert project.confirmed_by == cast.director
    events = AuditEvent.objects.filter(verb="project changed", target_id=str(project.pk), actor=cast.director)
    assert events.count() == 5
    shown = client_of(cast.director).get(overview(cast)).context
    assert [(one.page.key, one.status) for one in shown["pages"]] == [(one.key, "complete") for one in PAGES]
    assert shown["findings"] == []


def test_the_pages_follow_the_kind_of_project(cast, application, client_of):
    client = client_of(cast.director)
    assert save(cast, client_of, "about", answers(project_type="11")).url == page(cast, "where")
    assert save(cast, client_of, "where", answers()).url == page(cast, "funding")
    assert save(cast, client_of, "funding", answers()).url == page(cast, "participation")
    assert client.get(page(cast, "beds")).url == overview(cast)
    assert "Beds and units" not in client.get(overview(cast)).text
    assert "residential_affiliation" not in client.get(page(cast, "participation")).text
    save(cast, client_of, "about", answers(project_type="6"))
    assert "residential_affiliation" in client.get(page(cast, "participation")).text
    save(cast, client_of, "about", answers(project_type="3"))
    assert "es_bed_type" not in client.get(page(cast, "beds")).text


def test_the_days_of_a_project_are_asked_once(cast, application, client_of):
    """Rows begin and end with it, and move with it, unless another day was typed."""
    closes = date(2030, 6, 30)
    save_all(
        cast, client_of, answers(**day("operating_end_date", closes), **day("funders-0-end_date", closes))
    )
    beds, period = Inventory.objects.get(), CEParticipation.objects.get()
    assert (beds.inventory_start_date, beds.inventory_end_date) == (OPENED, closes)
    assert (period.ce_participation_status_start_date, period.ce_participation_status_end_date) == (
        OPENED,
        closes,
    )
    form = client_of(cast.director).get(page(cast, "beds")).context["form"]
    assert not form.row_forms[0].own_days
    later = day("inventory-1-inventory_start_date", date(2024, 7, 1))
    more = {**shelter_row(1), **later, "inventory-0-id": str(beds.pk), "inventory-rows": "2"}
    assert save(cast, client_of, "beds", answers(**more)).status_code == 302
    about = answers(
        **day("operating_start_date", date(2019, 3, 1)),
        **{f"operating_end_date_{part}": "" for part in ("month", "day", "year")},
    )
    assert save(cast, client_of, "about", about).status_code == 302
    assert list(
        Inventory.objects.order_by("position").values_list("inventory_start_date", "inventory_end_date")
    ) == [
        (date(2019, 3, 1), None),
        (date(2024, 7, 1), None),
    ]
    # A row whose own day would come before its first stays, and its page says what is wrong.
    save(cast, client_of, "beds", answers(**more, **day("inventory-0-inventory_end_date", date(2022, 1, 1))))
    assert (
        save(cast, client_of, "about", answers(**day("operating_start_date", date(2023, 1, 1)))).status_code
        == 302
    )
    states = client_of(cast.director).get(overview(cast)).context["pages"]
    assert [one.page.key for one in states if one.status == "problem"] == ["beds"]


def test_rows_need_days_while_the_project_has_none(cast, application, client_of):
    Project.objects.filter(pk=cast.project.pk).update(operating_start_date=None)
    response = save(cast, client_of, "participation", answers())
    assert problems(response) == [
        "Coordinated entry participation, row 1: Enter the day the coordinated entry participation starts"
    ]
    typed = answers(**day("ce-0-ce_participation_status_start_date", OPENED))
    assert save(cast, client_of, "participation", typed).status_code == 302


def shelter_row(index):
    given = answers()
    return {
        name.replace("inventory-0-", f"inventory-{index}-"): value
        for name, value in given.items()
        if name.startswith("inventory-0-")
    }


def test_saving_again_changes_rows_in_place_and_takes_out_the_removed(cast, saved, client_of):
    beds, coc = Inventory.objects.get(), ProjectCoC.objects.get()
    again = answers(
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
        }
    )
    assert pages_with_faults(save_all(cast, client_of, again)) == {}
    assert Inventory.objects.get().pk == beds.pk
    assert Inventory.objects.get().bed_inventory == 32
    assert ProjectCoC.objects.get().date_updated == coc.date_updated
    assert CEParticipation.objects.get().crisis_assessment == 1


def test_two_pages_saved_at_once_do_not_undo_each_other(cast, application, client_of, saved):
    form = ProjectPageForm(
        as_data({name: [value] for name, value in answers(**{"coc-0-address1": "14 Main Street"}).items()}),
        project=with_rows(Project.objects.filter(pk=cast.project.pk)).get(),
        page=WHERE,
    )
    save(cast, client_of, "about", answers(project_common_name="The Pier"), person=cast.coordinator)
    assert form.is_valid()
    assert changes.write(
        IN_APPLICATION, application, form, version=int(version(cast, "where")), by=cast.director
    )
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.project_common_name, project.coc_rows.get().address1) == ("The Pier", "14 Main Street")


def test_a_row_of_another_agency_cannot_be_taken_over(cast, application, client_of):
    foreign = Funder.objects.create(project=cast.other_project, funder=2, start_date=OPENED)
    save_all(cast, client_of, answers(**{"funders-0-id": str(foreign.pk)}))
    foreign.refresh_from_db()
    assert (foreign.project, foreign.funder) == (cast.other_project, 2)
    assert Funder.objects.get(project=cast.project).funder == 8


@pytest.mark.parametrize(
    ("asked", "changes", "message"),
    [
        ("about", {"project_name": ""}, "Enter the project's name"),
        ("about", {"project_type": ""}, "Choose the project type"),
        ("about", {"operating_start_date_year": ""}, "First day of operation must include a year"),
        (
            "beds",
            {"inventory-0-unit_inventory": "31"},
            "Beds and units, row 1: There cannot be more units than the 30 beds: lower the units or add beds",
        ),
        (
            "beds",
            {"inventory-0-other_bed_inventory": "many"},
            "Beds and units, row 1: Beds not dedicated to any group must be a whole number from 0 to 9,999",
        ),
        (
            "beds",
            {"inventory-0-household_type": "4"},
            "Beds and units, row 1: Beds for veterans cannot be in a household type of only children: move them or change the household type",
        ),
        (
            "where",
            {"coc-0-zip": "12"},
            "Where it works, row 1: Enter a ZIP code with 5 or 9 digits, like 06103 or 06103-1234",
        ),
        (
            "funding",
            {"funders-0-funder": "46"},
            "Who pays for it, row 1: Enter the name of the other funding source",
        ),
        (
            "participation",
            {"ce-rows": "0"},
            "Add the coordinated entry participation in force now: one period stays open while the project runs",
        ),
        (
            "beds",
            {"inventory-0-availability": ""},
            "Beds and units, row 1: Choose when the beds are available: year-round, seasonal or overflow",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    cast, saved, client_of, asked, changes, message
):
    response = save(cast, client_of, asked, answers(**changes))
    assert message in problems(response)
    assert "There is a problem" in response.text
    again = client_of(cast.director).get(page(cast, asked))
    assert message in problems(again)
    shown = client_of(cast.director).get(overview(cast)).context
    assert asked in [one.page.key for one in shown["pages"] if one.status == "problem"]


def test_what_does_not_apply_is_not_an_answer(cast, application, client_of):
    services = answers(project_type="6", residential_affiliation="0", **{"funders-0-funder": "4"})
    assert pages_with_faults(save_all(cast, client_of, services)) == {}
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.housing_type, project.residential_affiliation) == (None, 0)
    assert not project.inventory.exists()


def test_an_affiliated_project_is_chosen_among_the_residential_ones(cast, application, client_of):
    home = ProjectFactory(agency=cast.agency, project_name="Elm Street", project_type=3)
    services = answers(
        project_type="6", residential_affiliation="1", affiliated=[str(home.pk)], **{"funders-0-funder": "4"}
    )
    assert pages_with_faults(save_all(cast, client_of, services)) == {}
    assert cast.project.affiliations.get().res_project == home
    services |= {"affiliated": [str(cast.other_project.pk)]}
    assert save(cast, client_of, "participation", services).status_code == 200


def test_rows_are_added_and_removed_without_scripts(cast, application, client_of):
    response = save(cast, client_of, "where", answers(action="add:coc"))
    assert response.url.endswith("#coc-1")
    found = client_of(cast.director).get(page(cast, "where"))
    assert found.context["form"].rows["coc"].count == 2
    removed = answers(action="remove:coc-0", **{"coc-rows": "2", "coc-1-city": "Stamford"})
    assert save(cast, client_of, "where", removed).url.endswith("#coc")
    found = client_of(cast.director).get(page(cast, "where"))
    assert [row.key for row in found.context["form"].rows["coc"].visible] == ["coc-1"]
    assert b'value="Stamford"' in found.content


def test_a_row_of_beds_is_copied_without_scripts(cast, application, client_of):
    save(cast, client_of, "about", answers())
    typed = {"inventory-0-id": "x", **day("inventory-0-inventory_start_date", date(2021, 2, 3))}
    response = save(cast, client_of, "beds", answers(action="copy:inventory-0", **typed))
    assert response.url.endswith("#inventory-1")
    rows = client_of(cast.director).get(page(cast, "beds")).context["form"].rows["inventory"].visible
    assert [row["other_bed_inventory"].value() for row in rows] == ["28", "28"]
    assert rows[1]["inventory_start_date"].value() == ["2", "3", "2021"]
    assert not rows[1]["id"].value()


def test_there_is_an_end_of_rows(cast, application, client_of):
    full = answers(action="add:funders", version="0", **{"funders-rows": "60"})
    response = client_of(cast.director).post(page(cast, "funding"), full, follow=True)
    assert "60 rows of one kind at most" in response.content.decode()
    assert len(response.context["form"].rows["funders"].forms) == 60


@pytest.mark.parametrize(
    "bad",
    [
        "copy:inventory-x",
        "copy:coc-77",
        "add:nothing",
        "remove:coc-x",
        "add:",
        "dance",
        "remove:coc-99",
    ],
)
def test_strange_acts_and_row_counts_are_harmless(cast, application, client_of, bad):
    for count in ("-1", "x", "99999", "9" * 5000, "٣", "²", ""):
        response = save(cast, client_of, "where", answers(action=bad, **{"coc-rows": count}))
        assert response.status_code == (200 if bad == "dance" else 302)
    assert client_of(cast.director).get(page(cast, "where")).status_code == 200


def test_strangers_find_nothing_and_readers_change_nothing(cast, application, client_of):
    pages = [overview(cast), page(cast, "where")]
    acts = [page(cast, "where"), page(cast, "where", "autosave"), page(cast, "where", "discard")]
    acts += [overview(cast, "_remove"), overview(cast, "_confirm")]
    for kind, seen, changed in (
        ("stranger", 404, 404),
        ("staff", 404, 404),
        ("trainer", 404, 404),
        ("signatory", 404, 403),
        ("admin", 200, 403),
        ("auditor", 200, 403),
    ):
        client = client_of(getattr(cast, kind))
        for where in pages:
            assert client.get(where, follow=True).status_code == seen, (kind, where)
        for where in acts:
            assert client.post(where, {}).status_code == changed, (kind, where)
    assert "You can read these answers" in client_of(cast.auditor).get(overview(cast)).text
    client = client_of(cast.director)
    assert client.post(page(cast, "where", project=cast.other_project), {}).status_code == 404
    assert client.get(page(cast, "nowhere")).status_code == 404
    assert client.get(page(cast, "where", "autosave")).status_code == 405


def test_a_sent_application_is_locked(cast, application, client_of):
    from django.utils import timezone

    Application.objects.filter(pk=application.pk).update(state="submitted", submitted_at=timezone.now())
    response = save(cast, client_of, "where", answers())
    assert response.status_code == 303
    assert client_of(cast.director).get(page(cast, "where")).url == overview(cast)
    assert not ProjectCoC.objects.exists()


def test_numbers_of_queries_do_not_grow_with_rows(
    cast, application, client_of, django_assert_max_num_queries
):
    client = client_of(cast.director)
    save_all(cast, client_of, answers())
    many = {"funders-rows": "30"}
    for index in range(1, 30):
        many |= {f"funders-{index}-funder": "8", **day(f"funders-{index}-start_date", OPENED)}
    for typed in (answers(), answers(**many)):
        with django_assert_max_num_queries(11):
            client.get(page(cast, "funding"))
        with django_assert_max_num_queries(13):
            client.get(overview(cast))
        sent = {**typed, "version": version(cast, "funding")}
        with django_assert_max_num_queries(22):
            assert client.post(page(cast, "funding"), sent).status_code == 302
    assert cast.project.funders.count() == 30
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
def test_hostile_text_in_every_field_is_answered(cast, saved, client_of, text):
    names = [name for name in answers() if not name.endswith("-rows")]
    names += ["affiliated", "coc-0-id", "rrh_sub_type", "funders-0-other_funder"]
    for one in PAGES:
        mine = [name for name in names if asks(one.key, name)]
        response = save(cast, client_of, one.key, answers(**dict.fromkeys(mine, text)))
        assert response.status_code == 200, one.key
        assert problems(response), one.key
        assert b"<script>alert(1)" not in response.content
    check = client_of(cast.director).post(
        page(cast, "about", "autosave"), {"project_name": text, "version": version(cast, "about")}
    )
    assert check.status_code == 200
