"""New projects of approved agencies that the HMIS Admin has not taken into the HMIS yet."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import Agency, Project
from agencies.models.project import looked_at
from hmis_portal.models.written import Given
from onboarding.mou import bound


def to_accept(today: date | Given | None = None) -> QuerySet[Project]:
    """Those that somebody of the agency saved right; the oldest first."""
    not_over = Q(operating_end_date=None) | Q(operating_end_date__gte=today or timezone.localdate())
    rows = Project.objects.filter(not_over, looked_at(), accepted_at=None, confirmed_at__isnull=False)
    rows = rows.filter(agency__in=bound.approved().values("agency")).exclude(agency__state=Agency.State.LEFT)
    return rows.order_by("confirmed_at")
