"""Questions to the HMIS Admin and their answers: to support, on a clause of the MOU, about the application."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
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
    """Open a question. `by=None` is a visitor, who gives name and e-mail; both sides are mailed.

    The same words of the same person within ten minutes are one question: a button clicked twice.
    """
    address = by.email if by else email
    soon = timezone.now() - timedelta(minutes=10)
    same = Thread.objects.filter(
        kind=kind,
        email__iexact=address,
        subject=subject,
        agency=agency,
        clause=clause,
        opened_at__gt=soon,
        messages__text=text,
    ).first()
    if same is not None:
        return same
    thread = Thread.objects.create(
        kind=kind, subject=subject, agency=agency, clause=clause, opened_by=by,
        name=by.get_full_name() if by else name, email=address,
    )  # fmt: skip
    message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by)
    audit.record(
        by=by,
        verb=OnboardingEvent.ASKED_A_QUESTION,
        obj=thread,
        agency_id=agency.pk if agency else None,
        ip=ip,
    )
    emails.question_received(thread, message)
    emails.question_waiting(thread, message)
    return thread


@transaction.atomic
def answer(*, thread: Thread, by: User, text: str) -> ThreadMessage:
    """The HMIS Admin answers; the person who asked gets it by e-mail."""
    thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("agency", "opened_by").get(pk=thread.pk)
    )
    if (last := _last(thread)) and last.from_admin and last.text == text:
        return last
    message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by, from_admin=True)
    thread.answered_at, thread.closed_at = timezone.now(), None
    thread.save(update_fields=["answered_at", "closed_at"])
    audit.record(by=by, verb=OnboardingEvent.ANSWERED_A_QUESTION, obj=thread, agency_id=thread.agency_id)
    emails.question_answered(thread, message)
    return message


@transaction.atomic
def write_again(*, thread: Thread, by: User, text: str) -> ThreadMessage:
    """The person who asked goes on; the question waits for the HMIS Admin again."""
    thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("agency", "opened_by").get(pk=thread.pk)
    )
    if (last := _last(thread)) and last.written_by == by and last.text == text:
        return last
    message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by)
    thread.answered_at = thread.closed_at = None
    thread.save(update_fields=["answered_at", "closed_at"])
    audit.record(by=by, verb=OnboardingEvent.WROTE_TO_A_QUESTION, obj=thread, agency_id=thread.agency_id)
    emails.question_waiting(thread, message)
    return message


@transaction.atomic
def close(*, thread: Thread, by: User) -> Thread:
    """Put a question away that needs no (further) answer."""
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    if thread.closed_at is not None:
        raise WrongState(_("This question is closed already."))
    thread.closed_at = timezone.now()
    thread.save(update_fields=["closed_at"])
    audit.record(by=by, verb=OnboardingEvent.CLOSED_A_QUESTION, obj=thread, agency_id=thread.agency_id)
    return thread


def _last(thread: Thread) -> ThreadMessage | None:
    return thread.messages.order_by("-pk").first()


def visible_to(user: User) -> QuerySet[Thread]:
    """A person's own questions, and those of colleagues on the MOU or application of an agency they act for.

    A signatory sees those on the MOU: they sign knowing what was asked and answered.
    """
    acting_for, signing_for = [], []
    for agency, roles in permissions.memberships(user):
        if {AgencyRole.MANAGER, AgencyRole.EDITOR} & set(roles):
            acting_for.append(agency.pk)
        elif AgencyRole.SIGNATORY in roles:
            signing_for.append(agency.pk)
    shared = Q(agency_id__in=acting_for) & ~Q(kind=Thread.Kind.SUPPORT)
    of_the_mou = Q(agency_id__in=signing_for, kind=Thread.Kind.CLAUSE)
    rows = Thread.objects.filter(Q(opened_by=user) | shared | of_the_mou)
    return rows.select_related("agency", "opened_by")


def by_clause(user: User, agency: Agency) -> dict[str, list[Thread]]:
    """The questions on the agency's MOU that this person may see, the oldest first, by the anchor of their clause."""
    rows = visible_to(user).filter(agency=agency, kind=Thread.Kind.CLAUSE)
    asked: dict[str, list[Thread]] = {}
    for thread in rows.prefetch_related("messages__written_by").order_by("opened_at"):
        asked.setdefault(thread.clause, []).append(thread)
    return asked
