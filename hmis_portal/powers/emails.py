"""The messages about acts that take two: one when something is asked, one when it is decided."""

from collections.abc import Iterable

from hmis_portal import mail
from hmis_portal.models import PowerRequest
from hmis_portal.models.users import User
from hmis_portal.powers import kinds


def asked(row: PowerRequest) -> None:
    """To the HMIS Admins, the auditors and whom it concerns; with nobody to grant it, to all the HMIS's people."""
    granters = {person.pk for person in kinds.granters(row)}
    for person in _told(row):
        if person.pk != row.asked_by_id:
            _send("asked", row, person, may_grant=person.pk in granters)


def decided(row: PowerRequest) -> None:
    for person in _told(row):
        if person.pk != row.decided_by_id:
            _send("decided", row, person)


def _told(row: PowerRequest) -> Iterable[User]:
    people = kinds.people()
    hmis = people.everybody() if row.notice_until else people.admins() | people.auditors()
    informed = {person.pk: person for person in hmis.distinct()}
    concerned = [*kinds.of(row).concerned(row), *([row.person] if row.person else [])]
    return {**informed, row.asked_by_id: row.asked_by, **{person.pk: person for person in concerned}}.values()


def _send(name: str, row: PowerRequest, person: User, **more: object) -> None:
    mail.send(
        f"powers/{name}",
        to=person,
        context={"row": row, "link_url": mail.absolute("powers:request", row.pk), **more},
        key=f"power_{name}:{row.pk}",
        agency_id=row.agency_id,
    )
