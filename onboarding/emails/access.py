"""Training begins; who may sign in to the HMIS, and who no longer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import Agency, AgencyRole, HmisRole, Staff, User
from hmis_portal import mail
from hmis_portal.models import PortalSettings
from hmis_portal.text.words import date_words
from onboarding.access.hmis.roles import Roles
from onboarding.emails.to import agency_page, to_managers
from onboarding.models import Access, CoordinatorNews
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


def _access(name: str, access: Access, link: str, context: Mapping[str, object]) -> None:
    """To the person, unless their agency tells them of leaving itself; once for each change of state."""
    staff, agency = access.staff, access.staff.agency
    told_by_agency = staff.left_on is not None and staff.leaving_notice == Staff.LeavingNotice.AGENCY
    if staff.user and not told_by_agency:
        mail.send(
            f"onboarding/{name}",
            to=staff.user,
            context={"access": access, "staff": staff, "agency": agency, "link_url": link, **context},
            key=f"{name}:{access.pk}:{mail.moment(access.state_since)}",
            agency_id=agency.pk,
        )


def people_digest(agency: Agency, news: Sequence[CoordinatorNews]) -> None:
    """To each coordinator, what is new of the others of their agency; of the same news never twice."""
    newest = max(row.pk for row in news)
    for reader in coordinators(agency):
        lines = [
            (row.staff.name, _said(row, agency), row.reasons) for row in news if row.staff.user != reader
        ]
        if lines:
            mail.send(
                "onboarding/people_digest",
                to=reader,
                context={
                    "agency": agency,
                    "lines": lines,
                    "count": len(lines),
                    "link_url": agency_page(agency, "training:agency"),
                },
                key=f"people:{agency.pk}:{newest}",
                agency_id=agency.pk,
            )


def _said(row: CoordinatorNews, agency: Agency) -> str:
    kinds, settings = CoordinatorNews.Kind, PortalSettings.load()
    if row.kind == kinds.READY and agency.state != Agency.State.LIVE:
        return _("ready; the account is made once your agency goes live.")
    if row.kind == kinds.LISTED and row.staff.starts_after(row.day):
        return _("on the roster; invited on the start date, %(day)s.") % {
            "day": date_words(row.staff.start_date)
        }
    words = {
        kinds.LISTED: _("on the roster, invited, and asked to take the courses of the role."),
        kinds.LEARNING_ASKED: _("an account at the learning site was asked for; the help desk makes it."),
        kinds.LEARNING_MADE: _("has an account at the learning site, and can begin the courses."),
        kinds.CHANNEL_WANTED: _(
            "training and agreement are done; the own number or address for sign-in codes is missing. You can enter it on the roster."
        ),
        kinds.READY: _("ready; the %(admin)s makes the account next."),
        kinds.NOT_READY: _("no longer ready for an account:"),
        kinds.GRANTED: _("has an account in %(hmis)s, and was told how to sign in."),
        kinds.SUSPENDED: _("may not sign in to %(hmis)s for now:"),
        kinds.RESTORED: _("may sign in to %(hmis)s again; the %(admin)s opens the account."),
        kinds.ENDED: _("access has ended; the %(admin)s closes the account."),
    }
    return words[kinds(row.kind)] % {"admin": settings.admin_name, "hmis": settings.hmis_name}


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
    """Nothing else is missing: where sign-in codes go."""
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
    _access("access_ended", access, mail.absolute("training:mine"), {})


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
