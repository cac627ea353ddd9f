"""A person's own account: details, closing it, and what the HMIS Admin does when a second factor is lost."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, CodeChannel, Invitation, Person, Staff, User
from agencies.services import directory
from hmis_portal import audit
from hmis_portal.accounts import sessions
from hmis_portal.accounts.factors import first_factor
from hmis_portal.models import PowerRequest
from hmis_portal.text import typed
from hmis_portal.text.words import full_stop
from hmis_portal.web.errors import GuardFailed, WrongState

UNFINISHED = timedelta(days=30)  # after which an account whose address nobody confirmed is forgotten
DETAILS = ("first_name", "last_name", "title", "phone")


@transaction.atomic
def change_details(*, user: User, by: User, data: Mapping[str, str], ip: str | None = None) -> User:
    """Change a person's own name, title and phone; title and phone in their agencies' directories too."""
    locks.lock_agencies(*Person.objects.filter(user=user).values_list("agency", flat=True))
    user = User.objects.select_for_update().get(pk=user.pk)
    changed = [name for name in DETAILS if name in data and getattr(user, name) != data[name]]
    changes = {name: [getattr(user, name), data[name]] for name in changed}
    for name in changed:
        setattr(user, name, data[name])
    if changed:
        user.save(update_fields=changed)
        audit.record(
            by=by, verb=AgenciesEvent.CHANGED_OWN_DETAILS, obj=user, ip=ip, data={"changed": changes}
        )
        directory.follow_account(user, {name: data[name] for name in changed}, by=by)
    return user


def managed_alone(user: User) -> list[Agency]:
    """The agencies that would be without a manager if this person went."""
    managed = permissions.agencies_of(user, AgencyRole.MANAGER).exclude(state=Agency.State.LEFT)
    return [
        agency
        for agency in managed
        if not permissions.holders(agency, AgencyRole.MANAGER).exclude(pk=user.pk).exists()
    ]


@transaction.atomic
def close_account(
    *, user: User, by: User, reason: str = "", ip: str | None = None, power: PowerRequest | None = None
) -> User:
    """End a person's sign-in, roles and groups. Signatures, training, messages and the record of acts stay.

    A person who is the only manager of an agency hands over first; for one of the HMIS's own people it takes `power`.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.closed_at is not None:
        raise WrongState(_("This account is closed already."))
    if user.is_staff and user == by:
        raise GuardFailed(_("You work for the HMIS: ask another HMIS Admin to close your account."))
    if user.is_staff and power is None:
        raise GuardFailed(_takes_two(user))
    if alone := managed_alone(user):
        raise GuardFailed(
            _("You are the only manager of %(agency)s Hand over to a colleague first.")
            % {"agency": full_stop(managed.name)}
            for managed in alone
        )
    listed = [row.agency for row in Staff.objects.current().filter(user=user).select_related("agency")]
    for agency, roles in permissions.memberships(user):
        for role in roles:
            permissions.revoke(user, agency, AgencyRole(role))
    Invitation.objects.filter(user=user, accepted_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    CodeChannel.objects.filter(person=user).delete()  # so that it is free for another account of theirs
    user.groups.clear()
    user.is_active, user.is_staff, user.closed_at = False, False, timezone.now()
    user.save(update_fields=["is_active", "is_staff", "closed_at"])
    sessions.end_all(user)  # or they would live again with the account
    audit.record(
        by=by, verb=AgenciesEvent.CLOSED_ACCOUNT, obj=user, reason=reason, ip=ip, data=_granted(power)
    )
    emails.account_closed(user, address=user.email)
    for agency in listed:
        emails.colleague_closed_account(user, agency, to=permissions.holders(agency, AgencyRole.MANAGER))
    return user


@transaction.atomic
def reopen_account(*, user: User, by: User, reason: str) -> User:
    """The HMIS Admin lets a person in again; neither roles nor groups are given back."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.closed_at is None:
        raise WrongState(_("This account is open."))
    if user.merged_into is not None:
        raise WrongState(_("This person goes on as %(account)s.") % {"account": user.merged_into.email})
    user.groups.clear()
    user.is_active, user.is_staff, user.closed_at = True, False, None
    user.save(update_fields=["is_active", "is_staff", "closed_at"])
    audit.record(by=by, verb=AgenciesEvent.OPENED_ACCOUNT_AGAIN, obj=user, reason=reason)
    return user


@transaction.atomic
def reset_authenticator(
    *, user: User, by: User, reason: str, ip: str | None = None, power: PowerRequest | None = None
) -> int:
    """Remove a person's authenticators after their identity was checked; `reason` says how. Returns how many.

    For one of the HMIS's own people it takes `power`.
    """
    if user == by:
        raise GuardFailed(_("Ask another HMIS Admin to reset your own authenticator."))
    if user.is_staff and power is None:
        raise GuardFailed(_takes_two(user))
    rows = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted(rows.values_list("type", flat=True))
    if not kinds:
        raise WrongState(_("%(person)s has no authenticator.") % {"person": user})
    rows.delete()
    first_factor.allow(user)
    event = audit.record(
        by=by, verb=AgenciesEvent.RESET_AUTHENTICATOR, obj=user, reason=reason, ip=ip,
        data={"removed": kinds, **_granted(power)},
    )  # fmt: skip
    emails.authenticator_reset(user, by=by, reason=reason, event_id=event.pk)
    return len(kinds)


def _takes_two(user: User) -> str:
    return _("%(person)s works for the HMIS: one HMIS Admin asks for this, and another grants it.") % {
        "person": user
    }


def _granted(power: PowerRequest | None) -> dict[str, int | None]:
    return {"granted_by": power.decided_by_id} if power else {}


@transaction.atomic
def allow_first_factor(*, user: User, by: User, reason: str, power: PowerRequest | None = None) -> None:
    """After a password that was set anew by e-mail: an HMIS Admin checked who this is; `reason` says how.

    It takes `power`, because only the HMIS's own people are ever held back.
    """
    if user == by:
        raise GuardFailed(_("Ask another HMIS Admin to confirm who you are."))
    if not first_factor.held(user):
        raise WrongState(_("Nothing holds %(person)s back from a second factor.") % {"person": user})
    if power is None:
        raise GuardFailed(_takes_two(user))
    first_factor.allow(user)
    event = audit.record(
        by=by, verb=AgenciesEvent.ALLOWED_FIRST_FACTOR, obj=user, reason=reason, data=_granted(power)
    )
    emails.first_factor_allowed(user, by=by, reason=reason, event_id=event.pk)


@transaction.atomic
def end_sessions(*, user: User, by: User, reason: str, ip: str | None = None) -> int:
    """The HMIS Admin signs a person out everywhere; returns in how many browsers they were signed in."""
    ended = sessions.end_all(user)
    audit.record(
        by=by, verb=AgenciesEvent.ENDED_SESSIONS, obj=user, reason=reason, ip=ip, data={"sessions": ended}
    )
    return ended


@transaction.atomic
def make_colleague(
    *, by: User, email: str, first_name: str, last_name: str, title: str = "", ip: str | None = None
) -> User:
    """An account for one of the HMIS's own people; a link to set the password goes to the address.

    It has no power yet: groups are asked for, and granted by another (`agencies.services.powers`).
    """
    user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name, title=title)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    audit.record(by=by, verb=AgenciesEvent.MADE_ACCOUNT, obj=user, ip=ip, data={"email": user.email})
    emails.account_made(user, by=by)
    return user


@transaction.atomic
def set_groups(
    *,
    user: User,
    by: User | None,
    groups: Iterable[Group],
    granted_by: User | None = None,
    ip: str | None = None,
) -> None:
    """What a person does for the HMIS; with any group the admin desk opens, with none it closes.

    Carries out what `by` asked for and another granted; nobody calls it for a page.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    before, after = sorted(group.name for group in user.groups.all()), sorted(group.name for group in groups)
    if before == after:
        return
    if user == by:
        raise GuardFailed(_("Nobody changes their own groups. Ask another HMIS Admin."))
    user.groups.set(groups)
    user.is_staff = bool(after) or user.is_superuser
    user.save(update_fields=["is_staff"])
    audit.record(
        by=by,
        verb=AgenciesEvent.CHANGED_GROUPS,
        obj=user,
        before=", ".join(before),
        after=", ".join(after),
        ip=ip,
        data={
            "added": sorted({*after} - {*before}), "removed": sorted({*before} - {*after}),
            "granted_by": granted_by.pk if granted_by else None,
        },
    )  # fmt: skip


@transaction.atomic
def make_first_admin(*, email: str, first_name: str, last_name: str) -> User:
    """The first HMIS Admin of a portal, from its command line. Raises WrongState where there is one already.

    The account may exist; otherwise a link to set the password goes to the address. Raises GuardFailed where somebody
    who did not prove that the address is theirs chose the password.
    """
    Group.objects.select_for_update().get(name=permissions.HMIS_ADMIN)
    if permissions.people_in(permissions.HMIS_ADMIN).exists():
        raise WrongState(_("There is an HMIS Admin already, who asks for further ones on the admin desk."))
    user = User.objects.filter(email__iexact=typed.email(email)).first()
    if user is None:
        user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name)
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
        audit.record(by=None, verb=AgenciesEvent.MADE_ACCOUNT, obj=user, data={"email": user.email})
        emails.account_made(user, by=None)
    elif not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        raise GuardFailed(
            _("Nobody has confirmed the address of this account yet. Open the link sent to it first.")
        )
    set_groups(
        user=user, by=None, groups=[*user.groups.all(), Group.objects.get(name=permissions.HMIS_ADMIN)]
    )
    return User.objects.get(pk=user.pk)


def forget_unfinished() -> int:
    """Remove accounts that somebody began to make and whose address nobody confirmed; returns how many. Safe to run twice.

    Who was invited, works for the HMIS, ever signed in, or stands in any record is kept.
    """
    begun = User.objects.filter(
        ~Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)),
        date_joined__lt=timezone.now() - UNFINISHED,
        last_login=None,
        is_staff=False,
        invitations=None,
        groups=None,
    ).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    forgotten = 0
    for pk in begun.values_list("pk", flat=True)[:1000]:
        with suppress(ProtectedError), transaction.atomic():
            if user := begun.select_for_update(of=("self",)).filter(pk=pk).first():
                user.delete()
                forgotten += 1
    return forgotten
