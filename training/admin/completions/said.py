"""What a trainer reads after results were given in."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from training.doors.receiving import Kind, Outcome


def say_received(request: HttpRequest, outcomes: Sequence[Outcome]) -> str:
    """How many are new, how many attempts failed, were known before, wait or were refused; nothing is left to say."""
    counted = {kind: [outcome for outcome in outcomes if outcome.kind == kind] for kind in Kind}
    if passed := len(counted[Kind.RECORDED]):
        messages.success(
            request,
            ngettext("%(count)d completion recorded.", "%(count)d completions recorded.", passed)
            % {"count": passed},
        )
    if failed := len(counted[Kind.NOT_PASSED]):
        messages.warning(
            request,
            ngettext("%(count)d attempt was not passed.", "%(count)d attempts were not passed.", failed)
            % {"count": failed},
        )
    if known := len(counted[Kind.KNOWN]):
        messages.info(
            request,
            ngettext("%(count)d was already known.", "%(count)d were already known.", known)
            % {"count": known},
        )
    for kind, words in (
        (Kind.HELD, gettext("%(number)d held, under Held results: %(why)s")),
        (Kind.REFUSED, gettext("%(number)d refused: %(why)s")),
        (Kind.LEFT_OUT, gettext("%(number)d left out: %(why)s")),
    ):
        if of_kind := counted[kind]:
            why = " ".join(dict.fromkeys(outcome.words for outcome in of_kind))
            messages.warning(request, words % {"number": len(of_kind), "why": why})
    return ""
