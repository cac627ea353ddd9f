"""What the review page shows, gathered in a number of queries that does not grow with the application."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from agencies import permissions
from agencies.hud.drafts import ProjectFindings
from agencies.models import Agency, User
from hmis_portal.models import AuditEvent, PortalSettings
from onboarding import workflow
from onboarding.admin.base import APPLICATION_KIND, MOU_KIND
from onboarding.application.revisions import Difference, Files, compare, sent
from onboarding.journey import history, whose_turn
from onboarding.journey.facts import gather_all
from onboarding.models import (
    Application,
    Condition,
    Mou,
    PrivateNote,
    Remark,
    RemarkReply,
    Revision,
    SectionReview,
    Upload,
)
from onboarding.mou import party
from onboarding.review.conditions import with_reports
from onboarding.review.outcomes import Outcome, outcomes_of
from onboarding.review.remarks_read import OF_ITEMS, field_key
from onboarding.sections.answers import Answers
from onboarding.services import kinds_towards
from onboarding.workflow import ApplicationVerb, MouVerb

State = Application.State


def may_review(user: Any) -> bool:
    """The people who read reviews: HMIS Admin, Lead signatory, auditor."""
    return permissions.reads_every_agency(user)


@dataclass(frozen=True)
class RemarkPlace:
    """A section, or one answer in it, as a remark names it."""

    section: str
    field: str
    label: str
    answer: str


def latest_revision(application: Application) -> Revision | None:
    return application.revisions.select_related("submitted_by", "pdf").order_by("-number").first()


def place_of(application: Application, section: str, field: str) -> RemarkPlace | None:
    """The place that a section and field name in what was submitted; None when there is none."""
    revision = latest_revision(application)
    for part in revision.snapshot["sections"] if revision else []:
        if part["key"] != section:
            continue
        title = f"{part['letter']}. {part['title']}"
        if not field:
            return RemarkPlace(section, "", title, "")
        for group in part["groups"]:
            for row in group["rows"]:
                if field_key(section, group["key"], row["field"]) == field:
                    name = f"{group['title']}: {row['question']}" if section in OF_ITEMS else row["question"]
                    return RemarkPlace(section, field, name, row["answer"])
    return None


@dataclass(frozen=True)
class SentRow:
    """An answer as it was sent, with the remarks about it."""

    field: str
    question: str
    answer: str
    files: Files
    key: str
    remarks: list[Remark]
    change: Difference | None  # since the revision before


@dataclass(frozen=True)
class SentGroup:
    title: str
    rows: list[SentRow]


@dataclass(frozen=True)
class SentSection:
    """A section as it was sent: its remarks, how many are open, and who found it in order."""

    key: str
    letter: str
    title: str
    groups: list[SentGroup]
    remarks: list[Remark]
    open: int
    changed: int  # of its answers, since the revision before
    checked: SectionReview | None


@dataclass(frozen=True)
class ReviewPage:
    """Everything on the review page; a template reads the fields by their names."""

    application: Application
    agency: Agency
    state_kind: str
    turn: str
    overdue: bool
    moves: list[workflow.Move]
    writing: bool
    remarking: bool  # one more remark, or one less
    revision: Revision | None
    revisions: list[Revision]
    pairs: list[tuple[int, int]]
    sections: list[SentSection]
    changed: list[Difference]
    outcomes: list[Outcome]
    blocking: list[Outcome]
    hud: list[ProjectFindings]
    uploads: list[Upload]
    mou: Mou | None
    party_words: list[str]
    mou_kind: str
    mou_moves: list[workflow.Move]
    open_remarks: list[Remark]
    may_meet: bool
    may_write: bool
    notes: list[PrivateNote]
    conditions: list[Condition]
    events: list[dict[str, Any]]
    audit_url: str


def review_page(application: Application, user: User) -> ReviewPage:
    agency = application.agency
    revisions = list(application.revisions.select_related("submitted_by", "pdf").order_by("number"))
    last = revisions[-1] if revisions else None
    arrived = ~RemarkReply.CURRENT | Q(
        kind=RemarkReply.Kind.EXPLAIN
    )  # the others go out with the next revision
    replies = RemarkReply.objects.filter(arrived).select_related("written_by", "answered_by", "revision")
    remarks = list(
        application.remarks.select_related("written_by", "resolved_by").prefetch_related(
            Prefetch("replies", queryset=replies)
        )
    )
    changed = changed_since(revisions)
    checked = {
        row.section: row
        for row in SectionReview.objects.filter(application=application).select_related("reviewed_by")
    }
    moves = workflow.moves_from(application, kinds_towards(application, user, agency))
    idle = [
        *([] if PortalSettings.load().four_eyes else [ApplicationVerb.RECOMMEND]),
        *([] if application.time_asked_at else [ApplicationVerb.REFUSE_TIME]),
    ]
    moves = [move for move in moves if move.verb not in idle]
    facts = gather_all([agency], known=[application])[agency.pk]
    mou = facts.mou_to_act_on
    writing = application.state == State.IN_REVIEW and permissions.is_hmis_admin(user)
    answers = Answers(application, agency)
    outcomes = outcomes_of(answers)
    return ReviewPage(
        application=application,
        agency=agency,
        state_kind=APPLICATION_KIND[State(application.state)],
        turn=whose_turn.of_application(application, facts).brief,
        overdue=application.state == State.CHANGES
        and application.answer_by is not None
        and application.answer_by < timezone.localdate(),
        moves=moves,
        writing=writing,
        remarking=writing or (application.state == State.CHANGES and permissions.is_hmis_admin(user)),
        revision=last,
        revisions=revisions,
        pairs=[(revision.number, revision.number + 1) for revision in revisions[:-1]],
        sections=sections_for(last, remarks, checked, changed),
        changed=changed,
        outcomes=outcomes,
        blocking=[outcome for outcome in outcomes if outcome.kind == "B"],
        hud=[row for row in answers.projects if row.findings],
        uploads=answers.uploads,
        mou=mou,
        party_words=party.against(mou, lead=True),
        mou_kind=MOU_KIND[Mou.State(mou.state)] if mou else "plain",
        mou_moves=mou_moves(mou, user),
        open_remarks=[remark for remark in remarks if remark.resolved_at is None],
        may_meet=permissions.is_hmis_admin(user),
        may_write=permissions.is_hmis_admin(user),
        notes=list(PrivateNote.objects.filter(agency=agency).select_related("written_by")),
        conditions=list(
            with_reports(application.conditions.select_related("met_by", "ended_by", "time_asked_by"))
        ),
        events=history.in_words(events_of(application, mou), for_hmis=True),
        audit_url=reverse("admin:hmis_portal_auditevent_changelist") + f"?agency_id__exact={agency.pk}",
    )


def mou_moves(mou: Mou | None, user: User) -> list[workflow.Move]:
    """The moves of the MOU that have a page in the admin."""
    if mou is None:
        return []
    verbs = {MouVerb.VOID, MouVerb.END, *([MouVerb.ONE_PARTY] if party.changes(mou, lead=True) else [])}
    return [
        move for move in workflow.moves_from(mou, kinds_towards(mou, user, mou.agency)) if move.verb in verbs
    ]


def events_of(application: Application, mou: Mou | None) -> Iterable[AuditEvent]:
    """The newest events of the agency that belong to the application or its MOU."""
    targets = [str(application.pk), *([str(mou.pk)] if mou else [])]
    return history.of_agency(application.agency).filter(target_id__in=targets)[:30]


def sections_for(
    revision: Revision | None,
    remarks: list[Remark],
    checked: dict[str, SectionReview],
    changed: list[Difference],
) -> list[SentSection]:
    """The sections as submitted, each answer with the remarks about it and what it was before."""
    before = {one.key: one for one in changed}
    by_place: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        by_place.setdefault((remark.section, remark.field), []).append(remark)
    shown = []
    for part in sent(revision)["sections"] if revision else []:
        groups = []
        for group in part["groups"]:
            rows = []
            for row in group["rows"]:
                key = field_key(part["key"], group["key"], row["field"])
                about = by_place.get((part["key"], key), [])
                files = tuple(row.get("files", ()))
                change = before.get((part["key"], group["key"], row["field"]))
                rows.append(SentRow(row["field"], row["question"], row["answer"], files, key, about, change))
            groups.append(SentGroup(group["title"], rows))
        shown.append(
            SentSection(
                key=part["key"],
                letter=part["letter"],
                title=part["title"],
                groups=groups,
                remarks=by_place.get((part["key"], ""), []),
                open=sum(remark.resolved_at is None for remark in remarks if remark.section == part["key"]),
                changed=sum(one.section == part["key"] for one in changed),
                checked=checked.get(part["key"]),
            )
        )
    return shown


def changed_since(revisions: list[Revision]) -> list[Difference]:
    """What the last revision changed."""
    return compare(sent(revisions[-2]), sent(revisions[-1])) if len(revisions) > 1 else []


@dataclass(frozen=True)
class ComparePage:
    """Two revisions side by side; a template reads the fields by their names."""

    application: Application
    agency: Agency
    revisions: list[Revision]
    before: Revision | None
    after: Revision | None
    differences: list[Difference]


def compare_page(application: Application, first: str, second: str) -> ComparePage:
    """Two revisions side by side; the last two when none are named."""
    revisions = list(application.revisions.select_related("submitted_by").order_by("number"))
    numbers = {str(revision.number): revision for revision in revisions}
    before = numbers.get(first, revisions[-2] if len(revisions) > 1 else None)
    after = numbers.get(second, revisions[-1] if revisions else None)
    return ComparePage(
        application=application,
        agency=application.agency,
        revisions=revisions,
        before=before,
        after=after,
        differences=compare(sent(before), sent(after)) if before and after else [],
    )
