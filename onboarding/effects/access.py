"""Guards and effects of a person's access and of the agency's own moves."""

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.hud import participation
from agencies.models import Agency
from onboarding.access import agreed
from onboarding.models import Access
from onboarding.workflow import AccessVerb, Account, Act, ActWith, AgencyVerb, Reasons, Text, effect, guard

ToDo = Access.ToDo
# What the HMIS Admin has not done yet need not be undone: the later wish cancels it.
OPPOSITE = {ToDo.SUSPEND: ToDo.RESTORE, ToDo.RESTORE: ToDo.SUSPEND}


def _to_do(access: Access, to_do: Access.ToDo, act: ActWith[Reasons]) -> list[str]:
    """Put on the HMIS Admin's list what must be done in the HMIS itself; nothing when no account was ever made."""
    fields = keep_reasons(access, act)
    if access.granted_at is None:
        return fields
    if access.to_do and access.to_do == OPPOSITE.get(to_do):
        access.to_do, access.to_do_since = "", None
    else:
        access.to_do, access.to_do_since = to_do, timezone.now()
    return [*fields, "to_do", "to_do_since"]


@effect(Access, AccessVerb.BECOME_READY, AccessVerb.LOSE_READY, payload=Reasons)
def keep_reasons(access: Access, act: ActWith[Reasons]) -> list[str]:
    """Keep the reasons of a computed move beside the state."""
    access.reasons = list(act.payload.reasons)
    return ["reasons"]


@guard(Access, AccessVerb.GRANT)
def may_grant(access: Access, _act: Act) -> list[Text]:
    if access.staff.agency.state != Agency.State.LIVE:
        return [
            _("%(agency)s is not live yet: accounts are made once it is.")
            % {"agency": access.staff.agency.name}
        ]
    return []


@effect(Access, AccessVerb.GRANT, payload=Account)
def grant(access: Access, act: ActWith[Account]) -> list[str]:
    access.granted_by, access.granted_at = act.by, timezone.now()
    access.account_name, access.done_on = act.payload.name, act.payload.done_on or timezone.localdate()
    access.to_do, access.to_do_since = "", None
    access.agreed = agreed.of(access.staff)
    return ["granted_by", "granted_at", "account_name", "done_on", "to_do", "to_do_since", "agreed"]


@effect(Access, AccessVerb.SUSPEND, payload=Reasons)
def suspend(access: Access, act: ActWith[Reasons]) -> list[str]:
    return _to_do(access, ToDo.SUSPEND, act)


@effect(Access, AccessVerb.RESTORE, payload=Reasons)
def restore(access: Access, act: ActWith[Reasons]) -> list[str]:
    return _to_do(access, ToDo.RESTORE, act)


@effect(Access, AccessVerb.END, payload=Reasons)
def end(access: Access, act: ActWith[Reasons]) -> list[str]:
    return _to_do(access, ToDo.CLOSE, act)


@guard(Access, AccessVerb.CONFIRM_DONE)
def may_confirm(access: Access, _act: Act) -> list[Text]:
    return [] if access.to_do else [_("Nothing is waiting to be done for this person in the HMIS.")]


@effect(Access, AccessVerb.CHANGE, payload=Reasons)
def change(access: Access, _act: ActWith[Reasons]) -> list[str]:
    """A change that was taken back before it was carried out is off the list again."""
    if agreed.differs(access):
        access.to_do, access.to_do_since = ToDo.CHANGE, timezone.now()
    else:
        access.to_do, access.to_do_since = "", None
    return ["to_do", "to_do_since"]


@effect(Access, AccessVerb.CONFIRM_DONE, payload=Account)
def confirm_done(access: Access, act: ActWith[Account]) -> list[str]:
    if access.to_do in (ToDo.CHANGE, ToDo.RESTORE):
        access.agreed = agreed.of(access.staff)
    access.to_do, access.to_do_since = "", None
    access.done_by, access.done_at = act.by, timezone.now()
    access.done_on = act.payload.done_on or timezone.localdate()
    access.account_name = act.payload.name or access.account_name
    return ["to_do", "to_do_since", "done_by", "done_at", "done_on", "account_name", "agreed"]


@effect(Access, AccessVerb.COME_BACK, payload=Reasons)
def come_back(access: Access, act: ActWith[Reasons]) -> list[str]:
    """Checked anew; what is still to be closed in the HMIS stays on the list."""
    access.granted_by = access.granted_at = None
    access.account_name, access.agreed = "", {}
    return ["granted_by", "granted_at", "account_name", "agreed", *keep_reasons(access, act)]


@effect(Agency, AgencyVerb.GO_LIVE)
def go_live(agency: Agency, _act: Act) -> list[str]:
    agency.live_at = timezone.now()
    participation.begin(agency=agency, day=timezone.localdate(), by=None)
    return ["live_at"]


@effect(Agency, AgencyVerb.LEAVE)
def leave(agency: Agency, _act: Act) -> list[str]:
    agency.left_at = timezone.now()
    return ["left_at"]
