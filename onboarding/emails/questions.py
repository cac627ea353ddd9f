"""Questions and their answers, and what the HMIS Admin writes to an agency."""

from agencies import permissions
from agencies.models import AgencyRole
from hmis_portal import mail
from onboarding.emails.to import name_of
from onboarding.models import Thread, ThreadMessage


def question_received(thread: Thread, message: ThreadMessage) -> None:
    """To the person who asked: it has arrived. A visitor's address is not proven, so their words are not sent to it."""
    link = (
        mail.absolute("onboarding:question", thread_id=thread.pk)
        if thread.opened_by
        else mail.absolute("onboarding:support")
    )
    mail.send(
        "onboarding/question_received",
        to=thread.opened_by or thread.email,
        context={"thread": thread, "text": message.text if thread.opened_by else "", "link_url": link},
        key=f"question:{message.pk}",
        agency_id=thread.agency_id,
    )


def question_waiting(thread: Thread, message: ThreadMessage) -> None:
    """To the HMIS Admins: a question waits in the queue."""
    for admin in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/question_waiting",
            to=admin,
            context={
                "thread": thread,
                "asker": message.written_by or thread.name or thread.email,
                "text": message.text,
                "filename": message.filename,
                "link_url": mail.absolute("admin:onboarding_thread_change", object_id=thread.pk),
            },
            key=f"question_waiting:{message.pk}:{admin.pk}",
            agency_id=thread.agency_id,
        )


def question_answered(thread: Thread, message: ThreadMessage) -> None:
    """To the person who asked, who may have no account."""
    in_portal = thread.opened_by is not None
    link = (
        mail.absolute("onboarding:question", thread_id=thread.pk)
        if in_portal
        else mail.absolute("onboarding:support")
    )
    mail.send(
        "onboarding/question_answered",
        to=thread.opened_by or thread.email,
        context={
            "thread": thread,
            "answer": message.text,
            "answer_by": name_of(message.written_by),
            "in_portal": in_portal,
            "filename": message.filename,
            "link_url": link,
        },
        key=f"answer:{message.pk}",
        agency_id=thread.agency_id,
    )


def message_to_agency(thread: Thread, message: ThreadMessage) -> None:
    """To the managers, and to those of the agency who write in the conversation and still act for it."""
    agency = thread.agency
    assert agency  # noqa: S101 - a conversation has one, says the table
    writers = thread.messages.filter(from_admin=False).values("written_by")
    editors = permissions.holders(agency, AgencyRole.EDITOR).filter(pk__in=writers)
    people = {*permissions.holders(agency, AgencyRole.MANAGER), *editors}
    for person in sorted(people, key=lambda reader: reader.pk):
        mail.send(
            "onboarding/message_to_agency",
            to=person,
            context={
                "thread": thread,
                "agency": agency,
                "text": message.text,
                "filename": message.filename,
                "by_name": name_of(message.written_by),
                "link_url": mail.absolute("onboarding:question", thread_id=thread.pk),
            },
            key=f"to-agency:{message.pk}",
            agency_id=agency.pk,
        )
