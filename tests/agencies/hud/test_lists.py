"""HUD's lists as data: loading, switching off, the next version, and few queries."""

import csv
import shutil

import pytest
from django.urls import reverse

from agencies import reference
from agencies.hud import lists
from agencies.hud.drafts import project_findings
from agencies.models import ContinuumOfCare, HudCode, HudList
from onboarding.models import Application
from tests.factories import AgencyFactory, ProjectFactory
from tests.onboarding.projects.helpers import (
    answers,
    page,
    pages_with_faults,
    problems,
    save,
    save_all,
    version,
)


@pytest.fixture(autouse=True)
def _fresh():
    lists.forget()
    yield
    lists.forget()


def test_the_shipped_files_are_whole():
    assert lists.VERSION == "FY2026 v1.0"
    assert sum(len(columns) for columns in lists.columns().values()) == 519
    assert len(lists.columns()) == 24
    for file, line in lists.headers().items():
        assert line == ",".join(column.name for column in lists.columns()[file.removesuffix(".csv")]), file
    known = set(lists.shipped().lists["2.06.1"])
    assert {str(code) for code in lists.shipped().funder_types} <= known
    named = {column.list for columns in lists.columns().values() for column in columns if column.list}
    assert named <= set(lists.shipped().lists)


def test_lists_keep_the_order_of_their_numbers():
    assert list(lists.shipped().lists["2.02.6"]) == [
        str(n) for n in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14)
    ]
    assert next(iter(lists.shipped().lists["geocode.CT"])).startswith("0")


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_keeps_what_was_switched_off():
    reference.load()
    count = HudCode.objects.count()
    HudCode.objects.filter(list__name="2.06.1", code="7").update(active=False)
    HudCode.objects.filter(list__name="2.06.1", code="2").update(label="spoiled")
    ContinuumOfCare.objects.filter(code="CT-503").update(name="Our name")
    reference.load()
    assert HudCode.objects.count() == count
    assert "7" not in lists.codes().lists["2.06.1"]
    assert lists.codes().label("2.06.1", 2) == "HUD: CoC – Permanent Supportive Housing"
    assert ContinuumOfCare.objects.get(code="CT-503").name == "Our name"
    assert lists.codes().lists["2.02.6"] == lists.shipped().lists["2.02.6"]


@pytest.mark.django_db
def test_the_next_version_is_a_change_of_data():
    reference.load()
    later = HudList.objects.create(name="2.02.6", version="FY2028 v1.0", active=False)
    HudCode.objects.create(list=later, code="15", label="A new type")
    lists.forget()
    assert lists.codes().version == "FY2026 v1.0"
    HudList.objects.filter(version="FY2028 v1.0").update(active=True)
    lists.forget()
    assert lists.codes().version == "FY2028 v1.0"
    assert ("2.02.6", 15) in lists.codes()


def _rewrite(path, change):
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    names = list(rows[0])
    rows = [row for row in rows if change(row) is not False] + change(None)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def next_version(tmp_path):
    """Made-up files of a next version: a new project type and funder, a type that is gone, other words, one funder retired."""
    folder = tmp_path / "fy2028_v1_0"
    shutil.copytree(lists.FILES, folder)

    def codes(row):
        if row is None:
            return [
                {"list": "2.02.6", "code": "15", "label": "Safe Parking"},
                {"list": "2.06.1", "code": "60", "label": "HUD: CoC – Safe Parking"},
                {"list": "2.06.1.retired", "code": "7", "label": "HUD: CoC – Gone"},
            ]
        if (row["list"], row["code"]) == ("2.02.6", "1"):
            row["label"] = "Emergency Shelter – One Night"
        return (row["list"], row["code"]) not in {("2.02.6", "11"), ("2.06.1", "7")}

    def types(row):
        if row is None:
            return [{"funder": "60", "allowed_residential_project_types": "3"}]
        if row["funder"] == "8":
            row["allowed_residential_project_types"] = "2"
        return True

    _rewrite(folder / "lists.csv", codes)
    _rewrite(folder / "funder_project_types.csv", types)
    return folder


@pytest.mark.django_db
def test_a_made_up_next_version_changes_forms_and_rules(cast, client_of, next_version):
    reference.load()
    Application.objects.create(agency=cast.agency, reference="A", started_by=cast.director)
    client, about = client_of(cast.director), page(cast)

    def said(**changes):
        data = {**answers(**changes), "version": version(cast, "funding")}
        found = client.post(page(cast, "funding", "autosave"), data).json()["findings"]
        return {(one["rule"], one["field"]) for one in found}

    assert "Safe Parking" not in client.get(about).text
    assert pages_with_faults(save_all(cast, client_of, answers())) == {}
    assert said() == set()
    assert (12, "funders-0-funder") not in said(**{"funders-0-funder": "7"})

    lists.load(next_version)
    assert lists.codes().version == "FY2028 v1.0"
    html = client.get(about).text
    assert "Safe Parking" in html
    assert "Emergency Shelter – One Night" in html
    assert "Day Shelter" not in html
    # The funder of emergency shelters now pays for transitional housing alone; the new one for supportive housing.
    assert said() == {(13, "funders-0-funder")}
    shelter = {"funders-0-funder": "60"}
    assert said(**shelter) == {(13, "funders-0-funder")}
    assert save(cast, client_of, "about", answers(project_type="3")).status_code == 302
    assert said(**shelter) == set()
    # A type that is gone, and a retired source in a new row, are refused; a new type is saved.
    refused = save(cast, client_of, "about", answers(project_type="11"))
    assert "Select the project type from the list" in problems(refused)
    refused = save(cast, client_of, "funding", answers(**{"funders-0-funder": "7"}))
    assert "Who pays for it, row 1: Select the funding source from the list" in problems(refused)
    assert save(cast, client_of, "about", answers(project_type="15")).status_code == 302
    cast.project.refresh_from_db()
    assert (cast.project.project_type, cast.project.housing_type) == (15, None)
    # What is in force in the database, the process finds again without a restart.
    HudList.objects.filter(version="FY2028 v1.0").update(active=False)
    lists.forget()
    assert save(cast, client_of, "about", answers()).status_code == 302
    assert said() == set()


@pytest.mark.django_db
def test_lists_cost_no_query_once_read(django_assert_num_queries):
    reference.load()
    lists.codes(), lists.cocs()
    with django_assert_num_queries(0):
        assert lists.codes().label("1.10", 1) == "Yes"
        assert lists.cocs() == {"CT-503", "CT-505"}


@pytest.mark.django_db
def test_all_findings_of_an_agency_cost_one_query(django_assert_num_queries):
    agency = AgencyFactory()
    for number in range(40):
        ProjectFactory(agency=agency, project_name=f"P{number}")
    lists.codes(), lists.cocs()
    with django_assert_num_queries(1):
        found = project_findings(agency)
    assert len(found) == 40
    assert not any(one.complete for one in found)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["admin", "auditor"])
def test_the_admin_shows_projects_and_lists(cast, kind, django_assert_max_num_queries):
    reference.load()
    client = cast.client(kind)
    for number in range(30):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    with django_assert_max_num_queries(12):
        page = client.get(reverse("admin:agencies_project_changelist"))
    assert "to mend" in page.content.decode()
    one = client.get(reverse("admin:agencies_project_change", args=[cast.project.pk]))
    assert cast.project.hud_id in one.content.decode()
    assert client.get(reverse("admin:agencies_hudlist_changelist")).status_code == 200
    code = HudCode.objects.get(list__name="2.06.1", code="7")
    assert client.get(reverse("admin:agencies_hudcode_changelist") + "?q=2.06.1").status_code == 200
    answer = client.post(reverse("admin:agencies_hudcode_change", args=[code.pk]), {})
    code.refresh_from_db()
    assert (answer.status_code, code.active) == ((302, False) if kind == "admin" else (403, True))


@pytest.mark.django_db
def test_people_of_agencies_do_not_see_them(cast):
    for kind in ("director", "stranger"):
        assert cast.client(kind).get(reverse("admin:agencies_project_changelist")).status_code == 302, kind
    assert cast.client("trainer").get(reverse("admin:agencies_project_changelist")).status_code == 403
