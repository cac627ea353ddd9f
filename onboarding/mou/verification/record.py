"""What may be told of a document to anyone who has its reference."""

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.evidence import attested, term
from hmis_portal.signing.models import PaperScan, SignatureAct, SigningRequest, TextVersion
from hmis_portal.text.references import read_reference
from hmis_portal.text.words import date_words
from onboarding.models import Mou
from onboarding.mou.agreement import executed_on
from onboarding.mou.verification.verdict import Verdict


def of_reference(reference: str) -> Verdict | None:
    """What may be told to anyone who has the reference; None when there is no such document."""
    request = (
        SigningRequest.objects.select_related("version").filter(reference=read_reference(reference)).first()
    )
    if request is None:
        return None
    if forged := not_borne_out(request):
        return forged
    state, good = state_of(request)
    return Verdict("success" if good else "warning", request.reference, state, facts(request), good)


def not_borne_out(request: SigningRequest) -> Verdict | None:
    """The file may be the one that was sealed: what the database says of its signatures is not what was recorded."""
    if not attested.wrong_with(request):
        return None
    words = _(
        "What this portal’s database says about the signatures of %(reference)s was changed, or was not written by the "
        "portal. Until that is cleared up, do not rely on this document. Write to %(email)s."
    ) % {"reference": request.reference, "email": PortalSettings.load().support_email}
    return Verdict("error", _("The record does not bear this document out"), words)


def facts(request: SigningRequest) -> list[tuple[str, str]]:
    """Organizations, version, state, dates and the hash of the file with all signatures."""
    agency = Agency.objects.filter(pk=request.agency_id).first() if request.agency_id else None
    final = requests.executed_file(request)
    on_paper = isinstance(final, PaperScan)
    rows = [
        (_("Document"), request.snapshot["title"]),
        (_("Reference"), request.reference),
        (_("Version"), str(request.version.number)),
        (_("Organizations"), "; ".join(_organizations(request, agency))),
        (_("Issued"), date_words(request.created_at)),
    ]
    mou = Mou.objects.filter(request=request).first()
    if PaperScan.objects.filter(act__party__request=request).exists():
        rows.append((_("How it was signed"), _("On paper, by hand. The portal keeps a scan")))
    if mou and mou.executed_at:
        rows.append((_("Executed"), date_words(executed_on(mou))))
        if fixed := term.of(request):
            rows.append((_("First day of the term"), date_words(fixed.first)))
        rows.append((_("Last day of the term"), date_words(mou.term_ends_on)))
    if final:
        label = (
            _("SHA-256 of the scan with all signatures")
            if on_paper
            else _("SHA-256 of the file with all signatures")
        )
        rows.append((label, final.sha256))
    return rows


def _organizations(request: SigningRequest, agency: Agency | None) -> list[str]:
    """For an MOU both sides as issued; a user agreement names only the agency, not the person."""
    if request.kind == TextVersion.Kind.MOU:
        return list(request.parties.values_list("label", flat=True))
    return [agency.legal_name if agency else PortalSettings.load().lead_agency]


def state_of(request: SigningRequest) -> tuple[str, bool]:
    """One sentence on where the document stands, and whether it is in force."""
    mou = Mou.objects.filter(request=request).first()
    if mou is None:
        last = SignatureAct.objects.filter(party__request=request).order_by("party__position").last()
        if last and requests.final_pdf(request):
            return _("Signed on %(day)s.") % {"day": date_words(last.signed_at)}, True
        return _("Not signed yet."), False
    words: dict[object, object] = {
        Mou.State.ISSUED: _("The agency has not signed yet."),
        Mou.State.SIGNED: _("Signed by the agency, not yet by the Lead Agency: it is not in force."),
        Mou.State.DECLINED: _("The signatory declined to sign on %(day)s."),
        Mou.State.VOIDED: _("Voided on %(day)s."),
        Mou.State.SUPERSEDED: _("Superseded by a newer version on %(day)s."),
        Mou.State.EXECUTED: _("Executed on %(executed)s, in force through %(until)s."),
        Mou.State.ENDED: _("Executed on %(executed)s; it ended on %(ended)s."),
    }
    executed = date_words(executed_on(mou))
    sentence = str(words[Mou.State(mou.state)]) % {
        "day": date_words(mou.state_since),
        "executed": executed,
        "until": date_words(mou.term_ends_on),
        "ended": date_words(mou.ended_on),
    }
    if mou.state == Mou.State.EXECUTED and mou.term_ends_on and mou.term_ends_on < timezone.localdate():
        return _("Executed on %(executed)s; its term ended on %(until)s.") % {
            "executed": executed,
            "until": date_words(mou.term_ends_on),
        }, False
    return sentence, mou.state == Mou.State.EXECUTED
