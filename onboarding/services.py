"""The one way to change the state of an application, an MOU, a person's access or an agency."""

from enum import StrEnum
from typing import Any, Literal, Required, TypedDict, TypeVar, Unpack, overload

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.locks import lock_agency
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.mail_parts import Letter
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.signing.agreeing.signature import PaperSignature, Signature
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import workflow
from onboarding.models import Access, Application, Mou
from onboarding.workflow import (
    AccessVerb,
    Account,
    Act,
    ActWith,
    AgencyVerb,
    ApplicationVerb,
    Approval,
    Ending,
    HandOver,
    Hold,
    MoreTime,
    MouVerb,
    Move,
    Reasons,
    Signer,
    Voiding,
)

T = TypeVar("T", bound=models.Model)
Signing = Literal[MouVerb.SIGN, MouVerb.COUNTER_SIGN]
SigningOnPaper = Literal[MouVerb.SIGN_ON_PAPER, MouVerb.COUNTER_SIGN_ON_PAPER]
Naming = Literal[MouVerb.PASS_ON, MouVerb.REPLACE]
PlainMou = Literal[
    MouVerb.DECLINE, MouVerb.REMIND, MouVerb.ISSUE_ANEW, MouVerb.ONE_PARTY, MouVerb.SUPERSEDE, MouVerb.WITHDRAW_SIGNATURE,
    MouVerb.REFUSE, MouVerb.VOID_WITH_APPLICATION, MouVerb.VOID_WITH_AGENCY, MouVerb.VOID_WITH_MOU,
]  # fmt: skip
PlainApplication = Literal[
    ApplicationVerb.SUBMIT, ApplicationVerb.TAKE, ApplicationVerb.HAND_BACK, ApplicationVerb.REQUEST_CHANGES,
    ApplicationVerb.RESUBMIT, ApplicationVerb.RECOMMEND, ApplicationVerb.DECLINE, ApplicationVerb.WITHDRAW,
    ApplicationVerb.REVOKE_APPROVAL, ApplicationVerb.REOPEN, ApplicationVerb.MOU_LOST, ApplicationVerb.ASK_FOR_TIME,
    ApplicationVerb.REFUSE_TIME, ApplicationVerb.RELEASE, ApplicationVerb.APPEAL,
    ApplicationVerb.UPHOLD, ApplicationVerb.OVERTURN,
]  # fmt: skip
Computed = Literal[
    AccessVerb.BECOME_READY, AccessVerb.LOSE_READY, AccessVerb.SUSPEND, AccessVerb.RESTORE, AccessVerb.END,
    AccessVerb.COME_BACK, AccessVerb.CHANGE,
]  # fmt: skip


class How(TypedDict, total=False):
    """By whom, why and from where. `by=None` or `as_system=True` is the portal itself, in consequence of another act."""

    by: Required[User | None]
    reason: str
    ip: str | None
    as_system: bool
    letter: Letter | None


# The rows of the tables for mypy: which payload a verb carries. A test compares them with the tables.
# fmt: off
@overload
def perform(obj: Mou, verb: Signing, *, payload: Signature, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Mou, verb: SigningOnPaper, *, payload: PaperSignature, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Mou, verb: Naming, *, payload: Signer, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Mou, verb: Literal[MouVerb.VOID], *, payload: Voiding, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Mou, verb: Literal[MouVerb.END], *, payload: Ending, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Mou, verb: PlainMou, **how: Unpack[How]) -> Mou: ...
@overload
def perform(obj: Application, verb: Literal[ApplicationVerb.HAND_OVER], *, payload: HandOver, **how: Unpack[How]) -> Application: ...
@overload
def perform(obj: Application, verb: Literal[ApplicationVerb.HOLD], *, payload: Hold, **how: Unpack[How]) -> Application: ...
@overload
def perform(obj: Application, verb: Literal[ApplicationVerb.APPROVE], *, payload: Approval, **how: Unpack[How]) -> Application: ...
@overload
def perform(obj: Application, verb: Literal[ApplicationVerb.GIVE_TIME], *, payload: MoreTime, **how: Unpack[How]) -> Application: ...
@overload
def perform(obj: Application, verb: PlainApplication, **how: Unpack[How]) -> Application: ...
@overload
def perform(obj: Access, verb: Computed, *, payload: Reasons, **how: Unpack[How]) -> Access: ...
@overload
def perform(obj: Access, verb: Literal[AccessVerb.GRANT, AccessVerb.CONFIRM_DONE], *, payload: Account, **how: Unpack[How]) -> Access: ...
@overload
def perform(obj: Agency, verb: Literal[AgencyVerb.GO_LIVE, AgencyVerb.LEAVE], **how: Unpack[How]) -> Agency: ...
# fmt: on
def perform(obj: Model, verb: StrEnum, *, payload: object = None, **how: Unpack[How]) -> Any:
    """Make the move that is written at the call: mypy proves that it gets the payload of its row."""
    return perform_held(obj, verb, payload=payload, **how)


def agency_id_of(obj: Any) -> Any:
    """The key of the agency that an object of the journey belongs to."""
    if isinstance(obj, Agency):
        return obj.pk
    return obj.staff.agency_id if isinstance(obj, Access) else obj.agency_id


def kinds_towards(obj: object, by: User | None, agency: Agency) -> set[str]:
    """What a person is towards this object. Only the named signatory is the signatory of an MOU."""
    if by is None:
        return {workflow.SYSTEM}
    kinds = permissions.kinds(by, agency)
    if isinstance(obj, Mou):
        kinds -= {workflow.SIGNATORY}
        if obj.signatory_id == by.pk:
            kinds.add(workflow.SIGNATORY)
    return kinds


def perform_held(
    obj: T,
    verb: StrEnum,
    *,
    by: User | None,
    payload: object = None,
    reason: str = "",
    ip: str | None = None,
    as_system: bool = False,
    letter: Letter | None = None,
) -> T:
    """Make one move of the transition table, or refuse it with a sentence; returns the locked, changed object.

    For a verb held in a variable; the payload is compared with the row as it runs. Raises TypeError (another
    payload), PermissionDenied (not this person's move), WrongState (stale or repeated), GuardFailed (something is
    missing, listed).
    """
    row = workflow.move(type(obj), verb)
    row.check_payload(payload)
    plain = Act(by=by, reason=reason.strip(), ip=ip, letter=letter)
    act = (
        plain
        if payload is None
        else ActWith(by=by, reason=plain.reason, ip=ip, letter=letter, payload=payload)
    )
    with transaction.atomic():
        agency = lock_agency(agency_id_of(obj))
        locked = _locked(obj, agency)
        check_person(row, kinds_towards(locked, by, agency), as_system=as_system)
        if locked.state not in row.sources:
            raise WrongState(stale_words(locked, row))
        check_guard(locked, row, act)
        before = locked.state
        changed = {name for names in workflow.effect.run(locked, verb, act) for name in names}
        locked.save(update_fields=sorted(changed | _arrive(locked, row)))
        audit.record(
            by=by, verb=verb, obj=locked, agency_id=agency.pk, before=before, after=locked.state, reason=act.reason, ip=ip,
        )  # fmt: skip
        workflow.done.run(locked, verb, act)
    moved: T = locked
    return moved


def _locked(obj: models.Model, agency: Agency) -> Any:
    if isinstance(obj, Agency):
        return agency
    for locked in _LOCKING[type(obj)](pk=obj.pk):
        return locked
    raise ObjectDoesNotExist(obj._meta.label)


def _locking(model: type[Model]) -> WrittenQuery[Any]:
    pk = Given("pk", model._meta.pk)
    return WrittenQuery(lambda: model._default_manager.select_for_update(of=("self",)).filter(pk=pk))


_LOCKING: dict[type[Model], WrittenQuery[Any]] = {
    model: _locking(model) for model in (Application, Mou, Access)
}


def _arrive(locked: Any, row: Move) -> set[str]:
    """Put the object into the state that the row leads to; the names of what changed."""
    if row.target in ("", locked.state):
        return set()
    locked.state = row.target
    if not hasattr(locked, "state_since"):
        return {"state"}
    locked.state_since = timezone.now()
    return {"state", "state_since"}


def check_creation(model: type[models.Model], verb: StrEnum, *, by: User, agency: Agency) -> Move:
    """Whether this person may make such an object for the agency (start an application, issue an MOU)."""
    row = workflow.move(model, verb)
    check_person(row, permissions.kinds(by, agency), as_system=False)
    return row


def check_person(row: Move, kinds: set[str], *, as_system: bool) -> None:
    if kinds & set(row.who) or (as_system and workflow.SYSTEM in row.who):
        return
    raise PermissionDenied


def check_guard(obj: Model, row: Move, act: Act) -> None:
    if row.needs_reason and not act.reason:
        raise GuardFailed([_("Enter a reason.")])
    if reasons := [str(reason) for reasons in workflow.guard.run(obj, row.verb, act) for reason in reasons]:
        raise GuardFailed(reasons)


def against(obj: Model, verb: StrEnum, by: User) -> list[str]:
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
