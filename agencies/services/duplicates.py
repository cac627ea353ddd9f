"""Two agencies that look alike, and that somebody found to be two."""

from django.db import transaction

from agencies import locks
from agencies.events import AgenciesEvent
from agencies.models import Agency, NotADuplicate, User
from hmis_portal import audit


@transaction.atomic
def not_a_duplicate(agency: Agency, other: Agency, *, reason: str, by: User) -> NotADuplicate:
    """Remember it once for the pair. It is recorded of no agency: neither may learn of the other."""
    locks.lock_agencies(agency.pk, other.pk)
    first, second = sorted((agency, other), key=lambda either: either.pk)
    row, is_new = NotADuplicate.objects.get_or_create(
        agency=first, other=second, defaults={"reason": reason, "recorded_by": by}
    )
    if is_new:
        audit.record(by=by, verb=AgenciesEvent.FOUND_NO_DUPLICATE, obj=row, reason=reason)
    return row
