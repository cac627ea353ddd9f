"""What agencies and the HMIS Admin write to each other: to support, on a clause of the MOU, in conversations."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, DateField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import locks, permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import audit, documents
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Thread, ThreadMessage, ThreadRead, Upload

DOUBLE_CLICK = timedelta(minutes=10)


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
    file: object = None,
    ip: str | None = None,
) -> Thread:
    """Open a question. `by=None` is a visitor, who gives name and e-mail; both sides are mailed.

    The same words of the same person within ten minutes are one question: a button clicked twice.
    """
    attached = _kept(file)
    thread = Thread(
        kind=kind, subject=subject, agency=agency, clause=clause, opened_by=by,
        name=by.get_full_name() if by else name, email=by.email if by else email,
    )  # fmt: skip
    with transaction.atomic():
        if same := _asked_just_now(thread, text):
            return same
        thread.save()
        message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by, **attached)
        _record(thread, OnboardingEvent.ASKED_A_QUESTION, by=by, ip=ip)
        emails.question_received(thread, message)
        emails.question_waiting(thread, message)
    return thread


def write_to(agency: Agency, *, subject: str, text: str, by: User, file: object = None) -> Thread:
    """The HMIS Admin begins a conversation: all who act for the agency read it, its managers are mailed."""
    attached = _kept(file)
    thread = Thread(
        kind=Thread.Kind.AGENCY, subject=subject, agency=agency, opened_by=by, name=by.get_full_name(),
        email=by.email, answered_at=timezone.now(),
    )  # fmt: skip
    with transaction.atomic():
        if same := _asked_just_now(thread, text):
            return same
        thread.save()
        message = ThreadMessage.objects.create(
            thread=thread, text=text, written_by=by, from_admin=True, **attached
        )
        _record(thread, OnboardingEvent.WROTE_TO_AN_AGENCY, by=by)
        emails.message_to_agency(thread, message)
    return thread


def _asked_just_now(thread: Thread, text: str) -> Thread | None:
    if thread.agency_id:
        locks.lock_agency(thread.agency_id)  # the second click waits for the first
    same = ("kind", "subject", "agency", "clause")
    rows = Thread.objects.filter(**{name: getattr(thread, name) for name in same})
    soon = timezone.now() - DOUBLE_CLICK
    return rows.filter(email__iexact=thread.email, opened_at__gt=soon, messages__text=text).first()


def _kept(file: Any) -> dict[str, object]:
    """The fields of a message that keep its file; stored before anything is locked."""
    if not file:
        return {}
    return {
        "document": documents.keep(file),
        "filename": documents.safe_name(file.name or ""),
        "scan": Upload.Scan.of(found_clean=file.found_clean),
    }


def answer(*, thread: Thread, by: User, text: str, file: object = None) -> ThreadMessage:
    """The HMIS Admin answers; whoever asked gets it by e-mail, of a conversation the agency's managers too."""
    attached = _kept(file)
    with transaction.atomic():
        thread = _locked(thread)
        if (last := _last(thread)) and last.from_admin and last.text == text:
            return last
        message = ThreadMessage.objects.create(
            thread=thread, text=text, written_by=by, from_admin=True, **attached
        )
        _reopen(thread, answered=True)
        _record(thread, OnboardingEvent.ANSWERED_A_QUESTION, by=by)
        if thread.kind == Thread.Kind.AGENCY:
            emails.message_to_agency(thread, message)
        else:
            emails.question_answered(thread, message)
    return message


def write_again(*, thread: Thread, by: User, text: str, file: object = None) -> ThreadMessage:
    """The other side goes on; the question waits for the HMIS Admin again."""
    attached = _kept(file)
    with transaction.atomic():
        thread = _locked(thread)
        if (last := _last(thread)) and last.written_by == by and last.text == text:
            return last
        message = ThreadMessage.objects.create(thread=thread, text=text, written_by=by, **attached)
        _reopen(thread, answered=False)
        _record(thread, OnboardingEvent.WROTE_TO_A_QUESTION, by=by)
        emails.question_waiting(thread, message)
    return message


@transaction.atomic
def close(*, thread: Thread, by: User) -> Thread:
    """Put a question away that needs no (further) answer; either side may, and writing opens it again."""
    thread = _locked(thread)
    if thread.closed_at is not None:
        raise WrongState(_("This question is closed already."))
    thread.closed_at, thread.closed_by = timezone.now(), by
    thread.save(update_fields=["closed_at", "closed_by"])
    _record(thread, OnboardingEvent.CLOSED_A_QUESTION, by=by)
    return thread


def _locked(thread: Thread) -> Thread:
    rows = Thread.objects.select_for_update(of=("self",)).select_related("agency", "opened_by")
    return rows.get(pk=thread.pk)


def _reopen(thread: Thread, *, answered: bool) -> None:
    thread.answered_at = timezone.now() if answered else None
    thread.closed_at = thread.closed_by = None
    thread.save(update_fields=["answered_at", "closed_at", "closed_by"])


def _record(thread: Thread, verb: OnboardingEvent, *, by: User | None, ip: str | None = None) -> None:
    audit.record(by=by, verb=verb, obj=thread, agency_id=thread.agency_id, ip=ip)


def _last(thread: Thread) -> ThreadMessage | None:
    return thread.messages.order_by("-pk").first()


def visible_to(user: User | Given, today: Given | None = None) -> QuerySet[Thread]:
    """A person's own questions, and those that the agencies for which they act share.

    A signatory sees those on the MOU: they sign knowing what was asked and answered.
    """
    acting_for = permissions.agency_ids(user, AgencyRole.MANAGER, AgencyRole.EDITOR, today=today)
    signing_for = permissions.agency_ids(user, AgencyRole.SIGNATORY, today=today)
    kind = Thread.Kind
    rows = Thread.objects.filter(
        Q(opened_by=user, kind__in=[kind.SUPPORT, kind.CLAUSE, kind.REVIEW])
        | Q(agency__in=acting_for, kind__in=[kind.CLAUSE, kind.REVIEW, kind.AGENCY])
        | Q(agency__in=signing_for, kind=kind.CLAUSE)
    )
    return rows.select_related("agency", "opened_by")


def with_news(rows: QuerySet[Thread], user: User | Given) -> QuerySet[Any]:
    """With `is_unread`: whether somebody else wrote what this person has not seen."""
    read = ThreadRead.objects.filter(thread=OuterRef("thread"), user=user, message__gte=OuterRef("pk"))
    news = ThreadMessage.objects.filter(~Q(written_by=user), ~Exists(read), thread=OuterRef("pk"))
    return rows.annotate(is_unread=Exists(news))


def waiting() -> QuerySet[Thread]:
    """What waits for an answer of the HMIS Admin."""
    return Thread.objects.filter(answered_at__isnull=True, closed_at__isnull=True)


def waiting_of(agency: OuterRef) -> Coalesce:
    """How many of the agency of a row, within its query."""
    rows = waiting().filter(agency=agency).order_by().values("agency").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number"), output_field=BigIntegerField()), 0)


def unread(user: User) -> int:
    """How many conversations have something new for a person, for an HMIS Admin how many wait for an answer; one query."""
    if permissions.is_hmis_admin(user):
        return waiting().count()
    return len(_unread(user=user.pk, today=timezone.localdate()))


@WrittenQuery
def _unread() -> QuerySet[Any, Any]:
    user = Given("user", BigIntegerField())
    rows = with_news(visible_to(user, Given("today", DateField())), user)
    return rows.filter(is_unread=True).order_by().values_list("pk", flat=True)


def mark_read(thread: Thread, user: User, shown: Sequence[ThreadMessage]) -> None:
    """The person has these messages on their screen."""
    if not shown:
        return
    last = max(shown, key=lambda message: message.pk)
    read = ThreadRead.objects.filter(thread=thread, user=user)
    if not read.filter(message__gte=last.pk).exists():
        read.update_or_create(thread=thread, user=user, defaults={"message": last})


def by_clause(user: User, agency: Agency) -> dict[str, list[Thread]]:
    """The questions on the agency's MOU that this person may see, the oldest first, by the anchor of their clause."""
    rows = visible_to(user).filter(agency=agency, kind=Thread.Kind.CLAUSE)
    asked: dict[str, list[Thread]] = {}
    for thread in rows.prefetch_related("messages__written_by").order_by("opened_at"):
        asked.setdefault(thread.clause, []).append(thread)
    return asked
