"""Who may be bound by an MOU: not an agency that left; after an end for cause only one that was approved anew."""

from functools import cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.text.words import date_words
from onboarding.models import Application, Mou

CAUSES = (Mou.EndKind.LEFT, Mou.EndKind.SANCTION)


def ended_for_cause(agency_id: UUID) -> Mou | None:
    """The last MOU of the agency that ended by a sanction or because the agency left."""
    rows = Mou.objects.filter(agency=agency_id, state=Mou.State.ENDED, end_kind__in=CAUSES)
    return rows.order_by("-state_since").first()


def approved() -> QuerySet[Application]:
    """The approved applications that count: no MOU of the agency ended for cause since the approval."""
    return _approved().all()


@cache
def _approved() -> QuerySet[Application]:
    since = Mou.objects.filter(
        agency=OuterRef("agency"),
        state=Mou.State.ENDED,
        end_kind__in=CAUSES,
        state_since__gte=OuterRef("decided_at"),
    )
    return Application.objects.filter(~Exists(since), state=Application.State.APPROVED)


def to_counter_sign() -> QuerySet[Mou]:
    """Signed by agencies that are approved, and signed renewals; those in the names of today wait for the Lead signatory
    alone (`renamed.for_lead`)."""
    bound = Exists(approved().filter(agency=OuterRef("agency"))) | Q(successor_of__isnull=False)
    return Mou.objects.filter(bound, state=Mou.State.SIGNED)


def lead_since(approvals: QuerySet[Application]) -> Greatest:
    """From when an MOU waits for the Lead signatory: the agency has signed, and the application is approved. Of an agency
    that is read, `Facts.lead_since`."""
    last = approvals.filter(agency=OuterRef("agency")).order_by("-decided_at")
    return Greatest("signed_at", Subquery(last.values("decided_at")[:1]))


def is_out_of_date(application: Application) -> bool:
    """Approved before an MOU of the agency ended for cause: it binds nobody any more, and a new one may be started."""
    decided = application.state == Application.State.APPROVED
    return decided and not approved().filter(pk=application.pk).exists()


def against_issuing(agency: Agency) -> list[str]:
    """Why no MOU can be issued to this agency; empty when one can."""
    if agency.state == Agency.State.LEFT:
        return [left_words(agency)]
    ended = ended_for_cause(agency.pk)
    if ended is None or approved().filter(agency=agency).exists():
        return []
    if Application.objects.filter(agency=agency, state__in=Application.OPEN).exists():
        return []
    words = _(
        "The MOU ended on %(day)s (%(why)s), so the agency is reviewed again. Start a new application, then name the signatory."
    )
    return [words % {"day": date_words(ended.ended_on), "why": ended.get_end_kind_display()}]


def left_words(agency: Agency) -> str:
    return _("%(agency)s has left the HMIS, so no MOU can be signed for it.") % {"agency": agency.name}
