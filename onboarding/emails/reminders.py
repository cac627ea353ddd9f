"""Reminders of what waits."""

from collections.abc import Sequence
from datetime import date

from agencies import permissions
from hmis_portal import mail
from onboarding.emails.to import agency_page, to_managers
from onboarding.journey.yearly import YearlyTask
from onboarding.models import Application, Condition


def draft_idle(
    application: Application, days: int, *, next_step: str = "", link_url: str = "", action: str = ""
) -> None:
    """Once for each length of silence since the application was last worked on; the next thing as the pages say it.

    Its key holds the moment to the second, as in the reminders that were sent before.
    """
    agency = application.agency
    to_managers(
        "draft_idle",
        agency,
        key=f"idle:{application.pk}:{application.touched_at:%Y%m%d%H%M%S}:{days}",
        context={
            "application": application,
            "days": days,
            "next_step": next_step,
            "action": action,
            "link_url": link_url or agency_page(agency, "onboarding:application"),
        },
    )


def answer_by(application: Application, days: int, *, threshold: int, next_step: str = "") -> None:
    to_managers(
        "answer_by",
        application.agency,
        view="onboarding:application",
        key=f"answer-by:{application.pk}:{application.answer_by}:{threshold}",
        context={"application": application, "days": days, "next_step": next_step},
    )


def review_digest(rows: Sequence[dict[str, object]], *, day: date) -> None:
    """`rows`: name, reference, since (day), days (business days), reviewer."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/review_digest",
            to=person,
            context={
                "rows": rows,
                "count": len(rows),
                "link_url": mail.absolute("admin:onboarding_application_changelist"),
            },
            key=f"digest:{day}",
        )


def condition_due(condition: Condition, *, late: bool, threshold: int) -> None:
    to_managers(
        "condition_due",
        condition.application.agency,
        view="onboarding:conditions",
        key=f"condition:{condition.pk}:{condition.due_on}:{threshold}",
        context={"condition": condition, "late": late},
    )


def yearly_task_due(task: YearlyTask, *, threshold: int) -> None:
    """`threshold` is the number of days before it is due that has been reached, -1 once it is overdue."""
    to_managers(
        "yearly_task_due",
        task.agency,
        view=task.view,
        key=f"yearly:{task.kind}:{task.agency.pk}:{task.due_on}:{threshold}",
        context={"task": task},
    )
