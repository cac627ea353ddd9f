"""What a person gives to sign: one object from the form to the act that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hmis_portal.models import StoredDocument


@dataclass(frozen=True)
class Site:
    """Whom the passkey believes it answers: host name and origin of this portal as the browser sees it."""

    host: str
    origin: str


@dataclass(frozen=True)
class Assertion:
    """The statement that was put to the passkey, and what the browser brought back."""

    statement: str
    response: Mapping[str, object]
    site: Site


@dataclass(frozen=True)
class Factor:
    """What was shown beside the password: a kind of `SignatureAct.Factor`, and when."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Identity:
    """How the person showed that it is them: the moment of the fresh sign-in and what was shown beside the password,
    or the passkey's assertion."""

    authenticated_at: datetime | None = None
    factor: Factor | None = None
    passkey: Assertion | None = None


@dataclass(frozen=True)
class Signature:
    """An electronic signature: what the person confirmed and typed, which file they read, and who they are.

    A form makes it of its fields; `identify.confirm` adds who it is and from where it comes.
    """

    legal_name: str
    title: str
    authority: str
    typed_name: str
    read_sha256: str
    identity: Identity = Identity()
    ip: str | None = None
    browser: str = ""


@dataclass(frozen=True)
class PaperSignature:
    """A signature by hand, as it stands on the paper, with the scan that shows it and who sent that from where."""

    legal_name: str
    title: str
    authority: str
    signed_on: date
    scan: StoredDocument
    ip: str | None = None
    browser: str = ""
