"""What is stored of who holds which role for an agency or the HMIS; what follows from it say the permissions."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateField, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from agencies.models import Agency, AgencyUserObjectPermission
from hmis_portal.models.written import Given, WrittenQuery


def held_roles(today: date | Given | None = None) -> QuerySet[AgencyUserObjectPermission]:
    """The roles that count today: those of a deputy end with their last day."""
    lasting = Q(until__isnull=True) | Q(until__gte=today or timezone.localdate())
    return AgencyUserObjectPermission.objects.filter(lasting)


def _held() -> QuerySet[AgencyUserObjectPermission]:
    return held_roles(Given("today", DateField())).filter(user=Given("user", BigIntegerField()))


@WrittenQuery
def codenames() -> QuerySet[AgencyUserObjectPermission, str]:
    held = _held().filter(content_object=Given("agency", UUIDField()))
    return held.values_list("permission__codename", flat=True)


@WrittenQuery
def roles_of_agency() -> QuerySet[AgencyUserObjectPermission]:
    """Those of active people, by their names."""
    held = held_roles(Given("today", DateField()))
    rows = held.filter(content_object=Given("agency", UUIDField()), user__is_active=True)
    rows = rows.select_related("user", "permission")
    return rows.order_by("user__last_name", "user__first_name", "user__pk")


def codenames_for(agency: OuterRef) -> ArraySubquery:
    """Within a query that reads the agency: those that the given `user` holds for it on the day given as `today`."""
    return ArraySubquery(_held().filter(content_object=agency).values("permission__codename"))


@WrittenQuery
def agency_with_roles() -> QuerySet[Any]:
    rows = Agency.objects.annotate(codenames=codenames_for(OuterRef("pk")))
    return rows.filter(pk=Given("agency", UUIDField()))
