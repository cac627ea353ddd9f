"""Ask, grant, refuse, take back; and what happens by itself: notice runs out, requests lapse.

Every decision locks the row, checks anew that the act is possible and that both people still have the power, does
the act by its kind, writes the audit record and tells all concerned, in one transaction.
"""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import audit
from hmis_portal.events import PortalEvent
from hmis_portal.models import PowerRequest, StoredDocument
from hmis_portal.models.users import User
from hmis_portal.powers import emails, kinds
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import DomainError, GuardFailed, WrongState

NOTICE = timedelta(hours=72)
LAPSES = timedelta(days=14)
Outcome = PowerRequest.Outcome
VERBS = {
    Outcome.GRANTED: PortalEvent.GRANTED_A_POWER,
    Outcome.UNOPPOSED: PortalEvent.USED_A_POWER_AFTER_NOTICE,
    Outcome.REFUSED: PortalEvent.REFUSED_A_POWER,
    Outcome.TAKEN_BACK: PortalEvent.TOOK_A_REQUEST_BACK,
    Outcome.LAPSED: PortalEvent.LET_A_REQUEST_LAPSE,
}


@transaction.atomic
def ask(
    kind: str, *, by: User, target: models.Model, what: str, reason: str, changes: list[list[str]] | None = None,
    data: dict[str, object] | None = None, person: User | None = None, document: StoredDocument | None = None, agency_id: UUID | None = None, ip: str | None = None,
) -> PowerRequest:  # fmt: skip
    """Write down what one person asks for; nothing is changed yet.

    `changes`: rows of name, before, after, for people to read. `person` gets or loses the power: they neither ask
    for it nor grant it.
    """
    now = timezone.now()
    row = PowerRequest(
        kind=kind, target_type=target._meta.label_lower, target_id=str(target.pk), target_name=str(target)[:250],
        agency_id=agency_id, what=what[:300], changes=changes or [], data=data or {}, person=person, document=document, reason=reason.strip(),
        asked_by=by, asked_at=now, expires_at=now + LAPSES,
    )  # fmt: skip
    if reasons := against_asking(row):
        raise GuardFailed(reasons)
    if not kinds.granters(row).exists():
        row.notice_until = now + NOTICE
    row.save()
    _record(row, PortalEvent.ASKED_FOR_A_POWER, by=by, reason=row.reason, ip=ip)
    emails.asked(row)
    return row


def against_asking(row: PowerRequest) -> list[str]:
    """Why this cannot be asked for. Raises PermissionDenied for whoever has no power to ask."""
    if not kinds.is_admin(row.asked_by):
        raise PermissionDenied
    if row.person_id == row.asked_by_id:
        return [_("Nobody does this for themselves. Ask another HMIS Admin.")]
    same = PowerRequest.objects.filter(
        kind=row.kind, target_type=row.target_type, target_id=row.target_id, outcome=Outcome.WAITING
    ).first()
    if same is not None:
        words = _("%(who)s asked for this on %(when)s already: “%(what)s” waits to be decided.")
        return [words % {"who": same.asked_by, "when": datetime_words(same.asked_at), "what": same.what}]
    return kinds.of(row).against(row)


def against_granting(row: PowerRequest, by: User) -> list[str]:
    """Why this person cannot grant it now."""
    if not kinds.is_admin(by):
        raise PermissionDenied
    if by.pk == row.asked_by_id:
        return [_("You asked for it yourself. Another HMIS Admin grants it.")]
    if by.pk == row.person_id:
        return [_("It concerns you. Another HMIS Admin grants it.")]
    return _against(row)


def _against(row: PowerRequest) -> list[str]:
    if not kinds.is_admin(row.asked_by):
        return [_("%(who)s, who asked, is no longer an HMIS Admin.") % {"who": row.asked_by}]
    return kinds.of(row).against(row)


@transaction.atomic
def grant(row: PowerRequest, *, by: User, ip: str | None = None) -> PowerRequest:
    """The second person says yes, and it is done at once."""
    row = _waiting(row)
    if reasons := against_granting(row, by):
        raise GuardFailed(reasons)
    _decide(row, Outcome.GRANTED, by=by, ip=ip)
    return row


@transaction.atomic
def refuse(row: PowerRequest, *, by: User, reason: str, ip: str | None = None) -> PowerRequest:
    """Another HMIS Admin says no; while a notice runs, so may everybody who was told."""
    row = _waiting(row)
    if not may_refuse(row, by):
        raise PermissionDenied
    _decide(row, Outcome.REFUSED, by=by, reason=reason.strip(), ip=ip)
    return row


def may_refuse(row: PowerRequest, by: User) -> bool:
    if by.pk == row.asked_by_id:
        return False
    return kinds.is_admin(by) or (row.notice_until is not None and kinds.is_told(by, row))


@transaction.atomic
def take_back(row: PowerRequest, *, by: User, ip: str | None = None) -> PowerRequest:
    row = _waiting(row)
    if by.pk != row.asked_by_id:
        raise PermissionDenied
    _decide(row, Outcome.TAKEN_BACK, by=by, ip=ip)
    return row


def sweep() -> None:
    """Carry out what nobody stopped during its notice, and let lapse what nobody decided. Safe to run twice."""
    now = timezone.now()
    due = PowerRequest.objects.filter(
        Q(notice_until__lte=now) | Q(expires_at__lte=now), outcome=Outcome.WAITING
    )
    for pk in due.order_by("asked_at").values_list("pk", flat=True):
        _settle(pk)


@transaction.atomic
def _settle(pk: int) -> None:
    row = PowerRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    now = timezone.now()
    if row is None or not row.is_waiting:
        return
    if row.notice_until is None or row.expires_at <= now:
        _decide(row, Outcome.LAPSED)
    elif row.notice_until <= now:
        try:
            if reasons := _against(row):
                raise GuardFailed(reasons)
            with transaction.atomic():
                _decide(row, Outcome.UNOPPOSED)
        except DomainError as error:
            _decide(row, Outcome.LAPSED, reason=" ".join(error.messages))


def _waiting(row: PowerRequest) -> PowerRequest:
    """The locked row. Raises WrongState with what already happened."""
    locked = PowerRequest.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not locked.is_waiting:
        words = _("This was already decided: %(outcome)s on %(when)s. Nothing was done twice.")
        facts = {"outcome": locked.get_outcome_display(), "when": datetime_words(locked.decided_at)}
        raise WrongState(words % facts)
    if locked.expires_at <= timezone.now():
        raise WrongState(_("This request lapsed on %s. Ask for it anew.") % datetime_words(locked.expires_at))
    return locked


def _decide(
    row: PowerRequest,
    outcome: PowerRequest.Outcome,
    *,
    by: User | None = None,
    reason: str = "",
    ip: str | None = None,
) -> None:
    now = timezone.now()
    row.outcome, row.decided_by, row.decided_at, row.decision_reason = outcome, by, now, reason
    row.carried_out_at = now if outcome in (Outcome.GRANTED, Outcome.UNOPPOSED) else None
    row.save(update_fields=["outcome", "decided_by", "decided_at", "decision_reason", "carried_out_at"])
    _record(row, VERBS[outcome], by=by, reason=reason, ip=ip)
    if row.carried_out_at:
        kinds.of(row).carry_out(row)
    emails.decided(row)


def _record(row: PowerRequest, verb: PortalEvent, *, by: User | None, reason: str, ip: str | None) -> None:
    audit.record(
        by=by, verb=verb, obj=row, agency_id=row.agency_id, after=row.outcome, reason=reason, ip=ip,
        data={
            "kind": row.kind, "target": f"{row.target_type} {row.target_id}", "changes": row.changes,
            "asked_by": row.asked_by_id, "notice_until": row.notice_until.isoformat() if row.notice_until else None,
        },
    )  # fmt: skip
