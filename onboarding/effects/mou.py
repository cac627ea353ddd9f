"""Guards and effects of the MOU's moves; the evidence of a signature is written by hmis_portal.signing."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import acts, paper, requests
from hmis_portal.signing.agreeing.evidence import reading
from hmis_portal.signing.models import Party, SignatureAct
from hmis_portal.text.words import date_words
from onboarding import emails
from onboarding.models import Application, Mou, OneParty
from onboarding.mou import agreement, bound, party
from onboarding.mou.signatory import name_to_sign
from onboarding.services import perform
from onboarding.workflow import Act, Text, done, effect, guard
from training.validity import add_months

VOID_KINDS = {
    "withdraw_signature": Mou.VoidKind.WITHDRAWN,
    "refuse": Mou.VoidKind.REFUSED,
    "void": Mou.VoidKind.ERROR,
    "issue_anew": Mou.VoidKind.REPLACED,
    "void_with_application": Mou.VoidKind.APPLICATION,
    "void_with_agency": Mou.VoidKind.LEFT,
    "void_with_mou": Mou.VoidKind.ENDED,
}


def _void(verb: str) -> None:
    @effect(Mou, verb)
    def void(mou: Mou, act: Act) -> list[str]:
        mou.void_kind = act.details.get("kind") or VOID_KINDS[verb]
        mou.reason = act.note
        return ["void_kind", "reason"]


for _verb in VOID_KINDS:
    _void(_verb)


@done(Mou, "withdraw_signature", "refuse", "void", "issue_anew")
def ask_for_a_new_signature(mou: Mou, act: Act) -> None:
    """An application that was sent with this MOU goes back to the agency, and its message tells the managers."""
    if mou.signed_at is None:
        return
    application = None if mou.successor_of_id else _sent_with(mou)
    emails.signature_void(mou, managers=application is None)
    if application:
        note = _("The MOU must be signed again: %(reason)s") % {"reason": act.note}
        perform(application, "mou_lost", by=act.by, note=note, ip=act.ip, as_system=True)


def _sent_with(mou: Mou) -> Application | None:
    waiting = (Application.State.SUBMITTED, Application.State.IN_REVIEW)
    rows = Application.objects.filter(agency=mou.agency_id, state__in=waiting)
    return rows.first() or bound.approved().filter(agency=mou.agency_id).first()


@effect(Mou, "decline")
def decline(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.note
    return ["reason"]


@guard(
    Mou,
    "sign", "sign_on_paper", "pass_on", "replace", "issue_anew", "counter_sign", "counter_sign_on_paper",
)  # fmt: skip
def not_for_an_agency_that_left(mou: Mou, _act: Act) -> list[Text]:
    return [bound.left_words(mou.agency)] if mou.agency.state == Agency.State.LEFT else []


@guard(Mou, "counter_sign", "counter_sign_on_paper")
def in_the_names_of_today(mou: Mou, _act: Act) -> list[Text]:
    return [*party.against(mou, lead=True)]


@guard(Mou, "sign", "sign_on_paper")
def names_the_agency_as_it_is_called(mou: Mou, _act: Act) -> list[Text]:
    words = _("A manager of the agency issues the MOU anew; then it can be signed.")
    return [f"{change} {words}" for change in party.changes(mou)]


@guard(Mou, "issue_anew", "one_party")
def a_name_has_changed(mou: Mou, _act: Act) -> list[Text]:
    return [] if party.changes(mou, lead=True) else [_("The names in the MOU are those of today.")]


@effect(Mou, "one_party")
def one_party(mou: Mou, act: Act) -> list[str]:
    """Kept as evidence, and in the request's own chain, which goes into the certificate of completion."""
    for change in party.changes(mou, lead=True):
        names = {"signed": change.signed, "now": change.now}
        OneParty.objects.create(mou=mou, reason=act.note, recorded_by=_person(act), **names)
        requests.note(mou.request, "one_party", {**names, "reason": act.note, "by": str(_person(act).pk)})
    return []


@guard(Mou, "counter_sign", "counter_sign_on_paper")
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


@guard(Mou, "counter_sign", "counter_sign_on_paper")
def somebody_else_signs(mou: Mou, act: Act) -> list[Text]:
    """Nobody is both sides: in the browser by the account, on paper by the name under the signature."""
    signed = SignatureAct.objects.filter(party__request=mou.request_id, party__role=agreement.AGENCY).first()
    if signed is None:
        return []
    if signed.method == SignatureAct.Method.PAPER:
        signer = act.details.get("signer")
        same = signer is not None and acts.same_name(signer.legal_name, signed.legal_name)
    else:
        same = act.by is not None and act.by.pk == signed.user_id
    words = _("Somebody else must sign for the Lead Agency: %(name)s signed for the agency.")
    return [words % {"name": signed.legal_name}] if same else []


@guard(Mou, "counter_sign")
def signed_electronically(mou: Mou, _act: Act) -> list[Text]:
    if paper.scan_of(mou.request, agreement.AGENCY) is None:
        return []
    return [_("The agency signed on paper. Sign the same paper, and upload the scan of it.")]


@guard(Mou, "sign")
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


@guard(Mou, "sign")
def in_ones_own_name(_mou: Mou, act: Act) -> list[Text]:
    name = act.details.get("legal_name")
    return [*acts.against_name(act.by, name)] if act.by and name else []


@guard(Mou, "end")
def may_end(mou: Mou, act: Act) -> list[Text]:
    on = act.details.get("on")
    found = agreement.against_last_day(mou, on) if on else _("Enter the date on which the MOU ends.")
    return [found] if found else []


@effect(Mou, "end")
def end(mou: Mou, act: Act) -> list[str]:
    """`details`: on (the last day) and kind."""
    mou.ended_on, mou.reason = act.details["on"], act.note
    mou.end_kind = act.details.get("kind", "")
    return ["ended_on", "reason", "end_kind"]


@done(Mou, "end")
def end_what_else_stands(mou: Mou, act: Act) -> None:
    """An end for cause is the end of every MOU of the agency: also of a renewal, executed or under way."""
    if mou.end_kind not in bound.CAUSES:
        return
    for waiting in Mou.objects.filter(agency=mou.agency_id, state__in=Mou.OPEN):
        perform(waiting, "void_with_mou", by=act.by, note=act.note, ip=act.ip, as_system=True)
    other = Mou.objects.filter(agency=mou.agency_id, state=Mou.State.EXECUTED).first()
    if other:
        on = agreement.within_term(other, mou.ended_on or timezone.localdate())
        details = {"on": on, "kind": mou.end_kind, "told": True}
        perform(other, "end", by=act.by, note=act.note, ip=act.ip, as_system=True, **details)


@effect(Mou, "supersede")
def supersede(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.note or _("A newer version of the MOU was published on %(date)s.") % {
        "date": date_words(timezone.localdate())
    }
    return ["reason"]


@effect(Mou, "sign")
def sign(mou: Mou, act: Act) -> list[str]:
    """`details`: typed_name, read_sha256, browser, authenticated_at; name, title and authority as the signatory
    confirmed or corrected them on the page."""
    details, by, signing = dict(act.details), _person(act), agreement.agency_party(mou)
    own = {name: details.pop(name) for name in ("legal_name", "title", "authority")}
    if signing.user_id == by.pk and any(getattr(signing, name) != value for name, value in own.items()):
        requests.name_signer(signing, user=by, delegated_from=signing.delegated_from, by=by, **own)
    signature = acts.sign(signing, by=by, ip=act.ip, **details)
    return _signed(mou, signature)


def _signed(mou: Mou, signature: SignatureAct) -> list[str]:
    mou.signed_at, mou.signatory_named = signature.signed_at, party.signatory_named(mou)
    return ["signed_at", "signatory_named"]


@effect(Mou, "counter_sign")
def counter_sign(mou: Mou, act: Act) -> list[str]:
    """The Lead signatory who acts signs for the Lead Agency; the term begins today."""
    details, by = dict(act.details), _person(act)
    signing = requests.name_signer(
        requests.party(mou.request, agreement.LEAD),
        user=by,
        legal_name=name_to_sign(by),
        title=details.pop("title"),
        authority=details.pop("authority"),
        by=by,
    )
    signature = acts.sign(signing, by=by, ip=act.ip, **details)
    return _execute(mou, signature, timezone.localdate(signature.signed_at))


@effect(Mou, "sign_on_paper")
def sign_on_paper(mou: Mou, act: Act) -> list[str]:
    """`details`: signer (paper.Signer), scan (StoredDocument), browser."""
    return _signed(mou, _record_paper(agreement.agency_party(mou), act))


@effect(Mou, "counter_sign_on_paper")
def counter_sign_on_paper(mou: Mou, act: Act) -> list[str]:
    """`details` as for the agency's side. The term begins on the date that stands on the paper."""
    signature = _record_paper(requests.party(mou.request, agreement.LEAD), act)
    return _execute(mou, signature, act.details["signer"].signed_on)


def _record_paper(signing: Party, act: Act) -> SignatureAct:
    given = {name: act.details[name] for name in ("signer", "scan", "browser")}
    return paper.record(signing, by=_person(act), ip=act.ip, **given)


def _execute(mou: Mou, signature: SignatureAct, begins: date) -> list[str]:
    """Both sides have signed. A renewal's term begins where the one before ends, so there is no gap."""
    before = mou.successor_of
    if before and before.state == Mou.State.EXECUTED and before.term_ends_on:
        begins = max(begins, before.term_ends_on + timedelta(days=1))
    mou.executed_at = signature.signed_at
    mou.term_ends_on = add_months(begins, PortalSettings.load().mou_term_months) - timedelta(days=1)
    return ["executed_at", "term_ends_on"]


@effect(Mou, "pass_on", "replace")
def name_another(mou: Mou, act: Act) -> list[str]:
    """`details`: signer. The reminders begin anew with the person named."""
    mou.state_since = timezone.now()
    agreement.name_signatory(mou, act.details["signer"], by=_person(act), ip=act.ip)
    return ["signatory", "state_since"]


@done(Mou, "decline", "supersede", "end", *VOID_KINDS)
def note_in_the_chain(mou: Mou, act: Act) -> None:
    """The request's own chain of events tells what became of it."""
    data = {"reason": act.note, "by": str(act.by.pk) if act.by else ""}
    requests.note(mou.request, mou.state, data)


def _person(act: Act) -> User:
    if act.by is None:
        raise ValueError("Only a person signs.")
    return act.by
