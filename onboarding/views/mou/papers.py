"""The files of an MOU as its page lists them: sealed, scanned, and all in one."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from onboarding.models import Mou
from onboarding.mou import agreement


def files(mou: Mou | None) -> list[dict[str, Any]]:
    """The files of the request, the newest first, each with what it is."""
    if mou is None:
        return []
    names = {
        Revision.CERTIFIED: _("MOU to sign"),
        agreement.AGENCY: _("MOU signed by the agency"),
        agreement.LEAD: _("Executed MOU, signed by both sides"),
    }
    certificate = CompletionCertificate.objects.select_related("document").filter(request=mou.request).first()
    rows: list[dict[str, Any]] = [
        {
            "name": _("Certificate of completion"),
            "url": reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, Revision.CERTIFICATE]),
            "kind": "PDF",
            "size": certificate.document.size,
            "sealed": True,
        },
        {
            "name": _("Everything in one file, to keep and to check without the portal"),
            "url": reverse("onboarding:mou_bundle", args=[mou.agency_id, mou.pk]),
            "kind": "ZIP",
            "size": None,
            "sealed": False,
        },
    ] if certificate else []  # fmt: skip
    files: list[dict[str, Any]] = _scans(mou)
    files += [
        {
            "name": names[row.step],
            "kind": "PDF",
            "sealed": True,
            "url": reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, row.step]),
            "size": row.size,
        }
        for row in Revision.objects.filter(request=mou.request).order_by("-position")
    ]
    return files[:1] + rows + files[1:]


def _scans(mou: Mou) -> list[dict[str, Any]]:
    """The scans of copies signed by hand, the newest first; none of them is sealed."""
    names = {
        agreement.AGENCY: _("Scan of the MOU, signed on paper by the agency"),
        agreement.LEAD: _("Executed MOU, signed on paper by both sides (scan)"),
    }
    rows = PaperScan.objects.filter(act__party__request=mou.request).select_related("act__party")
    return [
        {
            "name": names[row.act.party.role],
            "kind": "PDF",
            "sealed": False,
            "url": reverse("onboarding:mou_scan", args=[mou.agency_id, mou.pk, row.act.party.role]),
            "size": row.size,
        }
        for row in rows.order_by("-act__party__position")
    ]
