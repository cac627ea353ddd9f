"""Whether an agency may go live, what it still lacks, and the moment it does: once, and it stays live."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import selectors
from agencies.models import Agency, HmisRole, Staff
from hmis_portal.models import GoLiveRule, PortalSettings
from hmis_portal.web.errors import WrongState
from hmis_portal.what_if import clock
from onboarding import emails
from onboarding.access.decision import READY, mou_in_force
from onboarding.models import Access, Condition
from onboarding.selectors import open_conditions
from onboarding.services import perform
from onboarding.workflow import AgencyVerb


def enough_people(*, people: int, ready: int, coordinators: int, rule: str) -> bool:
    """Whether enough of the people who hold up go-live are ready to begin; `coordinators` are those among the ready."""
    if rule == GoLiveRule.COORDINATOR_AND_ONE:
        return coordinators > 0 and ready >= 2
    return 0 < ready == people


def against_people(agency: Agency) -> str:
    """Why the people of an agency are not enough to go live; "" when they are."""
    staff = list(Staff.objects.holding_up_go_live().filter(agency=agency).select_related("access"))
    ready = [
        staff_member
        for staff_member in staff
        if hasattr(staff_member, "access") and staff_member.access.state in READY
    ]
    coordinators = sum(staff_member.hmis_role == HmisRole.HDC for staff_member in ready)
    rule = PortalSettings.load().go_live_rule
    if enough_people(people=len(staff), ready=len(ready), coordinators=coordinators, rule=rule):
        return ""
    if waiting := [staff_member.name for staff_member in staff if staff_member not in ready]:
        return _("Not ready yet: %(names)s") % {"names": ", ".join(waiting)}
    if not staff:
        return _("Nobody is on the roster who signs in to the HMIS from the start.")
    if not coordinators:
        return _("Nobody on the roster is the HMIS Data Coordinator.")
    return _("At least two people on the roster must be ready, one of them the HMIS Data Coordinator.")


def managers_missing(agency: Agency) -> int:
    """How many managers more an agency needs to go live."""
    return max(
        0,
        PortalSettings.load().managers_at_go_live - selectors.manager_counts([agency.pk]).get(agency.pk, 0),
    )


def against_managers(missing: int) -> str:
    """Why an agency with so many managers too few does not go live; "" when it has enough."""
    if not missing:
        return ""
    words = ngettext(
        "%(count)d more manager is needed, so that one can be away: invite a colleague.",
        "%(count)d more managers are needed, so that one can be away: invite colleagues.",
        missing,
    )
    return words % {"count": missing}


def blocking_conditions(agency: Agency) -> list[Condition]:
    """The open conditions of the approval that must be met before the agency goes live."""
    conditions = open_conditions().filter(application__agency=agency, blocks_go_live=True)
    return list(conditions.prefetch_related("reports"))


def against_go_live(agency: Agency) -> list[str]:
    """What an agency that joins still lacks before it goes live; empty when it may."""
    reasons = []
    if agency.pk not in mou_in_force([agency.pk], clock.today()):
        reasons.append(_("The MOU is not in force."))
    reasons += [
        _("Open condition: %(text)s") % {"text": condition.text} for condition in blocking_conditions(agency)
    ]
    if managers := against_managers(managers_missing(agency)):
        reasons.append(managers)
    if people := against_people(agency):
        reasons.append(people)
    return reasons


def go_live_if_due(agency_id: UUID) -> bool:
    """Once, when nothing is missing any more; an agency that is live stays live.

    Where only conditions or managers are left, the managers are told which.
    """
    agency = Agency.objects.get(pk=agency_id)
    if agency.state != Agency.State.JOINING:
        return False
    if reasons := against_go_live(agency):
        left, managers = blocking_conditions(agency), against_managers(managers_missing(agency))
        if len(left) + bool(managers) == len(reasons):
            emails.go_live_held_up(agency, left, managers=managers)
        return False
    with transaction.atomic():
        try:
            perform(agency, AgencyVerb.GO_LIVE, by=None)
        except WrongState:
            return False
    return True


def waiting_for_go_live() -> QuerySet[Access]:
    return Access.objects.filter(state=Access.State.READY, staff__agency__state=Agency.State.JOINING)
