"""A person is entered once: positions are given to whom the agency knows, and what changes of a person changes everywhere."""

import pytest
from django.urls import reverse

from agencies.models import Agency, Contact, Person, Staff, User
from agencies.selectors import known_people
from agencies.services.staff import change_staff
from tests.onboarding.helpers import people_data, save_pages

pytestmark = pytest.mark.django_db


def test_everyone_is_known_once_by_address(cast, application, base, django_assert_num_queries):
    save_pages(cast.client("director"), base, "people", people_data(backup_email="STAFF@harbor.example"))
    agency = Agency.objects.get(pk=cast.agency.pk)
    with django_assert_num_queries(1):
        people = known_people(agency)
    assert len({person.email for person in people}) == len(people)
    known = {person.email: person for person in people}
    assert {cast.director.email, cast.coordinator.email, cast.staff_row.email} <= set(known)
    assert known["director@harbor.example"].full_phone == "860-555-0110 ext. 12"
    assert cast.other_staff_row.email not in known


def test_a_position_is_given_to_somebody_of_the_list(cast, application, base):
    client = cast.client("director")
    change_staff(
        staff=cast.staff_row, by=cast.director, data={"title": "Case manager", "phone": "860-555-0177 ext. 4"}
    )
    text = client.get(f"{base}people/director/").text
    assert (
        f'<option value="{cast.staff_row.email}">{cast.staff_row.name}, {cast.staff_row.email}</option>'
        in text
    )
    chosen = {"director_is": "listed", "director_person": cast.staff_row.email}
    assert client.post(f"{base}people/director/", {"version": "0", **chosen}).status_code == 302
    same = {"version": "0", "signatory_is": "director"}
    assert client.post(f"{base}people/signatory/", same).status_code == 302
    for contact in Contact.objects.filter(agency=cast.agency):
        assert (contact.name, contact.title) == (cast.staff_row.name, "Case manager")
        assert (contact.phone, contact.extension) == ("860-555-0177", "4")
    stranger = {**chosen, "director_person": cast.other_staff_row.email, "version": "1"}
    assert client.post(f"{base}people/director/", stranger).status_code == 200, "of another agency"
    nobody = {**chosen, "director_person": "", "version": "2"}
    assert (
        "Select the person who is the Executive director"
        in client.post(f"{base}people/director/", nobody).text
    )


def test_what_the_list_does_not_say_of_a_person_is_asked_at_once(cast, application, base):
    client, url = cast.client("director"), f"{base}people/director/"
    Person.objects.filter(user=cast.director).update(title="", phone="")
    chosen = {"version": "0", "director_is": "listed", "director_person": cast.director.email}
    answer = client.post(url, chosen, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "Enter the title of the Executive director" in answer.text
    assert "Enter the phone number of the Executive director" in answer.text
    assert answer.context["form"]["director_email"].value() == cast.director.email
    told = people_data(director_email=cast.director.email, director_name=str(cast.director), version="1")
    assert client.post(url, told).headers["Location"] == f"{base}people/signatory/"


def test_a_title_or_phone_changes_everywhere(cast, application, base):
    client = cast.client("director")
    email = cast.staff_row.email.upper()
    data = people_data(
        coordinator_email=email, coordinator_name=cast.staff_row.name, security_is="other", security_email=email,
        security_name=cast.staff_row.name, security_title="Lead", security_phone="860-555-0133", privacy_is="security",
    )  # fmt: skip
    assert save_pages(client, base, "people", data).status_code == 302
    row = Staff.objects.get(pk=cast.staff_row.pk)
    assert (row.title, row.phone) == ("Lead", "860-555-0133")
    held = Contact.objects.filter(agency=cast.agency, person=row.person)
    assert {(one.title, one.phone, one.extension) for one in held} == {("Lead", "860-555-0133", "")}
    assert held.count() == 3


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
