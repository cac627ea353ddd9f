"""How many things block an approval, for lists: as the review page and the guard of approving count them.

What was sent stands still while it is reviewed, so what readiness leaves open is counted when it is sent. A day may pass
over it ("not older than a year"): every night it is counted anew. Names are compared as they stand at the moment.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from hmis_portal.models.keys import among
from onboarding.models import Application, Mou
from onboarding.mou import party, renamed
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


def of_names(agencies: Collection[UUID] | None = None) -> Counter[UUID]:
    """How many names of its MOU are others today, by agency, of those that are with the HMIS Admin; mostly none.

    Of these agencies alone, where a list shows no others.
    """
    here = Application.objects.filter(state__in=Application.SENT)
    rows = Mou.objects.filter(state__in=Mou.OPEN, agency__in=here.values("agency"))
    rows = rows if agencies is None else rows.filter(among("agency", agencies))
    return Counter({mou.agency_id: len(party.changes(mou)) for mou in renamed.among(rows)})


def having_some(rows: QuerySet[Application]) -> QuerySet[Application]:
    named = [key for key, number in of_names().items() if number]
    return rows.filter(Q(blockers__gt=0) | Q(agency__in=named), state__in=Application.SENT)
