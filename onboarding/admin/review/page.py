"""What the review page shows, gathered in a number of queries that does not grow with the application."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.models.users import AnyUser
from onboarding import workflow
from onboarding.admin.base import APPLICATION_KIND, MOU_KIND
from onboarding.admin.review import asked
from onboarding.admin.review.sent import (
    BEDS,
    COLUMNS,
    SentRow,
    SentSection,
    changed_since,
    marks,
    sections_of,
)
from onboarding.application.revisions import AnswerDifference, sent
from onboarding.journey import history, whose_turn
from onboarding.journey.facts import gather, gather_all
from onboarding.models import (
    Application,
    Condition,
    Mou,
    PrivateNote,
    Remark,
    Revision,
    SectionKey,
    Upload,
)
from onboarding.mou import party
from onboarding.review import checks
from onboarding.review.check import Check
from onboarding.review.outcomes import Kind, Outcome, outcomes_of
from onboarding.review.remarks_read import OF_ITEMS, field_key
from onboarding.sections.answers import Answers
from onboarding.services import kinds_towards
from onboarding.workflow import ApplicationVerb, MouVerb, Move

State = Application.State
# What the decision bar shows at once; the other moves stand behind "More".
FIRST = (
    ApplicationVerb.TAKE,
    ApplicationVerb.APPROVE,
    ApplicationVerb.RECOMMEND,
    ApplicationVerb.REQUEST_CHANGES,
    ApplicationVerb.RELEASE,
)


SECOND_LOOK = (ApplicationVerb.OVERTURN, ApplicationVerb.UPHOLD)  # for another than who declined
TIME = (ApplicationVerb.GIVE_TIME, ApplicationVerb.REFUSE_TIME)  # at once, when the agency asks


def may_review(user: AnyUser) -> bool:
    """The people who read reviews: HMIS Admin, Lead signatory, auditor."""
    return permissions.reads_every_agency(user)


@dataclass(frozen=True)
class RemarkPlace:
    """A section, or one answer in it, as a remark names it."""

    section: str
    field: str
    label: str
    answer: str


def place_of(application: Application, section: str, field: str) -> RemarkPlace | None:
    """The place that a section and field name in what was submitted; None when there is none."""
    revision = application.revisions.order_by("-number").first()
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
class KeyFacts:
    """What was sent, in few words."""

    ein: str
    cocs: str
    cans: str
    people: list[SentRow]  # who is who
    size: str


@dataclass(frozen=True)
class ReviewPage:
    """Everything on the review page; a template reads the fields by their names."""

    application: Application
    agency: Agency
    state_kind: str
    state_word: str
    turn: str
    overdue: bool
    first_moves: list[Move]
    more_moves: list[Move]
    writing: bool
    remarking: bool  # one more remark, or one less
    revision: Revision | None
    revisions: list[Revision]
    key_facts: KeyFacts | None
    checks: list[Check]
    sections: list[SentSection]
    changed: list[AnswerDifference]
    outcomes: list[Outcome]
    blocking: list[Outcome]
    uploads: list[Upload]
    mou: Mou | None
    signed_party: str
    party_words: list[str]
    mou_kind: str
    mou_word: str
    mou_moves: list[Move]
    open_remarks: list[Remark]
    may_write: bool
    notes: list[PrivateNote]
    conditions: list[Condition]


def review_page(application: Application, user: User) -> ReviewPage:
    agency, state = application.agency, State(application.state)
    revisions = asked.revisions(application=application.pk)
    written = asked.written_about(application)
    moves = moves_of(application, user)
    first = (*FIRST, *SECOND_LOOK, *(TIME if application.time_asked_at else ()))
    is_latest: bool = application.is_latest  # type: ignore[attr-defined]  # read by the page's own query
    facts = gather(agency, application) if is_latest else gather_all([agency])[agency.pk]
    mou = facts.mou_to_act_on
    is_admin = permissions.is_hmis_admin(user)
    writing = state == State.IN_REVIEW and is_admin
    answers = Answers(application, agency)
    outcomes = outcomes_of(answers)
    changed = changed_since(revisions)
    frozen = sent(revisions[-1])["sections"] if revisions else []
    marked = marks(written.remarks, changed, written.checked, answers.projects)
    sections = sections_of(frozen, marked)
    facts_sent = key_facts(sections, sites=len(answers.sites))
    today = timezone.localdate()
    return ReviewPage(
        application=application,
        agency=agency,
        state_kind=APPLICATION_KIND[state],
        state_word=str(state.label),
        turn=whose_turn.of_application(application, facts).brief,
        overdue=state == State.CHANGES and (application.answer_by or today) < today,
        first_moves=[move for move in moves if move.verb in first],
        more_moves=[move for move in moves if move.verb not in first],
        writing=writing,
        remarking=writing or (state == State.CHANGES and is_admin),
        revision=revisions[-1] if revisions else None,
        revisions=revisions,
        key_facts=facts_sent,
        checks=checks_of(answers, mou, facts_sent, outcomes),
        sections=sections,
        changed=changed,
        outcomes=outcomes,
        blocking=[outcome for outcome in outcomes if outcome.kind == Kind.BLOCKS_APPROVAL],
        uploads=answers.uploads,
        mou=mou,
        signed_party=party.name_of(mou) if mou else "",
        party_words=party.against(mou, lead=True),
        mou_kind=MOU_KIND[Mou.State(mou.state)] if mou else "plain",
        mou_word=str(Mou.State(mou.state).label) if mou else "",
        mou_moves=mou_moves(mou, user),
        open_remarks=[remark for remark in written.remarks if remark.resolved_at is None],
        may_write=is_admin,
        notes=written.notes,
        conditions=written.conditions,
    )


def moves_of(application: Application, user: User) -> list[Move]:
    """The moves of this person that the settings and the agency's wishes leave; where it takes two, each has one."""
    idle = [
        *_not_of_this_person(application, user),
        *([] if application.time_asked_at else [ApplicationVerb.REFUSE_TIME]),
        *(SECOND_LOOK if not application.appeal_waits or application.decided_by_id == user.pk else ()),
    ]
    kinds = kinds_towards(application, user, application.agency)
    return [move for move in workflow.moves_from(application, kinds) if move.verb not in idle]


def _not_of_this_person(application: Application, user: User) -> list[ApplicationVerb]:
    """Of recommending and approving: one recommends, another approves; with four-eyes off nobody recommends."""
    if not PortalSettings.load().four_eyes:
        return [ApplicationVerb.RECOMMEND]
    if application.recommended_by_id is None:
        return [ApplicationVerb.APPROVE]
    own = application.recommended_by_id == user.pk
    return [ApplicationVerb.RECOMMEND, *([ApplicationVerb.APPROVE] if own else [])]


def mou_moves(mou: Mou | None, user: User) -> list[Move]:
    """The moves of the MOU that have a page in the admin."""
    if mou is None:
        return []
    verbs = {MouVerb.VOID, MouVerb.END, *([MouVerb.ONE_PARTY] if party.changes(mou, lead=True) else [])}
    return [
        move for move in workflow.moves_from(mou, kinds_towards(mou, user, mou.agency)) if move.verb in verbs
    ]


def checks_of(
    answers: Answers, mou: Mou | None, facts: KeyFacts | None, outcomes: list[Outcome]
) -> list[Check]:
    """What was checked, as long as the application waits for a decision."""
    if facts is None or not answers.application.is_open:
        return []
    agency, area = answers.agency, checks.area_sent(facts.cocs, facts.cans)
    staff = asked.staff(agency=agency.pk)
    others = checks.elsewhere(agency, answers.contacts.values())
    own = checks.of_application(answers, mou, area=area, staff=staff, outcomes=outcomes, for_hmis=True)
    return checks.by_gravity([*own, *others])


def key_facts(sections: Iterable[SentSection], *, sites: int) -> KeyFacts | None:
    """None while nothing was sent."""
    by_key = {section.key: section for section in sections}
    if not by_key:
        return None
    rows = {key: [row for group in section.groups for row in group.rows] for key, section in by_key.items()}
    projects, staff = (by_key.get(key) for key in (SectionKey.PROJECTS, SectionKey.STAFF))
    beds = list(COLUMNS[SectionKey.PROJECTS]).index(BEDS)
    answers = {row.field: row.answer for row in rows.get(SectionKey.AGENCY, [])}
    return KeyFacts(
        ein=answers.get("ein", ""),
        cocs=answers.get("cocs", ""),
        cans=answers.get("cans", ""),
        people=[row for row in rows.get(SectionKey.PEOPLE, []) if row.answer],
        size=size_words(
            projects=len(projects.items) if projects else 0,
            beds=sum(int(item.cells[beds] or 0) for item in projects.items) if projects else 0,
            people=len(staff.items) if staff else 0,
            sites=sites,
        ),
    )


def size_words(*, projects: int, beds: int, people: int, sites: int) -> str:
    """2 projects, 40 beds, 1 person, 3 sites."""
    counted = (
        ngettext("%(number)d project", "%(number)d projects", projects) % {"number": projects},
        ngettext("%(number)d bed", "%(number)d beds", beds) % {"number": beds},
        ngettext("%(number)d person", "%(number)d people", people) % {"number": people},
        ngettext("%(number)d site", "%(number)d sites", sites) % {"number": sites},
    )
    return ", ".join(counted)


@dataclass(frozen=True)
class HistoryPage:
    """The events of one application and its MOU."""

    application: Application
    agency: Agency
    events: list[history.ToldEvent]
    audit_url: str


def history_page(application: Application) -> HistoryPage:
    agency = application.agency
    mou = gather(agency, application).mou_to_act_on
    return HistoryPage(
        application,
        agency,
        history.in_words(events_of(application, mou), for_hmis=True),
        reverse("admin:hmis_portal_auditevent_changelist") + f"?agency_id__exact={agency.pk}",
    )


def events_of(application: Application, mou: Mou | None) -> Iterable[AuditEvent]:
    """The newest events of the agency that belong to the application or its MOU."""
    targets = [str(application.pk), *([str(mou.pk)] if mou else [])]
    return history.of_agency(application.agency).filter(target_id__in=targets)[:100]
