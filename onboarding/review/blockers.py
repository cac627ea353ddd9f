"""How many things block an approval, for lists: as the review page and the guard of approving count them.

What was sent stands still while it is reviewed, so what readiness leaves open is counted when it is sent. A day may pass
over it ("not older than a year"): every night it is counted anew. Names are compared as they stand at the moment.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from onboarding.models import Application, Mou
from onboarding.mou import renamed
from onboarding.review import outcomes

AT_ONCE = 200  # applications of one task


def of_readiness(application: Application) -> int:
    return len(outcomes.against_approval(outcomes.readiness_outcomes(application)))


def count(pks: Iterable[UUID]) -> None:
    """Anew, for those that are with the HMIS Admin. Safe to run twice."""
    rows = Application.objects.filter(pk__in=list(pks), state__in=Application.SENT).select_related("agency")
    for row in rows:
        number = of_readiness(row)
        if number != row.blockers:
            Application.objects.filter(pk=row.pk, state__in=Application.SENT).update(blockers=number)


def to_count(*, again: bool) -> list[list[UUID]]:
    """Those that are with the HMIS Admin in parts for one task each; without `again` those never counted."""
    rows = Application.objects.filter(state__in=Application.SENT)
    keys = list((rows if again else rows.filter(blockers=None)).order_by("pk").values_list("pk", flat=True))
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def having_some(rows: QuerySet[Application]) -> QuerySet[Application]:
    named = [mou.agency_id for mou in _in_other_names()]
    return rows.filter(Q(blockers__gt=0) | Q(agency__in=named), state__in=Application.SENT)


def _in_other_names() -> list[Mou]:
    """MOUs of which a name is another today, of agencies whose application is with the HMIS Admin; mostly none."""
    sent = Application.objects.filter(state__in=Application.SENT)
    return renamed.among(Mou.objects.filter(state__in=Mou.OPEN, agency__in=sent.values("agency")))
