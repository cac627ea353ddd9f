"""Changes of what binds: an agency proposes, the HMIS Admin accepts or refuses; a new legal name reaches the MOU."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.locks import lock_agency
from agencies.models import Agency, LegalForm, User
from hmis_portal import audit
from hmis_portal.text.words import ein_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Mou, OneParty, RecordProposal
from onboarding.mou import agreement, party
from onboarding.record.pages import open_application
from onboarding.sections import drafts
from onboarding.services import perform
from onboarding.workflow import MouVerb

State, What = RecordProposal.State, RecordProposal.What
Values = dict[str, Any]


def waiting() -> QuerySet[RecordProposal]:
    rows = RecordProposal.objects.filter(state=State.OPEN).exclude(agency__state=Agency.State.LEFT)
    return rows.order_by("proposed_at")


def words(what: str, values: Mapping[str, Any]) -> str:
    """Values of the agency's row as a person reads them."""
    if what == What.EIN:
        return ein_words(values["ein"])
    if what == What.LEGAL_FORM:
        form = values["legal_form"]
        return str(
            values["legal_form_other"] if form == LegalForm.OTHER else dict(LegalForm.choices).get(form, "")
        )
    return str(values["legal_name"])


def stands(agency: Agency, what: str) -> Values:
    return {name: getattr(agency, name) for name in RecordProposal.FIELDS[What(what)]}


@transaction.atomic
def propose(
    *, agency: Agency, what: str, after: Values, effective_on: date, why: str, by: User
) -> RecordProposal:
    """Ask the HMIS Admin for a change that binds. Raises GuardFailed where nothing would change, WrongState."""
    agency = lock_agency(agency.pk)
    open_application(agency)
    before = stands(agency, what)
    if before == after:
        raise GuardFailed(_("This is what stands in the record already"))
    if RecordProposal.objects.filter(agency=agency, what=what, state=State.OPEN).exists():
        raise WrongState(_("A change of this is proposed already, and waits for the HMIS Admin."))
    proposal = RecordProposal.objects.create(
        agency=agency,
        what=what,
        before=before,
        after=after,
        effective_on=effective_on,
        why=why,
        proposed_by=by,
    )
    _record(proposal, OnboardingEvent.PROPOSED_CHANGE, by, reason=why)
    emails.change_proposed(proposal, words(what, before), words(what, after))
    return proposal


def take_back(proposal: RecordProposal, *, by: User) -> None:
    """The agency no longer asks for it. Raises WrongState when it was decided."""
    _decide(proposal, State.TAKEN_BACK, by=by)


@transaction.atomic
def refuse(proposal: RecordProposal, *, by: User, reason: str) -> None:
    """Raises WrongState when it was decided already."""
    proposal = _decide(proposal, State.REFUSED, by=by, reason=reason)
    emails.change_decided(proposal, words(proposal.what, proposal.after))


@transaction.atomic
def accept(proposal: RecordProposal, *, by: User, amends_mou: bool | None = None, reason: str = "") -> None:
    """The agency's row changes; of a legal name it is said whether the MOU is amended. Raises GuardFailed, WrongState.

    An MOU that is not amended stands with the reason why both names are one party.
    """
    agency = lock_agency(proposal.agency_id)
    mou = mou_named_otherwise(proposal)
    if mou and amends_mou is None:
        raise GuardFailed(_("Say whether the MOU is amended."))
    if mou and not amends_mou and not reason:
        raise GuardFailed(_("Say why both names are one party."))
    proposal = _decide(proposal, State.ACCEPTED, by=by, reason=reason, amends_mou=amends_mou if mou else None)
    for name, value in proposal.after.items():
        setattr(agency, name, value)
    agency.save(update_fields=list(proposal.after))
    if application := agency.applications.order_by("-started_at").first():
        # Whoever has the page of the application open is told on saving.
        drafts.overtake(application, ["agency.about"], by=by)
    if mou and not amends_mou:
        _one_party(mou, proposal, by=by, reason=reason)
    emails.change_decided(proposal, words(proposal.what, proposal.after), mou=mou if amends_mou else None)


def mou_named_otherwise(proposal: RecordProposal) -> Mou | None:
    """The open or executed MOU that names the agency otherwise than a proposed legal name."""
    if proposal.what != What.LEGAL_NAME:
        return None
    mou = agreement.latest(proposal.agency)
    if mou is None or mou.state not in (*Mou.OPEN, Mou.State.EXECUTED):
        return None
    return mou if party.named_otherwise(mou, proposal.after["legal_name"]) else None


def _one_party(mou: Mou, proposal: RecordProposal, *, by: User, reason: str) -> None:
    """An open MOU keeps it in its chain by its own move; an executed one has its row, which its page shows."""
    if mou.state in Mou.OPEN:
        perform(Mou.objects.get(pk=mou.pk), MouVerb.ONE_PARTY, by=by, reason=reason)
        return
    names = {"signed": party.name_of(mou), "now": proposal.after["legal_name"]}
    OneParty.objects.get_or_create(mou=mou, **names, defaults={"reason": reason, "recorded_by": by})


@transaction.atomic
def _decide(
    proposal: RecordProposal,
    state: RecordProposal.State,
    *,
    by: User,
    reason: str = "",
    amends_mou: bool | None = None,
) -> RecordProposal:
    lock_agency(proposal.agency_id)
    proposal = (
        RecordProposal.objects.select_for_update(of=("self",)).select_related("agency").get(pk=proposal.pk)
    )
    if proposal.state != State.OPEN:
        raise WrongState(_("This was decided already: %(state)s.") % {"state": proposal.get_state_display()})
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, timezone.now()
    proposal.reason, proposal.amends_mou = reason, amends_mou
    proposal.save(update_fields=["state", "decided_by", "decided_at", "reason", "amends_mou"])
    verb = {
        State.ACCEPTED: OnboardingEvent.ACCEPTED_CHANGE,
        State.REFUSED: OnboardingEvent.REFUSED_CHANGE,
        State.TAKEN_BACK: OnboardingEvent.TOOK_BACK_CHANGE,
    }[state]
    _record(proposal, verb, by, reason=reason)
    return proposal


def _record(proposal: RecordProposal, verb: OnboardingEvent, by: User, *, reason: str) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=proposal,
        agency_id=proposal.agency_id,
        reason=reason,
        before=words(proposal.what, proposal.before),
        after=words(proposal.what, proposal.after),
        data={"effective_on": proposal.effective_on.isoformat(), "amends_mou": proposal.amends_mou},
    )
