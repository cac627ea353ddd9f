"""Issue a text to be signed and find its files. For apps: the MOU has two parties, a user agreement one.

    version = text_versions.current(TextVersion.Kind.USER_AGREEMENT)
    request = requests.issue(
        version=version,
        reference=hmis_portal.text.references.new_reference("UA"),
        values={"agency": agency.legal_name, "person": str(user)},   # fills {{ agency }}, {{ person }} in the text
        facts=[("Agency", agency.legal_name), ("User", str(user))],  # the table under the title
        parties=[NewParty("person", label=str(user), user=user, legal_name=str(user))],
        agency_id=agency.pk,
        by=user,
    )
    requests.to_read(party)        -> the Revision to show before signing, None while it is being made
    acts.consent(party, by=user, ...); acts.sign(party, Signature(..., read_sha256=revision.sha256), by=user)
    requests.latest_pdf(request)   -> the newest sealed Revision (its .document is a StoredDocument), or None
    requests.final_pdf(request)    -> the Revision with every signature, or None (also when signed on paper)
    requests.executed_file(request) -> what counts as the executed document: that Revision, or the scan of both hands

A file is made by a worker after commit. To act when all are there (send them by mail), register in the app:

    @revisions.on_completed(TextVersion.Kind.MOU)
    def executed(request: SigningRequest, file: Revision | PaperScan, certificate: CompletionCertificate) -> None: ...
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, TextField, UUIDField
from django.utils.translation import gettext as _

from hmis_portal.models.users import User
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.signing.agreeing import revisions, text
from hmis_portal.signing.agreeing.evidence.chain import EventKind, add_event
from hmis_portal.signing.models import PaperScan, Party, Revision, SigningRequest, TextVersion
from hmis_portal.web.errors import WrongState


@dataclass(frozen=True)
class NewParty:
    """One side of a request, in signing order; the person may be named later."""

    role: str
    label: str
    user: User | None = None
    legal_name: str = ""
    title: str = ""
    authority: str = ""
    delegated_from: str = ""


@transaction.atomic
def issue(
    *,
    version: TextVersion,
    reference: str,
    values: Mapping[str, str],
    parties: Sequence[NewParty],
    facts: Sequence[tuple[str, str]] = (),
    agency_id: UUID | None = None,
    by: User | None = None,
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
        EventKind.ISSUED,
        {"text": request.text_sha256, "version": version.number, "by": str(by.pk) if by else ""},
    )
    revisions.want_file(request, Revision.CERTIFIED)
    return request


@transaction.atomic
def name_signer(
    party: Party,
    *,
    user: User,
    legal_name: str,
    title: str,
    authority: str,
    delegated_from: str = "",
    by: User | None,
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
        EventKind.SIGNER_NAMED,
        {"role": party.role, "user": str(user.pk), "name": legal_name, "by": str(by.pk) if by else ""},
    )
    return party


@transaction.atomic
def record_event(request: SigningRequest, kind: str, data: Mapping[str, str]) -> None:
    """Write into the request's chain what the app did with it: declined, voided, ended."""
    SigningRequest.objects.select_for_update().get(pk=request.pk)
    add_event(request, kind, dict(data))


@WrittenQuery
def _party() -> QuerySet[Party]:
    rows = Party.objects.select_related("request", "user")
    return rows.filter(request=Given("request", UUIDField()), role=Given("role", TextField()))


def party(request: SigningRequest, role: str) -> Party:
    for row in _party(request=request.pk, role=role):
        return row
    raise Party.DoesNotExist


def parties(signing: Iterable[SigningRequest], role: str) -> dict[UUID, Party]:
    """That side of each of several, by the key of its request."""
    rows = Party.objects.select_related("request", "user").filter(request__in=signing, role=role)
    return {row.request_id: row for row in rows}


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


def _revisions(request: SigningRequest) -> QuerySet[Revision]:
    return Revision.objects.filter(request=request).select_related("document")
