"""A signature bound to a passkey: what its device signs is the hash of the statement, and so this very document.

allauth's wrapper takes no challenge of ours, so the fido2 server beneath it is asked. The parts of the assertion
stay in the act with the public key, so that anyone can check them again when the passkey itself is long gone.
"""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    UserVerificationRequirement,
)

from hmis_portal.models import PortalSettings
from hmis_portal.models.users import User
from hmis_portal.signing.agreeing.evidence import statements
from hmis_portal.signing.agreeing.signature import Assertion, Site
from hmis_portal.signing.models import SignatureAct
from hmis_portal.web.errors import GuardFailed, WrongState

VALID = timedelta(minutes=10)
NEEDED = UserVerificationRequirement.REQUIRED


def registered(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN))


def options(statement: str, user: User, site: Site) -> dict[str, object]:
    """What the browser's `navigator.credentials.get` is asked."""
    request_options, _state = _server(site).authenticate_begin(
        credentials=[_credential(passkey) for passkey in registered(user)],
        user_verification=NEEDED,
        challenge=statements.digest(statement),
    )
    return dict(request_options)


def confirm(assertion: Assertion, user: User, facts: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The credential's id and the evidence to keep.

    Raises WrongState when the document is no longer the one that was put to the passkey, GuardFailed when the
    answer is not a fresh one of a passkey of this person to this statement.
    """
    if not statements.agrees(assertion.statement, facts):
        raise WrongState(_("The document changed since you opened it. Read it again, then sign."))
    if timezone.now() - statements.stated_at(assertion.statement) > VALID:
        raise GuardFailed(_("You took longer than ten minutes to use your passkey. Sign again."))
    known = registered(user)
    state = {
        "challenge": websafe_encode(statements.digest(assertion.statement)),
        "user_verification": NEEDED,
    }
    try:
        used = _server(assertion.site).authenticate_complete(
            state, [_credential(passkey) for passkey in known], assertion.response
        )
        answer = AuthenticationResponse.from_dict(assertion.response).response
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise GuardFailed(
            _("Your passkey did not confirm this document. Try again, or use your password.")
        ) from error
    credential = websafe_encode(used.credential_id)
    counter = answer.authenticator_data.counter
    own = next(passkey for passkey in known if _credential(passkey).credential_id == used.credential_id)
    if (counter or _last_counter(own, credential)) and counter <= _last_counter(own, credential):
        raise GuardFailed(
            _(
                "Your passkey counts backwards, so it may have been copied. Use your password, and remove this passkey "
                "from your account."
            )
        )
    return credential, {
        "name": own.wrap().name,
        "credential": credential,
        "public_key": websafe_encode(cbor.encode(dict(used.public_key))),
        "authenticator_data": websafe_encode(bytes(answer.authenticator_data)),
        "client_data": websafe_encode(bytes(answer.client_data)),
        "signature": websafe_encode(answer.signature),
        "counter": counter,
        "host": assertion.site.host,
    }


def holds(act: SignatureAct) -> bool:
    """Whether the evidence kept in an act still proves that its passkey signed its statement."""
    assertion = act.assertion or {}
    try:
        client_data = CollectedClientData(websafe_decode(assertion["client_data"]))
        authenticator_data = AuthenticatorData(websafe_decode(assertion["authenticator_data"]))
        key = CoseKey.parse(cbor.decode(websafe_decode(assertion["public_key"])))  # type: ignore[arg-type]
        key.verify(authenticator_data + client_data.hash, websafe_decode(assertion["signature"]))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return (
        client_data.type == CollectedClientData.TYPE.GET
        and client_data.challenge == statements.digest(act.statement)
        and authenticator_data.is_user_verified()
        and PublicKeyCredentialRpEntity(id=assertion["host"], name="").id_hash
        == authenticator_data.rp_id_hash
    )


def _server(site: Site) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(id=site.host, name=PortalSettings.load().name)
    return Fido2Server(entity, verify_origin=lambda origin: origin == site.origin)


def _credential(passkey: Authenticator) -> AttestedCredentialData:
    data: AttestedCredentialData = passkey.wrap().authenticator_data.credential_data
    return data


def _last_counter(own: Authenticator, credential: str) -> int:
    """The highest count seen of this credential: when it was registered, and at each signature."""
    counts: list[int] = [
        assertion["counter"]
        for assertion in SignatureAct.objects.filter(credential=credential).values_list(
            "assertion", flat=True
        )
        if assertion
    ]
    return max([int(own.wrap().authenticator_data.counter), *counts])
