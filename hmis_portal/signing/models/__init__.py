"""Rows of signing, by topic: texts, keys, requests with their evidence, files."""

from hmis_portal.signing.models.files import CompletionCertificate, Revision, SealJob, SigningEvent
from hmis_portal.signing.models.keys import RevocationList, RevokedCertificate, SealKey
from hmis_portal.signing.models.requests import (
    NAME_LENGTH,
    ClauseRead,
    Consent,
    ConsentWithdrawal,
    PaperScan,
    Party,
    SignatureAct,
    SigningRequest,
)
from hmis_portal.signing.models.texts import SHA256, TextVersion

__all__ = [
    "NAME_LENGTH",
    "SHA256",
    "ClauseRead",
    "CompletionCertificate",
    "Consent",
    "ConsentWithdrawal",
    "PaperScan",
    "Party",
    "Revision",
    "RevocationList",
    "RevokedCertificate",
    "SealJob",
    "SealKey",
    "SignatureAct",
    "SigningEvent",
    "SigningRequest",
    "TextVersion",
]
