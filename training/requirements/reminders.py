"""The ladder of reminders: a query, a row that is unique by cause, and one message a person and kind.

A rung is a number of days before the deadline, negative after it. When a day was missed the latest rung that was
reached is told, the earlier ones are not made up for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.models import HmisRole, Person, Staff, User
from agencies.permissions import HMIS_ADMIN, people_in
from hmis_portal import mail
from hmis_portal.models import Message, PortalSettings
from hmis_portal.text import typed
from hmis_portal.what_if import clock
from training import emails
from training.models import Because, Notice, Requirement
from training.requirements.items import Item
from training.selectors import items_of
from training.validity import State

SUPERVISOR_FROM = 14
LATEST = timedelta(days=14)  # the last rung is told no later than this after its day
BATCH = 200  # people, or notices, at a time: so many are locked together, and no more are in memory
SILENT = frozenset({State.WAIVED, State.EVIDENCE_PENDING})

Cause = tuple[str, date, int]  # kind, deadline, rung
Ladder = Sequence[int]
Reader = tuple[str, UUID]  # the address, and the agency whose page is to be looked at
DigestLine = tuple[str, str, str]  # the person, the course, what became of it


def cause(item: Item, today: date, ladder: Ladder) -> Cause | None:
    """The rung of the ladder on which a course stands today, or None when nothing is to be said."""
    status = item.status
    deadline = status.deadline
    if status.state in SILENT or deadline is None:
        return None
    renewal = status.valid_through is not None and deadline == status.valid_through
    if status.state == State.VALID and not renewal:
        return None
    if renewal and status.grace_through and today > status.grace_through:
        gone = status.grace_through + timedelta(days=1)
        if today - gone < LATEST:
            return Notice.Kind.SUSPENDED, deadline, (deadline - gone).days
        return None
    reached = [rung for rung in ladder if deadline - timedelta(days=rung) <= today]
    if not reached:
        return None
    rung = min(reached)
    rung_day = deadline - timedelta(days=rung)
    began = (
        max(item.requirement.assigned_on, status.completed_on or date.min)
        if renewal
        else item.requirement.assigned_on
    )
    if rung_day <= began or (rung == ladder[-1] and today - rung_day >= LATEST):
        return None
    if renewal:
        return (Notice.Kind.RENEW_BY if rung > 0 else Notice.Kind.LAPSED), deadline, rung
    return (Notice.Kind.DUE if rung > 0 else Notice.Kind.OVERDUE), deadline, rung


def days_of_change(item: Item, ladder: Ladder) -> set[date]:
    """The days on which this course may stand otherwise than on the day before, or is told of, as long as nobody does anything."""
    status = item.status
    ends = {
        status.valid_through, status.grace_through, status.deadline, status.waived_through, item.requirement.due_on
    }  # fmt: skip
    last_days = {day for day in ends if day is not None}
    reminded = {status.deadline - timedelta(days=rung) for rung in ladder} if status.deadline else set()
    return {day + timedelta(days=1) for day in last_days} | reminded


def send_all(today: date | None = None, among: Collection[int] | None = None) -> int:
    """Tell everyone, or these people (ids), what is due; safe to run twice on a day, and at once.

    Returns the number of messages to learners.
    """
    day, ladder = today or clock.today(), PortalSettings.load().training_ladder
    sent, busy = 0, set[int]()
    for people in _batches(among):
        if to_tell := _untold(people, day, ladder).keys():
            told, locked = remind(to_tell, day, ladder, wait=False)
            sent += told
            busy |= locked
    for person_id in busy:  # alone, so that nobody waits for one while they hold up another
        sent += remind([person_id], day, ladder)[0]
    copy_to_others(among)
    return sent


def _batches(among: Collection[int] | None) -> Iterator[list[int]]:
    """The people (ids) of whom a course is asked, so many at a time."""
    rows = Requirement.objects.open().filter(person__is_active=True)
    rows = rows if among is None else rows.filter(person__in=among)
    ids = rows.order_by("person_id").values_list("person_id", flat=True).distinct()
    people = list(ids[:BATCH])
    while people:
        yield people
        more = len(people) == BATCH
        people = list(ids.filter(person__gt=people[-1])[:BATCH]) if more else []


def _untold(people: Collection[int], today: date, ladder: Ladder) -> dict[int, list[tuple[Item, Cause]]]:
    """What is to be said to these people (ids) today and was not said yet."""
    reached = [
        (item, reason)
        for items in items_of(people, today=today).values()
        for item in items
        if (reason := cause(item, today, ladder))
    ]
    notices = Notice.objects.filter(
        requirement__in=[item.requirement.pk for item, _reason in reached],
        deadline__in={deadline for _item, (_kind, deadline, _rung) in reached},
    )
    told = set(notices.values_list("requirement", "kind", "deadline", "rung"))
    untold: dict[int, list[tuple[Item, Cause]]] = defaultdict(list)
    for item, reason in reached:
        if (item.requirement.pk, *reason) not in told:
            untold[item.requirement.person_id].append((item, reason))
    return untold


def remind(
    people: Collection[int], today: date, ladder: Ladder, *, wait: bool = True
) -> tuple[int, set[int]]:
    """Tell these people (ids), under the lock under which completions are recorded, so nothing untrue is told.

    Returns the number of messages, and who was not told since somebody else holds their lock, unless one is to wait.
    """
    with transaction.atomic():
        rows = (
            User.objects.select_for_update(skip_locked=not wait, no_key=True)
            .filter(pk__in=people)
            .order_by("pk")
        )
        locked = {person.pk: person for person in rows}
        messages: list[Message] = []
        notices: list[Notice] = []
        for person_id, untold in _untold(locked, today, ladder).items():
            by_kind: dict[str, list[tuple[Item, Cause]]] = defaultdict(list)
            for item, reason in untold:
                by_kind[reason[0]].append((item, reason))
            for kind, pairs in by_kind.items():
                first, (_kind, deadline, rung) = pairs[0]
                message = emails.ABOUT[Notice.Kind(kind)](
                    locked[person_id],
                    [item for item, _reason in pairs],
                    key=f"training:notice:{first.requirement.pk}:{kind}:{deadline}:{rung}",
                )
                messages += [message] if message else []
                notices += [
                    Notice(
                        requirement_id=item.requirement.pk, kind=kind, deadline=deadline, rung=rung, message=message
                    )
                    for item, (_kind, deadline, rung) in pairs
                ]  # fmt: skip
        sent = {message.pk for message in mail.send_all(messages)}
        for notice in notices:
            notice.message_id = notice.message_id if notice.message_id in sent else None
        Notice.objects.bulk_create(notices)
    return len(sent), {*people} - locked.keys()


def copy_to_others(among: Collection[int] | None = None) -> None:
    """What was told to everyone, or to these people (ids): one digest to each supervisor (from 14 days before), coordinator (at lapse) and HMIS Admin (at suspension)."""
    digests: dict[Reader, dict[int, DigestLine]] = defaultdict(dict)
    newest: dict[Reader, int] = {}
    last = 0
    with transaction.atomic():
        rows = Notice.objects.select_for_update(of=("self",), skip_locked=True).filter(copied_at=None)
        rows = rows if among is None else rows.filter(requirement__person__in=among)
        rows = rows.select_related("requirement__course", "requirement__person").order_by("pk")
        while notices := list(rows.filter(pk__gt=last)[:BATCH]):
            last = notices[-1].pk
            pairs = _with_sources(notices)
            admins = [user.email for user in people_in(HMIS_ADMIN)]
            coordinators = _coordinators({source.agency_id for _notice, source in pairs})
            for notice, source in pairs:
                for reader in _audience(notice, source, coordinators[source.agency_id], admins):
                    digests[reader][notice.requirement_id] = _line(notice)
                    newest[reader] = notice.pk
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(copied_at=timezone.now())
        messages = (
            emails.digest(
                address,
                list(lines.values()),
                key=f"training:digest:{newest[address, agency_id]}:{agency_id}",
                link_url=mail.absolute("training:agency", agency_id),
            )
            for (address, agency_id), lines in digests.items()
        )
        mail.send_all(message for message in messages if message)


def _with_sources(notices: Sequence[Notice]) -> list[tuple[Notice, Staff | Person]]:
    by_requirement: dict[int, list[Staff | Person]] = defaultdict(list)
    for reason in Because.objects.filter(
        requirement__in=[notice.requirement_id for notice in notices]
    ).select_related("staff", "holder"):
        by_requirement[reason.requirement_id].append(reason.source)
    return [(notice, source) for notice in notices for source in by_requirement[notice.requirement_id]]


def _coordinators(agencies: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """The addresses of the HMIS Data Coordinators with an account, by agency."""
    addresses: dict[UUID, list[str]] = defaultdict(list)
    rows = Staff.objects.current().filter(agency__in=agencies, hmis_role=HmisRole.HDC, user__is_active=True)
    for agency_id, address in rows.values_list("agency", "user__email"):
        addresses[agency_id].append(address)
    return addresses


def _audience(
    notice: Notice, source: Staff | Person, coordinators: Iterable[str], admins: Iterable[str]
) -> list[Reader]:
    """Those who are told beside the person."""
    addresses: list[str] = []
    if notice.rung <= SUPERVISOR_FROM and isinstance(source, Staff) and source.supervisor_email:
        addresses.append(source.supervisor_email)
    if notice.kind in {Notice.Kind.LAPSED, Notice.Kind.SUSPENDED}:
        addresses += coordinators
    if notice.kind == Notice.Kind.SUSPENDED:
        addresses += admins
    return [
        (address, source.agency_id)
        for address in addresses
        if typed.email(address) != typed.email(notice.requirement.person.email)
    ]


def _line(notice: Notice) -> DigestLine:
    row = notice.requirement
    return str(row.person), row.course.title, notice.get_kind_display()
