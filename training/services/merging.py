"""The training of two accounts of one person: what may change moves; a completion is never rewritten, and is read with both.

Parts of `onboarding.effects.people.merge`, which holds the locks and the one transaction.
"""

from collections.abc import Sequence

from agencies.models import User
from hmis_portal.signing.agreeing import requests
from training.models import (
    Evidence,
    LearningAccount,
    MappedAccount,
    PracticeCase,
    Requirement,
    Session,
    Signup,
    UserAgreement,
    Waiver,
)
from training.requirements.assignments import align
from training.services.sessions.booking import change_places, give_back
from training.services.sessions.locking import lock_people, locked

LIVE = (Signup.State.BOOKED, Signup.State.WAITING)


def places_of(duplicate: User) -> list[int]:
    """The sessions in which a seat may come free."""
    to_come = Signup.objects.filter(person=duplicate, state__in=LIVE, session__in=Session.objects.to_come())
    return list(to_come.order_by("session").values_list("session", flat=True))


def lock(duplicate: User, into: User, places: Sequence[int]) -> dict[int, User]:
    """The two accounts, in the order of whoever gives seats away: sessions, then people."""
    for pk in places:
        locked(Session(pk=pk))
    waiting = Signup.objects.filter(session__in=places, state=Signup.State.WAITING)
    return lock_people({duplicate.pk, into.pk, *waiting.values_list("person", flat=True)})


def move(duplicate: User, into: User, *, by: User) -> None:
    """Before the lines of rosters move: what is asked keeps its first day; two of one course are the earlier one."""
    for row in Requirement.objects.open().filter(person=duplicate).select_for_update():
        same = (
            Requirement.objects.open().filter(person=into, course=row.course_id, staff=row.staff_id).first()
        )
        if same is None:
            row.person = into
            row.save(update_fields=["person"])
        else:
            same.assigned_on = min(row.assigned_on, same.assigned_on)
            same.due_on = min(row.due_on, same.due_on)
            same.registered_on = same.registered_on or row.registered_on
            same.save(update_fields=["assigned_on", "due_on", "registered_on"])
    for model in (Waiver, Evidence, PracticeCase, MappedAccount):
        model._default_manager.filter(person=duplicate).update(person=into)
    if not LearningAccount.objects.filter(person=into).exists():
        LearningAccount.objects.filter(person=duplicate).update(person=into)
    _move_seats(duplicate, into, by)
    _move_agreements(duplicate, into, by)


def _move_seats(duplicate: User, into: User, by: User) -> None:
    """One person takes one seat, the better of two places: a second seat is given to who waits for it."""
    for row in Signup.objects.filter(person=duplicate).select_related("session"):
        same = Signup.objects.filter(person=into, session=row.session_id).first()
        if same is None:
            row.person = into
            row.save(update_fields=["person"])
        elif row.state in LIVE and row.session.is_to_come:
            if same.state == Signup.State.CANCELLED or (same.state, row.state) == LIVE[::-1]:
                change_places(row, same, by=by)
            if row.state in LIVE:
                give_back(row, by=by)


def both_signed_up(duplicate: User, into: User) -> bool:
    """Whether one of two places in a session that is to come will be given back."""
    live = Signup.objects.filter(state__in=LIVE, session__in=Session.objects.to_come())
    return live.filter(person=duplicate, session__in=live.filter(person=into).values("session")).exists()


def _move_agreements(duplicate: User, into: User, by: User) -> None:
    """What waits for a signature is put before the account that goes on."""
    waiting = UserAgreement.objects.filter(
        completion=None, replaced_at=None, request__parties__user=duplicate
    )
    for row in waiting.select_related("request", "staff"):
        party = row.request.parties.get(user=duplicate)
        requests.name_signer(
            party, user=into, legal_name=party.legal_name, title=party.title, authority=party.authority, by=by
        )


def follow(duplicate: User, into: User, *, by: User) -> None:
    """After the lines moved: what either account is asked follows the work that it has now."""
    align(duplicate.pk, by=by)
    align(into.pk, by=by)
