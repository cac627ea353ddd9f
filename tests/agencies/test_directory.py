"""A person is entered once: whoever signs up, is invited, named or listed, and who has an address now."""

import datetime as dt

import pytest
from django.urls import reverse

from agencies.models import Agency, Invitation, Person, Staff
from agencies.selectors import known_people
from agencies.services import opening
from agencies.services.staff import add_staff, change_staff, return_staff
from tests.factories import StaffFactory, UserFactory
from tests.people import hold

pytestmark = pytest.mark.django_db


def test_what_one_agency_says_does_not_reach_another(cast):
    for agency in (cast.agency, cast.other_agency):
        StaffFactory(agency=agency, email="both@harbor.example", title="Aide")
    user = UserFactory(email="both@harbor.example", title="Aide")
    rows = list(Staff.objects.filter(email=user.email))
    for row in rows:
        Person.objects.join(row.agency, user)
        change_staff(staff=row, by=None, data={"title": "Aide"})
    change_staff(staff=rows[0], by=cast.director, data={"title": "Driver"})
    assert [Person.objects.get(agency=row.agency, user=user).title for row in rows] == ["Driver", "Aide"]
    hold(cast.agency, "it", "Alex Admin", cast.admin.email, title="Not theirs", phone="860-555-0199")
    cast.admin.refresh_from_db()
    assert (cast.admin.title, cast.admin.phone) == ("HMIS Admin", ""), (
        "naming somebody is no power over their account"
    )


def test_whoever_signs_up_is_invited_or_named_is_in_the_directory(cast, client_of):
    user = UserFactory(email="new@harbor.example", first_name="Nia", last_name="New", title="")
    agency = opening.open_agency(by=user, facts={"legal_name": "New Harbor"}, title="Founder")
    assert [(one.name, one.title, one.user) for one in known_people(agency)] == [("Nia New", "Founder", user)]
    invited = {"first_name": "Ira", "last_name": "Invited", "email": "Ira@harbor.example", "role": "editor"}
    url = reverse("agencies:invite", args=[agency.pk])
    assert client_of(user).post(url, invited).status_code == 302
    person = Invitation.objects.get(agency=agency).person
    assert (person.name, person.email, person.user) == ("Ira Invited", "ira@harbor.example", None)
    assert "Ira Invited" in {one.name for one in known_people(agency)}
    Invitation.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert "Ira Invited" not in {one.name for one in known_people(agency)}
    assert Person.objects.filter(pk=person.pk).exists(), "nobody is thrown away"


def test_an_address_goes_to_the_successor_of_somebody_who_left(cast):
    data = {
        "first_name": "Jo", "last_name": "Old", "email": "desk@harbor.example", "hmis_role": "case_manager",
        "access_level": "case", "supervisor_name": "D", "start_date": dt.date(2026, 1, 5), "employment": "staff",
    }  # fmt: skip
    old = add_staff(agency=cast.agency, by=None, data=data)
    Staff.objects.filter(pk=old.pk).update(left_on="2026-02-01")
    new = add_staff(agency=cast.agency, by=None, data=data | {"first_name": "Mo", "last_name": "New"})
    old.refresh_from_db()
    assert (old.person.name, old.name, old.person.holds_address) == ("Jo Old", "Jo Old", False)
    assert (new.person.name, new.person.holds_address) == ("Mo New", True)
    Staff.objects.filter(pk=new.pk).update(left_on="2026-03-01")
    back = return_staff(staff=Staff.objects.get(pk=old.pk), by=None, start_date=old.start_date)
    assert (back.name, back.person.name, back.person.holds_address) == ("Jo Old", "Jo Old", True)


def test_a_duplicate_s_people_enter_the_directory_of_the_agency_that_stays(cast):
    assert cast.stranger.email in {one.email for one in known_people(cast.other_agency)}
    opening.move_people(duplicate=cast.other_agency, into=cast.agency, by=cast.admin, reason="One agency.")
    row = Staff.objects.get(pk=cast.other_staff_row.pk)
    assert row.person.agency == Agency.objects.get(pk=cast.agency.pk)
    assert {cast.stranger.email, row.email} <= {one.email for one in known_people(cast.agency)}
    assert not known_people(cast.other_agency)
