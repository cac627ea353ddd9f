"""What stood in positions and on rosters before there was a directory is in it, word for word."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from agencies.models import Person, Staff
from tests.factories import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

COLUMNS = {"name": 200, "title": 150, "email": 254, "phone": 25, "extension": 5}


@pytest.fixture
def before(cast: Any) -> Any:
    """The tables and models as they were: positions with columns of their own, and nobody in the directory."""
    Staff.objects.update(person=None)
    Person.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name, length in COLUMNS.items():
            cursor.execute(
                f"ALTER TABLE agencies_contact ADD COLUMN {name} varchar({length}) NOT NULL DEFAULT ''"
            )
        cursor.execute("ALTER TABLE agencies_contact ALTER person_id DROP NOT NULL")
    state = MigrationLoader(connection).project_state(("agencies", "0011_enter_a_person_once"))
    return state.apps


def test_nobody_is_lost_and_nobody_merged_by_name(cast: Any, before: Any) -> None:
    contacts = before.get_model("agencies", "Contact").objects
    positions = [
        ("director", "Dana Director", "Director", "Director@Harbor.Example", "860-555-0101", "7"),
        ("signatory", "dana  director", "", "director@harbor.example ", "", ""),
        ("coordinator", "Dana Director", "Another title", "director@harbor.example", "", ""),
        ("backup", "Somebody Else", "", "director@harbor.example", "860-555-0102", ""),
        ("security", "Dana Director", "", "", "", ""),
        ("privacy", "Dana Director", "", "", "860-555-0103 " + "9" * 12, ""),
        ("it", " ", "", "it@firm.example", "", ""),
        ("billing", "Cher", "", "cher@harbor.example", "", ""),
    ]
    for position, name, title, email, phone, extension in positions:
        contacts.create(
            agency_id=cast.agency.pk, position=position, name=name, title=title, email=email, phone=phone,
            extension=extension,
        )  # fmt: skip
    odd = UserFactory(email="odd@harbor.example")
    rows = [
        StaffFactory(agency=cast.agency, person=None, email="CHER@harbor.example", first_name="Cher", last_name="Other",
            phone="1 ext. 123456789", supervisor_email="DIRECTOR@harbor.example", supervisor_name="Dana Director"),
        StaffFactory(agency=cast.agency, person=None, user=odd, email="cher@harbor.example", first_name="",
            last_name="Cher", left_on="2026-01-31", supervisor_email="x@harbor.example", supervisor_name="X"),
        StaffFactory(agency=cast.agency, person=None, user=odd, email="", supervisor_email="director@harbor.example",
            supervisor_name="Not Dana"),
    ]  # fmt: skip
    import_module("agencies.migrations.0012_carry_people_into_the_directory").carry(before, None)

    carried = {row.position: row.person for row in contacts.select_related("person")}
    for position, name, title, email, phone, extension in positions:
        person = carried[position]
        plain = " ".join(f"{person.first_name} {person.last_name}".casefold().split())
        assert plain == " ".join(name.casefold().split()), position
        assert person.email == email.casefold().strip()
        for part, value in (("title", title), ("phone", phone), ("extension", extension)):
            assert value in ("", getattr(person, part)), position
    assert carried["director"] == carried["signatory"], "one address and one name, in whatever case"
    assert carried["director"].user_id == cast.director.pk
    others = [carried[position] for position in ("coordinator", "backup", "security", "privacy")]
    assert len({carried["director"].pk, *(one.pk for one in others)}) == 5
    assert [one.holds_address for one in others] == [False, False, True, True]
    for row in rows:
        row.refresh_from_db()
    assert (rows[0].phone, rows[0].supervised_by_id) == ("1 ext. 123456789", carried["director"].pk)
    assert (rows[0].person.name, rows[0].person.holds_address) == ("Cher Other", False)
    assert rows[1].person_id == carried["billing"].pk, "who left is who they were"
    assert (rows[2].person.email, rows[2].person.user, rows[2].supervised_by) == ("", odd, None)
    acting = Person.objects.filter(agency=cast.agency, user__in=[cast.coordinator, cast.signatory])
    assert acting.count() == 2
    other = Person.objects.filter(agency=cast.other_agency)
    assert {one.name for one in other} == {"Robin Stranger", "Otto Other"}
