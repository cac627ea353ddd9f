"""A person's own account: details, closing it, and what the HMIS Admin does when a second factor is lost."""

from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails, permissions
from agencies.models import Agency, AgencyRole, Invitation, Staff, User
from hmis_portal import audit
from hmis_portal.errors import GuardFailed, WrongState

DETAILS = ("first_name", "last_name", "title", "phone")


@transaction.atomic
def change_details(*, user: User, by: User, data: Mapping[str, str], ip: str | None = None) -> User:
    """Change a person's own name, title and phone."""
    user = User.objects.select_for_update().get(pk=user.pk)
    changed = [name for name in DETAILS if name in data and getattr(user, name) != data[name]]
    told = {name: [getattr(user, name), data[name]] for name in changed}
    for name in changed:
        setattr(user, name, data[name])
    if changed:
        user.save(update_fields=changed)
        audit.record(by=by, verb="changed own details", obj=user, ip=ip, data={"changed": told})
    return user


def managed_alone(user: User) -> list[Agency]:
    """The agencies that would be without a manager if this person went."""
    managed = permissions.agencies_of(user, AgencyRole.MANAGER).exclude(state=Agency.State.LEFT)
    return [one for one in managed if not permissions.holders(one, AgencyRole.MANAGER).exclude(pk=user.pk).exists()]


@transaction.atomic
def close_account(*, user: User, by: User, reason: str = "", ip: str | None = None) -> User:
    """End a person's sign-in and roles. Signatures, training, messages and the record of acts stay.

    A person who is the only manager of an agency hands over first.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.closed_at is not None:
        raise WrongState(_("This account is closed already."))
    if user.is_staff and user == by:
        raise GuardFailed(_("You work for the HMIS: ask another HMIS Admin to close your account."))
    if alone := managed_alone(user):
        raise GuardFailed(
            _("You are the only manager of %(agency)s. Hand over to a colleague first.") % {"agency": one.name} for one in alone
        )
    listed = [row.agency for row in Staff.objects.current().filter(user=user).select_related("agency")]
    for agency, roles in permissions.memberships(user):
        for role in roles:
            permissions.revoke(user, agency, AgencyRole(role))
    Invitation.objects.filter(user=user, accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=timezone.now())
    user.is_active, user.closed_at = False, timezone.now()
    user.save(update_fields=["is_active", "closed_at"])
    audit.record(by=by, verb="closed account", obj=user, reason=reason, ip=ip)
    emails.account_closed(
        user,
        address=user.email,
        agencies=[(agency, permissions.holders(agency, AgencyRole.MANAGER)) for agency in listed],
    )
    return user


@transaction.atomic
def reopen_account(*, user: User, by: User, reason: str) -> User:
    """The HMIS Admin lets a person in again; roles are not given back."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.closed_at is None:
        raise WrongState(_("This account is open."))
    user.is_active, user.closed_at = True, None
    user.save(update_fields=["is_active", "closed_at"])
    audit.record(by=by, verb="opened account again", obj=user, reason=reason)
    return user


@transaction.atomic
def reset_authenticator(*, user: User, by: User, reason: str, ip: str | None = None) -> int:
    """Remove a person's authenticators after their identity was checked; `reason` says how. Returns how many."""
    if user == by:
        raise GuardFailed(_("Ask another HMIS Admin to reset your own authenticator."))
    rows = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted(rows.values_list("type", flat=True))
    if not kinds:
        raise WrongState(_("%(person)s has no authenticator.") % {"person": user})
    rows.delete()
    event = audit.record(by=by, verb="reset authenticator", obj=user, reason=reason, ip=ip, data={"removed": kinds})
    emails.authenticator_reset(user, by=by, reason=reason, event_id=event.pk)
    return len(kinds)
