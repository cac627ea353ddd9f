"""A staff list uploaded after approval: the matcher and checks of section C, and what changes after approval set off."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Invitation, Staff
from onboarding.access import joining, recompute
from onboarding.models import Access, SectionWork
from onboarding.roster import columns
from tests.factories import StaffFactory, UserFactory
from tests.onboarding.access.trained import train
from training.models import Requirement

pytestmark = pytest.mark.django_db


def cells(**changes):
    row = dict.fromkeys(columns.COLUMNS, "") | {
        "hmis_role": "Data entry", "projects": "all", "supervisor_name": "Dana", "start_date": "1/5/2026", "employment": "Staff",
    }  # fmt: skip
    return ",".join((row | changes).values())


def sent(client, pages, *rows):
    data = "\n".join([",".join(columns.headings()), *rows]).encode()
    return client.post(pages("staff_upload"), {"file": SimpleUploadedFile("staff.csv", data)})


@pytest.fixture
def pages(cast):
    return lambda name: reverse(f"onboarding:{name}", args=[cast.agency.pk])


def test_a_list_of_a_live_agency_is_checked_saved_and_followed(in_training, pages, client_of, commits):
    cast, roster = in_training, reverse("agencies:staff", args=[in_training.agency.pk])
    train(cast, cast.staff_row, commits)
    Agency.objects.filter(pk=cast.agency.pk).update(state=Agency.State.LIVE, live_at=timezone.now())
    Access.objects.filter(staff=cast.staff_row).update(
        state="granted", granted_at=timezone.now(), granted_by=cast.admin, account_name="sasha",
        agreed={"role": "case_manager", "level": "case", "projects": {str(cast.project.pk): "Shelter"}},
    )  # fmt: skip
    client = client_of(cast.coordinator)
    assert pages("staff_upload") in client.get(roster).text
    ahead = timezone.localdate() + dt.timedelta(days=40)
    answer = sent(
        client, pages,
        cells(first_name="Nia", last_name="New", email="nia@harbor.example"),
        cells(first_name="Lee", last_name="Later", email="lee@harbor.example", start_date=f"{ahead:%m/%d/%Y}", starts_later="Yes"),
        cells(first_name="Sasha", last_name="Staff", email=cast.staff.email),
        cells(first_name="Bad", last_name="Role", email="bad@harbor.example", hmis_role="Wizard"),
    )  # fmt: skip
    assert answer["Location"] == pages("staff_preview")
    preview = client.get(pages("staff_preview")).text
    for words in (
        "1 new person is invited by e-mail now",
        "1 new person starts later",
        "1 person’s account changes",
        "Rows with a problem (1)",
    ):
        assert words in preview
    assert not Staff.objects.filter(email="nia@harbor.example").exists()
    with commits():
        saved = client.post(pages("staff_preview"))
    assert saved["Location"] == roster
    assert client.post(pages("staff_preview"))["Location"] == roster  # a second click writes nothing twice
    invited = Invitation.objects.filter(agency=cast.agency).values_list("user__email", flat=True)
    assert "nia@harbor.example" in invited
    assert not {"lee@harbor.example", "bad@harbor.example"} & {*invited}
    nia = Staff.objects.get(email="nia@harbor.example")
    assert nia.user.requirements.exists()
    assert Access.objects.get(staff=nia).state == "not_ready"
    assert Access.objects.get(staff=cast.staff_row).to_do == "change"
    assert not SectionWork.objects.filter(section="staff-upload").exists()


def test_many_are_invited_run_by_run_and_one_who_cannot_be_holds_up_nobody(in_training, commits, monkeypatch):
    agency = in_training.agency
    monkeypatch.setattr(joining, "AT_ONCE", 2)
    closed = UserFactory(email="closed@harbor.example", closed_at=timezone.now(), is_active=False)
    people = [
        StaffFactory(agency=agency, email=email, user=None)
        for email in (closed.email, *(f"p{n}@harbor.example" for n in range(5)))
    ]
    with commits():
        recompute.recompute(agency.pk)
    unasked = Staff.objects.filter(agency=agency, user=None)
    assert [staff.email for staff in unasked] == [closed.email]
    assert Invitation.objects.filter(user__staff_rows__in=people).count() == 5
    assert Requirement.objects.filter(person__staff_rows__in=people).values("person").distinct().count() == 5


def test_while_a_review_runs_nothing_can_be_uploaded(in_review, cast, pages, client_of):
    answer = sent(client_of(cast.director), pages, cells())
    assert answer.status_code == 303
    assert not SectionWork.objects.filter(section="staff-upload").exists()
    assert client_of(cast.auditor).get(pages("staff_upload")).status_code == 403
    assert client_of(cast.stranger).get(pages("staff_upload")).status_code == 404


def test_an_agency_that_never_began_an_application_is_not_offered_an_upload(cast, pages, client_of):
    roster = client_of(cast.coordinator).get(reverse("agencies:staff", args=[cast.agency.pk])).text
    assert "Add a person" in roster
    assert pages("staff_upload") not in roster
