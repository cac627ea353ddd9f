"""What the HMIS Admin does in the HMIS itself: accounts to make and to close, and by when."""

from datetime import datetime

from django.db.models import QuerySet

from agencies.models import Agency
from agencies.services import leavers
from onboarding.access import agreed
from onboarding.models import Access


def closing_deadline(access: Access) -> datetime | None:
    """By when a leaver's account must be closed; None where none is to be closed."""
    if access.to_do != Access.ToDo.CLOSE or access.staff.left_on is None:
        return None
    return leavers.closing_deadline(access.staff.left_on)


def closing_soon() -> QuerySet[Access]:
    """Accounts of people whose last working day is announced, the next one first: nothing is to be done yet."""
    rows = Access.objects.filter(granted_at__isnull=False, staff__leaves_on__isnull=False)
    return rows.exclude(state=Access.State.ENDED).select_related("staff__agency").order_by("staff__leaves_on")


def reasons(access: Access) -> list[str]:
    """Why it is to be done, a sentence each."""
    return agreed.differences(access) if access.to_do == Access.ToDo.CHANGE else list(access.reasons)


def to_create() -> QuerySet[Access]:
    """Accounts that the HMIS Admin may make now: ready people of live agencies."""
    return Access.objects.filter(state=Access.State.READY, staff__agency__state=Agency.State.LIVE)


def to_do() -> QuerySet[Access]:
    """What must be done in the HMIS itself, the leavers first."""
    return Access.objects.exclude(to_do="")
