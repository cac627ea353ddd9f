"""Questions and their answers."""

from agencies import permissions
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
                "asker": thread.name or thread.email,
                "text": message.text,
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
            "link_url": link,
        },
        key=f"answer:{message.pk}",
        agency_id=thread.agency_id,
    )
