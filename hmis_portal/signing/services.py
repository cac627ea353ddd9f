"""Issue a text to be signed and find its files. For apps: the MOU has two parties, a user agreement one.

    version = signing.services.current(TextVersion.Kind.USER_AGREEMENT)
    request = signing.services.issue(
        version=version,
        reference=hmis_portal.references.new_reference("UA"),
        values={"agency": agency.legal_name, "person": str(user)},   # fills {{ agency }}, {{ person }} in the text
        facts=[("Agency", agency.legal_name), ("User", str(user))],  # the table under the title
        parties=[NewParty("person", label=str(user), user=user, legal_name=str(user))],
        agency_id=agency.pk,
        by=user,
    )
    services.to_read(party)        -> the Revision to show before signing, None while it is being made
    acts.consent(party, by=user, ...); acts.sign(party, by=user, typed_name=..., read_sha256=revision.sha256, ...)
    services.latest_pdf(request)   -> the newest sealed Revision (its .document is a StoredDocument), or None
    services.final_pdf(request)    -> the Revision with every signature, or None (also when signed on paper)
    services.executed_file(request) -> what counts as the executed document: that Revision, or the scan of both hands

A file is made by a worker after commit. To act when all are there (send them by mail), register in the app:

    @revisions.on_completed(TextVersion.Kind.MOU)
    def executed(request: SigningRequest, file: Revision | PaperScan, certificate: CompletionCertificate) -> None: ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import documents, pdf
from hmis_portal.errors import WrongState
from hmis_portal.models import StoredDocument
from hmis_portal.signing import revisions, text
from hmis_portal.signing.chain import add_event
from hmis_portal.signing.models import PaperScan, Party, Person, Revision, SigningRequest, TextVersion

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class NewParty:
    """One side of a request, in signing order; the person may be named later."""

    role: str
    label: str
    user: Person | None = None
    legal_name: str = ""
    title: str = ""
    authority: str = ""
    delegated_from: str = ""


def current(kind: str) -> TextVersion | None:
    """The published version of a kind of text."""
    return TextVersion.objects.filter(kind=kind, state=TextVersion.State.PUBLISHED).first()


@transaction.atomic
def issue(
    *,
    version: TextVersion,
    reference: str,
    values: Mapping[str, str],
    parties: Sequence[NewParty],
    facts: Sequence[tuple[str, str]] = (),
    agency_id: UUID | None = None,
    by: Person | None = None,
) -> SigningRequest:
    """Freeze the text with its names and have the file to read made.

    Raises KeyError for a variable without value, WrongState when a newer version was published a moment ago.
    """
    # Held until commit: whoever publishes the next version meanwhile waits, and then finds this request.
    version = TextVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if version.state == TextVersion.State.RETIRED:
        raise WrongState(_("A newer version was published a moment ago. Read it, then try again."))
    filled = text.fill(version.body, values)
    request = SigningRequest.objects.create(
        kind=version.kind,
        reference=reference,
        version=version,
        text=filled,
        text_sha256=text.digest(filled),
        snapshot={
            "title": text.title(filled),
            "facts": [list(fact) for fact in facts],
            "values": dict(values),
        },
        agency_id=agency_id,
        created_by=by,
    )
    for position, party in enumerate(parties):
        Party.objects.create(request=request, position=position, **vars(party))
    add_event(
        request,
        "issued",
        {"text": request.text_sha256, "version": version.number, "by": str(by.pk) if by else ""},
    )
    revisions.want_file(request, Revision.CERTIFIED)
    return request


@transaction.atomic
def name_signer(
    party: Party,
    *,
    user: Person,
    legal_name: str,
    title: str,
    authority: str,
    delegated_from: str = "",
    by: Person | None,
) -> Party:
    """Say who signs for this side, instead of whoever was named before. Raises WrongState once it is signed."""
    SigningRequest.objects.select_for_update().get(pk=party.request_id)
    if hasattr(party, "act"):
        raise WrongState(_("%(name)s has signed already.") % {"name": party.act.legal_name})
    party.user, party.legal_name, party.title = user, legal_name, title
    party.authority, party.delegated_from = authority, delegated_from
    party.save()
    add_event(
        party.request,
        "signer_named",
        {"role": party.role, "user": str(user.pk), "name": legal_name, "by": str(by.pk) if by else ""},
    )
    return party


@transaction.atomic
def note(request: SigningRequest, kind: str, data: Mapping[str, str]) -> None:
    """Write into the request's chain what the app did with it: declined, voided, ended."""
    SigningRequest.objects.select_for_update().get(pk=request.pk)
    add_event(request, kind, dict(data))


def party(request: SigningRequest, role: str) -> Party:
    return Party.objects.select_related("request", "user").get(request=request, role=role)


def to_read(party: Party) -> Revision | None:
    """The file this side reads and signs: the one with every signature before its own."""
    return _revisions(party.request).filter(position=party.position).first()


def latest_pdf(request: SigningRequest) -> Revision | None:
    return _revisions(request).order_by("-position").first()


def final_pdf(request: SigningRequest) -> Revision | None:
    return _revisions(request).filter(position=request.parties.count()).first()


def executed_file(request: SigningRequest) -> Revision | PaperScan | None:
    """The document that every side signed: the sealed file, or the scan of the copy signed by hand."""
    last = request.parties.count() - 1
    return (
        PaperScan.objects.select_related("document", "act__party")
        .filter(act__party__request=request, act__party__position=last)
        .first()
    ) or final_pdf(request)


def public_pdf(version: TextVersion, values: Mapping[str, str]) -> StoredDocument:
    """The blank form of a published text for anyone to read; rendered once for the same names."""
    filled = text.fill(version.body, values)
    sha256 = text.digest(filled)
    key = f"blank-form:{version.kind}:{version.number}:{version.sample}:{sha256}"
    if known := StoredDocument.objects.filter(sha256=cache.get(key, "")).first():
        return known
    context = {
        "title": text.title(filled),
        "reference": "",
        "number": version.number,
        "sample": version.sample,
        "text_sha256": sha256,
        "introduction": text.introduction(filled),
        "clauses": text.clauses(filled),
        "facts": [],
        "parties": [],
    }
    data = pdf.render_template("pdf/agreement.html", context, identifier=sha256[:32].encode())
    document = documents.store(data, content_type="application/pdf")
    cache.set(key, document.sha256, DAY)
    return document


@transaction.atomic
def save_draft(kind: str, number: int, body: str, *, sample: bool = False) -> TextVersion:
    """A new draft of a text, or the draft of that number changed. Raises WrongState when it is published."""
    version = TextVersion.objects.select_for_update().filter(kind=kind, number=number).first()
    version = version or TextVersion(kind=kind, number=number)
    if version.state != TextVersion.State.DRAFT:
        raise WrongState(
            _("Version %(number)s is published and can no longer be changed.") % {"number": number}
        )
    version.body, version.title, version.sample = text.canonical(body), text.title(body), sample
    version.sha256 = text.digest(body)
    version.save()
    return version


@transaction.atomic
def publish(version: TextVersion, *, by: Person | None) -> TextVersion:
    """Put a draft in force; the version before is retired. What was issued from it keeps its own copy."""
    versions = TextVersion.objects.select_for_update(no_key=True).filter(kind=version.kind).order_by("pk")
    version = next(one for one in versions if one.pk == version.pk)
    if version.state != TextVersion.State.DRAFT:
        raise WrongState(_("Version %(number)s is published already.") % {"number": version.number})
    TextVersion.objects.filter(kind=version.kind, state=TextVersion.State.PUBLISHED).update(
        state=TextVersion.State.RETIRED
    )
    version.state, version.published_at, version.published_by = (
        TextVersion.State.PUBLISHED,
        timezone.now(),
        by,
    )
    version.save()
    return version


def _revisions(request: SigningRequest):  # type: ignore[no-untyped-def]
    return Revision.objects.filter(request=request).select_related("document")
