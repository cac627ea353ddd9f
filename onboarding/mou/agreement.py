"""The MOU of an agency: issued, renewed, ended; its two parties, and who signs for them."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, UUIDField
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.locks import lock_agency
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.models import PortalSettings
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.signing.agreeing import paper, requests, revisions
from hmis_portal.signing.models import (
    CompletionCertificate,
    PaperScan,
    Party,
    Revision,
    SigningRequest,
    TextVersion,
)
from hmis_portal.text.references import new_reference
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed
from hmis_portal.what_if import clock
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Mou, SectionKey
from onboarding.models.mou import RENEW_DAYS, to_act_on
from onboarding.mou import bound, party, wording
from onboarding.mou.party import AGENCY, LEAD
from onboarding.mou.signatory import account_of, dismiss, name_to_sign
from onboarding.services import check_creation, perform
from onboarding.workflow import Ending, MouVerb, Signer


def in_force(agency: Agency) -> Mou | None:
    """The executed MOU whose term ends last; a renewal that waits for signatures does not touch it."""
    rows = Mou.objects.filter(agency=agency, state=Mou.State.EXECUTED).select_related(
        "request__version", "signatory"
    )
    return rows.order_by("-term_ends_on").first()


def end_terms(agencies: Collection[UUID] | None = None) -> None:
    """Every MOU, of these agencies or of all, whose term is over ends, with the last day of its term. Safe to repeat."""
    over = Mou.objects.filter(state=Mou.State.EXECUTED, term_ends_on__lt=clock.today())
    over = over if agencies is None else over.filter(agency__in=agencies)
    for mou in over.order_by("agency_id"):
        ending = Ending(mou.term_ends_on or clock.today(), Mou.EndKind.TERM)
        perform(mou, MouVerb.END, by=None, payload=ending, reason=_("The term of the MOU is over."))


def executed_on(mou: Mou) -> date | None:
    """The day on which the last side signed: on paper, the date that stands there."""
    scan = paper.scan_of(mou.request, LEAD)
    if scan is not None:
        return scan.signed_on
    return timezone.localdate(mou.executed_at) if mou.executed_at else None


def against_last_day(mou: Mou, on: date) -> str:
    """What is wrong with this as the last day of an executed MOU; "" when nothing is."""
    executed = executed_on(mou)
    if executed and on < executed:
        words = _("Enter a day not before %(day)s, when the MOU was executed.")
        return words % {"day": date_words(executed)}
    if mou.term_ends_on and on > mou.term_ends_on:
        words = _("Enter an earlier day: the MOU ends by itself on %(day)s.")
        return words % {"day": date_words(mou.term_ends_on)}
    return ""


def within_term(mou: Mou, day: date) -> date:
    """This day, or the nearest to it on which an executed MOU may end."""
    last = min(day, mou.term_ends_on) if mou.term_ends_on else day
    return max(last, executed_on(mou) or last)


@WrittenQuery
def _mous() -> QuerySet[Mou]:
    rows = Mou.objects.filter(agency=Given("agency", UUIDField())).order_by("-issued_at")
    return rows.select_related("request__version", "signatory", "successor_of").prefetch_related(
        "request__parties"
    )


def latest(agency: Agency) -> Mou | None:
    """The MOU to act on, of `onboarding.models.mou.to_act_on`."""
    mou = to_act_on(_mous(agency=agency.pk))
    if mou is not None:
        mou.agency = agency
    return mou


@transaction.atomic
def keep_address(agency: Agency, address: Mapping[str, str], *, by: User, ip: str | None = None) -> None:
    """Keep the address typed with the signatory's name, which the MOU then states; one that is there stays."""
    agency = lock_agency(agency.pk)
    if agency.street or not address:
        return
    changed = {name: [getattr(agency, name), value] for name, value in address.items()}
    for name, value in address.items():
        setattr(agency, name, value)
    agency.save(update_fields=sorted(address))
    data = {"section": SectionKey.AGENCY, "changed": changed}
    audit.record(by=by, verb=OnboardingEvent.SAVE, obj=agency, agency_id=agency.pk, ip=ip, data=data)


@transaction.atomic
def issue(*, agency: Agency, by: User, signer: Signer, ip: str | None = None) -> Mou:
    """Issue the current text to the person named. Raises GuardFailed while another MOU of the agency is open."""
    agency = lock_agency(agency.pk)
    check_creation(Mou, MouVerb.ISSUE, by=by, agency=agency)
    if reasons := bound.against_issuing(agency):
        raise GuardFailed(reasons)
    if Mou.objects.filter(agency=agency, state__in=(*Mou.OPEN, Mou.State.EXECUTED)).exists():
        raise GuardFailed(_("This agency has an MOU already. Open its page to see whose turn it is."))
    return _issued(agency, MouVerb.ISSUE, signer, by=by, ip=ip)


@transaction.atomic
def issue_anew(before: Mou, *, by: User, signer: Signer, ip: str | None = None) -> Mou:
    """Void an open MOU in which a name has changed, and issue it with the names of today.

    Raises GuardFailed while every name in it is still right.
    """
    reason = " ".join(str(change) for change in party.changes(before, lead=True))
    before = perform(before, MouVerb.ISSUE_ANEW, by=by, reason=reason or _("Issued anew."), ip=ip)
    agency, person = lock_agency(before.agency_id), before.signatory
    verb = MouVerb.RENEW if before.successor_of_id else MouVerb.ISSUE
    mou = _issued(agency, verb, signer, by=by, ip=ip, successor_of=before.successor_of)
    if person.pk != mou.signatory_id:
        dismiss(before, person, by=by)
        if before.signed_at is None and person != by:
            emails.signatory_replaced(before, person, by=by)
    return mou


def may_be_renewed(mou: Mou) -> bool:
    """In the last days of its term, and when a newer text is to be signed; at any time when the agency has another legal
    name and the MOU is amended for it."""
    executed = mou.state == Mou.State.EXECUTED
    return mou.may_be_renewed or (executed and party.named_otherwise(mou, mou.agency.legal_name))


@transaction.atomic
def renew(before: Mou, *, by: User, signer: Signer, ip: str | None = None) -> Mou:
    """Issue the current text as the successor of an executed MOU, which stays in force until its term ends, or until a
    newer text that was asked for is signed by both.

    Raises GuardFailed when it is too early, and when a successor is under way or executed already.
    """
    agency = lock_agency(before.agency_id)
    check_creation(Mou, MouVerb.RENEW, by=by, agency=agency)
    before = Mou.objects.get(pk=before.pk)
    if not may_be_renewed(before):
        words = _("An MOU can be renewed in the last %(days)d days of its term.")
        raise GuardFailed(words % {"days": RENEW_DAYS})
    under_way = Q(agency=agency, state__in=Mou.OPEN) | Q(successor_of=before, state=Mou.State.EXECUTED)
    if Mou.objects.filter(under_way).exists():
        raise GuardFailed(_("The renewal is under way already. Open the MOU’s page to see whose turn it is."))
    return _issued(agency, MouVerb.RENEW, signer, by=by, ip=ip, successor_of=before)


def _issued(
    agency: Agency,
    verb: MouVerb,
    signer: Signer,
    *,
    by: User,
    ip: str | None,
    successor_of: Mou | None = None,
) -> Mou:
    version, _filled = wording.current_text()
    replaces = successor_of is not None and successor_of.is_asked_anew
    user, invitation = account_of(agency, signer, by=by, ip=ip)
    request = requests.issue(
        version=version,
        reference=new_reference("MOU"),
        values=wording.values(agency),
        facts=wording.facts(agency, signer.email, successor_of, replaces=replaces),
        parties=_parties(agency, signer, user),
        agency_id=agency.pk,
        by=by,
    )
    mou = Mou.objects.create(
        agency=agency,
        reference=request.reference,
        request=request,
        signatory=user,
        signatory_name=signer.legal_name,
        issued_by=by,
        state_since=timezone.now(),
        successor_of=successor_of,
        replaces=replaces,
    )
    audit.record(
        by=by, verb=verb, obj=mou, agency_id=agency.pk, after=mou.state, ip=ip, data={"signatory": user.pk}
    )
    emails.signatory_named(mou, by=by, invitation=invitation)
    return mou


def name_signatory(mou: Mou, signer: Signer, *, by: User, ip: str | None) -> None:
    """Within a move of the MOU: somebody else is to sign. The one named before may no longer see it."""
    before = mou.signatory
    user, invitation = account_of(mou.agency, signer, by=by, ip=ip)
    requests.name_signer(
        requests.party(mou.request, AGENCY),
        user=user,
        legal_name=signer.legal_name,
        title=signer.title,
        authority=signer.authority,
        delegated_from=signer.delegated_from,
        by=by,
    )
    mou.signatory, mou.signatory_name = user, signer.legal_name
    if before != user:
        dismiss(mou, before, by=by)
        if before != by:
            emails.signatory_replaced(mou, before, by=by)
    emails.signatory_named(mou, by=by, invitation=invitation)


@revisions.on_sealed(TextVersion.Kind.MOU)
def sealed(revision: Revision) -> None:
    """The agency's signatory gets the signed file at once; the Lead's own follows with the certificate."""
    mou = Mou.objects.select_related("agency", "signatory").filter(request=revision.request_id).first()
    if mou is not None and revision.step == AGENCY:
        emails.mou_receipt(mou, revision.document)


@revisions.on_completed(TextVersion.Kind.MOU)
def executed(
    request: SigningRequest, paper: Revision | PaperScan, certificate: CompletionCertificate
) -> None:
    """The executed file and its certificate go to both sides as soon as both exist."""
    mou = Mou.objects.select_related("agency", "signatory").filter(request=request).first()
    if mou is not None:
        named = {"reference": request.reference}
        files = [
            (paper.document, _("%(reference)s executed.pdf") % named),
            (certificate.document, _("%(reference)s certificate of completion.pdf") % named),
        ]
        emails.mou_executed(mou, files)


def _parties(agency: Agency, signer: Signer, user: User) -> list[requests.NewParty]:
    return [
        requests.NewParty(
            AGENCY,
            agency.legal_name,
            user,
            signer.legal_name,
            signer.title,
            signer.authority,
            signer.delegated_from,
        ),
        requests.NewParty(LEAD, PortalSettings.load().lead_agency),
    ]


def agency_party(mou: Mou) -> Party:
    return requests.party(mou.request, AGENCY)


def lead_party(mou: Mou, by: User) -> Party:
    """The Lead Agency's side, with this person named as the one who signs for it."""
    lead = requests.party(mou.request, LEAD)
    if lead.user_id == by.pk:
        return lead
    return requests.name_signer(
        lead, user=by, legal_name=name_to_sign(by), title=by.title, authority=lead.authority, by=by
    )
