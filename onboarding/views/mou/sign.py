"""The signatory’s own acts: consent, reading, the signature, and the ways not to sign or to take it back."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.signing.agreeing import acts, consents, identify, requests
from hmis_portal.signing.agreeing.evidence import reading
from hmis_portal.signing.models import Party, Revision
from hmis_portal.web.visits import client_ip
from onboarding.forms.mou.acts import MouReasonForm, SignForm
from onboarding.models import Mou
from onboarding.mou import wording
from onboarding.services import perform_held
from onboarding.views.mou import clauses
from onboarding.views.mou.acting import performed
from onboarding.views.mou.own import mou_to_sign, own_mou
from onboarding.workflow import MouVerb


def consent(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Before the signatory is shown the file: what electronic records mean, and a test that it can be opened."""
    agency, mou, party = mou_to_sign(request, agency_id)
    me = permissions.person(request)
    form = consents.form(request, party, by=me, cancel_url=reverse("onboarding:mou", args=[agency.pk]))
    if request.method == "POST" and form.is_valid():
        agreed = consents.record(request, party, by=me)
        return redirect("onboarding:sign" if agreed else "onboarding:mou", agency_id=agency.pk)
    context = {"agency": agency, "mou": mou, "form": form, **consents.disclosure(wording.values(agency))}
    return render(request, "onboarding/mou/consent.html", context)


@require_safe
def test_file(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """A small PDF with a number that the reader types back."""
    _agency, _found, party = mou_to_sign(request, agency_id)
    return consents.test_file(party)


@require_http_methods(["GET", "HEAD", "POST"])
def read_mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The contents, for the signatory: what is read and what is left. Each clause's button posts here."""
    agency, mou, party = mou_to_sign(request, agency_id)
    me = permissions.person(request)
    if request.method == "POST" and acts.consent_of(party, me):
        return _confirm_clause(request, agency_id, party, me)
    pages = clauses.own(request, agency, mou)
    if pages.progress is None:
        return redirect("onboarding:consent", agency_id=agency.pk)
    return render(request, "onboarding/mou/contents.html", pages.contents())


def _confirm_clause(request: HttpRequest, agency_id: UUID, party: Party, me: User) -> HttpResponse:
    """Record one clause; the answer leads to the next that is still to be read, on the page that sent it."""
    anchor = request.POST.get("clause", "")
    try:
        reading.confirm(party, by=me, anchor=anchor)
    except KeyError as error:
        raise Http404 from error
    progress = reading.progress(party, me)
    following = progress.next_after(anchor)
    if request.headers.get("X-Requested-With") == "fetch":
        told = {
            "words": clauses.count_words(progress),
            "count": progress.count,
            "next": following,
            "read": clauses.read_words(progress.read_at[anchor]),
        }
        return JsonResponse(told)
    if "whole" in request.POST:
        return redirect(reverse("onboarding:mou_text", args=[agency_id]) + f"#{following or 'done'}")
    if following:
        return redirect("onboarding:mou_clause", agency_id=agency_id, clause=following)
    return redirect("onboarding:read_mou", agency_id=agency_id)


@dataclass(frozen=True)
class SignPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    mou: Mou
    party: Party
    revision: Revision | None
    form: SignForm
    how_confirmed: str
    held_back: str
    read_words: str
    asked: list[clauses.WholeClause]


def sign(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Once consent is given and every clause read: the exact file, and the signature."""
    agency, mou, party = mou_to_sign(request, agency_id)
    me, pages = permissions.person(request), clauses.own(request, agency, mou)
    if pages.progress is None:
        return redirect("onboarding:consent", agency_id=agency.pk)
    if pages.progress.left:
        return redirect("onboarding:read_mou", agency_id=agency.pk)
    revision = requests.to_read(party)
    initial = {
        "legal_name": party.legal_name,
        "title": party.title,
        "authority": party.authority,
        "read_sha256": revision.sha256 if revision else "",
    }
    form = SignForm(request.POST if request.method == "POST" else None, party=party, me=me, initial=initial)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    sent = request.method == "POST" and revision is not None and form.is_valid()
    if sent and _signed(request, mou, party, form):
        messages.success(
            request, _("Signed. The file is being sealed; it appears on this page within a minute.")
        )
        return redirect("onboarding:mou", agency_id=agency.pk)
    shown = SignPage(
        agency=agency,
        mou=mou,
        party=party,
        revision=revision,
        form=form,
        how_confirmed=identify.hint(request, party),
        held_back=identify.held_back(request),
        read_words=_("You have read all %(count)d clauses.") % {"count": pages.progress.count},
        asked=pages.asked(),
    )
    return render(request, "onboarding/mou/sign.html", vars(shown))


def _signed(request: HttpRequest, mou: Mou, party: Party, form: SignForm) -> bool:
    """Sign; what the person can mend comes back as the form's error."""
    signature = identify.confirm(request, party, form.signature())
    return performed(request, mou, form, MouVerb.SIGN, signature)


def decline_mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    return _with_reason(
        request,
        agency_id,
        MouVerb.DECLINE,
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
        MouVerb.WITHDRAW_SIGNATURE,
        heading=_("Withdraw your signature"),
        explanation=_(
            "The MOU is not executed yet, so you may still withdraw. The signed file is kept and marked as voided."
        ),
        label=_("Withdraw my signature"),
        told=_("Your signature is withdrawn. A new MOU can be issued when the agency is ready."),
    )


def _with_reason(
    request: HttpRequest,
    agency_id: UUID,
    verb: MouVerb,
    *,
    heading: str,
    explanation: str,
    label: str,
    told: str,
) -> HttpResponse:
    agency, mou = own_mou(request, agency_id)
    form = MouReasonForm(request.POST if request.method == "POST" else None)
    form.submit_label = label
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        perform_held(
            mou,
            verb,
            by=permissions.person(request),
            reason=form.cleaned_data["reason"],
            ip=client_ip(request),
        )
        messages.success(request, told)
        return redirect("onboarding:mou", agency_id=agency.pk)
    context = {"agency": agency, "mou": mou, "form": form, "heading": heading, "explanation": explanation}
    return render(request, "onboarding/mou/reason.html", context)
