"""Signatures given by hand: the scan is kept as it came and recorded as the side's act. No seal says it was e-signed."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.accounts import email_change
from hmis_portal.models.users import User
from hmis_portal.signing.agreeing import before_signing, revisions
from hmis_portal.signing.agreeing.evidence.chain import EventKind, add_event, canonical_json
from hmis_portal.signing.agreeing.signature import PaperSignature
from hmis_portal.signing.models import PaperScan, Party, Revision, SignatureAct, SigningRequest
from hmis_portal.text.words import date_words
from hmis_portal.typesetting import typefaces
from hmis_portal.web.errors import GuardFailed, WrongState


@transaction.atomic
def record(party: Party, signature: PaperSignature, *, by: User) -> SignatureAct:
    """Record that this side signed on paper, with the scan that shows it.

    `by` is the person who uploads the scan. Raises WrongState when this side has signed already, GuardFailed when
    the scan or its date cannot be right.
    """
    request = SigningRequest.objects.select_for_update().get(pk=party.request_id)
    party = Party.objects.select_related("request").get(pk=party.pk)
    if act := SignatureAct.objects.filter(party=party).first():
        raise WrongState(_("%(name)s has signed already.") % {"name": act.legal_name})
    issued = Revision.objects.filter(request=request, step=Revision.CERTIFIED).first()
    wrong = [*_wrong(party, signature, issued), *before_signing.against(party, None)]
    wrong += typefaces.against(signature.legal_name, signature.title, signature.authority)
    wrong += email_change.against_signing(by)
    if wrong or issued is None:
        raise GuardFailed(wrong)
    party.legal_name, party.title, party.authority = (
        signature.legal_name,
        signature.title,
        signature.authority,
    )
    party.save(update_fields=["legal_name", "title", "authority"])
    now = timezone.now()
    statement = canonical_json(_statement(party, signature, issued, by, now))
    act = SignatureAct.objects.create(
        party=party,
        user=by,
        legal_name=signature.legal_name,
        title=signature.title,
        authority=signature.authority,
        typed_name="",
        method=SignatureAct.Method.PAPER,
        statement=statement,
        statement_sha256=hashlib.sha256(statement.encode()).hexdigest(),
        text_sha256=request.text_sha256,
        file_sha256=issued.sha256,
        signed_at=now,
        ip=signature.ip,
        browser=signature.browser[:400],
    )
    scan = signature.scan
    PaperScan.objects.create(
        act=act, document=scan, sha256=scan.sha256, size=scan.size, signed_on=signature.signed_on
    )
    data = {"act": str(act.pk), "mark": act.mark, "statement": act.statement_sha256, "scan": scan.sha256}
    add_event(request, EventKind.PAPER.of(party.role), data)
    if party.position == request.parties.count() - 1:
        revisions.want_file(request, Revision.CERTIFICATE)
    return act


def scan_of(request: SigningRequest, role: str) -> PaperScan | None:
    """The scan by which one side signed; None when it has not signed, or signed electronically."""
    rows = PaperScan.objects.select_related("act__party", "act__user", "document")
    return rows.filter(act__party__request=request, act__party__role=role).first()


def _wrong(party: Party, signature: PaperSignature, issued: Revision | None) -> list[str]:
    if issued is None:
        return [_("The file to print is still being made. Try again in a minute.")]
    wrong, signed_on, scan = [], signature.signed_on, signature.scan
    if signed_on > timezone.localdate():
        wrong.append(_("The date of the signature must not be in the future."))
    first, earliest = _earliest(party)
    if signed_on < earliest:
        words = _("The date of the signature must not be before %(day)s, when %(what)s.")
        before_it = _("the document was issued") if first else _("the other side signed")
        wrong.append(words % {"day": date_words(earliest), "what": before_it})
    if Revision.objects.filter(sha256=scan.sha256).exists():
        wrong.append(_("This is the file to print, not a scan of the signed copy. Select the scan."))
    before = PaperScan.objects.filter(act__party__request=party.request, sha256=scan.sha256)
    if before.exists():
        wrong.append(_("This scan was uploaded for the other side. Select the scan that both sides signed."))
    return wrong


def _earliest(party: Party) -> tuple[bool, date]:
    """Whether this is the first side, and the day before which it cannot have signed."""
    if party.position == 0:
        return True, timezone.localdate(party.request.created_at)
    before = PaperScan.objects.filter(
        act__party__request=party.request, act__party__position=party.position - 1
    ).first()
    if before is None:
        raise GuardFailed(_("The other side signed electronically, so this side signs electronically too."))
    return False, before.signed_on


def _statement(
    party: Party, signature: PaperSignature, issued: Revision, by: User, now: datetime
) -> dict[str, str]:
    """What the person who uploads the scan declares."""
    request = party.request
    return {
        "statement": f"I, {by}, record that {signature.legal_name} signed {request.snapshot['title']} ({request.reference})"
        f" for {party.label} by hand on {signature.signed_on.isoformat()}, and that the scan shows the signed copy.",
        "request": str(request.pk),
        "reference": request.reference,
        "method": "paper",
        "file_sha256": issued.sha256,
        "scan_sha256": signature.scan.sha256,
        "text_sha256": request.text_sha256,
        "role": party.role,
        "name": signature.legal_name,
        "title": signature.title,
        "authority": signature.authority,
        "signed_on": signature.signed_on.isoformat(),
        "recorded_by": str(by.pk),
        "recorded_at": now.isoformat(),
    }
