"""Two accounts of one person are made one by the HMIS Admin: looked at first, refused where it would lie, done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, Invitation, Person, Staff, User
from agencies.services import merging
from hmis_portal import audit
from hmis_portal.models import Message
from hmis_portal.signing.agreeing.acts import same_name
from hmis_portal.signing.models import Party, SignatureAct
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.emails.access import coordinators
from onboarding.models import Access, HmisAccount, HmisLink, Mou
from training.models import Completion, Evidence, LearningAccount, PracticeCase, Requirement, Signup, Waiver
from training.services import merging as training_merging


@dataclass(frozen=True)
class MergePreview:
    """`moves`: what and how much; `conflicts`: what both have, and what becomes of it; `against`: why it is refused."""

    moves: Sequence[tuple[str, int]]
    conflicts: Sequence[str]
    against: Sequence[str]


def look(duplicate: User, into: User) -> MergePreview:
    return MergePreview(_moves(duplicate), _conflicts(duplicate, into), against(duplicate, into))


@transaction.atomic
def merge(*, duplicate: User, into: User, by: User, reason: str) -> User:
    """Everything that is theirs goes on under `into`; facts and signatures stay as they were made, and are read there."""
    locked = _locked(duplicate, into)
    duplicate, into = locked[duplicate.pk], locked[into.pk]
    if duplicate.merged_into_id is not None:
        raise WrongState(_("%(email)s was merged already.") % {"email": duplicate.email})
    if reasons := against(duplicate, into):
        raise GuardFailed(reasons)
    moves = dict(_moves(duplicate))
    concerned = _agencies(duplicate)
    training_merging.move(duplicate, into, by=by)
    merging.move_work(duplicate, into, by=by)
    HmisLink.objects.filter(person=duplicate).update(person=into)
    HmisAccount.objects.filter(person=duplicate).update(person=into)
    merging.close_into(duplicate, into)
    training_merging.follow(duplicate, into, by=by)
    data = {
        "from": duplicate.pk,
        "from_email": duplicate.email,
        "into": into.pk,
        "into_email": into.email,
        "moved": moves,
    }
    event = audit.record(by=by, verb=AgenciesEvent.MERGED_PERSON, obj=into, reason=reason, data=data)
    audit.record(by=by, verb=AgenciesEvent.MERGED_PERSON, obj=duplicate, reason=reason, data=data)
    for agency in concerned:
        audit.record(
            by=by, verb=AgenciesEvent.MERGED_PERSON, obj=into, agency_id=agency.pk, data={"from_email": duplicate.email}
        )  # fmt: skip
    to: list[tuple[User, Agency | None]] = [(into, None)]
    to += [(person, agency) for agency in concerned for person in coordinators(agency) if person != into]
    emails.people_merged(duplicate, into, to=to, event_id=event.pk)
    return into


def _locked(duplicate: User, into: User) -> dict[int, User]:
    """The two accounts, after their agencies and sessions; let go and taken anew where one joined another meanwhile."""
    while True:
        before = transaction.savepoint()
        agencies, places = _agencies(duplicate, into), training_merging.places_of(duplicate)
        locks.lock_agencies(*(agency.pk for agency in agencies))
        people = training_merging.lock(duplicate, into, places)
        if (agencies, places) == (_agencies(duplicate, into), training_merging.places_of(duplicate)):
            return people
        transaction.savepoint_rollback(before)


def against(duplicate: User, into: User) -> list[str]:
    """Why the two are not made one: what would no longer be true of what was signed or decided."""
    if duplicate == into:
        return [_("Choose another account: this is the same one.")]
    reasons = []
    if into.closed_at is not None or not into.is_active:
        reasons.append(
            _("%(email)s is closed: choose the account with which the person goes on.")
            % {"email": into.email}
        )
    if duplicate.is_staff or into.is_staff:
        reasons.append(
            _("Accounts of people who work for the HMIS are not merged. Close the one that is not used.")
        )
    return [*reasons, *_two_signers(duplicate, into), *_each_for_the_other(duplicate, into)]


def _two_signers(duplicate: User, into: User) -> list[str]:
    acts = SignatureAct.objects.order_by("signed_at")
    names = [
        {act.legal_name for act in acts.filter(user=account) if act.method != SignatureAct.Method.PAPER}
        for account in (duplicate, into)
    ]
    for old in sorted(names[0]):
        for new in sorted(names[1]):
            if not same_name(old, new):
                words = _("One signed as “%(old)s”, the other as “%(new)s”: two people signed.")
                return [words % {"old": old, "new": new}]
    if Party.objects.filter(user=duplicate, request__parties__user=into).exists():
        return [_("Both are named as the two sides of one document: two people sign it.")]
    waits = Mou.objects.filter(signatory=duplicate, state=Mou.State.ISSUED).first()
    if waits is not None:
        words = _(
            "%(mou)s waits for the signature of %(email)s. Let it be signed, or name the other account as signatory, first."
        )
        return [words % {"mou": waits.reference, "email": duplicate.email}]
    return []


def _each_for_the_other(duplicate: User, into: User) -> list[str]:
    """Nobody records, waives or decides for themselves: what one did for the other was done by another person."""
    for person, by in ((duplicate, into), (into, duplicate)):
        done: list[Any] = [
            Completion.objects.filter(person=person, recorded_by=by).exclude(
                source=Completion.Source.SIGNATURE
            ),
            Waiver.objects.filter(person=person).filter(Q(granted_by=by) | Q(ended_by=by)),
            Evidence.objects.filter(person=person, decided_by=by),
            PracticeCase.objects.filter(person=person, decided_by=by),
        ]
        if any(rows.exists() for rows in done):
            words = _("%(by)s decided about the training of %(person)s: two people did that.")
            return [words % {"by": by.email, "person": person.email}]
    return []


def _moves(duplicate: User) -> list[tuple[str, int]]:
    own = {"person": duplicate}
    return [
        (_("Lines of rosters"), Staff.objects.filter(user=duplicate).count()),
        (_("Positions"), Person.objects.filter(user=duplicate, contacts__isnull=False).count()),
        (_("Roles at agencies"), sum(len(roles) for _agency, roles in permissions.memberships(duplicate))),
        (_("Open invitations"), Invitation.objects.filter(user=duplicate, accepted_at=None, revoked_at=None).count()),
        (_("Courses asked"), Requirement.objects.open().filter(**own).count()),
        (_("Completions (they stay as they were recorded, and count there)"), Completion.objects.filter(**own).count()),
        (_("Proofs and practice cases"), Evidence.objects.filter(**own).count() + PracticeCase.objects.filter(**own).count()),
        (_("Waivers"), Waiver.objects.filter(**own).count()),
        (_("Seats in sessions"), Signup.objects.filter(**own).exclude(state=Signup.State.CANCELLED).count()),
        (_("Letters"), Message.objects.filter(user=duplicate).count()),
    ]  # fmt: skip


def _conflicts(duplicate: User, into: User) -> list[str]:
    """What both have, in a sentence each with what becomes of it."""
    conflicts = []
    if not same_name(str(duplicate), str(into)):
        words = _("They bear different names, %(old)s and %(new)s: ask whether this is one person.")
        conflicts.append(words % {"old": duplicate, "new": into})
    for line in merging.lines_in_both(duplicate, into):
        words = _(
            "Both stand on the roster of %(agency)s: the line of %(email)s ends today, and with it its user agreement."
        )
        conflicts.append(words % {"agency": line.agency.name, "email": line.email})
        access = (
            Access.objects.filter(staff=line, granted_at__isnull=False)
            .exclude(state=Access.State.ENDED)
            .first()
        )
        if access is not None:
            words = _(
                "Both have an account in the HMIS: “%(account)s” is put on the list of accounts to close."
            )
            conflicts.append(words % {"account": access.account_name or line.email})
    asked = Requirement.objects.open().filter(person=into, staff=None).values("course")
    for row in (
        Requirement.objects.open()
        .filter(person=duplicate, course__in=asked, staff=None)
        .select_related("course")
    ):
        conflicts.append(
            _("Both are asked for “%(course)s”: it stays once, with the earlier due date.")
            % {"course": row.course}
        )
    if LearningAccount.objects.filter(person__in=[duplicate, into]).count() == 2:
        conflicts.append(
            _("Both have an account at the learning site: the one of the account that goes on is used.")
        )
    if training_merging.both_signed_up(duplicate, into):
        conflicts.append(_("Both signed up for one session: one seat is given back."))
    for agency in permissions.agencies_of(duplicate, AgencyRole.MANAGER):
        conflicts.append(
            _("%(email)s manages %(agency)s from now on.") % {"email": into.email, "agency": agency.name}
        )
    return conflicts


def _agencies(*accounts: User) -> list[Agency]:
    held = [agency.pk for account in accounts for agency, _roles in permissions.memberships(account)]
    known = (
        Q(pk__in=held)
        | Q(people__user__in=accounts)
        | Q(staff__in=Staff.objects.current().filter(user__in=accounts))
    )
    return list(Agency.objects.filter(known).distinct().order_by("pk"))
