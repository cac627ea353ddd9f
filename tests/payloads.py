"""What people give with their acts: signatures, and a payload for any move of the transition tables."""

import datetime as dt
from typing import Any

from django.utils import timezone

from agencies.models import User
from hmis_portal import documents
from hmis_portal.models import StoredDocument
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.signature import Identity, PaperSignature, Signature
from onboarding import workflow
from onboarding.models import Mou


def signature(party: Any, **changes: Any) -> Signature:
    """As the page of this side hands it on, by somebody who has just signed in again."""
    revision = requests.to_read(party)
    fields = {
        "legal_name": party.legal_name,
        "title": party.title,
        "authority": party.authority,
        "typed_name": party.legal_name,
        "read_sha256": revision.sha256 if revision else "",
        "identity": Identity(authenticated_at=timezone.now()),
        "ip": "192.0.2.7",
        "browser": "Test browser",
    }
    return Signature(**{**fields, **changes})


def paper_signature(
    scan: StoredDocument, legal_name: str = "Sidney Signatory", **changes: Any
) -> PaperSignature:
    fields = {
        "title": "Chair of the board",
        "authority": "Bylaws",
        "signed_on": timezone.localdate(),
        "ip": "192.0.2.7",
        "browser": "B",
    }
    return PaperSignature(legal_name, scan=scan, **{**fields, **changes})


def sample(model: type, verb: str) -> Any:
    """Some payload of the type that the move carries; None for one that carries nothing."""
    kind = workflow.move(model, verb).payload
    if kind is None:
        return None
    today = timezone.localdate()
    make = {
        workflow.HandOver: lambda: workflow.HandOver(User.objects.earliest("pk")),
        workflow.Approval: workflow.Approval,
        workflow.Hold: lambda: workflow.Hold("HUD"),
        workflow.MoreTime: lambda: workflow.MoreTime(today + dt.timedelta(days=60)),
        workflow.Signer: lambda: workflow.Signer("sam@harbor.example", "Sam", "Signer", "Chair", "Bylaws"),
        workflow.Voiding: lambda: workflow.Voiding(Mou.VoidKind.ERROR),
        workflow.Ending: lambda: workflow.Ending(today, Mou.EndKind.SANCTION),
        workflow.Reasons: lambda: workflow.Reasons(("Because.",)),
        workflow.Account: lambda: workflow.Account("sam"),
        Signature: lambda: Signature("Sam Signer", "Chair", "Bylaws", "Sam Signer", ""),
        PaperSignature: lambda: paper_signature(
            documents.store(b"%PDF-1.7 scan", content_type="application/pdf")
        ),
    }
    return make[kind]()
