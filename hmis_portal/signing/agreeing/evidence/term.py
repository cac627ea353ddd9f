"""The first and the last day of what was agreed, where the last signature fixes them.

The app that knows the rule records them in the chain of events, in the transaction of that signature; they then stand
beside it in the sealed file, and in the certificate of completion.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hmis_portal.signing.agreeing.evidence.chain import EventKind, add_event
from hmis_portal.signing.models import SigningRequest
from hmis_portal.text.words import date_words


@dataclass(frozen=True)
class Term:
    """Both days belong to it."""

    first: date
    last: date

    def __str__(self) -> str:
        words = _("%(first)s through %(last)s, both days included")
        return words % {"first": date_words(self.first), "last": date_words(self.last)}


def record(request: SigningRequest, term: Term) -> None:
    """Within the transaction of the last signature, which holds the lock of the request."""
    add_event(
        request, EventKind.TERM, {"first_day": term.first.isoformat(), "last_day": term.last.isoformat()}
    )


def of(request: SigningRequest) -> Term | None:
    """None while a signature is missing, and for what was executed before the portal recorded it."""
    event = request.events.filter(kind=EventKind.TERM).order_by("sequence").last()
    if event is None:
        return None
    return Term(date.fromisoformat(event.data["first_day"]), date.fromisoformat(event.data["last_day"]))
