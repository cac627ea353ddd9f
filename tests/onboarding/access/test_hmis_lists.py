"""What is to be done in the HMIS, as a list in its own words, and the list as it comes back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.services import staff as roster
from hmis_portal.files import tables
from hmis_portal.models import AuditEvent, Message
from onboarding.access.hmis import answers, vendor
from onboarding.access.hmis.roles import Roles
from onboarding.models import Access, HmisFile, RoleInHmis
from tests.factories import ProjectFactory, StaffFactory
from tests.onboarding.access.helpers import confirm

pytestmark = pytest.mark.django_db


def access(row):
    return Access.objects.select_related("staff__agency", "staff__user").get(staff=row)


def downloaded(client, **query):
    data = client.get(reverse("admin:onboarding_access_list", args=["csv"]), query).content
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def upload(client, text, follow=True):
    file = SimpleUploadedFile("answers.csv", text.encode())
    return client.post(reverse("admin:onboarding_access_answers"), {"file": file}, follow=follow)


def mapped(role, roles, **where):
    return RoleInHmis.objects.create(role=role, roles=roles, **where)


def test_the_specific_row_holds_before_the_general_and_nothing_is_guessed(cast):
    shelter = ProjectFactory(agency=cast.agency, project_name="Elm", project_type=1)
    vouchers = ProjectFactory(agency=cast.agency, project_name="Oak", project_type=3)
    vouchers.funders.create(funder=2, start_date=timezone.localdate())
    row = StaffFactory(agency=cast.agency, hmis_role="case_manager", access_level="case")
    row.projects.set([shelter, vouchers])
    missing = Roles.load().of(row).missing
    assert [words.rpartition(" (")[2] for words in missing] == ["Elm)", "Oak)"]
    assert all(words.startswith("No role in the HMIS is set for “Case manager” in ") for words in missing)
    mapped("case_manager", "Case worker; Reports", level="Standard")
    assert Roles.load().of(row).roles == ("Case worker", "Reports")
    mapped("case_manager", "PSH worker", project_type=3)
    assert Roles.load().of(row).roles == ("Case worker", "Reports", "PSH worker")
    mapped("case_manager", "CoC worker", funder=2)
    mapped("case_manager", "Another", funder=2, project_type=1)
    mapped("case_manager", "No access here", access_level="view", funder=2)
    there = Roles.load().of(row)
    assert (there.roles, there.levels, there.missing) == (
        ("Case worker", "Reports", "CoC worker"),
        ("Standard",),
        (),
    )


def test_the_list_says_what_the_vendor_needs_and_comes_back(live, client_of, django_assert_max_num_queries):
    cast, client = live, client_of(live.admin)
    mapped(cast.staff_row.hmis_role, "Case worker")
    cast.staff_row.first_name = "=Sasha"
    cast.staff_row.save(update_fields=["first_name"])
    lines = {line["E-mail"]: line for line in downloaded(client)}
    line, other = lines[cast.staff_row.email], lines[cast.coordinator_row.email]
    assert (line["To do"], line["Organization"], line["First name"]) == (
        "Create the account", cast.agency.legal_name, "'=Sasha",
    )  # fmt: skip
    assert (line["Role in the HMIS"], line["Not mapped"]) == ("Case worker", "")
    assert line["Sign-in codes go to"] == cast.staff.email
    assert "HMIS Data Coordinator" in other["Not mapped"]
    assert AuditEvent.objects.filter(verb="HMIS list downloaded").count() == 1
    today = timezone.localdate()
    rows = [
        "Ref;User name;Done on",
        f"{line['Reference']};sstaff;{today:%m/%d/%Y}",
        f"{other['Reference']};;{today:%m/%d/%Y}",
        f"{other['Reference']};cc;soon",
        "A99999-abcdef;x;2026-01-02",
        f"{line['Reference']};again;{today}",
    ]
    page = upload(client, "\n".join(rows))
    for words in (
        "To be confirmed</h2>",
        "user name of the new account",
        "must be written like",
        "No line of the list",
    ):
        assert words.replace("</h2>", "") in page.text
    assert "stands in row 2 already" in page.text
    assert "Errors" in client.get(reverse("admin:onboarding_access_answers_errors")).content.decode(
        "utf-8-sig"
    )
    preview = reverse("admin:onboarding_access_answers_preview")
    assert "1 line is confirmed as done" in client.post(preview, follow=True).text
    row = access(cast.staff_row)
    assert (row.state, row.account_name, row.done_on) == ("granted", "sstaff", today)
    assert access(cast.coordinator_row).state == "ready"
    assert client.post(preview, follow=True).status_code == 200  # a second click finds nothing
    welcome = Message.objects.get(name="onboarding/access_granted", to=cast.staff.email)
    assert "Your role is called there: Case worker" in welcome.body_text
    assert f"sends a code to {cast.staff.email}" in " ".join(welcome.body_text.split())
    assert not HmisFile.objects.exists()
    refused = upload(client, "Name,Date\nx,y", follow=False)
    assert (refused.status_code, "no column “Reference”" in refused.text) == (422, True)
    table = tables.Table(
        [["Reference", "Done on"], *([f"A{n}-abcdef", ""] for n in range(400))], list(range(1, 402))
    )
    with django_assert_max_num_queries(5):
        assert len(answers.judge(table)) == 400


def test_a_change_on_the_roster_is_a_change_in_the_hmis(live, client_of, commits):
    cast, client = live, client_of(live.admin)
    confirm(client, cast.staff_row)
    before = {"hmis_role": cast.staff_row.hmis_role, "access_level": cast.staff_row.access_level}
    with commits():
        roster.change_staff(
            staff=cast.staff_row, by=cast.director, data={"hmis_role": "read_only", "access_level": "view"}
        )
    assert access(cast.staff_row).to_do == "change"
    told = Message.objects.get(name="onboarding/hmis_to_do")
    assert "now Read only" in told.body_text
    with commits():
        roster.change_staff(staff=cast.staff_row, by=cast.director, data=before)
    assert access(cast.staff_row).to_do == ""  # taken back before anybody acted
    project = ProjectFactory(agency=cast.agency, project_name="Cedar")
    with commits():
        roster.change_staff(
            staff=cast.staff_row,
            by=cast.director,
            data={"projects": [*cast.staff_row.projects.all(), project]},
        )
    (line,) = downloaded(client, kind="change")
    assert "Projects added: Cedar." in line["Why"]
    assert "Projects added: Cedar." in client.get(reverse("admin:onboarding_access_to_do")).text
    with commits():
        roster.change_staff(staff=cast.staff_row, by=cast.director, data={"projects": [project]})
    stale = f"Reference,Done on\n{line['Reference']},{timezone.localdate()}"
    assert "The line changed since this list was made" in upload(client, stale).text
    fresh = vendor.reference(access(cast.staff_row), "change")
    upload(client, f"Reference,Done on\n{fresh},{timezone.localdate()}")
    client.post(reverse("admin:onboarding_access_answers_preview"))
    row = access(cast.staff_row)
    assert (row.to_do, list(row.agreed["projects"].values())) == ("", ["Cedar"])
