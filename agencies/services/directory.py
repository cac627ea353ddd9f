"""The one way to tell the directory of a person, and what follows wherever they stand; see docs/adr/0013.

The caller holds the agency's lock: whoever writes a person, then a line of the roster, waits here for the one before.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from agencies.events import AgenciesEvent
from agencies.models import Contact, Person, Staff, User
from agencies.models.person import NAME_PART, name_parts, phone_parts
from agencies.models.staff import full_name
from hmis_portal import audit
from hmis_portal.signing.agreeing.acts import same_name
from hmis_portal.text import typed

NAMES = ("first_name", "last_name")


def enter(
    agency_id: UUID,
    email: str,
    facts: Mapping[str, str],
    *,
    by: User | None,
    was: Person | None = None,
    written: Staff | None = None,
) -> Person:
    """The person with this address: who is there already is told of `facts`, or else is new. What is blank says nothing.

    `was` is who stood there until now: with the same name it is still they, with another address, unless somebody else
    has that one. The address of somebody who is gone belongs to whoever is entered with it by another name.
    """
    address = typed.email(email)
    name = full_name(facts["first_name"], facts["last_name"])
    person = Person.objects.at(agency_id, address)
    if person and not same_name(person.name, name) and not Person.objects.current().filter(pk=person.pk):
        Person.objects.filter(pk=person.pk).update(holds_address=False)
        person = None
    if person is None and was is not None and same_name(was.name, name):
        was.email, was.holds_address = address, True
        was.save(update_fields=["email", "holds_address"])
        person = was
    if person is None:
        return Person.objects.enter(agency_id, address, **facts)
    particulars = {part: value for part, value in facts.items() if value and part not in NAMES}
    if "phone" in particulars:
        particulars["extension"] = facts.get("extension", "")
    if name != person.name:
        particulars |= {part: facts[part] for part in NAMES}
    return tell(person, particulars, by=by, written=written)


def tell(
    person: Person, facts: Mapping[str, str], *, by: User | None, written: Staff | None = None
) -> Person:
    """Change a person; their line of the roster, unless it is being written, whom they supervise and their account follow."""
    _write(person, facts)
    name = {part: getattr(person, part) for part in NAMES}
    fits = all(len(part) <= NAME_PART for part in name.values())
    now = {"title": person.title, "phone": person.full_phone}
    supervisor = {"supervisor_name": person.name[:200], "supervisor_email": person.email}
    for row in Staff.objects.current().filter(Q(person=person) | Q(supervised_by=person)):
        particulars = now | (name if fits else {}) if row.person_id == person.pk and row != written else {}
        particulars |= supervisor if row.supervised_by_id == person.pk else {}
        _followed(row, particulars, by=by)
    if person.user and not person.user.is_staff:
        changed = _write(person.user, {part: value for part, value in now.items() if value})
        if changed:
            audit.record(
                by=by, verb=AgenciesEvent.CHANGED_OWN_DETAILS, obj=person.user, data={"changed": changed}
            )
    return person


def link(staff: Staff, *, by: User | None, before: Mapping[str, object] | None = None) -> None:
    """A line of the roster that was just written belongs to a person, and says of them what the directory says.

    Blank title and phone say nothing, unless they were not `before` and no position asks for them.
    """
    person = enter(
        staff.agency_id,
        staff.email,
        {
            "first_name": staff.first_name,
            "last_name": staff.last_name,
            "title": staff.title,
            **phone_parts(staff.phone),
        },
        by=by,
        was=staff.person,
        written=staff,
    )
    cleared = {
        part: "" for part in ("title", "phone") if before and before[part] and not getattr(staff, part)
    }
    if cleared and not Contact.objects.filter(person=person).exists():
        gone = cleared | ({"extension": ""} if "phone" in cleared else {})
        person = tell(person, gone, by=by, written=staff)
    staff.person, staff.title, staff.phone = person, person.title, person.full_phone
    staff.supervised_by = supervisor(staff)
    staff.save(update_fields=["person", "title", "phone", "supervised_by"])


def supervisor(staff: Staff) -> Person | None:
    """Who supervises by the address given; None without one, and where it is that of somebody with another name."""
    if not staff.supervisor_email:
        return None
    person = Person.objects.enter(
        staff.agency_id, staff.supervisor_email, **name_parts(staff.supervisor_name)
    )
    return person if same_name(person.name, staff.supervisor_name) else None


def follow_account(user: User, facts: Mapping[str, str], *, by: User) -> None:
    """What a person says of themselves on their own page, in every agency's directory that has them."""
    particulars = {"title": facts["title"]} if "title" in facts else {}
    if "phone" in facts:
        particulars |= phone_parts(facts["phone"])
    for person in Person.objects.filter(user=user).select_related("user"):
        tell(person, particulars, by=by)


def _followed(row: Staff, now: Mapping[str, str], *, by: User | None) -> None:
    if changed := _write(row, now):
        audit.record(
            by=by,
            verb=AgenciesEvent.CHANGED_STAFF,
            obj=row,
            agency_id=row.agency_id,
            data={"changed": changed},
        )


def _write(row: Person | Staff | User, now: Mapping[str, str]) -> dict[str, list[str]]:
    """What changed: by name, before and after."""
    changed = {
        part: [getattr(row, part), value] for part, value in now.items() if getattr(row, part) != value
    }
    for part in changed:
        setattr(row, part, now[part])
    if changed:
        row.save(update_fields=list(changed))
    return changed
