"""Courses, tried before they are saved: the rows of the form, what workers do once their rules have changed, a newer version."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from hmis_portal.models import WhatIf
from hmis_portal.what_if import kinds
from hmis_portal.what_if.saving import put
from training.models import Course, OpenTraining
from training.requirements import assignments
from training.services import assigning

COURSE, NEWER_VERSION = "course", "newer_version"


def carry_out(row: WhatIf) -> None:
    put(row.data)


def follow(row: WhatIf, agencies: Sequence[UUID]) -> None:
    if row.data["reassign"]:
        for agency_id in OpenTraining.objects.filter(agency__in=agencies).values_list("agency", flat=True):
            assignments.reassign(agency_id)


def raise_version(row: WhatIf) -> None:
    assigning.raise_version(Course.objects.get(pk=row.data["course"]))


def ask_again(row: WhatIf, agencies: Sequence[UUID]) -> None:
    course, due_on = Course.objects.get(pk=row.data["course"]), date.fromisoformat(row.data["due_on"])
    assigning.ask_again(course, due_on=due_on, agencies=agencies)


kinds.add(
    kinds.WhatIfKind(COURSE, carry_out, follow), kinds.WhatIfKind(NEWER_VERSION, raise_version, ask_again)
)
