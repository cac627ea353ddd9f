"""Guards and effects of the MOU's moves; the evidence of a signature is written by hmis_portal.signing."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from hmis_portal.signing.agreeing import acts, paper, requests
from hmis_portal.signing.agreeing.evidence import reading, term
from hmis_portal.signing.agreeing.evidence.chain import EventKind
from hmis_portal.signing.agreeing.signature import PaperSignature, Signature
from hmis_portal.signing.models import SignatureAct
from hmis_portal.text.words import date_words
from onboarding import emails
from onboarding.models import Application, Mou, OneParty
from onboarding.mou import agreement, bound, newer_text, party, reminding, terms
from onboarding.mou.party import AGENCY, LEAD
from onboarding.mou.signatory import can_sign, name_to_sign
from onboarding.services import perform
from onboarding.workflow import (
    Act,
    ActWith,
    ApplicationVerb,
    Ending,
    MouVerb,
    Signer,
    Text,
    Voiding,
    done,
    effect,
    guard,
)

VOID_KINDS = {
    MouVerb.WITHDRAW_SIGNATURE: Mou.VoidKind.WITHDRAWN,
    MouVerb.REFUSE: Mou.VoidKind.REFUSED,
    MouVerb.ISSUE_ANEW: Mou.VoidKind.REPLACED,
    MouVerb.VOID_WITH_APPLICATION: Mou.VoidKind.APPLICATION,
    MouVerb.VOID_WITH_AGENCY: Mou.VoidKind.LEFT,
    MouVerb.VOID_WITH_MOU: Mou.VoidKind.ENDED,
}


def _void_as(verb: MouVerb, kind: Mou.VoidKind) -> None:
    @effect(Mou, verb)
    def void(mou: Mou, act: Act) -> list[str]:
        mou.void_kind, mou.reason = kind, act.reason
        return ["void_kind", "reason"]


for _verb, _kind in VOID_KINDS.items():
    _void_as(_verb, _kind)


@effect(Mou, MouVerb.VOID, payload=Voiding)
def void(mou: Mou, act: ActWith[Voiding]) -> list[str]:
    mou.void_kind, mou.reason = act.payload.kind, act.reason
    return ["void_kind", "reason"]


@done(Mou, MouVerb.WITHDRAW_SIGNATURE, MouVerb.REFUSE, MouVerb.VOID, MouVerb.ISSUE_ANEW)
def ask_for_a_new_signature(mou: Mou, act: Act) -> None:
    """An application that was sent with this MOU goes back to the agency, and its message tells the managers."""
    if mou.signed_at is None:
        return
    application = None if mou.successor_of_id else _sent_with(mou)
    emails.signature_void(mou, managers=application is None)
    if application:
        reason = _("The MOU must be signed again: %(reason)s") % {"reason": act.reason}
        perform(application, ApplicationVerb.MOU_LOST, by=act.by, reason=reason, ip=act.ip, as_system=True)


def _sent_with(mou: Mou) -> Application | None:
    rows = Application.objects.filter(agency=mou.agency_id, state__in=Application.SENT)
    return rows.first() or bound.approved().filter(agency=mou.agency_id).first()


@effect(Mou, MouVerb.DECLINE)
def decline(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.reason
    return ["reason"]


@guard(
    Mou,
    MouVerb.SIGN, MouVerb.SIGN_ON_PAPER, MouVerb.PASS_ON, MouVerb.REPLACE, MouVerb.ISSUE_ANEW, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER,
)  # fmt: skip
def not_for_an_agency_that_left(mou: Mou, _act: Act) -> list[Text]:
    return [bound.left_words(mou.agency)] if mou.agency.state == Agency.State.LEFT else []


@guard(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def in_the_names_of_today(mou: Mou, _act: Act) -> list[Text]:
    return [*party.against(mou, lead=True)]


@guard(Mou, MouVerb.SIGN, MouVerb.SIGN_ON_PAPER)
def names_the_agency_as_it_is_called(mou: Mou, _act: Act) -> list[Text]:
    words = _("A manager of the agency issues the MOU anew; then it can be signed.")
    return [f"{change} {words}" for change in party.changes(mou)]


@guard(Mou, MouVerb.ISSUE_ANEW, MouVerb.ONE_PARTY)
def a_name_has_changed(mou: Mou, _act: Act) -> list[Text]:
    return [] if party.changes(mou, lead=True) else [_("The names in the MOU are those of today.")]


@guard(Mou, MouVerb.REMIND)
def may_remind(mou: Mou, _act: Act) -> list[Text]:
    if not can_sign(mou):
        return [_("%(name)s can no longer sign in. Name another signatory.") % {"name": mou.signatory_name}]
    asked = reminding.last_asked(mou)
    return [str(asked)] if asked.today else []


@done(Mou, MouVerb.REMIND)
def remind(mou: Mou, _act: Act) -> None:
    emails.signatory_reminder(mou, timezone.localdate().isoformat())


@effect(Mou, MouVerb.ONE_PARTY)
def one_party(mou: Mou, act: Act) -> list[str]:
    """Kept as evidence, and in the request's own chain, which goes into the certificate of completion."""
    for change in party.changes(mou, lead=True):
        names = {"signed": change.signed, "now": change.now}
        OneParty.objects.create(mou=mou, reason=act.reason, recorded_by=_person(act), **names)
        requests.record_event(
            mou.request, EventKind.ONE_PARTY, {**names, "reason": act.reason, "by": str(_person(act).pk)}
        )
    return []


@guard(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def may_counter_sign(mou: Mou, _act: Act) -> list[Text]:
    """The application is approved, since the last end for cause; a renewal rests on the MOU that it renews."""
    before = mou.successor_of
    if before is None:
        if bound.approved().filter(agency=mou.agency_id).exists():
            return []
        return [_("The application must be approved before the MOU is counter-signed.")]
    if before.state == Mou.State.EXECUTED or before.end_kind == Mou.EndKind.TERM:
        return []
    words = _("%(reference)s ended before its term was over, so it cannot be renewed.")
    return [words % {"reference": before.reference}]


@guard(Mou, MouVerb.COUNTER_SIGN)
def signed_electronically(mou: Mou, _act: Act) -> list[Text]:
    if paper.scan_of(mou.request, AGENCY) is None:
        return []
    return [_("The agency signed on paper. Sign the same paper, and upload the scan of it.")]


@guard(Mou, MouVerb.SIGN)
def has_read(mou: Mou, act: Act) -> list[Text]:
    """Every clause, confirmed one by one."""
    left = reading.progress(agreement.agency_party(mou), _person(act)).left if act.by else []
    if not left:
        return []
    words = ngettext(
        "%(count)d clause is still to be read before you sign.",
        "%(count)d clauses are still to be read before you sign.",
        len(left),
    )
    return [words % {"count": len(left)}]


@guard(Mou, MouVerb.SIGN, payload=Signature)
def in_ones_own_name(_mou: Mou, act: ActWith[Signature]) -> list[Text]:
    return [*acts.against_name(_person(act), act.payload.legal_name)]


@guard(Mou, MouVerb.END, payload=Ending)
def may_end(mou: Mou, act: ActWith[Ending]) -> list[Text]:
    problem = agreement.against_last_day(mou, act.payload.on)
    return [problem] if problem else []


@effect(Mou, MouVerb.END, payload=Ending)
def end(mou: Mou, act: ActWith[Ending]) -> list[str]:
    mou.ended_on, mou.end_kind, mou.reason = act.payload.on, act.payload.kind, act.reason
    return ["ended_on", "reason", "end_kind"]


@done(Mou, MouVerb.END)
def end_what_else_stands(mou: Mou, act: Act) -> None:
    """An end for cause is the end of every MOU of the agency: also of a renewal, executed or under way."""
    if mou.end_kind not in bound.CAUSES:
        return
    for waiting in Mou.objects.filter(agency=mou.agency_id, state__in=Mou.OPEN):
        perform(waiting, MouVerb.VOID_WITH_MOU, by=act.by, reason=act.reason, ip=act.ip, as_system=True)
    other = Mou.objects.filter(agency=mou.agency_id, state=Mou.State.EXECUTED).first()
    if other:
        on = agreement.within_term(other, mou.ended_on or timezone.localdate())
        ending = Ending(on, Mou.EndKind(mou.end_kind), told=True)
        perform(other, MouVerb.END, by=act.by, payload=ending, reason=act.reason, ip=act.ip, as_system=True)


@effect(Mou, MouVerb.SUPERSEDE)
def supersede(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.reason or _("A newer version of the MOU was published on %(date)s.") % {
        "date": date_words(timezone.localdate())
    }
    return ["reason"]


@effect(Mou, MouVerb.SIGN, payload=Signature)
def sign(mou: Mou, act: ActWith[Signature]) -> list[str]:
    """Name, title and authority stand in the signature as the signatory confirmed or corrected them on the page."""
    signature, by, signing = act.payload, _person(act), agreement.agency_party(mou)
    named = (signing.legal_name, signing.title, signing.authority)
    if signing.user_id == by.pk and named != (signature.legal_name, signature.title, signature.authority):
        requests.name_signer(
            signing,
            user=by,
            legal_name=signature.legal_name,
            title=signature.title,
            authority=signature.authority,
            delegated_from=signing.delegated_from,
            by=by,
        )
    return _signed(mou, acts.sign(signing, signature, by=by))


def _signed(mou: Mou, signature: SignatureAct) -> list[str]:
    mou.signed_at, mou.signatory_named = signature.signed_at, party.signatory_named(mou)
    mou.signatory_name = signature.legal_name
    return ["signed_at", "signatory_named", "signatory_name"]


@effect(Mou, MouVerb.COUNTER_SIGN, payload=Signature)
def counter_sign(mou: Mou, act: ActWith[Signature]) -> list[str]:
    """The Lead signatory who acts signs for the Lead Agency; the term begins today."""
    by = _person(act)
    signing = requests.name_signer(
        requests.party(mou.request, LEAD),
        user=by,
        legal_name=name_to_sign(by),
        title=act.payload.title,
        authority=act.payload.authority,
        by=by,
    )
    signature = acts.sign(signing, act.payload, by=by)
    return _execute(mou, signature, timezone.localdate(signature.signed_at))


@effect(Mou, MouVerb.SIGN_ON_PAPER, payload=PaperSignature)
def sign_on_paper(mou: Mou, act: ActWith[PaperSignature]) -> list[str]:
    return _signed(mou, paper.record(agreement.agency_party(mou), act.payload, by=_person(act)))


@effect(Mou, MouVerb.COUNTER_SIGN_ON_PAPER, payload=PaperSignature)
def counter_sign_on_paper(mou: Mou, act: ActWith[PaperSignature]) -> list[str]:
    """The term begins on the date that stands on the paper."""
    signature = paper.record(requests.party(mou.request, LEAD), act.payload, by=_person(act))
    return _execute(mou, signature, act.payload.signed_on)


def _execute(mou: Mou, signature: SignatureAct, signed_on: date) -> list[str]:
    """Both sides have signed. The term goes into the chain, and from there onto the file and its certificate."""
    agreed = terms.of(mou, signed_on)
    term.record(mou.request, agreed)
    mou.executed_at, mou.term_ends_on = signature.signed_at, agreed.last
    mou.renew_by = newer_text.day_once_executed(mou, agreed.first)
    return ["executed_at", "term_ends_on", "renew_by"]


@done(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def end_the_one_before(mou: Mou, act: Act) -> None:
    """A newer text that was asked for is signed by both: the MOU that held until now ends with the day before."""
    before, agreed = mou.successor_of, term.of(mou.request)
    if not mou.replaces or before is None or agreed is None or before.state != Mou.State.EXECUTED:
        return
    last = agreement.within_term(before, agreed.first - timedelta(days=1))
    reason = _("%(reference)s was signed in its place.") % {"reference": mou.reference}
    ending = Ending(last, Mou.EndKind.REPLACED, told=True)
    perform(before, MouVerb.END, by=act.by, payload=ending, reason=reason, ip=act.ip, as_system=True)


@effect(Mou, MouVerb.PASS_ON, MouVerb.REPLACE, payload=Signer)
def name_another(mou: Mou, act: ActWith[Signer]) -> list[str]:
    """The reminders begin anew with the person named."""
    mou.state_since = timezone.now()
    agreement.name_signatory(mou, act.payload, by=_person(act), ip=act.ip)
    return ["signatory", "signatory_name", "state_since"]


@done(Mou, MouVerb.DECLINE, MouVerb.SUPERSEDE, MouVerb.END, MouVerb.VOID, *VOID_KINDS)
def record_in_the_chain(mou: Mou, act: Act) -> None:
    """The request's own chain of events tells what became of it."""
    data = {"reason": act.reason, "by": str(act.by.pk) if act.by else ""}
    requests.record_event(mou.request, mou.state, data)


def _person(act: Act) -> User:
    if act.by is None:
        raise ValueError("Only a person signs.")
    return act.by
