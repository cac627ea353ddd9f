"""The verdict on a file."""

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision, TextVersion
from hmis_portal.signing.verifying.findings import Answer, Finding
from hmis_portal.text.words import date_words
from onboarding.models import Mou, RevisionPdf
from onboarding.mou.verification import not_ours
from onboarding.mou.verification.record import facts, not_borne_out, state_of
from onboarding.mou.verification.verdict import Verdict
from training.models import CertificateFile


def of_file(finding: Finding) -> Verdict:
    sealed = finding.revision or finding.certificate
    request = finding.scan.act.party.request if finding.scan else sealed.request if sealed else None
    if request and (forged := not_borne_out(request)):
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
    return not_ours.verdict(finding)


def _of_revision(revision: Revision) -> Verdict:
    request = revision.request
    state, good = state_of(request)
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


def _of_certificate(certificate: CompletionCertificate) -> Verdict:
    request = certificate.request
    state, good = state_of(request)
    heading = _("Genuine: the certificate of completion")
    words = _("It tells how %(reference)s was signed. %(state)s") % {
        "reference": request.reference,
        "state": state,
    }
    rows = [*facts(request), *_of_key(certificate)]
    return Verdict("success" if good else "warning", heading, words, rows, good)


def _of_scan(scan: PaperScan) -> Verdict:
    """A scan is known by its bytes alone: nothing in it was signed electronically."""
    request = scan.act.party.request
    state, good = state_of(request)
    final = requests.executed_file(request)
    if final == scan:
        heading = _("Genuine copy of an MOU signed on paper")
        return Verdict("success" if good else "warning", heading, state, facts(request), good)
    words = _("The portal keeps this scan as it was uploaded and does not vouch for what it shows. %(state)s")
    heading = _("A scan of one side’s paper signature, not of the executed MOU")
    return Verdict("warning", heading, words % {"state": state}, facts(request))


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
