"""The conditions of an approval: reported as done, answered, and what keeps an agency from going live."""

from collections.abc import Sequence
from datetime import datetime

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import mail
from onboarding.emails.to import agency_page, name_of, to_managers
from onboarding.models import Condition, ConditionReport


def condition_reported(report: ConditionReport) -> None:
    """To the HMIS Admins: the agency says that a condition is done."""
    key = f"condition-reported:{report.pk}"
    _to_admins("condition_reported", report.condition, key=key, report=report)


def condition_time_asked(condition: Condition) -> None:
    """To the HMIS Admins: the agency asks for a later day."""
    key = f"condition-time-asked:{condition.pk}:{mail.moment(condition.time_asked_at)}"
    _to_admins("condition_time_asked", condition, key=key)


def _to_admins(name: str, condition: Condition, *, key: str, **context: object) -> None:
    application = condition.application
    page = mail.absolute("admin:onboarding_application_review", application.pk)
    full = {"agency": application.agency, "condition": condition, "link_url": f"{page}#conditions", **context}
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(f"onboarding/{name}", to=person, context=full, key=key, agency_id=application.agency_id)


def condition_waived(condition: Condition) -> None:
    _of_condition(
        "condition_waived", condition, key=f"condition-waived:{condition.pk}", by=condition.ended_by
    )


def condition_time_given(condition: Condition, *, by: User) -> None:
    _of_condition(
        "condition_time_given", condition, key=f"condition-time:{condition.pk}:{condition.due_on}", by=by
    )


def condition_time_refused(condition: Condition, *, asked_at: datetime, reason: str, by: User) -> None:
    key = f"condition-time-refused:{condition.pk}:{mail.moment(asked_at)}"
    _of_condition("condition_time_refused", condition, key=key, by=by, reason=reason)


def _of_condition(name: str, condition: Condition, *, key: str, by: User | None, **context: object) -> None:
    """To the managers: what the HMIS Admin did about a condition."""
    agency = condition.application.agency
    full = {"condition": condition, "by_name": name_of(by), **context}
    to_managers(name, agency, view="onboarding:conditions", key=key, context=full)


def condition_answered(report: ConditionReport) -> None:
    """To the managers and to the person who reported it."""
    agency = report.condition.application.agency
    people = {*permissions.holders(agency, AgencyRole.MANAGER), report.reported_by}
    for person in sorted(people, key=lambda reader: reader.pk):
        mail.send(
            "onboarding/condition_answered",
            to=person,
            context={
                "agency": agency,
                "condition": report.condition,
                "report": report,
                "by_name": name_of(report.answered_by),
                "link_url": agency_page(agency, "onboarding:conditions"),
            },
            key=f"condition-answered:{report.pk}",
            agency_id=agency.pk,
        )


def go_live_held_up(agency: Agency, conditions: Sequence[Condition], *, managers: str = "") -> None:
    """To the managers, once for the same open ones: everybody is ready, and this is still to be done.

    `managers` says how many more managers are needed.
    """
    keys = "-".join([*(str(condition.pk) for condition in conditions), *(["managers"] if managers else [])])
    to_managers(
        "go_live_held_up",
        agency,
        view="onboarding:owed",
        key=f"held-up:{agency.pk}:{keys}",
        context={"conditions": conditions, "managers": managers},
    )
