"""Colleagues of one agency to one another."""

from agencies.models import User
from hmis_portal import mail
from onboarding.emails.to import agency_page
from onboarding.models import Assignment, NoteText


def section_assigned(assignment: Assignment, *, title: str) -> None:
    """To the colleague who is to do a section."""
    _assigned("section_assigned", assignment, title, "onboarding:application")


def owed_assigned(assignment: Assignment, *, title: str) -> None:
    """To the colleague who is to do something that the agency owes."""
    _assigned("owed_assigned", assignment, title, "onboarding:owed")


def _assigned(name: str, assignment: Assignment, title: str, view: str) -> None:
    agency = assignment.application.agency
    mail.send(
        f"onboarding/{name}",
        to=assignment.person,
        context={
            "agency": agency,
            "by_name": str(assignment.assigned_by),
            "section": title,
            "link_url": agency_page(agency, view),
        },
        key=f"section-assigned:{assignment.pk}",
        agency_id=agency.pk,
    )


def note_written(written: NoteText, *, to: User) -> None:
    """To the other of the two colleagues."""
    note = written.note
    agency = note.application.agency
    mail.send(
        "onboarding/note_written",
        to=to,
        context={
            "agency": agency,
            "by_name": str(written.written_by),
            "note": note,
            "text": written.text,
            "link_url": mail.absolute("onboarding:note", agency_id=agency.pk, note_id=note.pk),
        },
        key=f"note-written:{written.pk}:{to.pk}",
        agency_id=agency.pk,
    )
