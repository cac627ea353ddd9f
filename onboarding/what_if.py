"""How the world goes on when a change is tried before it is made: what each night does, and what shows of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, Person, Staff, User
from hmis_portal.models import PortalSettings, WhatIf
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import date_words
from hmis_portal.what_if import clock, kinds
from hmis_portal.what_if.trying import HORIZON
from onboarding import reminders
from onboarding.access import go_live, recompute
from onboarding.access.decision import READY, facts_of
from onboarding.journey import whose_turn, yearly
from onboarding.journey.facts import gather_all
from onboarding.journey.holder import OF_AGENCY
from onboarding.models import Access, Mou, ReadinessVersion
from onboarding.mou import publishing
from onboarding.owed.line import Kind
from onboarding.owed.sources import lines_of
from onboarding.readiness import versions
from training.models import Because, Waiver
from training.requirements import reminders as training_reminders
from training.requirements.items import Item
from training.selectors import items_of
from training.validity import Status

Agencies = Sequence[UUID]
TOGETHER = 5  # agencies at most, however many people they share: their rows are locked meanwhile


def pieces() -> list[list[UUID]]:
    """Agencies that have not left; those that share people stand together."""
    agencies = Agency.objects.exclude(state=Agency.State.LEFT).order_by("pk")
    piece_of = {key: [key] for key in agencies.values_list("pk", flat=True)}
    works_for = defaultdict(set)
    for rows in (Staff.objects.current(), Person.objects.all()):
        for user_id, key in rows.filter(user__isnull=False).values_list("user", "agency"):
            if key in piece_of:
                works_for[user_id].add(key)
    for keys in works_for.values():
        first, *others = sorted(keys)
        for key in others:
            piece, other = piece_of[first], piece_of[key]
            if piece is not other and len(piece) + len(other) <= TOGETHER:
                piece += other
                piece_of.update(dict.fromkeys(other, piece))
    packed: list[list[UUID]] = [[]]
    for piece in {id(piece): piece for piece in piece_of.values()}.values():
        if len(packed[-1]) + len(piece) > TOGETHER:
            packed.append([])
        packed[-1] += piece
    return packed if packed[0] else []


def _access(agencies: Agencies) -> list[Access]:
    rows = Access.objects.filter(staff__agency__in=agencies).select_related("staff__agency", "staff__user")
    return list(rows.prefetch_related("staff__projects").order_by("pk"))


def _people(agencies: Agencies) -> set[int]:
    """Whom courses are asked of for their work in these agencies (ids)."""
    because = Because.objects.filter(Q(staff__agency__in=agencies) | Q(holder__agency__in=agencies))
    return set(because.filter(requirement__closed_on=None).values_list("requirement__person", flat=True))


def look(agencies: Agencies) -> Any:
    rows = _access(agencies)
    items = [item for of_one in items_of(_people(agencies)).values() for item in of_one]
    last = timezone.localdate() + timedelta(days=HORIZON)
    joining = Agency.objects.filter(pk__in=agencies, state=Agency.State.JOINING, open_training__isnull=False)
    return (
        {agency.pk: go_live.against_go_live(agency) for agency in joining},
        [(row.pk, row.to_do, facts) for row, facts in zip(rows, facts_of(rows), strict=True)],
        {
            (item.requirement.person_id, item.requirement.course_id, item.requirement.staff_id): (
                _until(item.status, last), item.requirement.due_on, item.requirement.version, item.requirement.course.mandatory,
            )
            for item in items
        },
    )  # fmt: skip


def _until(status: Status, last: date) -> Status:
    """A grace that ends only after the last of the nights changes nothing in them."""
    return replace(status, grace_through=None) if (status.grace_through or last) > last else status


def settle(agencies: Agencies) -> None:
    for key in recompute.waiting() & {*agencies}:
        recompute.recompute(key)


def night(agencies: Agencies, due: Agencies) -> bool:
    """In the order of the beat schedule."""
    with_access = {*recompute.nightly(clock.today(), agencies)}
    to_look_at = with_access & {*due, *recompute.waiting()}
    for key in to_look_at:
        recompute.recompute(key)
    reminders.send_to(agencies)
    if due:
        training_reminders.send_all(among=_people(due))
    return bool(to_look_at)


def changes(agencies: Agencies) -> dict[UUID, set[date]]:
    days: dict[UUID, set[date]] = {key: set() for key in agencies}
    if not agencies:
        return days
    ladder = PortalSettings.load().training_ladder
    for key, item in _asked(agencies):
        days[key] |= training_reminders.days_of_change(item, ladder)
    staff = Staff.objects.current().filter(agency__in=agencies)
    waived = staff.filter(user__waivers__in=Waiver.objects.standing())
    terms = Mou.objects.filter(agency__in=agencies, state=Mou.State.EXECUTED)
    channels = PortalSettings.load().second_factor_from
    begins: list[tuple[UUID, date | None]] = [
        *staff.filter(starts_later=True).values_list("agency", "start_date"),
        *waived.values_list("agency", "user__waivers__first_on"),
        *((key, channels) for key in agencies),
    ]
    for key, day in begins:
        if day:
            days[key].add(day)
    for key, *last_days in terms.values_list("agency", "term_ends_on", "renew_by"):
        days[key] |= {last + timedelta(days=1) for last in last_days if last}
    return days


def _asked(agencies: Agencies) -> Iterator[tuple[UUID, Item]]:
    """Every course that is asked of somebody, once for each of these agencies for which it is."""
    of_staff = dict(Staff.objects.filter(agency__in=agencies).values_list("pk", "agency"))
    of_holder = dict(Person.objects.filter(agency__in=agencies).values_list("pk", "agency"))
    for items in items_of(_people(agencies)).values():
        for item in items:
            keys = {
                of_staff.get(because.staff_id or 0) or of_holder.get(because.holder_id or 0)
                for because in item.reasons
            }
            for key in keys:
                if key:
                    yield key, item


def having(agencies: Agencies) -> dict[int, bool]:
    rows = Access.objects.filter(staff__agency__in=agencies).values_list("pk", "state")
    return {key: state in READY for key, state in rows}


def tasks(agencies: Agencies) -> dict[tuple[UUID, str], str]:
    """What the agencies owe today, the courses of their people, and what falls due again in the days to come."""
    rows = Agency.objects.filter(pk__in=agencies)
    due: dict[tuple[UUID, str], str] = {}
    for key, facts in gather_all(list(rows)).items():
        turn = whose_turn.of_agency(facts)
        if turn.holder in OF_AGENCY:
            due[key, f"turn {turn.text}"] = turn.text
        for line in lines_of(facts):
            if line.of_agency and line.kind not in (Kind.YEARLY, Kind.PERSON):
                due[key, line.key] = line.title
    for task in yearly.due(among=rows, within=HORIZON):
        due[task.agency.pk, f"{task.kind} {task.due_on}"] = f"{task.title} ({date_words(task.due_on)})"
    return due | _courses(agencies)


def _courses(agencies: Agencies) -> dict[tuple[UUID, str], str]:
    asked = [(key, item) for key, item in _asked(agencies) if item.is_open]
    people = User.objects.in_bulk({item.requirement.person_id for _key, item in asked})
    return {
        (
            key,
            f"course {item.requirement.person_id} {item.requirement.course_id} {item.requirement.version}",
        ): f"{people[item.requirement.person_id]}: {item.course_title}"
        for key, item in asked
    }


def names(keys: Collection[int]) -> dict[int, tuple[str, str, UUID]]:
    rows = Access.objects.filter(pk__in=keys).select_related("staff__agency")
    return {row.pk: (row.staff.name, row.staff.agency.name, row.staff.agency_id) for row in rows}


def agency_names(keys: Collection[UUID]) -> Mapping[UUID, str]:
    return {row.pk: row.name for row in Agency.objects.filter(pk__in=keys)}


def _publish_text(row: WhatIf) -> None:
    publishing.put_in_force(TextVersion.objects.get(pk=row.data["version"]), by=row.asked_by)


def _follow_text(row: WhatIf, agencies: Agencies) -> None:
    version, who = TextVersion.objects.get(pk=row.data["version"]), WhoSigns.of(row.data.get("who", {}))
    publishing.supersede(version, by=row.asked_by, agencies=agencies)
    if who:
        publishing.ask_to_sign(version, who.among(frozenset(agencies)), by=row.asked_by)


def _publish_readiness(row: WhatIf) -> None:
    version = ReadinessVersion.objects.get(pk=row.data["version"])
    versions.publish(version, by=row.asked_by, what_changed=str(version))


kinds.add(
    kinds.WhatIfKind("publish_text", _publish_text, _follow_text),
    kinds.WhatIfKind("publish_readiness", _publish_readiness),
)
kinds.goes_on_by(
    kinds.World(
        pieces=pieces, look=look, settle=settle, night=night, changes=changes, having=having, tasks=tasks, names=names,
        agency_names=agency_names,
    )
)  # fmt: skip
