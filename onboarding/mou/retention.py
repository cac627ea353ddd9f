"""Retention of MOUs: what may be deleted, when, and the one way to delete it. User agreements are never deleted.

Nothing may be deleted until a period is set in the portal settings. It runs from the day the MOU ended, or from the
day it came to nothing. Only bytes go: requests, acts, consents, events and hashes stay, so the verifier still answers.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import ForeignObjectRel, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit, documents
from hmis_portal.models import Disposal, Message, MessageDocument, PortalSettings, StoredDocument
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from hmis_portal.web.errors import GuardFailed
from onboarding.events import OnboardingEvent
from onboarding.models import Mou

# Rows that tell of a file and do not need it: the mails that carried it, and the record that it was deleted.
TRACES = (Message, MessageDocument, Disposal)
OVER = (Mou.State.ENDED, Mou.State.VOIDED, Mou.State.DECLINED, Mou.State.SUPERSEDED)


@dataclass(frozen=True)
class PastRetention:
    """An MOU whose files may be deleted since `since`."""

    mou: Mou
    since: date
    files: list[StoredDocument]


def due(today: date | None = None) -> list[PastRetention]:
    """The MOUs past their retention period that still have files; none while no period is set."""
    years = PortalSettings.objects.values_list("retention_years", flat=True).first()
    if years is None:
        return []
    rows = []
    for mou in Mou.objects.filter(state__in=OVER).select_related("request").order_by("state_since"):
        since = _after(mou.ended_on or timezone.localdate(mou.state_since), years)
        files = files_of(mou) if since <= (today or timezone.localdate()) else []
        if files:
            rows.append(PastRetention(mou, since, files))
    return rows


def files_of(mou: Mou) -> list[StoredDocument]:
    """The stored files of an MOU that are not deleted yet and belong to no other."""
    kinds = (
        Revision.objects.filter(request=mou.request),
        CompletionCertificate.objects.filter(request=mou.request),
        PaperScan.objects.filter(act__party__request=mou.request),
    )
    own: dict[type[Model], set[int]] = {rows.model: set(rows.values_list("pk", flat=True)) for rows in kinds}
    keys = {key for rows in kinds for key in rows.values_list("document", flat=True)}
    files = StoredDocument.objects.filter(pk__in=keys, disposal=None)
    return list(files.exclude(pk__in=_used_elsewhere(files, own))) if files else []


def _used_elsewhere(files: QuerySet[StoredDocument], own: dict[type[Model], set[int]]) -> set[int]:
    """The same bytes are kept once, so a file of the MOU may be an upload or another paper as well."""
    used: set[int] = set()
    for relation in StoredDocument._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in TRACES:
            name, model = relation.field.name, relation.related_model
            rows = model._base_manager.filter(**{f"{name}__in": files}).exclude(pk__in=own.get(model, ()))
            used |= set(rows.values_list(name, flat=True))
    return used


@transaction.atomic
def delete(mou: Mou, *, by: User) -> int:
    """Delete the files of one MOU past its retention period; returns how many. Raises GuardFailed before that."""
    mou = Mou.objects.select_for_update(of=("self",)).select_related("request").get(pk=mou.pk)
    row = next((due_row for due_row in due() if due_row.mou.pk == mou.pk), None)
    if row is None:
        raise GuardFailed(
            _("%(reference)s is kept: its retention period is not set or has not passed.")
            % {"reference": mou}
        )
    reason = _("Retention of %(reference)s passed on %(day)s") % {"reference": mou, "day": row.since}
    for document in row.files:
        documents.dispose(document, by=by, reason=reason)
    audit.record(
        by=by, verb=OnboardingEvent.DELETED_AFTER_RETENTION, obj=mou, agency_id=mou.agency_id, reason=reason,
        data={"sha256": [document.sha256 for document in row.files]},
    )  # fmt: skip
    return len(row.files)


def _after(day: date, years: int) -> date:
    """The day after so many whole years; February 29 counts as March 1."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
