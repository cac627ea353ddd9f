"""The chain of what happened to a request: each event holds the hash of the one before."""

import hashlib
import json
from enum import StrEnum

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.attesting.chain import is_attested
from hmis_portal.signing.models import Revision, SigningEvent, SigningRequest


class EventKind(StrEnum):
    """What the portal writes into a chain; the app whose request it is adds what became of it there."""

    ISSUED = "issued"
    SIGNER_NAMED = "signer_named"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SIGNED = "signed"  # by each side, as are the next two
    PAPER = "paper"
    SEALED = "sealed"
    TERM = "term"
    ONE_PARTY = "one_party"  # the names before and after a change
    COMPLETED = "completed"

    def of(self, side: str) -> str:
        """The kind of event of one side, or of the step of a file: "signed:agency", "sealed:certified"."""
        return f"{self}:{side}"


EVENT_WORDS = {
    EventKind.ISSUED: gettext_lazy("Issued"),
    EventKind.SIGNER_NAMED: gettext_lazy("Signer named"),
    EventKind.CONSENTED: gettext_lazy("Agreed to electronic records"),
    EventKind.CONSENT_WITHDRAWN: gettext_lazy("Withdrew the agreement to electronic records"),
    EventKind.SEALED.of(Revision.CERTIFIED): gettext_lazy("File sealed for reading"),
    EventKind.SIGNED: gettext_lazy("Signed"),
    EventKind.SEALED: gettext_lazy("Sealed"),
    EventKind.PAPER: gettext_lazy("Signed on paper"),
    EventKind.TERM: gettext_lazy("First and last day recorded"),
    EventKind.ONE_PARTY: gettext_lazy("Two names recorded as one party"),
    EventKind.COMPLETED: gettext_lazy("Completed"),
}
SIDES = {
    "agency": gettext_lazy("agency"),
    "lead": gettext_lazy("Lead Agency"),
    "person": gettext_lazy("person"),
}


def in_words(kind: str) -> str:
    """As the certificate of completion tells it; of a side, with its name."""
    what, _colon, side = kind.partition(":")
    if kind in EVENT_WORDS or not side:
        return str(EVENT_WORDS.get(kind, capfirst(kind)))
    return f"{EVENT_WORDS.get(what, what)} ({SIDES.get(side, side)})"


def add_event(request: SigningRequest, kind: str, data: dict[str, object]) -> SigningEvent:
    """Append to the request's chain. The caller holds the request's row lock."""
    last = SigningEvent.objects.filter(request=request).order_by("-sequence").first()
    at = timezone.now()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, "")
    return SigningEvent.objects.create(
        request=request,
        sequence=sequence,
        kind=str(kind),
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
