"""Make the files of a request, each once: certified when issued, then one more seal for each signature.

`make` is safe to run any number of times and from several workers: the first committed row wins. It writes the
bytes before the row, so a row never lacks them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pyhanko.sign.timestamps import TimestampRequestError

from hmis_portal import documents, queue
from hmis_portal.models import PortalSettings
from hmis_portal.running import away, tries
from hmis_portal.signing.agreeing import completion_certificate, text
from hmis_portal.signing.agreeing.evidence import attested, term
from hmis_portal.signing.agreeing.evidence.chain import EventKind, add_event
from hmis_portal.signing.models import (
    CompletionCertificate,
    PaperScan,
    Party,
    Revision,
    SealJob,
    SignatureAct,
    SigningRequest,
)
from hmis_portal.signing.sealing import holding, key_files, keys, seal
from hmis_portal.text.words import instant_lines
from hmis_portal.typesetting import pdf

log = structlog.get_logger(__name__)
# What ends by itself or by a person's act elsewhere: such a file is tried until it is made.
away.KINDS[TimestampRequestError] = away.Part.TIMESTAMP
away.KINDS[keys.NoKeyError] = away.Part.SEAL_KEY


class SealDoesNotHoldError(Exception):
    """A fresh seal is not found good by the code that reads it later; nothing was kept."""


Completed = Callable[[SigningRequest, Revision | PaperScan, CompletionCertificate], None]
_completed: dict[str, Completed] = {}
Sealed = Callable[[Revision], None]
_sealed: dict[str, Sealed] = {}


def on_sealed(kind: str) -> Callable[[Sealed], Sealed]:
    """Register what an app does as soon as one side’s signature is sealed: called once for each side, in the
    transaction that records the file.
    """

    def register(receiver: Sealed) -> Sealed:
        _sealed[kind] = receiver
        return receiver

    return register


def on_completed(kind: str) -> Callable[[Completed], Completed]:
    """Register what an app does when the file with all signatures and its certificate of completion both exist:
    called once, in the transaction that records the certificate.
    """

    def register(receiver: Completed) -> Completed:
        _completed[kind] = receiver
        return receiver

    return register


def make_certificate(request_id: str) -> CompletionCertificate | None:
    """The certificate of completion, made if it is not there yet; None while the last signature is not sealed."""
    request = SigningRequest.objects.select_related("version").get(pk=request_id)
    if certificate := CompletionCertificate.objects.filter(request=request).first():
        return certificate
    files = list(request.revisions.select_related("document").order_by("position"))
    scans = list(
        PaperScan.objects.filter(act__party__request=request)
        .select_related("document")
        .order_by("act__party__position")
    )
    if request.parties.count() not in (len(files) - 1, len(scans)):
        return None
    executed = scans[-1] if scans else files[-1]
    if not _begin(request, Revision.CERTIFICATE):
        return None
    attested.must_hold(request)
    head = request.events.last()
    sealed = _that_holds(
        seal.certify(completion_certificate.certificate_pdf(request, files, scans), final=True), 1
    )
    document = documents.store(sealed.data, content_type="application/pdf")
    with transaction.atomic():
        SigningRequest.objects.select_for_update().get(pk=request.pk)
        if certificate := CompletionCertificate.objects.filter(request=request).first():
            return certificate
        certificate = CompletionCertificate.objects.create(
            request=request,
            document=document,
            sha256=document.sha256,
            events_head=head.hash if head else "",
            seal_key=keys.seal_key(sealed.issuer),
            certificate_serial=sealed.serial,
        )
        _done(request, Revision.CERTIFICATE)
        add_event(request, EventKind.COMPLETED, {"certificate": document.sha256, "file": executed.sha256})
        if receiver := _completed.get(request.kind):
            receiver(request, executed, certificate)
    return certificate


def make(request_id: str, step: str) -> Revision | None:
    """The file of this step, made if it is not there yet; None while the step before or its signature is missing."""
    request = SigningRequest.objects.select_related("version").get(pk=request_id)
    if revision := Revision.objects.filter(request=request, step=step).first():
        return revision
    before = None if step == Revision.CERTIFIED else _before(request, step)
    if (step != Revision.CERTIFIED and before is None) or not _begin(request, step):
        return None
    attested.must_hold(request)
    sealed, position, previous = _signed(request, *before) if before else _certified(request)
    document = documents.store(sealed.data, content_type="application/pdf")
    with transaction.atomic():
        SigningRequest.objects.select_for_update().get(pk=request.pk)
        if revision := Revision.objects.filter(request=request, step=step).first():
            return revision
        revision = Revision.objects.create(
            request=request,
            step=step,
            position=position,
            document=document,
            sha256=document.sha256,
            size=document.size,
            previous=previous,
            seal_key=keys.seal_key(sealed.issuer),
            certificate_serial=sealed.serial,
            certificate=sealed.certificate,
            level=sealed.level,
        )
        _done(request, step)
        add_event(
            request,
            EventKind.SEALED.of(step),
            {"file": document.sha256, "certificate": sealed.serial, "level": sealed.level},
        )
        if position == request.parties.count() > 1:
            want_file(request, Revision.CERTIFICATE)
        if position and (receiver := _sealed.get(request.kind)):
            receiver(revision)
    return revision


def want_file(request: SigningRequest, step: str) -> None:
    """Record that a file must be made and hand it to a worker after commit."""
    SealJob.objects.get_or_create(request=request, step=step)
    transaction.on_commit(lambda: queue.publish("hmis_portal.signing.tasks.make_file", str(request.pk), step))


def _begin(request: SigningRequest, step: str) -> bool:
    return tries.begin(SealJob.objects.filter(request=request, step=step))


def _done(request: SigningRequest, step: str) -> None:
    jobs = SealJob.objects.filter(request=request, step=step)
    jobs.update(done_at=timezone.now(), error="", waits_for="")


def note_failure(request_id: str, step: str, error: Exception) -> None:
    """Keep what went wrong; the step is given up after some tries, unless it waits for a part that is away."""
    tries.failed(SealJob.objects.filter(request__pk=request_id, step=step), error)


def try_again(job: SealJob) -> None:
    """A person found the cause: count afresh and hand the file to a worker."""
    waiting = SealJob.objects.filter(pk=job.pk, done_at=None)
    tries.afresh(waiting)
    waiting.update(parked_at=None)
    want_file(job.request, job.step)


@dataclass(frozen=True)
class IssuedPage:
    """What the file of an agreement shows; its template reads the fields by their names."""

    title: str
    reference: str
    number: int
    sample: bool
    text_sha256: str
    introduction: str
    clauses: tuple[text.Clause, ...]
    facts: list[tuple[str, str]]
    parties: list[Party]
    draft: bool = False  # to be read, not signed


def issued_pdf(request: SigningRequest) -> bytes:
    """The unsealed file of a request: the same bytes whenever and wherever it is rendered."""
    page = issued_page(request)
    fields = [pdf.SignatureField(seal.PORTAL_FIELD, _("Seal of the portal"))]
    fields += [
        pdf.SignatureField(party.role, f"Signature: {party.label}", f"sign-{party.role}")
        for party in page.parties
    ]
    if seal.archives():
        fields.append(pdf.SignatureField(seal.ARCHIVE_FIELD, _("Timestamp of the archive")))
    return pdf.render_template(
        "pdf/agreement.html", vars(page), identifier=request.pk.hex.encode(), fields=fields
    )


def issued_page(request: SigningRequest) -> IssuedPage:
    """What the page of an agreement is made from."""
    return IssuedPage(
        title=request.snapshot["title"],
        reference=request.reference,
        number=request.version.number,
        sample=request.version.sample,
        text_sha256=request.text_sha256,
        introduction=text.introduction(request.text),
        clauses=text.clauses(request.text),
        facts=request.snapshot.get("facts", []),
        parties=list(request.parties.all()),
    )


def _certified(request: SigningRequest) -> tuple[seal.Sealed, int, None]:
    return _that_holds(seal.certify(issued_pdf(request)), 1), 0, None


def _before(request: SigningRequest, step: str) -> tuple[SignatureAct, Revision] | None:
    """The signature of this step and the file it is added to; None while one of them is missing."""
    act = (
        SignatureAct.objects.select_related("party").filter(party__request=request, party__role=step).first()
    )
    files = Revision.objects.select_related("document").filter(request=request)
    before = files.filter(position=act.party.position).first() if act else None
    return (act, before) if act and before else None


def _signed(
    request: SigningRequest, act: SignatureAct, before: Revision
) -> tuple[seal.Sealed, int, Revision]:
    position = act.party.position + 1
    sealed = seal.seal(
        documents.read(before.document),
        field=act.party.role,
        name=act.legal_name,
        organization=act.party.label,
        stamp=stamp_pdf(act),
        last=position == request.parties.count(),
    )
    return _that_holds(sealed, position + 1), position, before


def _that_holds(sealed: seal.Sealed, number: int) -> seal.Sealed:
    """The file, read with the eyes that will judge it: one whose seals do not hold is never stored or handed on."""
    if not holding.holds(sealed.data, number, changes=False):
        raise SealDoesNotHoldError("The file was sealed, but its seals do not hold.")
    return sealed


def stamp_pdf(act: SignatureAct) -> bytes:
    """What stands in the signature box: who, in which position, when, how to find the act again; in the last one the term."""
    others = act.party.request.parties.filter(position__gt=act.party.position)
    context = {
        "term": None if others.exists() else term.of(act.party.request),
        "act": act,
        "party": act.party,
        "portal_name": PortalSettings.load().name,
        "signed_at": instant_lines(act.signed_at),
        "development": key_files.authority().development,
    }
    return pdf.render_stamp("pdf/stamp.html", context)
