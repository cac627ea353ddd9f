"""The staff list as a file of somebody else: whom and which project each row means, and what would be stored."""

import re
import unicodedata
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Staff
from hmis_portal.files import tables
from onboarding.roster import columns, staff_file
from tests.factories import ProjectFactory, StaffFactory
from tests.hmis_portal.files.case_files import case
from tests.hmis_portal.files.workbooks import rows, workbook

pytestmark = pytest.mark.django_db
HEAD = "First name,Last name,Title,Work e-mail,HMIS role,Projects,Had an account before,Earlier account: where and when,Supervisor,Start date,Employment type"


def upload(client, staff_pages, data, name):
    answer = client.post(f"{staff_pages}upload/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.context["form"].errors
    return words(client.get(answer["Location"]))


def words(answer):
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def projects(cast, *names):
    cast.project.delete()
    return [ProjectFactory(agency=cast.agency, project_name=name) for name in names]


def preview(cast, data, name="staff.csv"):
    file = SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)
    kind = "xlsx" if file.read(2) == b"PK" else "csv"
    return staff_file.preview(cast.agency, tables.read(file, kind, columns.known))


def person(**changes):
    cells = {
        "first": "Nia", "last": "New", "title": "", "email": "nia@harbor.example", "role": "Case manager", "projects": "all",
        "had": "", "earlier": "", "supervisor": "Dana", "start": "1/5/2026", "employment": "Staff", **changes,
    }  # fmt: skip
    return f"{HEAD}\n" + ",".join(f'"{cell}"' for cell in cells.values())


def names_of(line):
    return [one.project_name for one in line.data["projects"]]


def test_a_project_is_found_by_its_whole_name_in_any_script(cast):
    projects(cast, "避难所", "Приют", "Café Ñandú")
    lines = preview(cast, case("p23-project-names.csv")).lines
    assert [names_of(lines[place]) for place in (0, 1, 4)] == [["避难所"], ["Приют"], ["Café Ñandú"]]
    assert lines[2].errors == ["Projects: Select at least one project (H4)"]
    assert lines[3].errors[0].startswith("Projects: “???” is not a project of the application")
    assert lines[5].errors[0].endswith("by semicolons. The closest name is “Café Ñandú” (H7)")


def test_projects_with_names_alike_are_told_apart(cast):
    projects(cast, "Ana's Place", "House 12", "House 1-2", "Дом", "希望", "Casa Marí", "Elm; Oak Street")
    lines = preview(cast, case("p23-names-alike.csv")).lines
    assert [names_of(line) for line in lines[:2]] == [["House 1-2"], ["Дом"]]
    assert lines[2].errors == ["Projects: Select at least one project (H4)"]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("house   12", ["House 12"]), ("ＨＯＵＳＥ 12", ["House 12"]), ("House\u200b 12", ["House 12"]), ("ДОМ", ["Дом"]),
        ("Elm; Oak Street", ["Elm; Oak Street"]), ("House 12; Elm; Oak Street; Дом", ["House 12", "Elm; Oak Street", "Дом"]),
        ("House 12;", ["House 12"]), ("House 12|House 12", ["House 12"]), ("House 12\nДом", ["House 12", "Дом"]),
    ],
)  # fmt: skip
def test_the_names_of_a_cell(cast, cell, meant):
    projects(cast, "House 12", "House 1-2", "Дом", "Elm; Oak Street")
    (line,) = preview(cast, person(projects=cell)).lines
    assert sorted(names_of(line)) == sorted(meant)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("House 1 2", "The closest name is “House 12”"),
        ("Oak Street", "is not a project"),
        (";", "is not a project"),
        (";" * 4000, "is not a project"),
        ("maple", "can mean more than one project"),
        ("Elm; Oak", "can mean more than one project"),
    ],
)
def test_a_name_that_is_not_exactly_one_project_is_refused(cast, cell, said):
    projects(cast, "House 12", "House 1-2", "Maple", "MAPLE", "Elm", "Oak", "Elm; Oak")
    (line,) = preview(cast, person(projects=cell)).lines
    assert line.act == "wrong"
    assert said in line.errors[0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_downloaded_and_uploaded_untouched_changes_nothing(cast, staff_pages, kind):
    found = projects(cast, "Maple", "MAPLE", "All", "Elm", "Oak", "Elm; Oak", "=1|2", "Дом 🌈")
    for place, one in enumerate([*found, None]):
        staff = StaffFactory(
            agency=cast.agency, last_name=f"O’Ñandú\u0301 {place}", title="'=quoted", phone="no number"
        )
        staff.projects.set([one] if one else found)
    client = cast.client("director")
    page = upload(client, staff_pages, client.get(f"{staff_pages}list.{kind}").content, f"staff.{kind}")
    assert "Already on the list, unchanged (11)" in page
    assert "People to be" not in page
    assert "problem" not in page


def test_a_semicolon_in_a_name_comes_back_unchanged(cast):
    found = projects(cast, "Elm; Oak Street", "House 12", "House 1-2")
    staff = StaffFactory(
        agency=cast.agency, first_name="Jo", last_name="Two", title="", email="f4@harbor.example", phone="", hmis_role="case_manager",
        access_level="case", supervisor_name="Dana Director", supervisor_email="", start_date="2026-01-05", had_account=None,
    )  # fmt: skip
    staff.projects.set(found[:2])
    assert [line.act for line in preview(cast, case("p23-semicolon-in-name.csv")).lines] == ["same"]


def test_every_value_that_would_be_stored_is_shown_old_and_new(cast, staff_pages):
    StaffFactory(
        agency=cast.agency, first_name="Nia", last_name="Alt", title="Aide", email="nia@harbor.example", had_account=True,
        hmis_role="case_manager", access_level="case", start_date="2026-01-05", supervisor_name="Dana",
    ).projects.set([cast.project])  # fmt: skip
    text = (
        person(start="3/8/2026")
        + "\n"
        + person(email="new@harbor.example", title="Nurse", had="✓", earlier="Boston, 2024").splitlines()[1]
    )
    page = upload(cast.client("director"), staff_pages, text.encode(), "staff.csv")
    for said in (
        "Last name now Alt → then New", "Title now Aide → then (empty)", "Had an account before now Yes → then (empty)", "Start date now January 5, 2026 → then March 8, 2026",
        "Title Nurse", "Work e-mail new@harbor.example", "Access level Add, edit, assess, case notes in named projects",
        "Projects Harbor House Shelter", "Had an account before Yes", "Start date January 5, 2026", "Employment type Staff",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize("said", ["✓", "X", "yes", "Sí", "TRUE", "1"])
def test_a_check_mark_is_yes(cast, said):
    (line,) = preview(cast, person(had=said, earlier="Boston, 2024")).lines
    assert line.data["had_account"] is True


def test_a_word_that_is_neither_yes_nor_no_is_told(cast):
    for said in ("да", "—", "?", "maybe", "✗"):
        (line,) = preview(cast, person(had=said)).lines
        assert line.errors == [f"Had an account before: “{said}” must be yes or no (G2)"]
    projects(cast, "Ana's Place")
    (line,) = preview(cast, case("p23-check-mark.csv")).lines
    assert line.errors == [
        "Earlier account: Enter where the account was, and when it was last used (J2)"
    ]  # so it was read as yes


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("3/8/2026", "March 8, 2026"), ("3/8/2026 0:00", "March 8, 2026"), ("2026-03-08", "March 8, 2026"), ("22.11.2026", "November 22, 2026"), ("March 8, 2026", "March 8, 2026"),
        ("11-22-2026", "November 22, 2026"), ("8-Mar-2026", "March 8, 2026"), ("3.3.2026", "March 3, 2026"), ("8 Sept. 2026", "September 8, 2026"),
    ],
)  # fmt: skip
def test_a_day_that_can_be_only_one(cast, cell, day):
    (line,) = preview(cast, person(start=cell)).lines
    assert ("Start date", day, "") in line.values


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("3.8.2026", "can be March 8, 2026 or August 3, 2026"), ("3-8-2026", "can be March 8, 2026 or August 3, 2026"),
        ("46327", "is the number of a day. Show the cell as a date, or write it like 11/22/2026 (J2)"), ("3/8/26", "must be written like"), ("8 Brumaire 2026", "must be written like"),
        ("1.2.0000", "can be 1.2.0000"), ("0.5.2026", "Start date"), ("05-00-2026", "Start date"),
    ],
)  # fmt: skip
def test_a_day_that_can_be_two_is_asked_about(cast, cell, said):
    (line,) = preview(cast, person(start=cell)).lines
    assert any(said in error for error in line.errors)


def listed(cast, *emails, **changes):
    for email in emails:
        StaffFactory(agency=cast.agency, email=email, title="Aide", phone="860-555-0101", **changes)


def test_a_formula_without_result_erases_nothing(cast, staff_pages):
    listed(cast, "ana.ruiz@bugs.example", "ben.cole@bugs.example")
    client = cast.client("director")
    page = upload(client, staff_pages, case("p10-formula-optional.xlsx"), "staff.xlsx")
    assert (
        "Title contains a formula that was not calculated. Open the file in Excel, save it, and select it again (C2)"
        in page
    )
    client.post(f"{staff_pages}upload/preview/")
    ana = Staff.objects.get(email="ana.ruiz@bugs.example")
    assert (ana.title, ana.phone) == ("Aide", "860-555-0101")


def test_what_is_missing_stays_missing_in_the_file_with_errors(cast, staff_pages):
    listed(cast, "ana.ruiz@bugs.example", "ben.cole@bugs.example")
    client = cast.client("director")
    upload(client, staff_pages, case("p10-formula-optional.xlsx"), "staff.xlsx")
    page = upload(
        client, staff_pages, client.get(f"{staff_pages}upload/errors/").content, "staff with errors.xlsx"
    )
    assert "Title contains the error #N/A" in page
    (line,) = preview(cast, person(title="=A2", earlier="x" * 6000)).lines
    assert [line.cells[2], line.cells[7]] == ["=A2", "#N/A"]


def test_a_formula_for_the_address_is_told_as_such(cast, staff_pages):
    page = upload(cast.client("director"), staff_pages, case("p10-formula-no-result.xlsx"), "staff.xlsx")
    assert "Work e-mail contains a formula that was not calculated" in page
    assert "Supervisor contains a formula that was not calculated" in page
    assert "again (K3)" in page
    assert "Enter the work e-mail" not in page


@pytest.mark.parametrize("name", ["p09-unicode-text-utf16.csv", "p09-sep-line.csv", "p09-decomposed.csv"])
def test_people_with_accents_however_the_file_was_saved(cast, staff_pages, name):
    client = cast.client("director")
    upload(client, staff_pages, case(name), name)
    client.post(f"{staff_pages}upload/preview/")
    found = Staff.objects.filter(email__endswith="@bugs.example").order_by("email")
    assert [one.name for one in found] == ["Ana Ruiz", "José Núñez", "Zoë O’Hara"]
    assert all(unicodedata.is_normalized("NFC", one.name) for one in found)
    assert "Already on the list, unchanged (3)" in upload(
        client, staff_pages, case("p09-decomposed.csv"), name
    )


def test_one_bad_byte_holds_up_its_own_row_alone(cast, staff_pages):
    page = upload(cast.client("director"), staff_pages, case("p09-utf8-one-bad-byte.csv"), "staff.csv")
    assert "People to be added (3)" in page
    assert "Rows with a problem (1)" in page
    assert (
        "First name has letters that cannot be read. Save the file as CSV UTF-8 or as Excel (XLSX) (A5)"
        in page
    )


def test_a_guessed_encoding_and_a_second_sheet_are_told(cast, staff_pages):
    client = cast.client("director")
    page = upload(client, staff_pages, person(first="José").encode("cp1252"), "staff.csv")
    assert "First name José" in page
    assert "they are read as Windows-1252. Check the names with accents." in page
    cells = [line.replace('"', "").split(",") for line in person().splitlines()]
    page = upload(
        client, staff_pages, workbook(rows(["Read me"]), rows(["Staff list"], [], *cells)), "staff.xlsx"
    )
    assert "Only the sheet “Sheet2” is read. Not read: “Sheet1”." in page
    assert "The headings are in row 3." in page


def test_the_visible_sheet_and_its_own_row_numbers(cast):
    projects(cast, "Ana's Place")
    found = preview(cast, case("p34-hidden-first-sheet.xlsx"), "staff.xlsx")
    assert [(line.number, line.name) for line in found.lines] == [(2, "New Visible")]
    found = preview(cast, person().replace("\n", "\n,,\n\n,,,\n"))
    assert [line.number for line in found.lines] == [5]


def test_an_upload_that_waits_since_before_is_still_read(cast):
    waiting = {"rows": [line.replace('"', "").split(",") for line in person().splitlines()], "kind": "csv"}
    assert [line.act for line in staff_file.preview(cast.agency, tables.Table.of(waiting)).lines] == ["add"]


def test_an_address_with_an_invisible_mark_is_the_same_person(cast):
    projects(cast, "Ana's Place")
    first, second, third = preview(cast, case("p33-invisible-space.csv")).lines
    assert [first.data["email"], third.data["email"]] == ["f7@harbor.example", "f8@harbor.example"]
    assert (second.act, second.errors) == ("wrong", ["The e-mail stands in row 2 already"])
    listed(cast, "f7@harbor.example")
    assert preview(cast, case("p33-invisible-space.csv")).lines[0].act == "change"
