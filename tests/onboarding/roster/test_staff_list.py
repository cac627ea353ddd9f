"""Section C: people one by one and as a file, with its preview, its errors and its export."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from agencies.models import Staff
from hmis_portal.models import AuditEvent
from onboarding.models import Application, SectionWork
from tests.factories import ProjectFactory, StaffFactory
from tests.hmis_portal.files.workbooks import workbook as workbook_parts
from tests.onboarding.roster.helpers import HEAD, person_data, upload

pytestmark = pytest.mark.django_db


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_add_change_remove(cast, staff_pages):
    client = cast.client("director")
    assert client.post(f"{staff_pages}add/", person_data(cast)).status_code == 302
    one = Staff.objects.get(email="nia@harbor.example")
    assert one.earlier_account == ""
    assert list(one.projects.all()) == [cast.project]
    assert client.post(f"{staff_pages}{one.pk}/", person_data(cast, first_name="Nina")).status_code == 302
    one.refresh_from_db()
    assert one.first_name == "Nina"
    assert "Remove Nina New" in client.get(f"{staff_pages}{one.pk}/remove/").content.decode()
    assert Staff.objects.filter(pk=one.pk).exists()
    assert client.post(f"{staff_pages}{one.pk}/remove/").status_code == 302
    assert not Staff.objects.filter(pk=one.pk).exists()
    assert AuditEvent.objects.filter(verb="removed staff").exists()


def test_role_limits_access(cast, staff_pages):
    answer = cast.client("director").post(f"{staff_pages}add/", person_data(cast, access_level="agency"))
    assert "may have" in answer.content.decode()
    assert not Staff.objects.filter(email="nia@harbor.example").exists()


def test_same_address_twice_is_refused(cast, staff_pages):
    answer = cast.client("director").post(
        f"{staff_pages}add/", person_data(cast, email=cast.staff_row.email.upper())
    )
    assert "has this e-mail" in answer.content.decode()


def test_a_long_list_is_read_page_by_page(cast, staff_pages):
    ProjectFactory(agency=cast.agency)
    listed = [StaffFactory(agency=cast.agency, last_name=f"Listed {number}") for number in range(11)]
    for one in listed:
        one.projects.set(cast.agency.projects.all())
    client = cast.client("director")
    pages = [client.get(f"{staff_pages}?page={number}").text for number in (1, 2)]
    assert "Page 1 of 2" in pages[0]
    for one in listed:
        assert [f">{one.name}<" in page for page in pages].count(True) == 1
    assert '<td data-label="Projects">All 2</td>' in pages[1]


def test_warnings(cast, staff_pages):
    cast.coordinator_row.delete()
    assert "Nobody on the list has the role" in cast.client("director").get(staff_pages).content.decode()
    Staff.objects.filter(agency=cast.agency).delete()
    for _number in range(3):
        StaffFactory(agency=cast.agency, hmis_role="hdc", access_level="agency")
    assert "Everyone has the same broad access" in cast.client("director").get(staff_pages).content.decode()


def test_upload_previews_and_writes_only_when_confirmed(cast, staff_pages):
    client = cast.client("director")
    text = "\n".join(
        [
            HEAD,
            "Nia,New,nia@harbor.example,Case manager,Harbor House Shelter,Dana,1/5/2026,Staff",
            f"Sasha,Changed,{cast.staff_row.email},case_manager,Harbor House Shelter,Pat Person,2026-01-05,Staff",
            "Bad,Row,not-an-address,Astronaut,Nowhere,,yesterday,Staff",
            "Nia,Twice,NIA@harbor.example,Case manager,Harbor House Shelter,Dana,1/5/2026,Staff",
        ]
    )
    answer = upload(client, staff_pages, text)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    for words in (
        "People to be added (1)",
        "People to be changed (1)",
        "Rows with a problem (2)",
        "is not a role",
        "Last name",
        "row 2 already",
    ):
        assert words in page
    assert not Staff.objects.filter(email="nia@harbor.example").exists()
    errors = client.get(f"{staff_pages}upload/errors/").content.decode("utf-8-sig")
    assert errors.splitlines()[0].endswith(",Errors")
    assert "is not a role" in errors
    assert client.post(f"{staff_pages}upload/preview/").status_code == 302
    assert Staff.objects.get(email="nia@harbor.example").hmis_role == "case_manager"
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.last_name == "Changed"
    assert (
        client.post(f"{staff_pages}upload/preview/").status_code == 303
    )  # a second click writes nothing twice
    assert Staff.objects.filter(agency=cast.agency).count() == 3


def test_upload_of_a_workbook(cast, staff_pages):
    client = cast.client("director")
    row = ["Nia", "New", "nia@harbor.example", "Data entry", "all", "Dana", "2026-01-05", "Contractor"]
    answer = upload(client, staff_pages, workbook([HEAD.split(","), row]), "staff.xlsx")
    assert answer.status_code == 302
    client.post(f"{staff_pages}upload/preview/")
    assert Staff.objects.get(email="nia@harbor.example").access_level == "entry"


def test_drop(cast, staff_pages):
    client = cast.client("director")
    upload(client, staff_pages, HEAD + "\nNia,New,nia@harbor.example,hdc,all,Dana,1/5/2026,Staff")
    assert client.post(f"{staff_pages}upload/preview/", {"drop": "1"}).status_code == 302
    assert not SectionWork.objects.filter(section="staff-upload").exists()


def test_export_comes_back_unchanged_and_harmless(cast, staff_pages):
    cast.staff_row.projects.set([cast.project])
    cast.coordinator_row.projects.set([cast.project])
    Staff.objects.filter(pk=cast.staff_row.pk).update(first_name="=HYPERLINK(1)", title="+1")
    client = cast.client("director")
    for kind in ("csv", "xlsx"):
        answer = client.get(f"{staff_pages}list.{kind}")
        assert answer["Content-Disposition"].startswith("attachment")
        data = answer.content
        if kind == "csv":
            assert "'=HYPERLINK(1)" in data.decode()
        else:
            cells = [cell for row in load_workbook(io.BytesIO(data)).active for cell in row]
            assert all(cell.data_type == "s" for cell in cells if cell.value)
        assert upload(client, staff_pages, data, f"staff.{kind}").status_code == 302
        page = client.get(f"{staff_pages}upload/preview/").content.decode()
        assert "Already on the list, unchanged (2)" in page
    assert client.get(f"{staff_pages}template.csv").status_code == 200
    assert len(load_workbook(io.BytesIO(client.get(f"{staff_pages}template.xlsx").content)).worksheets) == 2
    assert client.get(f"{staff_pages}template.exe").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("staff.csv", b"", "is empty"),
        ("staff.exe", b"MZ\x00\x01", "must be a CSV or Excel"),
        ("staff.xlsx", b"First name,Email", "Missing: Last name"),
        ("staff.csv", b"a,b\n1,2", "Missing: First name"),
        ("../../etc/passwd.csv", b"a,b\n1,2", "Missing: First name"),
        ("staff.csv", b'"unclosed', "A quotation mark in row 1"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(cast, staff_pages, name, data, said):
    answer = upload(cast.client("director"), staff_pages, data, name)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not SectionWork.objects.filter(section="staff-upload").exists()


def test_zip_bomb_and_macros_are_refused(cast, staff_pages):
    client = cast.client("director")
    bomb = workbook_parts("<sheetData>" + "0" * (70 * 1024 * 1024) + "</sheetData>")
    assert len(bomb) < 200_000
    assert "unpacks to too much" in upload(client, staff_pages, bomb, "staff.xlsx").content.decode()
    macro = workbook_parts("<sheetData/>").replace(b"worksheets/sheet1.xml", b"xxxxxx/vbaProject.bin")
    assert "has macros" in upload(client, staff_pages, macro, "staff.xlsx").content.decode()
    assert "has no rows" in upload(client, staff_pages, workbook_parts(""), "staff.xlsx").content.decode()


def test_preview_of_many_needs_few_queries(cast, staff_pages, django_assert_max_num_queries):
    client = cast.client("director")
    rows = [f"P{n},Person,p{n}@harbor.example,Case manager,all,Dana,1/5/2026,Staff" for n in range(300)]
    upload(client, staff_pages, "\n".join([HEAD, *rows]))
    with django_assert_max_num_queries(14):
        assert "People to be added (300)" in client.get(f"{staff_pages}upload/preview/").content.decode()


@pytest.mark.parametrize(("kind", "status"), [("stranger", 404), ("auditor", 403), ("signatory", 403)])
def test_who_may_upload(cast, staff_pages, kind, status):
    client = cast.client(kind)
    for path in ("upload/", "upload/preview/", "upload/errors/", "add/"):
        assert client.get(f"{staff_pages}{path}").status_code == status


def test_locked_while_in_review(cast, application, staff_pages):
    Application.objects.filter(pk=application.pk).update(
        state="submitted", submitted_at=application.started_at
    )
    client = cast.client("director")
    for path in (
        "upload/",
        "upload/preview/",
        "add/",
        f"{cast.staff_row.pk}/",
        f"{cast.staff_row.pk}/remove/",
    ):
        assert client.post(f"{staff_pages}{path}", person_data(cast)).status_code == 303
