"""The files of an MOU as its page lists them: sealed, scanned, and all in one."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from onboarding.models import Mou
from onboarding.mou.party import AGENCY, LEAD


@dataclass(frozen=True)
class MouFile:
    name: str
    url: str
    size: int | None  # None: it is made when it is asked for
    kind: str = "PDF"
    sealed: bool = True


def files(mou: Mou | None) -> list[MouFile]:
    """The files of the request, the newest first, each with what it is."""
    if mou is None:
        return []
    names = {
        Revision.CERTIFIED: _("MOU to sign"),
        AGENCY: _("MOU signed by the agency"),
        LEAD: _("Executed MOU, signed by both sides"),
    }
    certificate = CompletionCertificate.objects.select_related("document").filter(request=mou.request).first()
    rows = [
        MouFile(
            _("Certificate of completion"),
            reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, Revision.CERTIFICATE]),
            certificate.document.size,
        ),
        MouFile(
            _("Everything in one file, to keep and to check without the portal"),
            reverse("onboarding:mou_bundle", args=[mou.agency_id, mou.pk]),
            None,
            kind="ZIP",
            sealed=False,
        ),
    ] if certificate else []  # fmt: skip
    files = _scans(mou)
    files += [
        MouFile(
            names[row.step],
            reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, row.step]),
            row.size,
        )
        for row in Revision.objects.filter(request=mou.request).order_by("-position")
    ]
    return files[:1] + rows + files[1:]


def _scans(mou: Mou) -> list[MouFile]:
    """The scans of copies signed by hand, the newest first; none of them is sealed."""
    names = {
        AGENCY: _("Scan of the MOU, signed on paper by the agency"),
        LEAD: _("Executed MOU, signed on paper by both sides (scan)"),
    }
    rows = PaperScan.objects.filter(act__party__request=mou.request).select_related("act__party")
    return [
        MouFile(
            names[row.act.party.role],
            reverse("onboarding:mou_scan", args=[mou.agency_id, mou.pk, row.act.party.role]),
            row.size,
            sealed=False,
        )
        for row in rows.order_by("-act__party__position")
    ]
