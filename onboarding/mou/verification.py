"""What the verifier says, in words a person understands, of a file or of a reference."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.evidence import attested, term
from hmis_portal.signing.models import (
    CompletionCertificate,
    PaperScan,
    Revision,
    SignatureAct,
    SigningRequest,
    TextVersion,
)
from hmis_portal.signing.verifying.findings import Answer, Finding
from hmis_portal.text.references import read_reference
from hmis_portal.text.words import date_words
from onboarding.models import Mou, RevisionPdf
from onboarding.mou.agreement import executed_on
from training.models import CertificateFile


@dataclass(frozen=True)
class Verdict:
    """`kind` is that of the notice component; `facts` are pairs of label and value, without IP and e-mail."""

    kind: str
    heading: str
    text: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    good: bool = False
    link_url: str = ""
    link_text: str = ""


def of_file(finding: Finding) -> Verdict:
    """The verdict on a file."""
    sealed = finding.revision or finding.certificate
    request = finding.scan.act.party.request if finding.scan else sealed.request if sealed else None
    if request and (forged := _not_borne_out(request)):
        return forged
    if finding.scan is not None:
        return _of_scan(finding.scan)
    if sealed is not None and finding.answer == Answer.APPENDED:
        words = _(
            "This file begins with a genuine file of this portal, with %(count)d bytes added after it was sealed. "
            "Do not rely on it: what was added may hide or change what you see. Ask for the file itself."
        ) % {"count": finding.added_bytes}
        return Verdict("error", _("Genuine file with something added"), words, facts(sealed.request))
    if finding.revision is not None:
        return _of_revision(finding.revision)
    if finding.certificate is not None:
        return _of_certificate(finding.certificate)
    if finding.answer == Answer.NOT_OURS and (unsealed := _made_without_seal(finding.sha256)):
        return unsealed
    kind, heading, words = _unknown(finding)[finding.answer]
    url, link = _look_up(finding.reads_as)
    return Verdict(kind, heading, words, link_url=url, link_text=link)


def _not_borne_out(request: SigningRequest) -> Verdict | None:
    """The file may be the one that was sealed: what the database says of its signatures is not what was recorded."""
    if not attested.wrong_with(request):
        return None
    words = _(
        "What this portal’s database says about the signatures of %(reference)s was changed, or was not written by the "
        "portal. Until that is cleared up, do not rely on this document. Write to %(email)s."
    ) % {"reference": request.reference, "email": PortalSettings.load().support_email}
    return Verdict("error", _("The record does not bear this document out"), words)


def _unknown(finding: Finding) -> dict[Answer, tuple[str, str, str]]:
    """Kind, heading and words of each answer about a file that is none of the portal's as it was sealed."""
    return {
        Answer.ALTERED: (
            "error",
            _("Altered"),
            _(
                "This file carries the portal’s seal or its words, but it is not a file that this portal made. Do not rely on it."
            )
            + _where(),
        ),
        Answer.COPY: (
            "error",
            _("A copy, not the file itself"),
            _(
                "On its pages stands %(reference)s, a document that this portal seals, but this is not the sealed file: "
                "somebody printed it to a PDF, saved it again or protected it. Do not rely on it: nobody can tell "
                "whether a word was changed."
            )
            % {"reference": finding.reads_as}
            + _where(),
        ),
        Answer.LOCKED: (
            "warning",
            _("Locked with a password"),
            _(
                "The portal’s documents open without a password, so this is none of them as it was sealed. If it is a "
                "copy of one, do not rely on it."
            )
            + _where(),
        ),
        Answer.NOT_OURS: (
            "warning",
            _("Not from this portal"),
            _(
                "This portal did not seal this file as it stands. It may be cut off, a scan or picture of one of its "
                "documents, or somebody else’s. Do not rely on it as a document of this portal."
            )
            + _where(),
        ),
        Answer.TOO_LARGE: (
            "warning",
            _("Too large"),
            _("The portal’s documents are smaller than 10 MB, so this is none of them."),
        ),
        Answer.UNSURE: (
            "warning",
            _("Could not be checked"),
            _(
                "The file is not one that this portal made, and reading its seals took too long. Do not rely on it."
            ),
        ),
    }


def _where() -> str:
    """Where the true file is, as the end of a sentence."""
    return " " + _(
        "The file itself stands on the pages of the agency, and of whoever signed it, in this portal, and came by e-mail "
        "after the last signature. %(admin)s sends it too: write to %(email)s."
    ) % {"admin": PortalSettings.load().admin_name, "email": PortalSettings.load().support_email}


def _look_up(reference: str) -> tuple[str, str]:
    """A link to what is known of the document that a copy seems to be of."""
    if not SigningRequest.objects.filter(reference=reference).exists():
        return "", ""
    url = f"{reverse('onboarding:verify')}?reference={reference}"
    return url, _("What the portal knows of %(reference)s") % {"reference": reference}


def of_reference(reference: str) -> Verdict | None:
    """What may be told to anyone who has the reference; None when there is no such document."""
    request = (
        SigningRequest.objects.select_related("version").filter(reference=read_reference(reference)).first()
    )
    if request is None:
        return None
    if forged := _not_borne_out(request):
        return forged
    state, good = _state(request)
    return Verdict("success" if good else "warning", request.reference, state, facts(request), good)


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


def _of_key(sealed: Revision | CompletionCertificate) -> list[tuple[str, str]]:
    """What became of the key that sealed a file, where that is to be known."""
    key = sealed.seal_key
    if key.revoked_at is None:
        return []
    words = _(
        "The key was revoked on %(revoked)s. This file was sealed before, on %(sealed)s, and is byte for byte the one "
        "that the portal recorded then."
    )
    dates = {"revoked": date_words(key.revoked_at), "sealed": date_words(sealed.made_at)}
    return [(_("Key of the seal"), words % dates)]


def _of_certificate(certificate: CompletionCertificate) -> Verdict:
    request = certificate.request
    state, good = _state(request)
    heading = _("Genuine: the certificate of completion")
    words = _("It tells how %(reference)s was signed. %(state)s") % {
        "reference": request.reference,
        "state": state,
    }
    rows = [*facts(request), *_of_key(certificate)]
    return Verdict("success" if good else "warning", heading, words, rows, good)


def _made_without_seal(sha256: str) -> Verdict | None:
    """Papers that the portal makes and does not seal, known by their bytes; nothing is told but what they are."""
    paper = CertificateFile.objects.select_related("certificate").filter(document__sha256=sha256).first()
    if paper is not None:
        number = paper.certificate.number
        words = _("This portal made this file, byte for byte. Its number tells whether it is still valid.")
        return Verdict(
            "info", _("Genuine: a training certificate"), words, [(_("Certificate number"), number)],
            link_url=reverse("training:certificate_public", args=[number]), link_text=_("Check it by its number"),
        )  # fmt: skip
    if RevisionPdf.objects.filter(document__sha256=sha256).exists():
        words = _(
            "This portal made this file, byte for byte. An application is no agreement and carries no seal, so nothing "
            "more is told about it here."
        )
        return Verdict("info", _("Genuine: an application as it was sent"), words)
    return None


def _of_scan(scan: PaperScan) -> Verdict:
    """A scan is known by its bytes alone: nothing in it was signed electronically."""
    request = scan.act.party.request
    state, good = _state(request)
    final = requests.executed_file(request)
    if final == scan:
        heading = _("Genuine copy of an MOU signed on paper")
        return Verdict("success" if good else "warning", heading, state, facts(request), good)
    words = _("The portal keeps this scan as it was uploaded and does not vouch for what it shows. %(state)s")
    heading = _("A scan of one side’s paper signature, not of the executed MOU")
    return Verdict("warning", heading, words % {"state": state}, facts(request))


def _organizations(request: SigningRequest, agency: Agency | None) -> list[str]:
    """For an MOU both sides as issued; a user agreement names only the agency, not the person."""
    if request.kind == TextVersion.Kind.MOU:
        return list(request.parties.values_list("label", flat=True))
    return [agency.legal_name if agency else PortalSettings.load().lead_agency]


def _of_revision(revision: Revision) -> Verdict:
    request = revision.request
    state, good = _state(request)
    final = requests.executed_file(request)
    rows = [*facts(request), *_of_key(revision)]
    mou = Mou.objects.filter(request=request).first()
    if mou and mou.state in (Mou.State.VOIDED, Mou.State.DECLINED, Mou.State.SUPERSEDED):
        return Verdict("warning", _("Genuine, but not in force"), state, rows)
    if final != revision:
        heading = _("Genuine, but before the last signature")
        if final is None:
            return Verdict("warning", heading, state, rows)
        words = _("This portal sealed this file, but it is not the one with all signatures. %(state)s") % {
            "state": state
        }
        return Verdict("warning", heading, words, rows)
    heading = (
        _("Genuine: the executed copy")
        if request.kind == TextVersion.Kind.MOU
        else _("Genuine: the signed copy")
    )
    return Verdict("success" if good else "warning", heading, state, rows, good)


def _state(request: SigningRequest) -> tuple[str, bool]:
    """One sentence on where the document stands, and whether it is in force."""
    mou = Mou.objects.filter(request=request).first()
    if mou is None:
        last = SignatureAct.objects.filter(party__request=request).order_by("party__position").last()
        if last and requests.final_pdf(request):
            return _("Signed on %(day)s.") % {"day": date_words(last.signed_at)}, True
        return _("Not signed yet."), False
    words: dict[Any, Any] = {
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
