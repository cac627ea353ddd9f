"""Where an MOU stands, in the words of its page: whose turn, who signed, which files there are."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.models import CompletionCertificate, Party, Revision, SealJob
from hmis_portal.templatetags.portal import date_words, datetime_words
from onboarding import mou as mous
from onboarding.models import Mou


def turn(request: HttpRequest, agency: Agency, found: Mou | None) -> dict[str, Any]:
    """The panel at the top: whose turn, what next, since when."""
    manager = permissions.is_manager(request.user, agency)
    name = reverse("onboarding:name_signatory", args=[agency.pk])
    none = {"link_url": "", "link_text": "", "since": found.state_since if found else None}
    if found is None or found.state in (Mou.State.DECLINED, Mou.State.VOIDED, Mou.State.SUPERSEDED):
        words = _("Name the person who may sign for the agency. They get a link by e-mail.")
        act = {"link_url": name, "link_text": _("Name the signatory")} if manager else {}
        return {**none, "yours": manager, "who": _("the agency’s manager"), "text": words, **act}
    if found.state == Mou.State.ISSUED:
        yours = found.signatory_id == request.user.pk
        if yours:
            words = _(
                "Read the document, then sign it here in the browser. You can also decline, or pass it on."
            )
            act = {"link_url": reverse("onboarding:sign", args=[agency.pk]), "link_text": _("Read and sign")}
        else:
            words = _("%(name)s was asked to read and sign the MOU for the agency.") % {
                "name": found.signatory
            }
            act = {}
        return {**none, "yours": yours, "who": str(found.signatory), "text": words, **act}
    if found.state == Mou.State.SIGNED:
        words = _("The agency has signed. The Lead Agency signs once the application is approved.")
        return {**none, "yours": False, "who": _("the Lead Agency"), "text": words}
    return {}


def parties(found: Mou | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {"label": party.label, "words": _who_signed(party)}
        for party in found.request.parties.select_related("act")
    ]


def _who_signed(party: Party) -> str:
    name = ", ".join(part for part in (party.legal_name, party.title) if part)
    if act := getattr(party, "act", None):
        return _("%(name)s signed on %(when)s") % {"name": name, "when": datetime_words(act.signed_at)}
    return _("%(name)s: not signed yet") % {"name": name} if name else _("Not signed yet")


def sentences(found: Mou | None) -> dict[str, Any]:
    """Sentences about an MOU that is in force or over, and about a file that is on its way."""
    words = {"executed_words": "", "ended_words": "", "closed_words": "", "sealing": ""}
    if found is None:
        return words
    if found.state == Mou.State.EXECUTED:
        words["executed_words"] = _("Both sides have signed. The MOU is in force through %(day)s.") % {
            "day": date_words(found.term_ends_on)
        }
    elif found.state == Mou.State.ENDED:
        words["ended_words"] = _("The MOU ended on %(day)s: %(reason)s") % {
            "day": date_words(found.ended_on),
            "reason": found.reason,
        }
    elif found.state in (Mou.State.DECLINED, Mou.State.VOIDED, Mou.State.SUPERSEDED):
        words["closed_words"] = found.reason
    jobs = SealJob.objects.filter(request=found.request, done_at=None)
    unmade = list(jobs.values_list("parked_at", flat=True))
    if any(unmade):
        words["sealing"] = _(
            "A file could not be made yet. The HMIS staff have it on their desk; nothing that was signed is lost."
        )
    elif unmade:
        words["sealing"] = _(
            "A file is being made and sealed. It appears here within a minute; load the page again."
        )
    return words


def files(found: Mou | None) -> list[dict[str, Any]]:
    """The files of the request, the newest first, each with what it is."""
    if found is None:
        return []
    names = {
        Revision.CERTIFIED: _("MOU to sign"),
        mous.AGENCY: _("MOU signed by the agency"),
        mous.LEAD: _("Executed MOU, signed by both sides"),
    }
    certificate = (
        CompletionCertificate.objects.select_related("document").filter(request=found.request).first()
    )
    rows: list[dict[str, Any]] = [
        {
            "name": _("Certificate of completion"),
            "url": reverse("onboarding:mou_file", args=[found.agency_id, found.pk, Revision.CERTIFICATE]),
            "kind": "PDF",
            "size": certificate.document.size,
            "sealed": True,
        },
        {
            "name": _("Everything in one file, to keep and to check without the portal"),
            "url": reverse("onboarding:mou_bundle", args=[found.agency_id, found.pk]),
            "kind": "ZIP",
            "size": None,
            "sealed": False,
        },
    ] if certificate else []  # fmt: skip
    files: list[dict[str, Any]] = [
        {
            "name": names[row.step],
            "kind": "PDF",
            "sealed": True,
            "url": reverse("onboarding:mou_file", args=[found.agency_id, found.pk, row.step]),
            "size": row.size,
        }
        for row in Revision.objects.filter(request=found.request).order_by("-position")
    ]
    return files[:1] + rows + files[1:]
