"""The MOU: read by anyone, signed for an agency by the person it named."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies import permissions
from agencies.models import Agency
from hmis_portal import documents, pdf
from hmis_portal.errors import WrongState, too_many_requests
from hmis_portal.signing import acts, services, text
from hmis_portal.signing.models import CompletionCertificate, Party, Revision, SealJob, TextVersion
from hmis_portal.templatetags.portal import date_words, datetime_words
from hmis_portal.visits import client_ip, too_often
from onboarding import bundle, threads
from onboarding import mou as mous
from onboarding.forms.mou import ConsentForm, PassOnForm, QuestionForm, ReasonForm, SignatoryForm, SignForm
from onboarding.models import Mou, Thread
from onboarding.services import perform


@login_not_required
@require_safe
def mou_current(request: HttpRequest) -> HttpResponse:
    """The published text for anyone: the three themes, the contents, every clause."""
    version, filled = mous.current_text()
    return render(request, "onboarding/mou/public.html", {"version": version, **_text(filled)})


@login_not_required
@require_safe
def mou_current_pdf(request: HttpRequest) -> HttpResponse:
    version, _filled = mous.current_text()
    document = services.public_pdf(version, mous.values(None))
    return documents.response(document, filename=f"MOU version {version.number}.pdf", inline=True)


@require_safe
def mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The agency's MOU: whose turn it is, who signs, its files, and the text clause by clause."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    found = mous.latest(agency)
    filled = found.request.text if found else mous.current_text()[1]
    context = {
        "agency": agency,
        "mou": found,
        "is_manager": permissions.is_manager(request.user, agency),
        "is_signer": found is not None and found.signatory_id == request.user.pk,
        "parties": _parties(found),
        "files": _files(found),
        "turn": _turn(request, agency, found),
        **_standing(found),
        "version": found.request.version if found else mous.current_text()[0],
        **_text(filled),
    }
    context["clauses"] = _with_questions(request, agency, context["clauses"])
    return render(request, "onboarding/mou/mou.html", context)


def mou_question(request: HttpRequest, agency_id: UUID, clause: str) -> HttpResponse:
    """Ask the HMIS Admin about one clause."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    if not _may_ask(request, agency):
        raise PermissionDenied(_("Questions on the MOU are asked by the agency’s own people."))
    found = mous.latest(agency)
    filled = found.request.text if found else mous.current_text()[1]
    row = next((one for one in text.clauses(filled) if one.anchor == clause), None)
    if row is None:
        raise Http404
    form = QuestionForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk]) + f"#{clause}"
    if request.method == "POST" and form.is_valid():
        me = permissions.person(request)
        if too_often(request, "clause-question", times=20, seconds=3600, key=str(me.pk)):
            return too_many_requests(request)
        threads.ask(
            kind=Thread.Kind.CLAUSE,
            subject=_("MOU, clause %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            text=form.cleaned_data["text"],
            by=me,
            agency=agency,
            clause=clause,
            ip=client_ip(request),
        )
        messages.success(
            request, _("Your question was sent. The answer appears here, and you get it by e-mail.")
        )
        return redirect(form.cancel_url)
    return render(request, "onboarding/mou/question.html", {"agency": agency, "clause": row, "form": form})


def _may_ask(request: HttpRequest, agency: Agency) -> bool:
    return permissions.is_editor(request.user, agency) or permissions.is_signatory(request.user, agency)


def _with_questions(
    request: HttpRequest, agency: Agency, clauses: tuple[text.Clause, ...]
) -> list[dict[str, Any]]:
    """The clauses, each with the questions this reader may see and the way to ask one."""
    asked: dict[str, list[Thread]] = {}
    seen = threads.visible_to(permissions.person(request)).filter(agency=agency, kind=Thread.Kind.CLAUSE)
    for thread in seen.prefetch_related("messages").order_by("opened_at"):
        asked.setdefault(thread.clause, []).append(thread)
    may_ask = _may_ask(request, agency)
    return [
        {
            "number": one.number,
            "title": one.title,
            "anchor": one.anchor,
            "html": one.html,
            "threads": asked.get(one.anchor, []),
            "ask_url": reverse("onboarding:mou_question", args=[agency.pk, one.anchor]) if may_ask else "",
        }
        for one in clauses
    ]


@require_safe
def mou_pdf(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The newest file of the agency's MOU."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    found = mous.latest(agency)
    revision = services.latest_pdf(found.request) if found else None
    if found is None or revision is None:
        raise WrongState(
            _("The file is still being made. Try again in a minute."),
            back=reverse("onboarding:mou", args=[agency.pk]),
        )
    return documents.response(revision.document, filename=_filename(found, revision), inline=True)


@require_safe
def mou_file(request: HttpRequest, agency_id: UUID, mou_id: UUID, step: str) -> HttpResponse:
    """One file of one MOU, also of those that came to nothing."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    found = get_object_or_404(Mou.objects.select_related("request"), pk=mou_id, agency=agency)
    revision = get_object_or_404(
        Revision.objects.select_related("document"), request=found.request, step=step
    )
    return documents.response(revision.document, filename=_filename(found, revision), inline=True)


@require_safe
def mou_bundle(request: HttpRequest, agency_id: UUID, mou_id: UUID) -> HttpResponse:
    """One ZIP to keep: the executed file, its certificate, the root certificate and how to check them."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    found = get_object_or_404(Mou.objects.select_related("request"), pk=mou_id, agency=agency)
    answer = HttpResponse(bundle.bundle(found), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{found.reference}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def name_signatory(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The manager names who signs: the MOU is issued, or goes to another person."""
    agency = permissions.agency_to_manage(request.user, agency_id)
    me = permissions.person(request)
    found = mous.latest(agency)
    if found is not None and found.state in (Mou.State.SIGNED, Mou.State.EXECUTED):
        raise WrongState(_("The MOU is signed already."), back=reverse("onboarding:mou", args=[agency.pk]))
    replacing = found is not None and found.state == Mou.State.ISSUED
    form = SignatoryForm(request.POST if request.method == "POST" else None, me=me, initial=_proposed(agency))
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        signer = form.signer()
        if replacing and found is not None:
            perform(found, "replace", by=me, ip=client_ip(request), signer=signer)
        else:
            mous.issue(agency=agency, by=me, signer=signer, ip=client_ip(request))
        messages.success(request, _("%(name)s can now sign the MOU.") % {"name": signer.legal_name})
        return redirect("onboarding:mou", agency_id=agency.pk)
    return render(
        request,
        "onboarding/mou/name_signatory.html",
        {"agency": agency, "form": form, "mou": found, "replacing": replacing},
    )


def consent(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Before the signatory is shown the file: what electronic records mean, and a test that it can be opened."""
    agency, found, party = _to_sign(request, agency_id)
    disclosure = services.current(TextVersion.Kind.DISCLOSURE)
    if disclosure is None:
        raise Http404
    form = ConsentForm(request.POST if request.method == "POST" else None, expected=test_number(party))
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        acts.consent(
            party,
            by=permissions.person(request),
            ip=client_ip(request),
            browser=_browser(request),
            test_file_opened=True,
        )
        return redirect("onboarding:sign", agency_id=agency.pk)
    filled = text.fill(disclosure.body, mous.values(agency))
    context = {"agency": agency, "mou": found, "form": form, "disclosure": disclosure, **_text(filled)}
    return render(request, "onboarding/mou/consent.html", context)


@require_safe
def test_file(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """A small PDF with a number that the reader types back."""
    _agency, _found, party = _to_sign(request, agency_id)
    data = pdf.render_template(
        "pdf/test_file.html", {"number": test_number(party)}, identifier=party.pk.hex.encode()
    )
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="test file.pdf"'
    return answer


def sign(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The whole text, the exact file, and the signature at its end."""
    agency, found, party = _to_sign(request, agency_id)
    me = permissions.person(request)
    if acts.consent_of(party, me) is None:
        return redirect("onboarding:consent", agency_id=agency.pk)
    revision = services.to_read(party)
    initial = {
        "title": party.title,
        "authority": party.authority,
        "read_sha256": revision.sha256 if revision else "",
    }
    form = SignForm(request.POST if request.method == "POST" else None, party=party, initial=initial)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and revision is not None and form.is_valid():
        authenticated_at = signed_in_again_at(request)
        if authenticated_at is None or timezone.now() - authenticated_at > acts.REAUTHENTICATION:
            raise ReauthenticationRequired  # allauth asks, then sends this form again
        data = form.cleaned_data
        perform(
            found,
            "sign",
            by=me,
            ip=client_ip(request),
            typed_name=data["typed_name"],
            title=data["title"],
            authority=data["authority"],
            read_sha256=data["read_sha256"],
            browser=_browser(request),
            authenticated_at=authenticated_at,
        )
        messages.success(
            request, _("Signed. The file is being sealed; it appears on this page within a minute.")
        )
        return redirect("onboarding:mou", agency_id=agency.pk)
    context = {
        "agency": agency,
        "mou": found,
        "party": party,
        "revision": revision,
        "form": form,
        **_text(found.request.text),
    }
    return render(request, "onboarding/mou/sign.html", context)


def decline_mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    return _with_reason(
        request,
        agency_id,
        "decline",
        heading=_("Decline to sign the MOU"),
        explanation=_(
            "The agency’s manager reads your reason. The agency can have the MOU issued again later."
        ),
        label=_("Decline to sign"),
        told=_("You declined to sign. The agency’s manager has been told."),
    )


def withdraw_signature(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    return _with_reason(
        request,
        agency_id,
        "withdraw_signature",
        heading=_("Withdraw your signature"),
        explanation=_(
            "The MOU is not executed yet, so you may still withdraw. The signed file is kept and marked as voided."
        ),
        label=_("Withdraw my signature"),
        told=_("Your signature is withdrawn. A new MOU can be issued when the agency is ready."),
    )


def pass_on(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The signatory names the person who has to sign instead."""
    agency, found, _party = _to_sign(request, agency_id)
    me = permissions.person(request)
    form = PassOnForm(request.POST if request.method == "POST" else None, me=me)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        signer = form.signer()
        perform(found, "pass_on", by=me, note=form.cleaned_data["note"], ip=client_ip(request), signer=signer)
        messages.success(request, _("The MOU was passed on to %(name)s.") % {"name": signer.legal_name})
        return redirect("agencies:start")
    return render(request, "onboarding/mou/pass_on.html", {"agency": agency, "mou": found, "form": form})


def signed_in_again_at(request: HttpRequest) -> datetime | None:
    """When this person last confirmed in this session that it is them; signing in at the start does not count."""
    moments = [
        row["at"] for row in get_authentication_records(request, request.user) if row.get("reauthenticated")
    ]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def _with_reason(
    request: HttpRequest, agency_id: UUID, verb: str, *, heading: str, explanation: str, label: str, told: str
) -> HttpResponse:
    agency, found = _own_mou(request, agency_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.submit_label = label
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        perform(
            found, verb, by=permissions.person(request), note=form.cleaned_data["note"], ip=client_ip(request)
        )
        messages.success(request, told)
        return redirect("onboarding:mou", agency_id=agency.pk)
    context = {"agency": agency, "mou": found, "form": form, "heading": heading, "explanation": explanation}
    return render(request, "onboarding/mou/reason.html", context)


def _own_mou(request: HttpRequest, agency_id: UUID) -> tuple[Agency, Mou]:
    """The MOU, for the person it names; 403 for another reader, 404 for a stranger."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    found = mous.latest(agency)
    if found is None or found.signatory_id != request.user.pk:
        raise PermissionDenied(_("Only the signatory named in the MOU may do this."))
    return agency, found


def _to_sign(request: HttpRequest, agency_id: UUID) -> tuple[Agency, Mou, Party]:
    """The MOU that waits for this person's signature; WrongState when it no longer does."""
    agency, found = _own_mou(request, agency_id)
    if found.state != Mou.State.ISSUED:
        raise WrongState(
            _("This MOU no longer waits for a signature: %(state)s.") % {"state": found.get_state_display()},
            back=reverse("onboarding:mou", args=[agency.pk]),
        )
    return agency, found, mous.agency_party(found)


def _text(filled: str) -> dict[str, Any]:
    clauses = text.clauses(filled)
    return {
        "title": text.title(filled),
        "introduction": text.introduction(filled),
        "clauses": clauses,
        "themes": mous.themes(clauses),
        "text_sha256": text.digest(filled),
    }


def test_number(party: Party) -> str:
    """The number that the test file shows and the reader types back."""
    return str(1000 + int(hashlib.sha256(party.pk.bytes).hexdigest(), 16) % 9000)


def _browser(request: HttpRequest) -> str:
    return request.headers.get("user-agent", "")


def _filename(found: Mou, revision: Revision) -> str:
    words = {
        Revision.CERTIFIED: _("to sign"),
        mous.AGENCY: _("signed by the agency"),
        mous.LEAD: _("executed"),
    }
    return f"{found.reference} {words[revision.step]}.pdf"


def _proposed(agency: Agency) -> dict[str, str]:
    """What the application says already about the person who signs."""
    contact = agency.contacts.filter(position="signatory").first()
    if contact is None:
        return {}
    first, _space, last = contact.name.rpartition(" ")
    return {"first_name": first, "last_name": last, "email": contact.email, "title": contact.title}


def _parties(found: Mou | None) -> list[dict[str, Any]]:
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


def _standing(found: Mou | None) -> dict[str, Any]:
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


def _files(found: Mou | None) -> list[dict[str, Any]]:
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


def _turn(request: HttpRequest, agency: Agency, found: Mou | None) -> dict[str, Any]:
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
