"""Training begins; who may sign in to the HMIS, and who no longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import Agency, AgencyRole, HmisRole, Staff, User
from hmis_portal import mail
from hmis_portal.models import PortalSettings
from onboarding.access.roles import Roles
from onboarding.emails.to import agency_page, to_managers
from onboarding.models import Access
from onboarding.selectors import open_conditions


def training_begins(agency: Agency, *, officer: Staff | None = None) -> None:
    """`officer` is the Security Officer whom the portal listed because they were named and not on the roster."""
    to_managers(
        "training_begins",
        agency,
        view="training:agency",
        key=f"training:{agency.pk}",
        context={"officer": officer},
    )


def coordinators(agency: Agency) -> list[User]:
    """The agency's HMIS Data Coordinators with an account; its managers where it has none."""
    rows = (
        Staff.objects.current()
        .filter(agency=agency, hmis_role=HmisRole.HDC, user__is_active=True)
        .select_related("user")
    )
    people = [row.user for row in rows if row.user]
    return people or list(permissions.holders(agency, AgencyRole.MANAGER))


def _access(name: str, access: Access, own_link: str, context: dict[str, Any]) -> None:
    """To the person, unless their agency tells them of leaving itself, and in other words to the coordinator; once for each change of state."""
    staff, agency = access.staff, access.staff.agency
    key = f"{name}:{access.pk}:{mail.moment(access.state_since)}"
    full = {"access": access, "staff": staff, "agency": agency, **context}
    person = staff.user
    told_by_agency = staff.left_on is not None and staff.leaving_notice == Staff.LeavingNotice.AGENCY
    if person and not told_by_agency:
        mail.send(
            f"onboarding/{name}",
            to=person,
            context={**full, "own": True, "link_url": own_link},
            key=key,
            agency_id=agency.pk,
        )
    for other in coordinators(agency):
        if other != person:
            link = agency_page(agency, "training:agency")
            mail.send(
                f"onboarding/{name}",
                to=other,
                context={**full, "own": False, "link_url": link},
                key=key,
                agency_id=agency.pk,
            )


def access_ready(access: Access) -> None:
    settings = PortalSettings.load()
    agency = access.staff.agency
    held_up = open_conditions().filter(application__agency=agency, blocks_go_live=True)
    context = {
        "live": agency.state == Agency.State.LIVE,
        "rule": settings.go_live_rule,
        "conditions": [condition.text for condition in held_up],
    }
    _access("access_ready", access, mail.absolute("training:mine"), context)


def access_not_ready(access: Access) -> None:
    _access("access_not_ready", access, mail.absolute("training:mine"), {"reasons": access.reasons})


def channel_wanted(access: Access) -> None:
    """Nothing else is missing: the person, or the agency on the roster, enters where sign-in codes go."""
    _access("channel_wanted", access, mail.absolute("agencies:code_channel"), {})


def access_granted(access: Access) -> None:
    """The welcome: role and provider there, how to sign in, whose codes to let through."""
    staff = access.staff
    context = {
        "roles": "; ".join(Roles.load().of(staff).roles),
        "providers": "; ".join(project.project_name for project in staff.projects.all()),
        "channel": str(getattr(staff.user, "code_channel", "")),
    }
    _access("access_granted", access, PortalSettings.load().sign_in_address, context)


def access_suspended(access: Access) -> None:
    _access("access_suspended", access, mail.absolute("training:mine"), {"reasons": access.reasons})


def access_restored(access: Access) -> None:
    _access("access_restored", access, PortalSettings.load().sign_in_address, {})


def access_ended(access: Access) -> None:
    _access(
        "access_ended", access, mail.absolute("training:mine"), {"had_account": access.granted_at is not None}
    )


WORDS = {
    Access.ToDo.SUSPEND: gettext_lazy("Suspend"),
    Access.ToDo.RESTORE: gettext_lazy("Open again"),
    Access.ToDo.CLOSE: gettext_lazy("Close"),
    Access.ToDo.CHANGE: gettext_lazy("Change"),
}


def hmis_to_do(access: Access, *, deadline: datetime | None, reasons: Sequence[str]) -> None:
    """To the HMIS Admins: what has to be done in the HMIS itself."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/hmis_to_do",
            to=person,
            context={
                "access": access,
                "staff": access.staff,
                "agency": access.staff.agency,
                "what": str(WORDS[Access.ToDo(access.to_do)]),
                "deadline": deadline,
                "reasons": reasons,
                "link_url": mail.absolute("admin:onboarding_access_to_do"),
            },
            key=f"to-do:{access.pk}:{access.to_do}:{mail.moment(access.to_do_since)}",
            agency_id=access.staff.agency_id,
        )


def agency_live(agency: Agency) -> None:
    to_managers("agency_live", agency, key=f"live:{agency.pk}", context={})
