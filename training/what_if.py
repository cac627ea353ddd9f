"""Courses, tried before they are saved: the rows of the form, and what workers do once their rules have changed."""

from collections.abc import Sequence
from uuid import UUID

from hmis_portal.models import WhatIf
from hmis_portal.what_if import kinds
from hmis_portal.what_if.saving import put
from training.models import OpenTraining
from training.requirements import assignments

COURSE = "course"


def carry_out(row: WhatIf) -> None:
    put(row.data)


def follow(row: WhatIf, agencies: Sequence[UUID]) -> None:
    if row.data["reassign"]:
        for agency_id in OpenTraining.objects.filter(agency__in=agencies).values_list("agency", flat=True):
            assignments.reassign(agency_id)


kinds.add(kinds.Kind(COURSE, carry_out, follow))
