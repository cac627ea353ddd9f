"""The one way to change the state of an application, an MOU, a person's access or an agency."""

from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.locks import lock_agency
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import workflow
from onboarding.models import Access, Mou
from onboarding.workflow import Act, ActWith, Move

T = TypeVar("T", bound=models.Model)


def agency_id_of(obj: Any) -> Any:
    """The key of the agency that an object of the journey belongs to."""
    if isinstance(obj, Agency):
        return obj.pk
    return obj.staff.agency_id if isinstance(obj, Access) else obj.agency_id


def kinds_towards(obj: Any, by: User | None, agency: Agency) -> set[str]:
    """What a person is towards this object. Only the named signatory is the signatory of an MOU."""
    if by is None:
        return {workflow.SYSTEM}
    kinds = permissions.kinds(by, agency)
    if isinstance(obj, Mou):
        kinds -= {workflow.SIGNATORY}
        if obj.signatory_id == by.pk:
            kinds.add(workflow.SIGNATORY)
    return kinds


def perform(
    obj: T,
    verb: StrEnum,
    *,
    by: User | None,
    given: object = None,
    reason: str = "",
    ip: str | None = None,
    as_system: bool = False,
) -> T:
    """Make one move of the transition table, or refuse it with a sentence; returns the locked, changed object.

    `given` is the payload that the move's row names. `by=None` or `as_system=True` is the portal itself, as the
    consequence of another act. Raises PermissionDenied (not this person's move), WrongState (stale or repeated),
    GuardFailed (something is missing, listed).
    """
    row = workflow.move(type(obj), verb)
    row.check_given(given)
    plain = Act(by=by, reason=reason.strip(), ip=ip)
    act = plain if given is None else ActWith(by=by, reason=plain.reason, ip=ip, given=given)
    with transaction.atomic():
        agency = lock_agency(agency_id_of(obj))
        locked: Any = (
            agency
            if isinstance(obj, Agency)
            else type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        )
        check_person(row, kinds_towards(locked, by, agency), as_system=as_system)
        if locked.state not in row.sources:
            raise WrongState(stale_words(locked, row))
        check_guard(locked, row, act)
        before = locked.state
        changed = [name for names in workflow.effect.run(locked, verb, act) for name in names]
        if row.target and row.target != before:
            locked.state = row.target
            changed = [*changed, "state"]
            if hasattr(locked, "state_since"):
                locked.state_since = timezone.now()
                changed.append("state_since")
        locked.save(update_fields=sorted(set(changed)))
        audit.record(
            by=by,
            verb=verb,
            obj=locked,
            agency_id=agency.pk,
            before=before,
            after=locked.state,
            reason=act.reason,
            ip=ip,
        )
        workflow.done.run(locked, verb, act)
    moved: T = locked
    return moved


def check_creation(model: type[models.Model], verb: StrEnum, *, by: User, agency: Agency) -> Move:
    """Whether this person may make such an object for the agency (start an application, issue an MOU)."""
    row = workflow.move(model, verb)
    check_person(row, permissions.kinds(by, agency), as_system=False)
    return row


def check_person(row: Move, kinds: set[str], *, as_system: bool) -> None:
    if kinds & set(row.who) or (as_system and workflow.SYSTEM in row.who):
        return
    raise PermissionDenied


def check_guard(obj: Any, row: Move, act: Act) -> None:
    if row.needs_reason and not act.reason:
        raise GuardFailed([_("Enter a reason: it is kept in the history.")])
    if reasons := [str(reason) for reasons in workflow.guard.run(obj, row.verb, act) for reason in reasons]:
        raise GuardFailed(reasons)


def against(obj: Any, verb: StrEnum, by: User) -> list[str]:
    """What stands against a move now, before anything is typed: that the reason is still to be given is no news."""
    try:
        check_guard(obj, workflow.move(type(obj), verb), Act(by=by, reason="…"))
    except GuardFailed as error:
        return error.messages
    return []


def stale_words(obj: Any, row: Move) -> str:
    """What already happened, for a person whose page is older than the row; or how it stands, when it never did."""
    since = getattr(obj, "state_since", None)
    facts = {"name": str(obj), "state": obj.get_state_display(), "since": datetime_words(since)}
    stands = _("%(name)s is “%(state)s” since %(since)s.") if since else _("%(name)s is “%(state)s”.")
    if obj.state == row.target and audit.happened(obj, row.verb):
        return _("This was already done: %(stands)s Nothing was done twice.") % {"stands": stands % facts}
    return _("This cannot be done now: %(stands)s Nothing was changed.") % {"stands": stands % facts}
