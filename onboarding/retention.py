"""Retention of MOUs: what may be deleted, when, and the one way to delete it. User agreements are never deleted.

Nothing may be deleted until a period is set in the portal settings. It runs from the day the MOU ended, or from the
day it came to nothing. Only bytes go: requests, acts, consents, events and hashes stay, so the verifier still answers.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit, documents
from hmis_portal.errors import GuardFailed
from hmis_portal.models import PortalSettings, StoredDocument
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from onboarding.models import Mou

OVER = (Mou.State.ENDED, Mou.State.VOIDED, Mou.State.DECLINED, Mou.State.SUPERSEDED)


@dataclass(frozen=True)
class Due:
    """An MOU whose files may be deleted since `since`."""

    mou: Mou
    since: date
    files: list[StoredDocument]


def due(today: date | None = None) -> list[Due]:
    """The MOUs past their retention period that still have files; none while no period is set."""
    years = PortalSettings.objects.values_list("retention_years", flat=True).first()
    if years is None:
        return []
    found = []
    for mou in Mou.objects.filter(state__in=OVER).select_related("request").order_by("state_since"):
        since = _after(mou.ended_on or timezone.localdate(mou.state_since), years)
        files = files_of(mou) if since <= (today or timezone.localdate()) else []
        if files:
            found.append(Due(mou, since, files))
    return found


def files_of(mou: Mou) -> list[StoredDocument]:
    """The stored files of an MOU that are not deleted yet and belong to no other."""
    kinds = (
        Revision.objects.filter(request=mou.request),
        CompletionCertificate.objects.filter(request=mou.request),
        PaperScan.objects.filter(act__party__request=mou.request),
    )
    keys = {key for rows in kinds for key in rows.values_list("document", flat=True)}
    shared = PaperScan.objects.filter(document__in=keys).exclude(act__party__request=mou.request)
    keys -= set(shared.values_list("document", flat=True))
    return list(StoredDocument.objects.filter(pk__in=keys, disposal=None))


@transaction.atomic
def delete(mou: Mou, *, by: User) -> int:
    """Delete the files of one MOU past its retention period; returns how many. Raises GuardFailed before that."""
    mou = Mou.objects.select_for_update(of=("self",)).select_related("request").get(pk=mou.pk)
    row = next((one for one in due() if one.mou.pk == mou.pk), None)
    if row is None:
        raise GuardFailed(
            _("%(reference)s is kept: its retention period is not set or has not passed.")
            % {"reference": mou}
        )
    reason = _("Retention of %(reference)s passed on %(day)s") % {"reference": mou, "day": row.since}
    for document in row.files:
        documents.dispose(document, by=by, reason=reason)
    audit.record(
        by=by, verb="deleted after retention", obj=mou, agency_id=mou.agency_id, reason=reason,
        data={"sha256": [document.sha256 for document in row.files]},
    )  # fmt: skip
    return len(row.files)


def _after(day: date, years: int) -> date:
    """The day after so many whole years; February 29 counts as March 1."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
