"""A passkey in software: it registers and answers as a browser with a real device does, and can be made to cheat."""

import hashlib
import json
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAGS = AuthenticatorData.FLAG


class Passkey:
    def __init__(self, user: Any, *, host: str = "testserver", origin: str = "http://testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.host, self.origin = host, origin
        self.id = hashlib.sha256(str(id(self)).encode()).digest()
        self.counter = 0
        self.row = Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Desk key", "credential": self._registration()},
        )

    def answer(self, challenge: str, **changes: Any) -> dict[str, Any]:
        """What the browser sends for `navigator.credentials.get`; `changes` make it wrong."""
        self.counter += 1
        said = {"origin": self.origin, "counter": self.counter, "flags": FLAGS.UP | FLAGS.UV, **changes}
        client = CollectedClientData.create("webauthn.get", challenge, said["origin"])
        data = AuthenticatorData.create(self._host_hash(), said["flags"], said["counter"])
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._packed(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
            }
        )

    def _registration(self) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(self._host_hash(), FLAGS.UP | FLAGS.UV | FLAGS.AT, 0, attested)
        client = CollectedClientData.create("webauthn.create", b"\1" * 32, self.origin)
        attestation = AttestationObject.create("none", data, {})
        return self._packed(
            {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attestation)}
        )

    def _packed(self, response: dict[str, str]) -> dict[str, Any]:
        credential = websafe_encode(self.id)
        packed = {"id": credential, "rawId": credential, "type": "public-key", "response": response}
        return {**json.loads(json.dumps(packed)), "clientExtensionResults": {}}

    def _host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()
