"""Whose turn it is: asked here by every page, list, mail and report, of an agency, of an application or of an MOU.

`next_thing` finds the answer for an agency; an application and an MOU have the same, in their own words.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.models import PortalSettings
from hmis_portal.models.users import AnyUser
from hmis_portal.models.written import Given
from hmis_portal.text.words import date_words
from onboarding import workflow
from onboarding.journey.facts import Facts
from onboarding.journey.holder import Holder
from onboarding.journey.steps import Journey
from onboarding.journey.turns.turn import Turn
from onboarding.models import Application, Mou
from onboarding.mou import bound, newer_text, party, renamed

State = Application.State
CLOSED = (Mou.State.DECLINED, Mou.State.VOIDED, Mou.State.SUPERSEDED, Mou.State.ENDED)


def of_agency(facts: Facts, reader: AnyUser | None = None) -> Turn:
    """The one next thing on the way into the HMIS, as this person reads it; without a reader as lists and mails say it."""
    return Journey(facts, reader).turn


def of_application(application: Application, facts: Facts) -> Turn:
    """The same for one application; where a later one followed, nobody's."""
    if facts.application != application:
        return Turn(Holder.NOBODY, "", "")
    return of_agency(facts)


def staying(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Without those of agencies that left, which are few: all others need not be looked at to leave them out."""
    return rows.exclude(agency__in=_left())


@cache
def _left() -> QuerySet[Agency]:
    return Agency.objects.filter(state=Agency.State.LEFT)


def own(rows: QuerySet[Application], reader: User | Given, *, four_eyes: bool) -> QuerySet[Application]:
    """Those that this HMIS Admin is to decide; where an approval takes two, not those that wait for the second."""
    rows = staying(rows).filter(state__in=[State.SUBMITTED, State.IN_REVIEW], reviewer=reader)
    return rows.exclude(recommended_by=reader) if four_eyes else rows


def waiting(whose: str, rows: QuerySet[Application], reader: User | Given) -> QuerySet[Application]:
    """The applications on which the HMIS Admin ("hmis"), this one ("mine"), the agency or the Lead Agency ("lead") is to act.

    "overdue" are those that the agency has not answered in time, "held" wait for somebody else, "second" for another
    HMIS Admin than who recommended the approval, "appeals" for another than who declined. "unassigned" are with nobody
    yet, "colleagues" in review with another; about "time" the agency asked.
    """
    joining = staying(rows)
    match whose:
        case "hmis":
            to_read = Q(state__in=[State.SUBMITTED, State.IN_REVIEW]) | Application.APPEALED
            return joining.filter(to_read | _approved(renamed.now().to_decide))
        case "mine":
            return own(rows, reader, four_eyes=PortalSettings.load().four_eyes)
        case "unassigned":
            return joining.filter(state=State.SUBMITTED).exclude(reviewer=reader)
        case "colleagues":
            return joining.filter(state=State.IN_REVIEW).exclude(reviewer=reader)
        case "second":
            recommended = joining.filter(state=State.IN_REVIEW, recommended_by__isnull=False)
            return recommended.exclude(recommended_by=reader)
        case "appeals":
            return joining.filter(Application.APPEALED).exclude(decided_by=reader)
        case "time":
            return joining.filter(state=State.CHANGES, time_asked_at__isnull=False)
        case "held":
            return joining.filter(state=State.ON_HOLD)
        case "agency":
            return joining.filter(
                Q(state__in=[State.DRAFT, State.CHANGES]) | _approved(renamed.now().to_issue_anew)
            )
        case "lead":
            signed = renamed.for_lead().filter(successor_of=None).values("agency")
            return joining.filter(pk__in=bound.approved(), agency__in=signed)
        case "overdue":
            return joining.filter(state=State.CHANGES, answer_by__lt=timezone.localdate())
    return rows


def _approved(mous: list[Mou]) -> Q:
    """The approved applications to which these belong; mostly there are none."""
    keys = [mou.agency_id for mou in mous if mou.successor_of_id is None]
    return Q(pk__in=bound.approved().filter(agency__in=keys).values("pk")) if keys else Q()


def of_mou(mou: Mou | None, facts: Facts, reader: AnyUser) -> Turn | None:
    """Of the MOU that the agency acts on, as this person reads it on its page; None while nothing is to be done with it."""
    if mou is None or mou.state in CLOSED:
        return _to_name(mou, facts, reader)
    if mou.state == Mou.State.ISSUED:
        return _to_sign(mou, facts, reader)
    if mou.state == Mou.State.SIGNED:
        return _after_signing(mou, facts, reader)
    return _to_renew(mou, facts, reader) if mou.may_be_renewed else None


def _to_name(mou: Mou | None, facts: Facts, reader: AnyUser) -> Turn:
    """Only a manager names the signatory; the others are told whose task it is, or why nobody may."""
    if facts.agency.left_at or facts.closed or facts.out_of_date:
        return of_agency(facts, reader)
    words = _("Name the person who may sign for the agency. They get a link by e-mail.")
    others = _("A manager of the agency names the person who may sign. That person gets a link by e-mail.")
    since = mou.state_since if mou else None
    return _manager(facts, reader, words, since, "name_signatory", _("Name the signatory"), others)


def _to_sign(mou: Mou, facts: Facts, reader: AnyUser) -> Turn:
    if changes := party.changes(mou):
        return _to_issue_anew(mou, facts, reader, changes)
    if mou.signatory_id != reader.pk and not facts.can_be_signed(mou):
        words = _(
            "%(name)s can no longer sign: the account was closed, or the role or the invitation taken back. Name another signatory."
        )
        words %= {"name": mou.signatory_name}
        return _manager(facts, reader, words, mou.state_since, "name_signatory", _("Name another signatory"))
    words = _("%(name)s was asked to read and sign the MOU for the agency.") % {"name": mou.signatory_name}
    turn = Turn(Holder.SIGNATORY, mou.signatory_name, words, mou.state_since, person_id=mou.signatory_id)
    if mou.signatory_id != reader.pk:
        return turn
    words = _(
        "Read the document, then sign it here in the browser or on paper. You can also decline, or pass it on."
    )
    page, action = "onboarding:sign", _("Read and sign")
    return replace(turn, text=words, page=page, of=facts.agency.pk, action=action, yours=True)


def _after_signing(mou: Mou, facts: Facts, reader: AnyUser) -> Turn:
    """A renewal waits for no application; a first MOU goes the way of its own."""
    signed = _("The agency has signed. The Lead Agency now counter-signs.")
    if mou.successor_of_id:
        return _renewal_signed(mou, facts, reader, signed)
    turn = of_agency(facts, reader)
    if turn.holder == Holder.LEAD:
        return replace(turn, text=signed)
    if facts.sent and facts.state != State.APPROVED:
        words = _("The agency has signed. The Lead Agency signs once the application is approved.")
        return replace(turn, text=words)
    if facts.state != State.CHANGES and not facts.complete and not facts.renamed:
        words = _("The MOU is signed. Finish the application, then send both together.")
        return replace(turn, text=words)
    return turn


def _renewal_signed(mou: Mou, facts: Facts, reader: AnyUser, signed: str) -> Turn:
    """At once with the Lead Agency, unless it stands in another name than today's."""
    portal = facts.batch.portal
    match facts.holder_of_signed(mou):
        case Holder.LEAD:
            return Turn(Holder.LEAD, portal.lead_agency, signed, mou.state_since)
        case Holder.ADMIN:
            words = " ".join(party.against(mou, lead=True))
            return Turn(Holder.ADMIN, portal.admin_name, words, mou.state_since)
    again = _("It is to be signed again in the new name.")
    return _to_issue_anew(mou, facts, reader, [*party.changes(mou, lead=True), again])


def _to_issue_anew(mou: Mou, facts: Facts, reader: AnyUser, why: Iterable[object]) -> Turn:
    words = " ".join(map(str, why))
    label = str(workflow.move(Mou, workflow.MouVerb.ISSUE_ANEW).label)
    return _manager(facts, reader, words, mou.state_since, "name_signatory", label)


def _to_renew(mou: Mou, facts: Facts, reader: AnyUser) -> Turn:
    words = _("The term ends on %(day)s. Renew the MOU now: the new one follows without a gap.")
    words %= {"day": date_words(mou.term_ends_on)}
    if mou.is_asked_anew:
        words = newer_text.why(mou)
    return _manager(facts, reader, words, None, "renew_mou", _("Renew the MOU"))


def _manager(
    facts: Facts, reader: AnyUser, text: str, since: datetime | None, page: str, action: str, others: str = ""
) -> Turn:
    """A manager's; the others read `others`, where that is told in other words, and have no button."""
    who = _("the agency’s manager")
    if not permissions.is_manager(reader, facts.agency):
        return Turn(Holder.MANAGER, who, others or text, since)
    page = f"onboarding:{page}"
    return Turn(Holder.MANAGER, who, text, since, page, facts.agency.pk, action, yours=True)
