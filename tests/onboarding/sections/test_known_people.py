"""A person is entered once: positions are given to whom the agency knows, and what changes of a person changes everywhere."""

import pytest

from agencies.models import Agency, Contact, Staff
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
