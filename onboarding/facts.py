"""What the six steps of an agency depend on, as it is now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from agencies.models import Agency, HmisRole, Staff
from hmis_portal.models import PortalSettings
from onboarding import access, section_status, sections
from onboarding.models import (
    Access,
    Application,
    Condition,
    Mou,
    RequirementConfirmation,
    RequirementText,
)
from onboarding.selectors import latest_application


@dataclass(frozen=True)
class Facts:
    """Everything the six steps depend on, loaded in a number of queries that does not grow with people or rows."""

    agency: Agency
    confirmed_at: datetime | None
    application: Application | None
    sections_done: int
    sections_all: int
    mou: Mou | None
    people: int
    ready: int
    coordinators: int  # among the ready
    granted: int
    conditions: list[Condition]  # open, and to be met before go-live

    @property
    def signed(self) -> bool:
        return self.mou is not None and self.mou.state in (Mou.State.SIGNED, Mou.State.EXECUTED)

    @property
    def executed(self) -> bool:
        return self.mou is not None and self.mou.state == Mou.State.EXECUTED

    @property
    def state(self) -> str:
        return self.application.state if self.application else ""

    @property
    def sent(self) -> bool:
        return self.state in (
            Application.State.SUBMITTED,
            Application.State.IN_REVIEW,
            Application.State.APPROVED,
        )

    @property
    def complete(self) -> bool:
        return self.sent or (self.application is not None and self.sections_done == self.sections_all)

    @property
    def enough_people(self) -> bool:
        """Whether enough people are ready for the agency to go live."""
        return access.enough_people(
            people=self.people,
            ready=self.ready,
            coordinators=self.coordinators,
            rule=PortalSettings.load().go_live_rule,
        )

    @property
    def closed(self) -> bool:
        return self.state in (Application.State.DECLINED, Application.State.WITHDRAWN)


def gather(agency: Agency) -> Facts:
    """Load the facts of one agency."""
    application = latest_application(agency)
    statuses = section_status.statuses(application) if application else {}
    is_ready = Q(access__state__in=access.READY)
    people = (
        Staff.objects.filter(agency=agency)
        .holding_up_go_live()
        .aggregate(
            all=Count("pk"),
            ready=Count("pk", filter=is_ready),
            coordinators=Count("pk", filter=is_ready & Q(hmis_role=HmisRole.HDC)),
            granted=Count("pk", filter=Q(access__state=Access.State.GRANTED)),
        )
    )
    return Facts(
        agency=agency,
        confirmed_at=confirmed_at(agency),
        application=application,
        sections_done=sum(status.is_complete for status in statuses.values()),
        sections_all=len(sections.SECTIONS),
        mou=current_mou(agency),
        people=people["all"],
        ready=people["ready"],
        coordinators=people["coordinators"],
        granted=people["granted"],
        conditions=access.blocking_conditions(agency) if application and application.decided_at else [],
    )


def current_mou(agency: Agency) -> Mou | None:
    """The MOU in force: the executed one, so during a renewal the old one; else the one open, else the last."""
    rows = agency.mous.select_related("signatory").order_by("-issued_at")[:10]
    mous = [mou for mou in rows if not mou.came_to_nothing]
    for states in ((Mou.State.EXECUTED,), Mou.OPEN):
        if found := next((mou for mou in mous if mou.state in states), None):
            return found
    return next(iter(mous), None)


def confirmed_at(agency: Agency) -> datetime | None:
    """When the last of the current requirement texts was confirmed; None while one is open."""
    newest = {text.requirement: text.pk for text in RequirementText.objects.order_by("version")}
    found = dict(RequirementConfirmation.objects.filter(agency=agency).values_list("text_id", "confirmed_at"))
    times = [found[pk] for pk in newest.values() if pk in found]
    return max(times) if times and len(times) == len(newest) else None
