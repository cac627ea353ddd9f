"""The locks under which a session's seats are given away."""

from collections.abc import Collection

from agencies.models import User
from training.models import Session


def locked(session: Session) -> Session:
    return Session.objects.select_for_update(of=("self",)).select_related("course").get(pk=session.pk)


def lock_people(people: Collection[int]) -> dict[int, User]:
    """After the session, in one order for everybody."""
    return {user.pk: user for user in User.objects.select_for_update().filter(pk__in=people).order_by("pk")}
