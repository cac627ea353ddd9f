"""What the HMIS Admin does in the HMIS itself: accounts to make and to close, and by when."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from onboarding.access import agreed
from onboarding.models import Access


def closing_deadline(access: Access) -> datetime | None:
    """By when a leaver's account must be closed: so many hours after the last working day ended, in the state's zone."""
    if access.to_do != Access.ToDo.CLOSE or access.staff.left_on is None:
        return None
    over = timezone.make_aware(datetime.combine(access.staff.left_on + timedelta(days=1), time.min))
    return over + timedelta(hours=PortalSettings.load().leaver_hours)


def reasons(access: Access) -> list[str]:
    """Why it is to be done, a sentence each."""
    return agreed.differences(access) if access.to_do == Access.ToDo.CHANGE else list(access.reasons)


def to_create() -> QuerySet[Access]:
    """Accounts that the HMIS Admin may make now: ready people of live agencies."""
    return Access.objects.filter(state=Access.State.READY, staff__agency__state=Agency.State.LIVE)


def to_do() -> QuerySet[Access]:
    """What must be done in the HMIS itself, the leavers first."""
    return Access.objects.exclude(to_do="")
