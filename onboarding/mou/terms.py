"""The term of an MOU: the one rule by which its first and last day are found."""

from datetime import date, timedelta

from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing.evidence.term import Term
from onboarding.models import Mou
from training.validity import add_months


def of(mou: Mou, signed_on: date) -> Term:
    """From the day of the last signature; a renewal's begins where the one before ends, so there is no gap.

    One that was asked for because of a newer text takes the place of the one before, whose days that are left lapse.
    """
    before, first = mou.successor_of, signed_on
    if before and not mou.replaces and before.state == Mou.State.EXECUTED and before.term_ends_on:
        first = max(first, before.term_ends_on + timedelta(days=1))
    return Term(first, add_months(first, PortalSettings.load().mou_term_months) - timedelta(days=1))
