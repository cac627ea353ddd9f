"""What is wrong in an uploaded list is mended beside its preview, or in the file with errors; both name the same rows."""

import io
import re

import pytest
from openpyxl import load_workbook

from agencies.models import ACCESS_OF_ROLE, HmisRole, Staff
from tests.factories import ProjectFactory, StaffFactory
from tests.onboarding.roster.helpers import HEAD, upload

pytestmark = pytest.mark.django_db
LIST = f"""{HEAD}
Ana,Ruiz,ana@harbor.example,Boss,all,Dana,1/5/2026,Staff

Ben,Cole,frontdesk@harbor.example,Case manager,all,Dana,1/5/2026,Staff
Cy,Long,cy@harbor.example,Case manager,Elsewhere,Dana,soon,Staff
Di,Right,di@harbor.example,Case manager,all,Dana,1/5/2026,Staff
"""


@pytest.fixture
def with_preview(cast, staff_pages):
    ProjectFactory(agency=cast.agency, project_name="Elm; Oak Street")
    client = cast.client("director")
    assert upload(client, staff_pages, LIST).status_code == 302
    return client


def shown(client, staff_pages):
    return client.get(f"{staff_pages}upload/preview/")


def sent(page, **changes):
    """Every input of the page as a browser sends it, with changes."""
    data = {"upload": page.context["upload"]}
    for form in page.context["forms"]:
        data |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    return {**data, **changes}


def mend(client, staff_pages, **changes):
    answer = client.post(
        f"{staff_pages}upload/preview/", sent(shown(client, staff_pages), **changes), follow=True
    )
    assert answer.status_code == 200
    return answer


def added(cast):
    return list(Staff.objects.filter(agency=cast.agency, first_name__in=("Ana", "Ben", "Cy", "Di")))


def test_each_wrong_row_has_its_fields_and_says_which(with_preview, staff_pages):
    page = shown(with_preview, staff_pages)
    html = page.content.decode()
    assert html.index("<title>Error: ") < html.index("There is a problem")
    for said, field in (
        ("Row 2: HMIS role: “Boss” is not a role of the template (D2)", "row-2-hmis_role"),
        ("Row 5: Start date: “soon” must be written like 11/22/2026 (G5)", "row-5-start_date"),
        ("Row 4: Work e-mail: Is “frontdesk@harbor.example” one person’s own address?", "row-4-email"),
    ):
        assert html.count(said) == 2, said
        assert f'<a href="#id_{field}">{said}' in html
        assert f'id="id_{field}"' in html
    assert [len(group.forms) for group in page.context["groups"]] == [2, 1, 0, 0, 0]
    assert "Save 1 person" in html


def test_a_mended_row_is_checked_without_uploading_again(cast, with_preview, staff_pages):
    page = mend(
        with_preview, staff_pages, check="1",
        **{"row-2-hmis_role": "Data entry", "row-4-email_own": "on", "row-5-start_date": "1/6/2026", "row-5-title": "Nurse", "row-5-projects": []},
    )  # fmt: skip
    html = page.content.decode()
    assert [form.line.number for form in page.context["forms"]] == [5]
    assert "Row 5: Projects: “Elsewhere” is not a project of the application" in html
    assert 'value="1/6/2026"' in html  # what is not in order yet keeps what was typed
    assert 'value="Nurse"' in html
    assert not added(cast)
    # The file with errors has what was typed too, and each row where it stood.
    lines = with_preview.get(f"{staff_pages}upload/errors/").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Ana,Ruiz,ana@harbor.example,Data entry,")
    assert lines[2] == ""
    assert "1/6/2026" in lines[4]
    mend(with_preview, staff_pages, check="1", **{"row-5-projects": ["Elm; Oak Street"]})
    with_preview.post(
        f"{staff_pages}upload/preview/", {"upload": shown(with_preview, staff_pages).context["upload"]}
    )
    listed = {staff.first_name: staff for staff in added(cast)}
    assert sorted(listed) == ["Ana", "Ben", "Cy", "Di"]
    assert (listed["Ana"].hmis_role, listed["Ben"].email) == ("data_entry", "frontdesk@harbor.example")
    assert [str(project) for project in listed["Cy"].projects.all()] == ["Elm; Oak Street"]
    assert (listed["Cy"].title, listed["Cy"].start_date.isoformat()) == ("Nurse", "2026-01-06")


def test_saving_with_something_typed_checks_it_first(cast, with_preview, staff_pages):
    page = mend(with_preview, staff_pages, **{"row-2-hmis_role": "Data entry"})
    assert "The rows are checked again. Nothing is saved yet." in page.content.decode()
    assert not added(cast)


def test_the_preview_of_another_list_mends_and_saves_nothing(cast, with_preview, staff_pages):
    stale = sent(shown(with_preview, staff_pages), **{"row-2-hmis_role": "Data entry"})
    upload(with_preview, staff_pages, LIST)
    page = with_preview.post(f"{staff_pages}upload/preview/", stale, follow=True)
    assert "A colleague uploaded another list in between" in page.content.decode()
    assert not added(cast)


def test_access_offers_what_the_role_may_have(with_preview, staff_pages):
    page = mend(
        with_preview,
        staff_pages,
        check="1",
        **{"row-2-hmis_role": "Read only", "row-2-access_level": "No access"},
    )
    html = page.content.decode()
    assert (
        "Row 2: Access level: The role “Read only” may have: View in named projects. Select that, or another role"
        in html
    )
    offered = re.search(r'<select name="row-2-access_level".*?</select>', html, re.DOTALL)
    assert re.findall(r"<option[^>]*>([^<]*)", offered[0]) == [
        "Select one",
        "View in named projects",
        "No access",
    ]


def test_a_listed_person_with_a_shared_address_is_not_asked_about_again(cast, with_preview, staff_pages):
    StaffFactory(agency=cast.agency, email="frontdesk@harbor.example")
    assert [form.line.number for form in shown(with_preview, staff_pages).context["forms"]] == [2, 5]


def cells(book, formula):
    """The texts of a range of the second sheet."""
    return [row[0].value for row in book.worksheets[1][formula.rpartition("!")[2].replace("$", "")]]


@pytest.mark.parametrize("name", ["template.xlsx", "list.xlsx", "upload/errors/"])
def test_a_workbook_offers_its_choices(cast, with_preview, staff_pages, name):
    StaffFactory(agency=cast.agency)
    empty = with_preview.get(f"{staff_pages}template.xlsx").content
    book = load_workbook(io.BytesIO(empty))
    sheet = book.worksheets[0]
    for place, value in enumerate(("Ana", "Ruiz", "", "ana@harbor.example", "", "Boss", "", "all"), start=1):
        sheet.cell(row=2, column=place, value=value)
    filled = io.BytesIO()
    book.save(filled)
    assert upload(with_preview, staff_pages, filled.getvalue(), "staff.xlsx").status_code == 302
    book = load_workbook(io.BytesIO(with_preview.get(f"{staff_pages}{name}").content))
    first, second = book.worksheets
    assert (first.title, second.title) == ("Staff", "Choices")
    lists = {str(one.sqref).partition("2:")[0]: one for one in first.data_validations.dataValidation}
    heads = {cell.value: cell.column_letter for cell in first[1]}
    assert cells(book, lists[heads["HMIS role"]].formula1) == [str(role.label) for role in HmisRole]
    assert cells(book, lists[heads["Projects"]].formula1) == ["Elm; Oak Street", "Harbor House Shelter"]
    assert lists[heads["Projects"]].showErrorMessage is False
    assert cells(book, lists[heads["Starts later"]].formula1) == ["Yes", "No"]
    assert cells(book, lists[heads["Employment type"]].formula1) == [
        str(label) for label in Staff.Employment.labels
    ]
    assert all(len(one.formula1) < 255 for one in lists.values())
    assert lists[heads["Access level"]].formula1.startswith(
        f"OFFSET('Choices'!$B$1,MATCH(${heads['HMIS role']}2,"
    )
    beside = {
        row[0]: [cell for cell in row[1:4] if cell]
        for row in second.iter_rows(min_row=2, max_row=len(HmisRole) + 1, values_only=True)
    }
    assert {role: len(levels) for role, levels in beside.items()} == {
        str(HmisRole(role).label): len(levels) for role, levels in ACCESS_OF_ROLE.items()
    }
