"""The ladder of reminders: a query, a row that is unique by cause, and one message a person and kind.

A rung is a number of days before the deadline, negative after it. When a day was missed the latest rung that was
reached is told, the earlier ones are not made up for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.models import HmisRole, Person, Staff, User
from agencies.permissions import HMIS_ADMIN, people_in
from hmis_portal import mail
from hmis_portal.models import PortalSettings
from hmis_portal.text import typed
from hmis_portal.what_if import clock
from training import emails
from training.models import Because, Notice, Requirement
from training.requirements.items import Item
from training.selectors import items_of
from training.validity import State

SUPERVISOR_FROM = 14
LATEST = timedelta(days=14)  # the last rung is told no later than this after its day
BATCH = 500
SILENT = frozenset({State.WAIVED, State.EVIDENCE_PENDING})

Cause = tuple[str, date, int]  # kind, deadline, rung
Ladder = Sequence[int]


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
    """Tell everyone, or these people (ids), what is due; safe to run twice on a day.

    Returns the number of messages to learners.
    """
    day = today or clock.today()
    open_rows = Requirement.objects.open().filter(person__is_active=True)
    open_rows = open_rows if among is None else open_rows.filter(person__in=among)
    people = list(open_rows.order_by("person").values_list("person", flat=True).distinct())
    sent, ladder = 0, PortalSettings.load().training_ladder
    for start in range(0, len(people), BATCH):
        for person_id, items in items_of(people[start : start + BATCH], today=day).items():
            if any(cause(item, day, ladder) for item in items):
                sent += remind(person_id, day, ladder)
    copy_to_others(among)
    return sent


def remind(person_id: int, today: date, ladder: Ladder) -> int:
    """Tell one person, under the lock under which completions are recorded, so nothing untrue is told."""
    sent = 0
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        by_kind: dict[str, list[tuple[Notice, Item]]] = defaultdict(list)
        for item in items_of([person_id], today=today)[person_id]:
            reason = cause(item, today, ladder)
            if reason is None:
                continue
            kind, deadline, rung = reason
            notice, created = Notice.objects.get_or_create(
                requirement=item.requirement, kind=kind, deadline=deadline, rung=rung
            )
            if created:
                by_kind[kind].append((notice, item))
        for kind, pairs in by_kind.items():
            tell = emails.ABOUT[Notice.Kind(kind)]
            message = tell(person, [item for _notice, item in pairs], key=f"training:notice:{pairs[0][0].pk}")
            if message is not None:
                Notice.objects.filter(pk__in=[notice.pk for notice, _item in pairs]).update(message=message)
                sent += 1
    return sent


def copy_to_others(among: Collection[int] | None = None) -> None:
    """What was told to everyone, or to these people (ids): one digest to each supervisor (from 14 days before), coordinator (at lapse) and HMIS Admin (at suspension)."""
    with transaction.atomic():
        rows = Notice.objects.select_for_update(of=("self",), skip_locked=True).filter(copied_at=None)
        rows = rows if among is None else rows.filter(requirement__person__in=among)
        notices = list(rows.select_related("requirement__course", "requirement__person"))
        if not notices:
            return
        lines: dict[tuple[str, str], dict[int, Notice]] = defaultdict(dict)
        pairs = _with_sources(notices)
        coordinators = _coordinators({source.agency_id for _notice, source in pairs})
        admins = [user.email for user in people_in(HMIS_ADMIN)]
        for notice, source in pairs:
            for audience in _audience(notice, source, coordinators[source.agency_id], admins):
                lines[audience][notice.requirement_id] = notice
        for (address, view), items in lines.items():
            newest = max(notice.pk for notice in items.values())
            emails.digest(
                address,
                [_line(item) for item in items.values()],
                key=f"training:digest:{newest}",
                link_url=view,
            )
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(copied_at=timezone.now())


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
) -> list[tuple[str, str]]:
    """(address, page) of those who are told beside the person."""
    page = mail.absolute("training:agency", source.agency_id)
    audience: list[tuple[str, str]] = []
    if notice.rung <= SUPERVISOR_FROM and isinstance(source, Staff) and source.supervisor_email:
        audience.append((source.supervisor_email, page))
    if notice.kind in {Notice.Kind.LAPSED, Notice.Kind.SUSPENDED}:
        audience += [(address, page) for address in coordinators]
    if notice.kind == Notice.Kind.SUSPENDED:
        audience += [(address, page) for address in admins]
    return [
        (address, view)
        for address, view in audience
        if typed.email(address) != typed.email(notice.requirement.person.email)
    ]


def _line(notice: Notice) -> tuple[str, str, str]:
    row = notice.requirement
    return str(row.person), row.course.title, notice.get_kind_display()
