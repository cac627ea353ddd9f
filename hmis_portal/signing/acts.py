"""What a person does: consent to electronic records, and sign. The act is the signature; the sealed file follows."""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hmis_portal.errors import GuardFailed, WrongState
from hmis_portal.signing import revisions, services
from hmis_portal.signing.models import Consent, Party, Person, SignatureAct, SigningRequest, TextVersion

REAUTHENTICATION = timedelta(minutes=10)


@transaction.atomic
def consent(party: Party, *, by: Person, ip: str | None, browser: str, test_file_opened: bool) -> Consent:
    """Record that this person agrees to act electronically; agreeing twice changes nothing."""
    _only_signer(party, by)
    disclosure = services.current(TextVersion.Kind.DISCLOSURE)
    if disclosure is None:
        raise GuardFailed(_("There is no published disclosure on electronic records yet."))
    SigningRequest.objects.select_for_update().get(pk=party.request_id)
    given, created = Consent.objects.get_or_create(
        party=party,
        user=by,
        disclosure=disclosure,
        defaults={
            "disclosure_sha256": disclosure.sha256,
            "test_file_opened": test_file_opened,
            "ip": ip,
            "browser": browser[:400],
        },
    )
    if created:
        revisions.add_event(
            party.request,
            "consented",
            {"role": party.role, "user": str(by.pk), "disclosure": disclosure.sha256},
        )
    return given


def consent_of(party: Party, user: Person) -> Consent | None:
    """The person's consent to the disclosure that is in force now."""
    return Consent.objects.filter(
        party=party, user=user, disclosure__state=TextVersion.State.PUBLISHED
    ).first()


@transaction.atomic
def sign(
    party: Party,
    *,
    by: Person,
    typed_name: str,
    read_sha256: str,
    ip: str | None,
    browser: str,
    authenticated_at: datetime | None,
) -> SignatureAct:
    """Sign for one side, in one transaction with its evidence and the file to be made.

    Raises WrongState when this side has signed already or the file changed since it was read, GuardFailed when
    something is missing, PermissionDenied when somebody else is named.
    """
    request = SigningRequest.objects.select_for_update().get(pk=party.request_id)
    party = Party.objects.select_related("request").get(pk=party.pk)
    _only_signer(party, by)
    if act := SignatureAct.objects.filter(party=party).first():
        raise WrongState(
            _("%(name)s signed this on %(date)s.")
            % {"name": act.legal_name, "date": date_format(timezone.localtime(act.signed_at), "F j, Y")}
        )
    revision = services.to_read(party)
    given = consent_of(party, by)
    missing = _missing(party, typed_name, revision is not None, given is not None, authenticated_at)
    if missing:
        raise GuardFailed(missing)
    assert revision is not None  # noqa: S101 (narrowed by _missing)
    if revision.sha256 != read_sha256:
        raise WrongState(_("The document changed since you opened it. Read it again, then sign."))
    now = timezone.now()
    statement = revisions.canonical_json(_statement(party, revision.sha256, given, typed_name, now))
    act = SignatureAct.objects.create(
        party=party,
        user=by,
        consent=given,
        legal_name=party.legal_name,
        title=party.title,
        authority=party.authority,
        typed_name=typed_name.strip(),
        statement=statement,
        statement_sha256=hashlib.sha256(statement.encode()).hexdigest(),
        text_sha256=request.text_sha256,
        file_sha256=revision.sha256,
        authenticated_at=authenticated_at,
        signed_at=now,
        ip=ip,
        browser=browser[:400],
    )
    revisions.add_event(
        request,
        f"signed:{party.role}",
        {"act": str(act.pk), "statement": act.statement_sha256, "file": act.file_sha256},
    )
    revisions.want_file(request, party.role)
    return act


def same_name(one: str, other: str) -> bool:
    """Whether two spellings of a name agree but for case, spaces and the form of accents."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _only_signer(party: Party, by: Person) -> None:
    if party.user_id != by.pk:
        raise PermissionDenied(_("This document waits for somebody else’s signature."))


def _missing(
    party: Party, typed_name: str, readable: bool, consented: bool, authenticated_at: datetime | None
) -> list[str]:
    found = []
    if not readable:
        found.append(_("The file to sign is still being made. Try again in a minute."))
    if not consented:
        found.append(_("Agree to electronic records first."))
    if not same_name(typed_name, party.legal_name):
        found.append(
            _("Type your full name exactly as it stands above: %(name)s") % {"name": party.legal_name}
        )
    if authenticated_at is None or timezone.now() - authenticated_at > REAUTHENTICATION:
        found.append(_("Confirm that it is you by signing in again."))
    return found


def _statement(
    party: Party, file_sha256: str, given: Consent | None, typed_name: str, now: datetime
) -> dict[str, Any]:
    """What the person declares, with everything it rests on; `nonce` makes each statement one of its kind."""
    request = party.request
    return {
        "statement": f"I, {party.legal_name}, sign {request.snapshot['title']} ({request.reference}) for {party.label}."
        " I have read it, I mean to sign it, and I am authorized to do so.",
        "request": str(request.pk),
        "reference": request.reference,
        "file_sha256": file_sha256,
        "text_sha256": request.text_sha256,
        "disclosure_sha256": given.disclosure_sha256 if given else "",
        "role": party.role,
        "name": party.legal_name,
        "title": party.title,
        "authority": party.authority,
        "typed_name": typed_name.strip(),
        "signed_at": now.isoformat(),
        "nonce": secrets.token_hex(16),
    }
