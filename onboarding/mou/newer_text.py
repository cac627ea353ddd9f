"""A newer text of the MOU is to be signed by agencies whose MOU is executed: who is asked, by when, who has signed.

Until the day the MOU before carries access; from the day after it no longer does, although it is in force, until the
agency has signed the newer text. What waits for the Lead Agency's signature holds up nobody.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import date_words
from hmis_portal.what_if import clock
from onboarding.models import Mou

LEAST = timedelta(days=30)
BOUND = (Mou.State.SIGNED, Mou.State.EXECUTED)


def askable() -> QuerySet[Agency]:
    """The agencies that have signed an MOU which counts or will."""
    bound = Mou.objects.filter(agency=OuterRef("pk"), state__in=BOUND)
    return Agency.objects.filter(Exists(bound)).exclude(state=Agency.State.LEFT)


def day_once_executed(mou: Mou, executed: date) -> date | None:
    """An MOU that waited for the Lead Agency while a newer text was published: its agency gets some weeks in any case."""
    return max(mou.renew_by, executed + LEAST) if mou.renew_by else None


def overdue(today: date) -> Q:
    """Executed MOUs that no longer carry access: their day is over, and the agency has not signed the newer text."""
    signed = Mou.objects.filter(successor_of=OuterRef("pk"), state=Mou.State.SIGNED, renew_by=None)
    return Q(~Exists(signed), renew_by__lt=today)


def why(mou: Mou) -> str:
    """Why an executed MOU is to be renewed now."""
    if not mou.is_asked_anew:
        words = _("Its term ends on %(day)s. The new one follows without a gap.")
        return words % {"day": date_words(mou.term_ends_on)}
    day = {"day": date_words(mou.renewal_due_on)}
    if mou.renewal_due_on and mou.renewal_due_on < clock.today():
        words = _(
            "A newer version was to be signed by %(day)s. Access to the HMIS comes back once your agency signs it."
        )
        return words % day
    words = _(
        "A newer version is to be signed by %(day)s. Until then the present one holds; access to the HMIS stops the day after."
    )
    return words % day


def progress(version: TextVersion) -> QuerySet[Agency, Any]:
    """One row for each agency that was asked to sign this version: see `hmis_portal.signing.admin.progress`."""
    mous = Mou.objects.filter(agency=OuterRef("pk"))
    asked = mous.filter(renew_to=version)
    newer = mous.filter(request__version__number__gte=version.number, signed_at__isnull=False)
    signed = newer.exclude(state=Mou.State.VOIDED).order_by("signed_at")
    bound = mous.filter(state__in=(*Mou.OPEN, Mou.State.EXECUTED))
    rows = Agency.objects.filter(Exists(asked)).order_by("legal_name", "pk")
    return rows.values(
        agency_key=F("pk"),
        agency_name=Coalesce(NullIf("common_name", Value("")), "legal_name"),
        person_name=Value(""),
        by=Subquery(asked.order_by("-renew_by").values("renew_by")[:1]),
        signed_at=Subquery(signed.values("signed_at")[:1]),
        gone=Q(state=Agency.State.LEFT) | ~Exists(bound),
    )
