"""Signed MOUs in which a name is another today: they wait for no counter-signature, and whose turn it is instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.signing.models import Party
from onboarding.models import Mou, RecordProposal
from onboarding.mou import bound, party


def among(rows: QuerySet[Mou]) -> list[Mou]:
    """Those in which names changed that nobody has explained."""
    return [mou for mou in _differing(rows) if party.changes(mou)]


@WrittenQuery
def _signed() -> QuerySet[Mou]:
    return _differing(bound.to_counter_sign(), Given("lead_agency", TextField()))


def _differing(rows: QuerySet[Mou], lead_agency: Given | None = None) -> QuerySet[Mou]:
    """Those in which a name is another today; with the Lead Agency's name of today also by that."""

    def label(role: str) -> Subquery:
        return Subquery(Party.objects.filter(request=OuterRef("request"), role=role).values("label")[:1])

    # Asked of each row that is left, and the agency read for the few that differ: joined, the database reads every agency.
    name_now = Agency.objects.filter(pk=OuterRef("agency")).values("legal_name")
    rows = party.with_names(rows).alias(
        label=label(party.AGENCY), lead_label=label(party.LEAD), name_now=Subquery(name_now)
    )
    signatory = ~Q(signatory_named="") & Q(named_now__isnull=False) & ~Q(signatory_named=F("named_now"))
    other = ~Q(label=F("name_now")) | signatory
    if lead_agency:
        other |= ~Q(lead_label=lead_agency)
    return rows.filter(other).select_related("signatory").prefetch_related("agency", "explained").order_by()


def to_be_signed_again(agencies: Iterable[UUID]) -> set[UUID]:
    """Those whose name of today the HMIS Admin accepted, and decided that the MOU is signed again in it."""
    rows = RecordProposal.objects.filter(
        agency__in=list(agencies),
        what=RecordProposal.What.LEGAL_NAME,
        state=RecordProposal.State.ACCEPTED,
        amends_mou=True,
    )
    named = rows.annotate(name=KeyTextTransform("legal_name", "after"))
    return set(named.filter(name=F("agency__legal_name")).values_list("agency", flat=True))


@dataclass(frozen=True)
class Renamed:
    """Those of agencies that are approved."""

    mous: list[Mou]

    @cached_property
    def again(self) -> set[UUID]:
        return to_be_signed_again(mou.agency_id for mou in self.mous) if self.mous else set()

    @property
    def to_decide(self) -> list[Mou]:
        """The HMIS Admin's: signed again, or one party."""
        return [mou for mou in self.mous if mou.agency_id not in self.again]

    @property
    def to_issue_anew(self) -> list[Mou]:
        """The managers', as it was decided."""
        return [mou for mou in self.mous if mou.agency_id in self.again]

    @property
    def for_lead(self) -> QuerySet[Mou]:
        """All others that the agency has signed wait for the Lead signatory alone."""
        return bound.to_counter_sign().exclude(pk__in=[mou.pk for mou in self.mous])


def now() -> Renamed:
    signed = _signed(lead_agency=PortalSettings.load().lead_agency)
    return Renamed([mou for mou in signed if party.changes(mou, lead=True)])


def for_lead() -> QuerySet[Mou]:
    return now().for_lead


def to_decide() -> QuerySet[Mou]:
    return Mou.objects.filter(pk__in=[mou.pk for mou in now().to_decide])
