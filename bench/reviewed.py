"""What the review of an application leaves behind: its days, what was sent, remarks, the record, its MOU."""

import datetime as dt
import hashlib
import random
import uuid
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db.models import Model
from django.utils import timezone

from agencies.models import Agency, Project, Staff, User
from hmis_portal import audit
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.signing.agreeing.evidence.chain import event_hash
from hmis_portal.signing.models import Party, SigningEvent, SigningRequest, TextVersion
from onboarding.models import Application, Mou, Remark, Revision, SectionKey
from onboarding.mou import party
from onboarding.readiness import rules
from onboarding.sections.catalogue import SECTIONS
from onboarding.workflow import ApplicationVerb

NOT_SENT = ("draft", "withdrawn")
DECIDED = ("approved", "declined")
ASKED_ABOUT = (
    SectionKey.PROJECTS,
    SectionKey.PROJECTS,
    SectionKey.READINESS,
    SectionKey.STAFF,
    SectionKey.AGENCY,
)


@dataclass
class Days:
    """The moments of one agency's way, each after the one before it; what has not happened yet is left out."""

    opened: dt.datetime
    started: dt.datetime
    sent: dt.datetime
    asked: dt.datetime | None
    sent_again: dt.datetime | None
    decided: dt.datetime
    executed: dt.datetime
    live: dt.datetime


def days_of(chance: random.Random, state: str, now: dt.datetime) -> Days:
    """Those that wait for a decision were sent in the last weeks; the others over two years."""
    steps = [chance.randrange(1, most) for most in (10, 25, 12, 15, 20, 12, 60)]
    asked = state == "changes_requested" or (state in DECIDED and chance.random() < 0.4)
    ago = sum(steps[:2]) + chance.randrange(1, 40) if state not in DECIDED else chance.randrange(160, 700)
    opened = now - dt.timedelta(days=ago, minutes=chance.randrange(600))
    moments = [opened]
    for days in steps:
        moments.append(min(moments[-1] + dt.timedelta(days=days), now))
    sent, first, second = moments[2], moments[3], moments[4]
    return Days(opened, moments[1], sent, first if asked else None, second if asked else None, *moments[5:8])


R = TypeVar("R", bound=Model)


class Keep(Protocol):
    """Takes a row to be written with the others of its batch."""

    def __call__(self, row: R, /) -> R: ...


class Review:
    """Makes the rows of applications and MOUs; `keep` takes each."""

    def __init__(self, chance: random.Random, keep: Keep, reviewers: list[User]) -> None:
        self.chance, self.keep, self.reviewers = chance, keep, reviewers
        self.today = timezone.localdate()
        self.readiness = rules.published()
        texts = TextVersion.objects.filter(kind=TextVersion.Kind.MOU, state=TextVersion.State.PUBLISHED)
        self.version = texts.latest("number")
        self.lead_agency = PortalSettings.load().lead_agency
        self.text_sha256 = hashlib.sha256(self.version.body.encode()).hexdigest()

    def application(self, number: int, agency: Agency, director: User, state: str, days: Days) -> Application:
        decided, reviewer = state in DECIDED, self.chance.choice(self.reviewers)
        last = (days.sent_again if decided else None) or days.sent
        since = {"draft": days.started, "withdrawn": days.started, "submitted": days.sent}
        since |= {"in_review": days.sent, "changes_requested": days.asked or days.sent}
        return self.keep(
            Application(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                agency=agency,
                reference=f"SCALE-{number:06d}",
                state=state,
                readiness_version=self.readiness,
                started_by=director,
                started_at=days.started,
                state_since=since.get(state, days.decided),
                submitted_at=None if state in NOT_SENT else last,
                reviewer=None if state in ("draft", "submitted", "withdrawn") else reviewer,
                answer_by=self.today + dt.timedelta(days=20) if state == "changes_requested" else None,
                decided_by=reviewer if decided else None,
                decided_at=days.decided if decided else None,
                reason="Outside the geography." if state == "declined" else "",
            )
        )

    def sent(self, application: Application, projects: list[Project], staff: list[Staff], days: Days) -> None:
        """What was sent, once or twice, the remarks between, and the moves in the record."""
        agency, by, reviewer = application.agency, application.started_by, application.reviewer
        self._record(application, ApplicationVerb.START, days.started, by, "draft")
        if application.submitted_at is None:
            return
        self._revision(application, 1, snapshot(agency, projects, staff, "In short."), days.sent)
        self._record(application, ApplicationVerb.SUBMIT, days.sent, by, "submitted")
        if reviewer is None:
            return
        self._record(application, ApplicationVerb.TAKE, days.sent, reviewer, "in_review")
        if days.asked:
            self._asked(application, days.asked, answered=application.state in DECIDED)
        if days.sent_again and application.state in DECIDED:
            self._revision(application, 2, snapshot(agency, projects, staff, "At length."), days.sent_again)
            self._record(application, ApplicationVerb.RESUBMIT, days.sent_again, by, "submitted")
        if application.decided_at:
            verb = ApplicationVerb.APPROVE if application.state == "approved" else ApplicationVerb.DECLINE
            self._record(application, verb, days.decided, reviewer, application.state)

    def _revision(
        self, application: Application, number: int, sent: dict[str, object], at: dt.datetime
    ) -> None:
        by = application.started_by
        self.keep(
            Revision(application=application, number=number, snapshot=sent, submitted_by=by, submitted_at=at)
        )

    def _asked(self, application: Application, at: dt.datetime, *, answered: bool) -> None:
        reviewer = application.reviewer
        for section in {self.chance.choice(ASKED_ABOUT) for _time in range(2)}:
            self.keep(
                Remark(
                    application=application, section=section, text="Say this more exactly.", written_by=reviewer,
                    written_at=at, sent_at=at, resolved_by=reviewer if answered else None, resolved_at=at if answered else None,
                )
            )  # fmt: skip
        self._record(application, ApplicationVerb.REQUEST_CHANGES, at, reviewer, "changes_requested")

    def _record(
        self, application: Application, verb: ApplicationVerb, at: dt.datetime, by: User | None, after: str
    ) -> None:
        event = audit.event(by=by, verb=verb, obj=application, agency_id=application.agency_id, after=after)
        event.at, event.mark = at, "scale"  # no mark of the portal: the rows were written past it
        self.keep(event)

    def mou(self, number: int, agency: Agency, director: User, state: str, days: Days) -> None:
        if state in ("declined", "withdrawn") or (state == "draft" and number % 2):
            return
        reference = f"SCALE-MOU-{number:06d}"
        request = self.keep(
            SigningRequest(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                kind=TextVersion.Kind.MOU,
                reference=reference,
                version=self.version,
                text=self.version.body,
                text_sha256=self.text_sha256,
                snapshot={"agency": agency.legal_name},
                agency_id=agency.pk,
                created_by=director,
            )
        )
        issued = {"request": request, "sequence": 1, "kind": "issued", "at": days.started, "data": {}}
        self.keep(
            SigningEvent(**issued, hash=event_hash(request, 1, "issued", days.started.isoformat(), {}, ""))
        )
        signer = {"user": director, "legal_name": str(director)}
        self.keep(Party(request=request, role=party.AGENCY, position=0, label=agency.legal_name, **signer))
        self.keep(Party(request=request, role=party.LEAD, position=1, label=self.lead_agency))
        mou_state = {"draft": "issued", "approved": "executed"}.get(state, "signed")
        executed = mou_state == "executed"
        self.keep(
            Mou(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                agency=agency,
                reference=reference,
                state=mou_state,
                request=request,
                signatory=director,
                signatory_name=str(director),
                issued_by=director,
                issued_at=days.started,
                state_since=days.started,
                signed_at=None if mou_state == "issued" else days.sent,
                executed_at=days.executed if executed else None,
                term_ends_on=self.today + dt.timedelta(days=365) if executed else None,
            )
        )


def snapshot(agency: Agency, projects: list[Project], staff: list[Staff], mission: str) -> dict[str, object]:
    """Answers as a person reads them: some of the agency, a row of each project and person."""
    groups: dict[str, list[object]] = {
        SectionKey.AGENCY: [_group("agency", agency.legal_name, EIN=agency.ein, City=agency.city, Mission=mission)],
        SectionKey.PROJECTS: [
            _group(f"project-{project.pk.hex}", project.project_name, project_type="Emergency shelter", coc_code="CT-505", bed_inventory="20")
            for project in projects
        ],
        SectionKey.STAFF: [
            _group(f"staff-{place}", row.email, hmis_role=str(row.hmis_role), access_level=str(row.access_level), supervisor=row.supervisor_name)
            for place, row in enumerate(staff)
        ],
    }  # fmt: skip
    sections = [
        {
            "key": section.key,
            "letter": section.letter,
            "title": str(section.title),
            "groups": groups.get(section.key, []),
        }
        for section in SECTIONS
    ]
    return {"format": 2, "reference": "SCALE", "agency": agency.legal_name, "sections": sections}


def _group(key: str, title: str, **answers: str) -> dict[str, object]:
    rows = [
        {"field": field, "question": field.replace("_", " "), "answer": text}
        for field, text in answers.items()
    ]
    return {"key": key, "title": title, "rows": rows}


ROWS = (Application, SigningRequest, SigningEvent, Party, Mou, Revision, Remark, AuditEvent)
