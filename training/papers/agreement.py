"""The user agreement of one person in one agency: its text and party. Signing itself is hmis_portal.signing's."""

from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Staff, User
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import requests, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.references import new_reference
from hmis_portal.web.errors import GuardFailed
from training.models import Requirement, UserAgreement

ROLE = "person"


def open_agreement(staff: Staff) -> UserAgreement | None:
    """The request that waits for this person's signature; none while its text is no longer the published one."""
    waiting = _waiting(staff)
    published = waiting is not None and waiting.request.version.state == TextVersion.State.PUBLISHED
    return waiting if published else None


def _waiting(staff: Staff) -> UserAgreement | None:
    return (
        UserAgreement.objects.filter(staff=staff, completion=None, replaced_at=None)
        .select_related("request__version", "staff__agency", "staff__user")
        .first()
    )


def issue(staff: Staff, *, by: User | None) -> UserAgreement:
    """Put the published text before the person; what waits already stays unless the text is newer or names changed."""
    version = text_versions.current(TextVersion.Kind.USER_AGREEMENT)
    if version is None:
        raise GuardFailed(_("There is no published user agreement yet."))
    values = _values(staff)
    with transaction.atomic():
        Staff.objects.select_for_update().get(pk=staff.pk)
        waiting = _waiting(staff)
        if waiting is not None:
            if waiting.request.version_id == version.pk and waiting.request.snapshot["values"] == values:
                return waiting
            waiting.replaced_at = timezone.now()
            waiting.save(update_fields=["replaced_at"])
        request = requests.issue(
            version=version,
            reference=new_reference("UA"),
            values=values,
            facts=[(_("Agency"), staff.agency.legal_name), (_("Person"), staff.name), (_("HMIS role"), staff.get_hmis_role_display())],
            parties=[
                requests.NewParty(
                    ROLE, label=staff.name, user=staff.user, legal_name=staff.name, title=staff.title,
                    authority=_("For oneself"),
                )
            ],
            agency_id=staff.agency_id,
            by=by,
        )  # fmt: skip
        return UserAgreement.objects.create(staff=staff, request=request)


def _values(staff: Staff) -> dict[str, str]:
    portal = PortalSettings.load()
    return {
        "person": staff.name,
        "agency": staff.agency.legal_name,
        "hmis_name": portal.hmis_name,
        "hmis_long_name": portal.hmis_long_name,
        "lead_agency": portal.lead_agency,
    }


def last_signed(staff: Staff) -> UserAgreement | None:
    """What this person signed last for this agency."""
    return (
        UserAgreement.objects.filter(staff=staff, completion__isnull=False)
        .select_related("request__version", "completion")
        .order_by("-completion__completed_at")
        .first()
    )


def askable() -> QuerySet[Agency]:
    """The agencies whose people are asked to sign the agreement."""
    return Agency.objects.filter(open_training__isnull=False).exclude(state=Agency.State.LEFT)


def progress(version: TextVersion) -> QuerySet[Requirement, Any]:
    """One row for each person and agency of whom this version was asked: see `hmis_portal.signing.admin.progress`."""
    signed = UserAgreement.objects.filter(
        staff=OuterRef("staff"), completion__isnull=False, completion__void=None, request__version__number__gte=version.number,
    ).order_by("completion__completed_at")  # fmt: skip
    rows = Requirement.objects.filter(text=version).order_by(
        "staff__agency__legal_name", "staff__last_name", "pk"
    )
    return rows.values(
        agency_key=F("staff__agency"),
        agency_name=Coalesce(NullIf("staff__agency__common_name", Value("")), "staff__agency__legal_name"),
        person_name=Trim(Concat("staff__first_name", Value(" "), "staff__last_name")),
        by=F("due_on"),
        signed_at=Subquery(signed.values("completion__completed_at")[:1]),
        gone=Q(closed_on__isnull=False),
    )


def disclosure_values(row: UserAgreement) -> dict[str, str]:
    """What fills the disclosure on electronic records for this person."""
    portal = PortalSettings.load()
    contact = {"support_email": portal.support_email, "support_phone": portal.support_phone}
    return {
        **_values(row.staff),
        **contact,
        "state_name": portal.state_name,
        "term_months": str(portal.mou_term_months),
    }
