"""Who signs for an agency: the person its manager names, their account, and whether they can get in."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies import permissions, selectors
from agencies.models import Agency, AgencyRole, Invitation, Person, User
from agencies.services import invitations
from agencies.services.invited import account_for, has_account
from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.models import NAME_LENGTH
from hmis_portal.text import typed
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Mou
from onboarding.workflow import Signer


def name_to_sign(person: User) -> str:
    """The name under which a person signs. Raises GuardFailed when it does not fit into the document."""
    if len(str(person)) > NAME_LENGTH:
        words = _(
            "A name in the document has at most %(count)d characters. Shorten yours on your account page."
        )
        raise GuardFailed(words % {"count": NAME_LENGTH})
    return str(person)


def can_sign(mou: Mou) -> bool:
    """Whether the person named can get in: not with a closed account, an ended role or a revoked invitation."""
    return mou.pk in can_sign_of([mou])


def can_sign_of(mous: Sequence[Mou]) -> set[UUID]:
    """Those of the MOUs whose signatory can get in; at most two queries."""
    active = [mou for mou in mous if mou.signatory.is_active]
    roles = selectors.signatories_of([mou.agency_id for mou in active])
    able = {mou.pk for mou in active if (mou.agency_id, mou.signatory_id) in roles}
    others = [mou for mou in active if mou.pk not in able]
    invitations_open = Invitation.objects.filter(
        agency__in=[mou.agency_id for mou in others],
        role=AgencyRole.SIGNATORY,
        accepted_at=None,
        revoked_at=None,
    )
    invited = set(invitations_open.values_list("agency", "user")) if others else set()
    return able | {mou.pk for mou in others if (mou.agency_id, mou.signatory_id) in invited}


def against_address(agency: Agency, email: str, name: str) -> str:
    """An address is one person: what is wrong with naming somebody under one that is another's, or spelled otherwise.

    Said only of people of this agency: of other accounts nobody learns anything here. There the signature itself
    asks, in the name of the account.
    """
    if not email or not name.strip():
        return ""
    if (listed := _listed_name(agency, email)) and not acts.same_name(listed, name):
        words = _(
            "This is the address of %(own)s on the agency’s list. Name %(own)s from the list, correct the list if "
            "%(name)s is right, or enter another address"
        )
        return words % {"own": listed, "name": name.strip()}
    user = User.objects.filter(email=typed.email(email)).first()
    if user is None or not has_account(user) or not acts.against_name(user, name):
        return ""
    if not permissions.roles(user, agency) and not agency.staff.filter(user=user).exists():
        return ""
    words = _(
        "This is the address of %(own)s. Enter another for %(name)s, or name %(own)s if both are one person"
    )
    return words % {"own": user, "name": name.strip()}


def _listed_name(agency: Agency, email: str) -> str:
    """The name of who holds a position or is on the roster with this address; "" when nobody does."""
    person = Person.objects.at(agency.pk, email)
    listed = person and (person.contacts.exists() or person.staff_rows.filter(left_on=None).exists())
    return person.name if person and listed else ""


def account_of(agency: Agency, signer: Signer, *, by: User, ip: str | None) -> tuple[User, Invitation | None]:
    """The account of the person named. Who works with this agency already may sign at once, others are invited."""
    if wrong := against_address(agency, signer.email, signer.legal_name):
        raise GuardFailed(wrong)
    user = account_for(
        signer.email, first_name=signer.first_name, last_name=signer.last_name, title=signer.title
    )
    known = permissions.roles(user, agency)
    if AgencyRole.SIGNATORY in known:
        return user, None
    if known and has_account(user):
        permissions.grant(user, agency, AgencyRole.SIGNATORY)
        return user, None
    invitation = invitations.invite(
        agency=agency,
        email=signer.email,
        role=AgencyRole.SIGNATORY,
        by=by,
        first_name=signer.first_name,
        last_name=signer.last_name,
        title=signer.title,
        announce=False,
        ip=ip,
    )
    return user, invitation


def dismiss(mou: Mou, person: User, *, by: User) -> None:
    """The person named before may no longer see the MOU, unless they signed one of this agency."""
    signed_before = Mou.objects.filter(
        agency=mou.agency_id, signatory=person, signed_at__isnull=False
    ).exists()
    if not signed_before:
        permissions.revoke(person, mou.agency, AgencyRole.SIGNATORY)
    for invitation in _open_invitations(mou.agency, person):
        invitations.revoke_invitation(invitation=invitation, by=by)


def _open_invitations(agency: Agency, person: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        agency=agency, user=person, role=AgencyRole.SIGNATORY, accepted_at=None, revoked_at=None
    )
