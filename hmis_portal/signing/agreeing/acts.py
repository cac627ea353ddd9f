"""What a person does: consent to electronic records, and sign. The act is the signature; the sealed file follows."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.accounts import email_change
from hmis_portal.models.users import User
from hmis_portal.signing.agreeing import before_signing, requests, revisions, text_versions
from hmis_portal.signing.agreeing.evidence import passkeys, reading, statements
from hmis_portal.signing.agreeing.evidence.chain import EventKind, add_event
from hmis_portal.signing.agreeing.signature import Assertion, Identity, Signature
from hmis_portal.signing.models import (
    Consent,
    ConsentWithdrawal,
    Party,
    Revision,
    SignatureAct,
    SigningRequest,
    TextVersion,
)
from hmis_portal.text.words import date_words
from hmis_portal.typesetting import typefaces
from hmis_portal.web.errors import GuardFailed, WrongState

REAUTHENTICATION = timedelta(minutes=10)


@transaction.atomic
def consent(party: Party, *, by: User, ip: str | None, browser: str, test_file_opened: bool) -> Consent:
    """Record that this person agrees to act electronically; agreeing twice changes nothing."""
    _only_signer(party, by)
    disclosure = text_versions.current(TextVersion.Kind.DISCLOSURE)
    if disclosure is None:
        raise GuardFailed(_("There is no published disclosure on electronic records yet."))
    SigningRequest.objects.select_for_update().get(pk=party.request_id)
    last = Consent.objects.filter(party=party, user=by, disclosure=disclosure).order_by("pk").last()
    if last and not hasattr(last, "withdrawal"):
        return last
    row = Consent.objects.create(
        party=party,
        user=by,
        disclosure=disclosure,
        disclosure_sha256=disclosure.sha256,
        test_file_opened=test_file_opened,
        ip=ip,
        browser=browser[:400],
        again_after=last.withdrawal if last else None,
    )
    _record_consent(EventKind.CONSENTED, row)
    return row


@transaction.atomic
def withdraw_consent(party: Party, *, by: User, ip: str | None, browser: str) -> ConsentWithdrawal:
    """Take the consent back, until this side has signed. Raises WrongState when there is none."""
    _only_signer(party, by)
    SigningRequest.objects.select_for_update().get(pk=party.request_id)
    _not_yet_signed(party)
    row = consent_of(party, by)
    if row is None:
        raise WrongState(_("You have not agreed to electronic records, so there is nothing to withdraw."))
    withdrawal = ConsentWithdrawal.objects.create(consent=row, ip=ip, browser=browser[:400])
    _record_consent(EventKind.CONSENT_WITHDRAWN, row)
    return withdrawal


def _record_consent(kind: EventKind, consent: Consent) -> None:
    party = consent.party
    data = {"role": party.role, "user": str(consent.user_id), "disclosure": consent.disclosure_sha256}
    add_event(party.request, kind, {**data, "consent": consent.mark})


def consent_of(party: Party, user: User) -> Consent | None:
    """The person's consent to the disclosure that is in force now, unless they took it back."""
    return _consents([party], user).first()


def consented(parties: Iterable[Party], user: User) -> set[UUID]:
    """The keys of those sides for which the person has given such a consent."""
    return set(_consents(parties, user).values_list("party_id", flat=True))


def _consents(parties: Iterable[Party], user: User) -> QuerySet[Consent]:
    return Consent.objects.filter(
        party__in=parties, user=user, disclosure__state=TextVersion.State.PUBLISHED, withdrawal__isnull=True
    )


@transaction.atomic
def sign(party: Party, signature: Signature, *, by: User) -> SignatureAct:
    """Sign for one side, in one transaction with its evidence and the file to be made.

    The act names the person as the party does. Raises WrongState when this side has signed already or the file
    changed since it was read, GuardFailed when something is missing, PermissionDenied when somebody else is named.
    """
    request = SigningRequest.objects.select_for_update().get(pk=party.request_id)
    party = Party.objects.select_related("request").get(pk=party.pk)
    _only_signer(party, by)
    _not_yet_signed(party)
    revision, consented = _ready(party, by, signature)
    identity, now = signature.identity, timezone.now()
    facts = statements.facts(
        party, legal_name=party.legal_name, title=party.title, authority=party.authority, typed_name=signature.typed_name,
        file_sha256=revision.sha256, disclosure_sha256=consented.disclosure_sha256,
    )  # fmt: skip
    act = SignatureAct.objects.create(
        party=party,
        user=by,
        consent=consented,
        legal_name=party.legal_name,
        title=party.title,
        authority=party.authority,
        typed_name=signature.typed_name.strip(),
        **_stated(facts, by, now, identity.passkey),
        text_sha256=request.text_sha256,
        file_sha256=revision.sha256,
        authenticated_at=identity.authenticated_at,
        factor=identity.factor.kind if identity.factor else "",
        factor_at=identity.factor.at if identity.factor else None,
        signed_at=now,
        ip=signature.ip,
        browser=signature.browser[:400],
    )
    data = {"act": str(act.pk), "mark": act.mark, "statement": act.statement_sha256, "file": act.file_sha256}
    if identity.factor:
        data |= {"factor": act.factor, "factor_at": identity.factor.at.isoformat(), "account": by.email}
    add_event(request, EventKind.SIGNED.of(party.role), data | {"read": reading.proof(party, by)})
    revisions.want_file(request, party.role)
    return act


def _stated(facts: dict[str, str], by: User, now: datetime, passkey: Assertion | None) -> dict[str, object]:
    """What was declared of these facts: signed by the passkey, where the person used one."""
    credential, evidence = passkeys.confirm(passkey, by, facts) if passkey else ("", None)
    statement = passkey.statement if passkey else statements.declare(facts, now)
    return {
        "method": SignatureAct.Method.PASSKEY if passkey else SignatureAct.Method.TYPED,
        "statement": statement,
        "statement_sha256": statements.digest(statement).hex(),
        "credential": credential,
        "assertion": evidence,
    }


def same_name(name: str, other: str) -> bool:
    """Whether two spellings of a name agree but for case, spaces and the form of accents."""
    return _plain(name) == _plain(other)


def against_name(by: User, legal_name: str) -> list[str]:
    """An account is one person: why it may not sign under this name.

    Each word of the account's own name has one like it in the other, in any order: the spelling may be corrected, a
    middle name or a suffix added.
    """
    own = by.get_full_name()
    if all(any(_alike(word, other) for other in _words(legal_name)) for word in _words(own)):
        return []
    words = _(
        "You are signed in as %(own)s, and the signature would be that of %(name)s. Sign in your own name, correct your name on your account page, or let %(name)s sign in with another address."
    )
    return [words % {"own": own, "name": legal_name}]


def _words(name: str) -> list[str]:
    """Without accents and points."""
    whole = unicodedata.normalize("NFKD", _plain(name))
    bare = ("".join(letter for letter in word if letter.isalnum()) for word in whole.split())
    return [word for word in bare if word]


def _alike(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    within = long.startswith(short) or (len(short) > 2 and short in long)
    return within or SequenceMatcher(None, short, long).ratio() >= 0.7


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _only_signer(party: Party, by: User) -> None:
    if party.user_id != by.pk:
        raise PermissionDenied(_("This document waits for somebody else’s signature."))


def _not_yet_signed(party: Party) -> None:
    if act := SignatureAct.objects.filter(party=party).first():
        raise WrongState(
            _("%(name)s signed this on %(date)s.")
            % {"name": act.legal_name, "date": date_words(act.signed_at)}
        )


def _ready(party: Party, by: User, signature: Signature) -> tuple[Revision, Consent]:
    """The file that is signed and the consent to act electronically, once nothing is missing."""
    revision, consented = requests.to_read(party), consent_of(party, by)
    missing = []
    if revision is None:
        missing.append(_("The file to sign is still being made. Try again in a minute."))
    if consented is None:
        missing.append(_("Agree to electronic records first."))
    if not same_name(signature.typed_name, party.legal_name):
        missing.append(
            _("Type your full name exactly as it stands above: %(name)s") % {"name": party.legal_name}
        )
    if signature.identity.passkey is None and not _is_fresh(signature.identity.authenticated_at):
        missing.append(_("Confirm that it is you by signing in again."))
    elif (
        asks_for_factor(party) and signature.identity.passkey is None and not _has_factor(signature.identity)
    ):
        missing.append(_("Confirm that it is you with a second factor."))
    missing += typefaces.against(
        party.legal_name, party.title, party.authority, party.delegated_from, signature.typed_name
    )
    missing += before_signing.against(party, revision) + email_change.against_signing(by)
    if missing or revision is None or consented is None:
        raise GuardFailed(missing)
    if revision.sha256 != signature.read_sha256:
        raise WrongState(_("The document changed since you opened it. Read it again, then sign."))
    return revision, consented


def asks_for_factor(party: Party) -> bool:
    """An MOU binds an agency: its signers show more than a password, where the setting says so."""
    return bool(settings.SIGNING_SECOND_FACTOR) and party.request.kind == TextVersion.Kind.MOU


def _has_factor(identity: Identity) -> bool:
    return identity.factor is not None and _is_fresh(identity.factor.at)


def _is_fresh(authenticated_at: datetime | None) -> bool:
    return authenticated_at is not None and timezone.now() - authenticated_at <= REAUTHENTICATION
