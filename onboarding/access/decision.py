"""Who may use the HMIS: the decision with its reasons, a pure function of facts, and how the facts are gathered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency, CodeChannel
from hmis_portal.models import PortalSettings
from hmis_portal.what_if import clock
from onboarding.models import Access, Mou
from onboarding.mou import newer_text
from onboarding.services import Computed
from onboarding.workflow import AccessVerb
from training import selectors

State = Access.State
READY = (State.READY, State.GRANTED)
# Only a first account waits for a channel: who has access keeps it.
BEFORE_ACCOUNT = (State.NOT_READY, State.READY)


@dataclass(frozen=True)
class AccessFacts:
    """What the decision about one staff member rests on, on one day."""

    state: str
    current: bool = True
    logs_in: bool = True
    agency_left: bool = False
    mou_in_force: bool = True
    newer_mou_late: bool = False
    """The MOU carries no access because a newer version was to be signed."""
    met: bool = True
    """Every mandatory course and the user agreement are in force: access may open."""
    holds: bool = True
    """None of them has run out for good: access that is open may stay."""
    has_channel: bool = True
    """A mobile number or e-mail address for sign-in codes is known, or not asked for yet: an account may be made."""
    missing: tuple[str, ...] = ()
    """One sentence for each course that is not in force."""


@dataclass(frozen=True)
class Decision:
    """The move that is due, if one is, and why it is so: one sentence a reason."""

    verb: Computed | None
    reasons: tuple[str, ...]


def decide(facts: AccessFacts) -> Decision:
    """What must happen to a person's access now. Opening asks for more than staying open (grace)."""
    end: Computed | None = None if facts.state == State.ENDED else AccessVerb.END
    if facts.agency_left:
        return Decision(end, (_("The agency has left the HMIS."),))
    if not facts.current:
        return Decision(end, (_("The person no longer works for the agency."),))
    if facts.state == State.ENDED:
        return Decision(AccessVerb.COME_BACK, (_("The person came back: everything is checked anew."),))
    reasons: list[str] = []
    if not facts.mou_in_force:
        late = _("The agency has not signed the newer version of the MOU in time.")
        reasons.append(late if facts.newer_mou_late else _("The agency’s MOU is not in force."))
    if not facts.logs_in:
        reasons.append(_("The role has no access to the HMIS."))
    gate = not reasons
    reasons += facts.missing
    opens, stays = gate and facts.met, gate and facts.holds
    if facts.state in BEFORE_ACCOUNT and not facts.has_channel:
        reasons.append(no_channel())
        opens = False
    due: dict[State, Computed | None] = {
        State.NOT_READY: AccessVerb.BECOME_READY if opens else None,
        State.READY: None if opens else AccessVerb.LOSE_READY,
        State.GRANTED: None if stays else AccessVerb.SUSPEND,
        State.SUSPENDED: AccessVerb.RESTORE if opens else None,
    }
    if opens:
        reasons = [_("Training, user agreement and MOU are in force.")]
    return Decision(due[State(facts.state)], tuple(reasons))


def no_channel() -> str:
    return _("No own mobile number or e-mail address for the HMIS’s sign-in codes is entered.")


def mou_in_force(agency_ids: Collection[UUID], today: date) -> set[UUID]:
    """Those of the agencies whose MOU is executed and within its term, and that owe no signature under a newer text."""
    return {agency_id for agency_id, late in _executed(agency_ids, today) if not late}


def _executed(agency_ids: Collection[UUID], today: date) -> set[tuple[UUID, bool]]:
    """The agencies of MOUs that are executed and within their term, and whether a newer version is overdue."""
    executed = Mou.objects.filter(agency__in=agency_ids, state=Mou.State.EXECUTED, term_ends_on__gte=today)
    rows = executed.annotate(late=newer_text.overdue(today)).values_list("agency_id", "late")
    return {(agency_id, bool(late)) for agency_id, late in rows}  # without a day it is unknown in SQL


def facts_of(rows: Sequence[Access], *, today: date | None = None) -> list[AccessFacts]:
    """The facts about these people, in their order: a fixed number of queries. Rows come with staff and agency."""
    day = today or clock.today()
    executed = _executed({row.staff.agency_id for row in rows}, day)
    channels_asked = PortalSettings.load().asks_for_channel(day)
    known = (
        with_channel([row.staff.user_id for row in rows if row.staff.user_id]) if channels_asked else set()
    )
    return [
        AccessFacts(
            state=row.state,
            current=row.staff.left_on is None,
            logs_in=row.staff.logs_in,
            agency_left=row.staff.agency.state == Agency.State.LEFT,
            mou_in_force=(row.staff.agency_id, False) in executed,
            newer_mou_late=(row.staff.agency_id, True) in executed,
            met=status.met,
            holds=status.holds,
            has_channel=not channels_asked or not row.staff.logs_in or row.staff.user_id in known,
            missing=tuple(status.reasons),
        )
        for row, status in zip(rows, selectors.statuses([row.staff for row in rows], today=day), strict=True)
    ]


def with_channel(people: Collection[int]) -> set[int]:
    """Those of the people whose channel for sign-in codes is known."""
    return set(CodeChannel.objects.filter(person__in=people).values_list("person_id", flat=True))


def rows_of(agency_id: UUID) -> QuerySet[Access]:
    return (
        Access.objects.filter(staff__agency=agency_id)
        .select_related("staff__agency", "staff__user")
        .prefetch_related("staff__projects")
    )
