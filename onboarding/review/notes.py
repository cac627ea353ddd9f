"""Notes of the HMIS side about an agency, for itself alone."""

from django.db import transaction

from agencies.models import Agency, User
from hmis_portal import audit
from onboarding.events import OnboardingEvent
from onboarding.models import PrivateNote


@transaction.atomic
def add(agency: Agency, *, text: str, by: User) -> PrivateNote:
    """The record says that there is one, and not what it says."""
    note = PrivateNote.objects.create(agency=agency, text=text, written_by=by)
    audit.record(by=by, verb=OnboardingEvent.PRIVATE_NOTE, obj=note, agency_id=agency.pk)
    return note
