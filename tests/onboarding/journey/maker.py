"""An agency in any state of the journey, and who acts next as everybody reads it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from agencies import permissions
from agencies.models import Agency, AgencyRole
from onboarding.application import requirements
from onboarding.models import (
    Access,
    Condition,
    ConditionReport,
    Remark,
    SectionWork,
)
from onboarding.sections import catalogue
from tests.applications import make_application, make_mou
from tests.cast import Cast
from tests.factories import AgencyFactory, StaffFactory

MANAGER, NOBODY = "the agency’s manager", ""

ADMIN, LEAD = "CT HMIS Admin", "CT HMIS Lead Agency"

SIGNATORY, REVIEWER, STAFF = "Sidney Signatory", "Alex Admin", "the agency’s staff"


class Maker:
    """One agency in the hands of the cast."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.cast = cast
        self.agency = AgencyFactory(legal_name=name, common_name="")
        permissions.grant(cast.director, self.agency, AgencyRole.MANAGER)
        permissions.grant(cast.coordinator, self.agency, AgencyRole.EDITOR)
        permissions.grant(cast.signatory, self.agency, AgencyRole.SIGNATORY)

    def confirmed(self) -> "Maker":
        requirements.confirm(agency=self.agency, by=self.cast.director, texts=requirements.current_texts())
        return self

    def mou(self, state: str, **more: Any) -> "Maker":
        make_mou(self.agency, signatory=self.cast.signatory, by=self.cast.director, state=state, **more)
        return self

    def application(self, state: str, *, complete: bool = True, **more: Any) -> "Maker":
        ahead = timezone.now() + dt.timedelta(days=1)  # its sections were looked at since
        if state == "approved":
            more |= {"decided_at": timezone.now(), "decided_by": self.cast.admin}
        if state == "in_review":
            more["reviewer"] = self.cast.admin
        one = make_application(self.agency, by=self.cast.director, state=state, checked_at=ahead, **more)
        if complete:
            SectionWork.objects.bulk_create(
                SectionWork(application=one, section=section.key, saved_at=ahead, completed_at=ahead)
                for section in catalogue.SECTIONS
            )
        self.one = one
        return self

    def remark(self) -> "Maker":
        Remark.objects.create(
            application=self.one, section="agency", text="Which towns?", written_by=self.cast.admin,
            sent_at=timezone.now(),
        )  # fmt: skip
        return self

    def people(self, *states: str) -> "Maker":
        for number, state in enumerate(states):
            row = StaffFactory(agency=self.agency, hmis_role="hdc" if number == 0 else "case_manager")
            granted = {"granted_at": timezone.now(), "granted_by": self.cast.admin}
            Access.objects.create(staff=row, state=state, **(granted if state == "granted" else {}))
        return self

    def condition(self, *, reported: bool = False) -> "Maker":
        one = Condition.objects.create(
            application=self.one, text="Lock the server room", owner="IT", blocks_go_live=True,
            due_on=timezone.localdate() + dt.timedelta(days=90),
        )  # fmt: skip
        if reported:
            ConditionReport.objects.create(condition=one, text="Locked", reported_by=self.cast.director)
        return self

    def is_(self, state: str) -> "Maker":
        moment = {"live": "live_at", "left": "left_at"}[state]
        Agency.objects.filter(pk=self.agency.pk).update(state=state, **{moment: timezone.now()})
        self.agency.refresh_from_db()
        return self

    def agreed(self, *states: str) -> "Maker":
        return self.confirmed().mou("executed").application("approved").people(*states)
