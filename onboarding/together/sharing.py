"""Who does which section of an application, and which line of what is owed."""

import re
from collections.abc import Callable, Mapping

from django.db import transaction

from agencies.models import Agency, AgencyRole, User
from agencies.permissions import people_with_roles
from hmis_portal import audit
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Assignment, SectionKey

_SECTION = {"project": SectionKey.PROJECTS, "site": SectionKey.READINESS}


def section_of(page: str) -> str:
    """Of the page whose draft is named so: "agency.about", "project-0123…", "site-7"."""
    start = re.split(r"[-.]", page)[0]
    return str(_SECTION.get(start, start))


def colleagues(agency: Agency, *, of: User | None = None) -> list[User]:
    """Who may fill in the application; without the person themselves."""
    may = {AgencyRole.MANAGER.value, AgencyRole.EDITOR.value}
    return [user for user, roles in people_with_roles(agency) if may & set(roles) and user != of]


def assigned(application: Application) -> dict[str, User]:
    """By section or line of what is owed, who does it. Whoever no longer works for the agency does none."""
    if not application.is_shared:
        return {}
    rows = {
        row.task: row.person
        for row in Assignment.objects.filter(application=application).select_related("person")
    }
    members = set(colleagues(application.agency)) if rows else set()
    return {task: person for task, person in rows.items() if person in members}


@transaction.atomic
def assign(
    application: Application,
    wanted: Mapping[str, User | None],
    *,
    titles: Mapping[str, str],
    by: User,
    tell: Callable[..., None] = emails.section_assigned,
) -> None:
    """Give sections or lines to colleagues, or take them back (None). Each is told once of what is new."""
    Application.objects.select_for_update().get(pk=application.pk)
    now = {
        row.task: row for row in Assignment.objects.filter(application=application).select_related("person")
    }
    for task, person in wanted.items():
        row = now.get(task)
        if (row.person if row else None) == person:
            continue
        if row:
            row.delete()
        if person:
            assignment = Assignment.objects.create(
                application=application, task=task, person=person, assigned_by=by
            )
            if person != by:
                tell(assignment, title=titles[task])
        audit.record(
            by=by,
            verb=OnboardingEvent.ASSIGNED_SECTION,
            obj=application,
            agency_id=application.agency_id,
            data={"section": task, "person": str(person) if person else None},
        )
