"""Questions to the HMIS Admin and their answers: to support, on a clause of the MOU, about the application."""

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import audit
from onboarding import emails
from onboarding.models import Thread, ThreadMessage


@transaction.atomic
def ask(
    *,
    kind: Thread.Kind,
    subject: str,
    text: str,
    by: User | None,
    name: str = "",
    email: str = "",
    agency: Agency | None = None,
    clause: str = "",
    ip: str | None = None,
) -> Thread:
    """Open a question. `by=None` is a visitor, who gives name and e-mail; both sides are mailed."""
    thread = Thread.objects.create(
        kind=kind, subject=subject, agency=agency, clause=clause, opened_by=by,
        name=by.get_full_name() if by else name, email=by.email if by else email,
    )  # fmt: skip
    message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by)
    audit.record(by=by, verb="asked a question", obj=thread, agency_id=agency.pk if agency else None, ip=ip)
    emails.question_received(thread, message)
    emails.question_waiting(thread, message)
    return thread


@transaction.atomic
def write_again(*, thread: Thread, by: User, text: str) -> ThreadMessage:
    """The person who asked goes on; the question waits for the HMIS Admin again."""
    thread = Thread.objects.select_for_update(of=("self",)).select_related("agency", "opened_by").get(pk=thread.pk)
    message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by)
    thread.answered_at = thread.closed_at = None
    thread.save(update_fields=["answered_at", "closed_at"])
    audit.record(by=by, verb="wrote to a question", obj=thread, agency_id=thread.agency_id)
    emails.question_waiting(thread, message)
    return message


def visible_to(user: User) -> QuerySet[Thread]:
    """A person's own questions, and those of colleagues on the MOU or application of an agency they act for."""
    acting_for = [
        agency.pk for agency, roles in permissions.memberships(user) if {AgencyRole.MANAGER, AgencyRole.EDITOR} & set(roles)
    ]
    shared = Q(agency_id__in=acting_for) & ~Q(kind=Thread.Kind.SUPPORT)
    return Thread.objects.filter(Q(opened_by=user) | shared).select_related("agency", "opened_by")
