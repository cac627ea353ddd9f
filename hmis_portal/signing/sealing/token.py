"""An authority's key that never leaves its hardware module: PKCS#11, as SoftHSM, smart cards and HSMs speak it.

`TokenKey` is an elliptic curve key like any other to the `cryptography` library; what it signs is signed inside.
"""

import contextlib
import hashlib
import os
import threading
from typing import Any, NoReturn

import pkcs11
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PinIncorrect, PinLocked, PKCS11Error
from pkcs11.util.ec import encode_ec_public_key

WHY = {
    NoSuchKey: "there is no such key",
    NoSuchToken: "there is no such token",
    PinIncorrect: "the PIN is wrong",
    PinLocked: "the PIN was wrong too often and is locked",
}
_lock = threading.Lock()
_initialized_in: dict[str, int] = {}
# A token is logged in to once for a process, so all its keys share a session: token's label to process and session.
_sessions: dict[str, tuple[int, Any]] = {}


class TokenError(Exception):
    """The token is away, locked, or holds no such key; the sentence says which."""


class TokenKey(ec.EllipticCurvePrivateKey):
    """The private key with this label in the token with that label."""

    def __init__(self, module: str, token: str, label: str, pin: str) -> None:
        self._module, self._token, self._label, self._pin = module, token, label, pin
        self._public = self._load_public()

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        algorithm = signature_algorithm.algorithm
        if not isinstance(algorithm, hashes.SHA256):
            raise TokenError("The sealing key signs SHA-256 only.")
        digest = hashlib.sha256(data).digest()
        raw = self._inside(
            lambda session: self._private(session).sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        )
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def exchange(self, algorithm: object, peer_public_key: object) -> NoReturn:
        raise TokenError("The sealing key only signs.")

    def private_numbers(self) -> NoReturn:
        raise TokenError("The sealing key does not leave its token.")

    def private_bytes(self, encoding: object, format: object, encryption_algorithm: object) -> NoReturn:
        raise TokenError("The sealing key does not leave its token.")

    def __copy__(self) -> "TokenKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenKey":
        return self

    def _load_public(self) -> ec.EllipticCurvePublicKey:
        def read(session: Any) -> bytes:
            key = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=self._label)
            return bytes(encode_ec_public_key(key))

        public = serialization.load_der_public_key(self._inside(read))
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise TokenError(f"The key {self._label!r} is not an elliptic curve key, such as P-256.")
        return public

    def _private(self, session: Any) -> Any:
        return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self._label)

    def _inside(self, act: Any) -> Any:
        """Run with an open session; one that went away since it was last used is opened again once."""
        with _lock:
            used_before = self._token in _sessions and _sessions[self._token][0] == os.getpid()
            try:
                return act(self._open())
            except PKCS11Error as error:
                close(self._token)
                if not used_before:
                    raise self._trouble(error) from error
            try:
                return act(self._open())
            except PKCS11Error as error:
                close(self._token)
                raise self._trouble(error) from error

    def _trouble(self, error: PKCS11Error) -> TokenError:
        why = WHY.get(type(error), type(error).__name__)
        return TokenError(f"The key {self._label!r} in the token {self._token!r} cannot be used: {why}.")

    def _open(self) -> Any:
        """This process's session with the token; one inherited from a parent process is not usable."""
        pid, session = _sessions.get(self._token, (0, None))
        if pid != os.getpid():
            library = pkcs11.lib(self._module)
            if _initialized_in.setdefault(self._module, os.getpid()) != os.getpid():
                library.reinitialize()
                _initialized_in[self._module] = os.getpid()
            session = library.get_token(token_label=self._token).open(user_pin=self._pin)
            _sessions[self._token] = (os.getpid(), session)
        return session


def close(token: str) -> None:
    """End this process's session with a token; the next use opens one."""
    pid, session = _sessions.pop(token, (0, None))
    if pid == os.getpid():
        with contextlib.suppress(PKCS11Error):
            session.close()
