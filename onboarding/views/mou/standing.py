"""Where an MOU stands, in the words of its page: whose turn, who signed, which files there are."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.models import (
    CompletionCertificate,
    PaperScan,
    Party,
    Revision,
    SealJob,
    SignatureAct,
)
from hmis_portal.templatetags.portal import date_words, datetime_words
from onboarding import mou as mous
from onboarding.models import Mou


def _scans(found: Mou) -> list[dict[str, Any]]:
    """The scans of copies signed by hand, the newest first; none of them is sealed."""
    names = {
        mous.AGENCY: _("Scan of the MOU, signed on paper by the agency"),
        mous.LEAD: _("Executed MOU, signed on paper by both sides (scan)"),
    }
    rows = PaperScan.objects.filter(act__party__request=found.request).select_related("act__party")
    return [
        {
            "name": names[row.act.party.role],
            "kind": "PDF",
            "sealed": False,
            "url": reverse("onboarding:mou_scan", args=[found.agency_id, found.pk, row.act.party.role]),
            "size": row.size,
        }
        for row in rows.order_by("-act__party__position")
    ]


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
        for party in found.request.parties.select_related("act__scan", "act__user")
    ]


def _who_signed(party: Party) -> str:
    name = ", ".join(part for part in (party.legal_name, party.title) if part)
    act = getattr(party, "act", None)
    if act is None:
        return _("%(name)s: not signed yet") % {"name": name} if name else _("Not signed yet")
    if act.method == SignatureAct.Method.PAPER:
        words = _("%(name)s signed on paper on %(day)s; recorded by %(by)s on %(when)s")
        return words % {
            "name": name,
            "day": date_words(act.scan.signed_on),
            "by": act.user,
            "when": datetime_words(act.signed_at),
        }
    return _("%(name)s signed on %(when)s") % {"name": name, "when": datetime_words(act.signed_at)}


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
    words["sealing"] = _still_to_make(found)
    return words


def _still_to_make(found: Mou) -> str:
    """What a worker has still to make, and that nothing else waits for it."""
    jobs = dict(SealJob.objects.filter(request=found.request, done_at=None).values_list("step", "parked_at"))
    if any(jobs.values()):
        return _(
            "A file could not be made yet. The HMIS staff have it on their desk; nothing that was signed is lost."
        )
    if set(jobs) == {Revision.CERTIFICATE}:
        return _(
            "The certificate of completion is being made. The other files below are final; load the page again in a minute."
        )
    if jobs:
        return _("A file is being made and sealed. It appears here within a minute; load the page again.")
    return ""


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
    files: list[dict[str, Any]] = _scans(found)
    files += [
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
