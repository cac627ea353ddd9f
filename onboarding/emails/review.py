"""The conditions of an approval: reported as done, answered, and what keeps an agency from going live."""

from collections.abc import Sequence

from agencies import permissions
from agencies.models import Agency, AgencyRole
from hmis_portal import mail
from onboarding.emails.to import agency_page, name_of, to_managers
from onboarding.models import Condition, ConditionReport


def condition_reported(report: ConditionReport) -> None:
    """To the HMIS Admins: the agency says that a condition is done."""
    condition = report.condition
    application = condition.application
    page = mail.absolute("admin:onboarding_application_review", application.pk)
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/condition_reported",
            to=person,
            context={
                "agency": application.agency,
                "condition": condition,
                "report": report,
                "link_url": f"{page}#conditions",
            },
            key=f"condition-reported:{report.pk}",
            agency_id=application.agency_id,
        )


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


def go_live_held_up(agency: Agency, conditions: Sequence[Condition]) -> None:
    """To the managers, once for the same open conditions: everybody is ready, and this is still to be done."""
    keys = "-".join(str(condition.pk) for condition in conditions)
    to_managers(
        "go_live_held_up",
        agency,
        view="onboarding:conditions",
        key=f"held-up:{agency.pk}:{keys}",
        context={"conditions": conditions},
    )
