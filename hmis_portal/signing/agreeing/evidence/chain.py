"""The chain of what happened to a request: each event holds the hash of the one before."""

import hashlib
import json

from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.attesting.chain import is_attested
from hmis_portal.signing.models import SigningEvent, SigningRequest


def add_event(request: SigningRequest, kind: str, data: dict[str, object]) -> SigningEvent:
    """Append to the request's chain. The caller holds the request's row lock."""
    last = SigningEvent.objects.filter(request=request).order_by("-sequence").first()
    at = timezone.now()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, "")
    return SigningEvent.objects.create(
        request=request,
        sequence=sequence,
        kind=kind,
        at=at,
        data=data,
        previous_hash=previous,
        hash=event_hash(request, sequence, kind, at.isoformat(), data, previous),
    )


def event_hash(
    request: SigningRequest, sequence: int, kind: str, at: str, data: dict[str, object], previous: str
) -> str:
    entry = {
        "request": str(request.pk),
        "sequence": sequence,
        "kind": kind,
        "at": at,
        "data": data,
        "previous": previous,
    }
    return hashlib.sha256(canonical_json(entry).encode()).hexdigest()


def canonical_json(value: object) -> str:
    """Sorted keys, no spaces, Unicode as it is: the form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def broken(request: SigningRequest) -> str:
    """Which entry is the first that does not follow from those before it, or that the portal did not write, in words; ""
    when the chain is whole."""
    previous = ""
    for sequence, event in enumerate(request.events.all(), 1):
        expected = event_hash(request, sequence, event.kind, event.at.isoformat(), event.data, previous)
        follows = (event.sequence, event.previous_hash, event.hash) == (sequence, previous, expected)
        if not follows or not is_attested(event):
            return _("Event %(number)s is not the one that was recorded.") % {"number": sequence}
        previous = event.hash
    return ""
