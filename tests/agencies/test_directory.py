"""A person is entered once: whatever is told of them in one place stands in every other."""

import pytest
from django.urls import reverse

from agencies.models import Agency, Contact, Invitation, Person, Staff, User
from agencies.selectors import known_people
from agencies.services import opening
from agencies.services.staff import add_staff, change_staff, return_staff
from tests.factories import StaffFactory, UserFactory
from tests.onboarding.helpers import people_data, save_pages
from tests.people import hold

pytestmark = pytest.mark.django_db


def places(cast, person):
    """Name, title and phone as each place has them that shows this person."""
    line = Staff.objects.get(pk=cast.coordinator_row.pk)
    told = User.objects.get(pk=cast.coordinator.pk)
    supervised = Staff.objects.get(pk=cast.staff_row.pk)
    found = {
        "directory": (person.name, person.title, person.full_phone),
        "roster": (line.name, line.title, line.phone),
        "account": (person.name, told.title, told.phone),
        "supervisor": (supervised.supervisor_name, person.title, person.full_phone),
    }
    for contact in Contact.objects.filter(person=person):
        found[contact.position] = (contact.name, contact.title, contact.full_phone)
    offered = next(one for one in known_people(cast.agency) if one.email == person.email)
    found["list to choose from"] = (offered.name, offered.title, offered.full_phone)
    page = cast.client("coordinator").get(reverse("agencies:me")).text
    assert f'value="{person.title}"' in page
    assert f'value="{person.full_phone}"' in page
    return found


def everywhere(cast):
    person = Person.objects.get(agency=cast.agency, user=cast.coordinator)
    found = places(cast, person)
    assert len(set(found.values())) == 1, found
    return found["directory"]


def test_every_place_that_shows_a_person_says_the_same(cast, application, base):
    email = cast.coordinator.email
    change_staff(
        staff=cast.staff_row, by=cast.director,
        data={"supervisor_name": "Chris Coordinator", "supervisor_email": email.upper()},
    )  # fmt: skip
    data = people_data(
        coordinator_email=email, coordinator_name="Chris Coordinator", coordinator_title="Data lead",
        coordinator_phone="860-555-0133", coordinator_extension="4", security_is="coordinator",
    )  # fmt: skip
    assert save_pages(cast.client("director"), base, "people", data).status_code == 302
    assert everywhere(cast) == ("Chris Coordinator", "Data lead", "860-555-0133 ext. 4")

    row = Staff.objects.get(pk=cast.coordinator_row.pk)
    change_staff(
        staff=row, by=cast.director, data={"last_name": "Coor", "title": "Lead", "phone": "860-555-0134"}
    )
    assert everywhere(cast) == ("Chris Coor", "Lead", "860-555-0134")

    own = {
        "first_name": "Chris",
        "last_name": "Coordinator",
        "title": "HMIS lead",
        "phone": "860 555 0135 x12",
    }
    assert cast.client("coordinator").post(reverse("agencies:me"), own).status_code == 302
    assert everywhere(cast) == ("Chris Coor", "HMIS lead", "860-555-0135 ext. 12")

    change_staff(staff=row, by=cast.director, data={"title": "", "phone": ""})
    assert everywhere(cast) == ("Chris Coor", "HMIS lead", "860-555-0135 ext. 12"), "a position asks for both"
    before = Person.objects.count()
    change_staff(staff=row, by=cast.director, data={"email": "chris@harbor.example"})
    assert Person.objects.count() == before
    assert {one.email for one in Contact.objects.filter(person__user=cast.coordinator)} == {
        "chris@harbor.example"
    }


def test_what_one_agency_says_does_not_reach_another(cast):
    for agency in (cast.agency, cast.other_agency):
        StaffFactory(agency=agency, person=None, email="both@harbor.example", title="Aide")
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
        "access_level": "case", "supervisor_name": "D", "start_date": "2026-01-05", "employment": "staff",
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
