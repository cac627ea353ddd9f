"""Who may use the HMIS: the decision with its reasons, and the steps that follow from it.

`decide` is a pure function of facts. `recompute` gathers the facts of an agency in a fixed number of queries and
makes the moves of the transition table that are due; it may run as often as one likes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, HmisRole, Staff, User
from agencies.services.invitations import invite_staff
from hmis_portal import queue
from hmis_portal.models import GoLiveRule, PortalSettings
from hmis_portal.web.errors import DomainError, WrongState
from onboarding import emails
from onboarding.models import Access, Condition, Mou
from onboarding.roster.officer import list_security_officer
from onboarding.selectors import open_conditions
from onboarding.services import perform
from training import selectors as training
from training import services as training_services
from training.models import Because, OpenTraining

log = structlog.get_logger(__name__)
State = Access.State
READY = (State.READY, State.GRANTED)


@dataclass(frozen=True)
class Facts:
    """What the decision about one staff member rests on, on one day."""

    state: str
    current: bool = True
    logs_in: bool = True
    agency_left: bool = False
    mou_in_force: bool = True
    met: bool = True
    """Every mandatory course and the user agreement are in force: access may open."""
    holds: bool = True
    """None of them has run out for good: access that is open may stay."""
    missing: tuple[str, ...] = ()
    """One sentence for each course that is not in force."""


@dataclass(frozen=True)
class Decision:
    """The move that is due ("" for none), and why it is so: one sentence a reason."""

    verb: str
    reasons: tuple[str, ...]


def decide(facts: Facts) -> Decision:
    """What must happen to a person's access now. Opening asks for more than staying open (grace)."""
    if facts.agency_left:
        return Decision("" if facts.state == State.ENDED else "end", (_("The agency has left the HMIS."),))
    if not facts.current:
        return Decision(
            "" if facts.state == State.ENDED else "end", (_("The person no longer works for the agency."),)
        )
    if facts.state == State.ENDED:
        return Decision("come_back", (_("The person came back: everything is checked anew."),))
    reasons: list[str] = []
    if not facts.mou_in_force:
        reasons.append(_("The agency’s MOU is not in force."))
    if not facts.logs_in:
        reasons.append(_("The role has no access to the HMIS."))
    gate = not reasons
    reasons += facts.missing
    opens, stays = gate and facts.met, gate and facts.holds
    verb = {
        State.NOT_READY: "become_ready" if opens else "",
        State.READY: "" if opens else "lose_ready",
        State.GRANTED: "" if stays else "suspend",
        State.SUSPENDED: "restore" if opens else "",
    }[State(facts.state)]
    if opens:
        reasons = [_("Training, user agreement and MOU are in force.")]
    return Decision(verb, tuple(reasons))


def mou_in_force(agency_ids: Collection[UUID], today: date) -> set[UUID]:
    """Those of the agencies whose MOU is executed and within its term."""
    found = Mou.objects.filter(agency__in=agency_ids, state=Mou.State.EXECUTED, term_ends_on__gte=today)
    return set(found.values_list("agency_id", flat=True))


def facts_of(rows: Sequence[Access], *, today: date | None = None) -> list[Facts]:
    """The facts about these people, in their order: a fixed number of queries. Rows come with staff and agency."""
    day = today or timezone.localdate()
    signed = mou_in_force({row.staff.agency_id for row in rows}, day)
    return [
        Facts(
            state=row.state,
            current=row.staff.left_on is None,
            logs_in=row.staff.logs_in,
            agency_left=row.staff.agency.state == Agency.State.LEFT,
            mou_in_force=row.staff.agency_id in signed,
            met=standing.met,
            holds=standing.holds,
            missing=tuple(standing.reasons),
        )
        for row, standing in zip(
            rows, training.standings([row.staff for row in rows], today=day), strict=True
        )
    ]


def rows_of(agency_id: UUID) -> QuerySet[Access]:
    return Access.objects.filter(staff__agency=agency_id).select_related("staff__agency", "staff__user")


def recompute(agency_id: UUID, *, today: date | None = None) -> int:
    """Bring the access of an agency's people up to date, and let it go live when the rule holds; the moves made."""
    agency = Agency.objects.get(pk=agency_id)
    if agency.state != Agency.State.LEFT and OpenTraining.objects.filter(agency=agency_id).exists():
        welcome_new(agency)
    rows = list(rows_of(agency_id))
    made = 0
    for row, facts in zip(rows, facts_of(rows, today=today), strict=True):
        made += apply(row, decide(facts))
    go_live_if_due(agency_id)
    return made


def apply(access: Access, decision: Decision) -> bool:
    """Keep the reasons and make the move, if one is due; somebody else's earlier move is no fault."""
    reasons = list(decision.reasons)
    if not decision.verb:
        if access.reasons != reasons:
            Access.objects.filter(pk=access.pk).update(reasons=reasons)
        return False
    try:
        perform(access, decision.verb, by=None, note="\n".join(reasons)[:2000], reasons=reasons)
    except WrongState:
        return False
    return True


def open_rows(agency: Agency) -> None:
    """One access row for each current staff member; a row that exists stays."""
    missing = Staff.objects.current().filter(agency=agency, access=None)
    Access.objects.bulk_create([Access(staff=staff) for staff in missing], ignore_conflicts=True)


def enough_people(*, people: int, ready: int, coordinators: int, rule: str) -> bool:
    """Whether enough of the people who hold up go-live are ready to begin; `coordinators` are those among the ready."""
    if rule == GoLiveRule.COORDINATOR_AND_ONE:
        return coordinators > 0 and ready >= 2
    return 0 < ready == people


def against_people(agency: Agency) -> str:
    """Why the people of an agency are not enough to go live; "" when they are."""
    staff = list(Staff.objects.holding_up_go_live().filter(agency=agency).select_related("access"))
    ready = [one for one in staff if hasattr(one, "access") and one.access.state in READY]
    coordinators = sum(one.hmis_role == HmisRole.HDC for one in ready)
    rule = PortalSettings.load().go_live_rule
    if enough_people(people=len(staff), ready=len(ready), coordinators=coordinators, rule=rule):
        return ""
    if waiting := [one.name for one in staff if one not in ready]:
        return _("Not ready yet: %(names)s") % {"names": ", ".join(waiting)}
    if not staff:
        return _("Nobody is on the roster who signs in to the HMIS from the start.")
    if not coordinators:
        return _("Nobody on the roster is the HMIS Data Coordinator.")
    return _("At least two people on the roster must be ready, one of them the HMIS Data Coordinator.")


def blocking_conditions(agency: Agency) -> list[Condition]:
    """The open conditions of the approval that must be met before the agency goes live."""
    found = open_conditions().filter(application__agency=agency, blocks_go_live=True)
    return list(found.prefetch_related("reports"))


def against_go_live(agency: Agency) -> list[str]:
    """What an agency that joins still lacks before it goes live; empty when it may."""
    reasons = []
    if agency.pk not in mou_in_force([agency.pk], timezone.localdate()):
        reasons.append(_("The MOU is not in force."))
    reasons += [_("Open condition: %(text)s") % {"text": one.text} for one in blocking_conditions(agency)]
    if people := against_people(agency):
        reasons.append(people)
    return reasons


def go_live_if_due(agency_id: UUID) -> bool:
    """Once, when nothing is missing any more; an agency that is live stays live.

    Where only conditions are left, the managers are told which.
    """
    agency = Agency.objects.get(pk=agency_id)
    if agency.state != Agency.State.JOINING:
        return False
    if reasons := against_go_live(agency):
        left = blocking_conditions(agency)
        if len(left) == len(reasons):
            emails.go_live_held_up(agency, left)
        return False
    with transaction.atomic():
        try:
            perform(agency, "go_live", by=None)
        except WrongState:
            return False
    return True


def closing_deadline(access: Access) -> datetime | None:
    """By when a leaver's account must be closed: 24 hours after the last working day ended."""
    if access.to_do != "close" or access.staff.left_on is None:
        return None
    return timezone.make_aware(datetime.combine(access.staff.left_on + timedelta(days=2), time.min))


def to_create() -> QuerySet[Access]:
    """Accounts that the HMIS Admin may make now: ready people of live agencies."""
    return Access.objects.filter(state=State.READY, staff__agency__state=Agency.State.LIVE)


def to_do() -> QuerySet[Access]:
    """What must be done in the HMIS itself, the leavers first."""
    return Access.objects.exclude(to_do="")


def waiting_for_go_live() -> QuerySet[Access]:
    return Access.objects.filter(state=State.READY, staff__agency__state=Agency.State.JOINING)


def agencies_with_access() -> list[UUID]:
    """For the nightly run: agencies whose people's access can still change."""
    rows = Access.objects.filter(~Q(state=State.ENDED) | Q(staff__left_on__isnull=True))
    return list(rows.order_by().values_list("staff__agency", flat=True).distinct())


def start_training(agency: Agency, *, by: User | None) -> Staff | None:
    """Approved and executed: invitations, courses and access rows for everybody on the roster. Safe to repeat.

    Returns the Security Officer if they had to be listed for it.
    """
    officer = list_security_officer(agency, by=by)
    invite_new(agency, by=by)
    training_services.open_training(agency=agency, by=by)
    open_rows(agency)
    later(agency.pk)
    return officer


def stop_training(agency: Agency, *, by: User | None, reason: str) -> None:
    training_services.close_training(agency=agency, by=by, reason=reason)


def invite_new(agency: Agency, *, by: User | None) -> list[Staff]:
    """Accounts for the people on the roster who have none; one who cannot be invited does not hold up the others."""
    invited = []
    for staff in Staff.objects.begun(timezone.localdate()).filter(agency=agency, user=None):
        try:
            with transaction.atomic():
                invite_staff(staff=staff, by=by)
            invited.append(staff)
        except DomainError as error:
            log.warning("staff_not_invited", staff=staff.pk, reason=str(error))
    return invited


def welcome_new(agency: Agency) -> None:
    """People listed after training began, or whose start date has come, get the same: an invitation, courses, access row."""
    invited = [staff.pk for staff in invite_new(agency, by=None)]
    begun = Staff.objects.begun(timezone.localdate()).filter(agency=agency, user__isnull=False)
    without_courses = begun.filter(starts_later=True).exclude(pk__in=Because.objects.values("staff"))
    for staff in begun.filter(pk__in=invited) | without_courses:
        training_services.assign(staff=staff, by=None)
    open_rows(agency)


@dataclass
class Recompute:
    """What `later` puts off until the commit: in a worker, or at once when the queue is away."""

    agency_id: UUID
    ran: bool = False

    def __call__(self) -> None:
        self.ran = True
        if not queue.publish("onboarding.tasks.recompute_agency", str(self.agency_id)):
            recompute(self.agency_id)


def later(agency_id: UUID) -> None:
    """Recompute an agency's access once this transaction is committed, once however often it is asked for."""
    waiting = [entry[1] for entry in connection.run_on_commit if isinstance(entry[1], Recompute)]
    if not any(one.agency_id == agency_id and not one.ran for one in waiting):
        transaction.on_commit(Recompute(agency_id))
