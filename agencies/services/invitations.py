"""Invitations to act for an agency or to join its roster: sent, sent again, revoked, accepted."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions, trust
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, Invitation, Person, Staff, User
from agencies.models.person import NAME_PART
from agencies.services.invited import account_for, has_account
from hmis_portal import audit
from hmis_portal.models import PortalSettings
from hmis_portal.text.mailboxes import is_shared
from hmis_portal.web.errors import GuardFailed, WrongState

INVITED_A_DAY = 40
SENT_AT_MOST = 6


def from_token(token: str) -> tuple[Invitation, bool] | None:
    """The invitation of a link in an e-mail, and whether a newer link was sent since; None: not made here."""
    try:
        invitation_id, number = signing.loads(token, salt=emails.INVITATION_SALT)
    except (signing.BadSignature, ValueError):
        return None
    row = Invitation.objects.select_related("agency", "user").filter(pk=invitation_id).first()
    return (row, number < row.sent_count) if row else None


@transaction.atomic
def invite(
    *,
    agency: Agency,
    email: str,
    role: AgencyRole,
    by: User | None,
    first_name: str = "",
    last_name: str = "",
    title: str = "",
    announce: bool = True,
    reason: str = "",
    ip: str | None = None,
) -> Invitation:
    """Invite a person to act for the agency; the role is theirs once they accept with the invited address.

    `announce=False` leaves the e-mail to the caller, who sends its own with `mail.Link("invitation", str(row.pk))`.
    An open invitation of the same person in the same role is renewed and sent again.
    """
    locks.lock_agency(agency.pk)
    if agency.state == Agency.State.LEFT:
        raise WrongState(_("%s has left the HMIS.") % agency.name)
    user = account_for(email, first_name=first_name, last_name=last_name, title=title)
    if role in permissions.roles(user, agency):
        raise WrongState(_("%(person)s has this role already.") % {"person": user})
    open_row = Invitation.objects.filter(
        agency=agency, user=user, role=role, accepted_at__isnull=True, revoked_at__isnull=True
    ).first()
    if open_row is not None:
        return send_again(invitation=open_row, by=by, announce=announce, reason=reason)
    if by is not None and not permissions.is_hmis_staff(by):
        _refuse_too_many(agency, by)
    # By the name that the inviter gave: of the account, others may know more.
    person = Person.objects.enter(
        agency.pk, user.email, first_name=first_name, last_name=last_name, title=title
    )
    row = Invitation.objects.create(
        agency=agency, user=user, person=person, role=role, created_by=by, expires_at=_until()
    )
    _record(row, by=by, reason=reason, ip=ip)
    if announce:
        emails.invitation(row, by=by, reason=reason)
    return row


def _refuse_too_many(agency: Agency, by: User) -> None:
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(agency=agency, created_at__gt=since).count() >= INVITED_A_DAY:
        raise GuardFailed(_("Your agency has sent many invitations today. Send the next ones tomorrow."))
    if left_before_review(agency, by=by) == 0:
        words = _(
            "Until your application is reviewed, your agency can invite %(count)d people. Write to support to have "
            "another invited."
        )
        raise GuardFailed(words % {"count": PortalSettings.load().invitations_before_review})


def _record(row: Invitation, *, by: User | None, reason: str = "", ip: str | None = None) -> None:
    audit.record(
        by=by, verb=AgenciesEvent.INVITED, obj=row, agency_id=row.agency_id, after=row.role, reason=reason, ip=ip,
        data={"email": row.user.email},
    )  # fmt: skip


def left_before_review(agency: Agency, *, by: User) -> int | None:
    """How many more people may be invited before somebody of the HMIS has looked at the agency; None: no such limit.

    What the same person sent for other agencies that nobody has looked at counts too.
    """
    if permissions.is_hmis_staff(by) or trust.is_known(agency):
        return None
    sent = Invitation.objects.filter(Q(agency=agency) | Q(created_by=by)).select_related("agency")[:500]
    counted = [row for row in sent if row.agency_id == agency.pk or not trust.is_known(row.agency)]
    return max(0, PortalSettings.load().invitations_before_review - len(counted))


@transaction.atomic
def send_again(
    *, invitation: Invitation, by: User | None, announce: bool = True, reason: str = ""
) -> Invitation:
    """Send an open invitation once more; it is valid anew. `by=None` when the invited person asks for a new link."""
    row = _locked(invitation)
    if row.sent_count >= SENT_AT_MOST:
        raise GuardFailed(
            _("This invitation was sent %d times. Revoke it and check the address.") % row.sent_count
        )
    row.sent_count += 1
    row.expires_at = _until()
    row.save(update_fields=["sent_count", "expires_at"])
    audit.record(
        by=by,
        verb=AgenciesEvent.SENT_INVITATION_AGAIN,
        obj=row,
        agency_id=row.agency_id,
        data={"email": row.user.email},
    )
    if announce:
        staff = Staff.objects.current().filter(agency=row.agency, user=row.user).first()
        if row.role == AgencyRole.STAFF and staff is not None:
            emails.invitation_staff(row, staff=staff)
        else:
            emails.invitation(row, by=by or row.created_by, reason=reason)
    return row


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User | None, ip: str | None = None) -> Invitation:
    row = _locked(invitation)
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    audit.record(
        by=by,
        verb=AgenciesEvent.REVOKED_INVITATION,
        obj=row,
        agency_id=row.agency_id,
        ip=ip,
        data={"email": row.user.email},
    )
    return row


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    by: User,
    first_name: str = "",
    last_name: str = "",
    password: str = "",
    ip: str | None = None,
) -> Invitation:
    """Take the invited role. `password` and names are set for a person who has no account yet.

    The link came to the invited address, so the address counts as verified.
    """
    locks.lock_agency(invitation.agency_id)
    row = _locked(invitation)
    if row.user_id != by.pk:
        raise WrongState(_("This invitation is for another address."))
    if row.has_lapsed:
        raise WrongState(_("This invitation has lapsed."))
    user = User.objects.select_for_update().get(pk=by.pk)
    if not has_account(user):
        user.first_name, user.last_name = first_name, last_name
        user.set_password(password)
        user.save(update_fields=["first_name", "last_name", "password"])
    address, _made = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True}
    )
    if not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
    row.user = user
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    if row.role == AgencyRole.STAFF:
        Person.objects.join(row.agency, user)
    else:
        give(user, row.agency, AgencyRole(row.role))
    audit.record(
        by=user,
        verb=AgenciesEvent.ACCEPTED_INVITATION,
        obj=row,
        agency_id=row.agency_id,
        after=row.role,
        ip=ip,
    )
    return row


@transaction.atomic
def invite_staff(*, staff: Staff, by: User | None) -> Invitation | None:
    """Give a person of the roster an account and tell them; None when they have one already, which is linked.

    Safe to repeat: a person who is linked and invited is left alone.
    """
    locks.lock_agency(staff.agency_id)
    staff = Staff.objects.select_for_update(of=("self",)).select_related("agency", "person").get(pk=staff.pk)
    user = staff.user or account_for(
        staff.email, first_name=staff.first_name, last_name=staff.last_name, title=staff.title
    )
    if staff.user_id is None:
        if Staff.objects.current().filter(agency=staff.agency, user=user).exists():
            raise GuardFailed(_("%s is on the roster already, with another address.") % user)
        staff.user = user
        staff.save(update_fields=["user"])
        audit.record(
            by=by,
            verb=AgenciesEvent.LINKED_STAFF_TO_ACCOUNT,
            obj=staff,
            agency_id=staff.agency_id,
            data={"user": user.pk},
        )
    if has_account(user):
        Person.objects.join(staff.agency, user)
        emails.listed_as_staff(staff)
        return None
    row, is_new = _to_the_roster(staff.agency, user, staff.person, by=by)
    if is_new:
        emails.invitation_staff(row, staff=staff)
    return row


@transaction.atomic
def invite_holder(*, person: Person, by: User | None) -> None:
    """An account, or a link to their own, for who holds a position and is not on the roster. Safe to repeat."""
    agency = locks.lock_agency(person.agency_id)
    if max(len(person.first_name), len(person.last_name)) > NAME_PART or is_shared(person.email):
        raise GuardFailed(_("No account can bear the name or the address of %s.") % person)
    user = account_for(
        person.email, first_name=person.first_name, last_name=person.last_name, title=person.title
    )
    Person.objects.join(agency, user)
    if has_account(user):
        return
    row, is_new = _to_the_roster(agency, user, person, by=by)
    if is_new:
        emails.invitation_holder(row, positions=[c.get_position_display() for c in person.contacts.all()])


def _to_the_roster(
    agency: Agency, user: User, person: Person | None, *, by: User | None
) -> tuple[Invitation, bool]:
    """The open invitation to get in as one of the agency's people, and whether it was made now."""
    row, is_new = Invitation.objects.get_or_create(
        agency=agency, user=user, role=AgencyRole.STAFF, accepted_at=None, revoked_at=None,
        defaults={"created_by": by, "expires_at": _until(), "person": person},
    )  # fmt: skip
    if is_new:
        _record(row, by=by)
    return row, is_new


def give(user: User, agency: Agency, role: AgencyRole) -> None:
    """A manager edits anyway, so the editor's role is not kept beside it."""
    if role == AgencyRole.EDITOR and AgencyRole.MANAGER in permissions.roles(user, agency):
        return
    permissions.grant(user, agency, role)
    if role == AgencyRole.MANAGER:
        permissions.revoke(user, agency, AgencyRole.EDITOR)


def _until() -> datetime:
    return timezone.now() + timedelta(days=PortalSettings.load().invitation_days)


def _locked(invitation: Invitation) -> Invitation:
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("agency", "user", "created_by")
        .get(pk=invitation.pk)
    )
    if row.accepted_at is not None:
        raise WrongState(_("This invitation was accepted already."))
    if row.revoked_at is not None:
        raise WrongState(_("This invitation was revoked."))
    return row
