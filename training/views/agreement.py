"""The user agreement: prepared, read, signed. One party, the person who is signed in."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Staff
from agencies.permissions import person
from hmis_portal import documents
from hmis_portal.signing.agreeing import acts, consents, identify, requests, text
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import GuardFailed
from training import permissions, selectors, services
from training.forms import SignAgreementForm
from training.models import UserAgreement
from training.papers import agreement
from training.requirements.items import Item


@dataclass(frozen=True)
class AgreementPage:
    """What the page shows; its template reads the fields by their names."""

    staff: Staff
    agency: Agency
    waiting: UserAgreement | None
    signed: UserAgreement | None
    item: Item | None
    shown: UserAgreement | None
    signed_words: str
    introduction: str
    clauses: tuple[text.Clause, ...]
    file_ready: bool
    file_sealed: bool


@require_safe
def read(request: HttpRequest, staff_id: int) -> HttpResponse:
    """The whole text; below it the way to sign, or what was signed."""
    staff = permissions.own_staff_row(request.user, staff_id)
    waiting = agreement.open_agreement(staff)
    signed = agreement.last_signed(staff)
    shown = waiting or signed
    revision = requests.latest_pdf(shown.request) if shown else None
    page = AgreementPage(
        staff=staff,
        agency=staff.agency,
        waiting=waiting,
        signed=signed,
        item=selectors.agreement_item(staff),
        shown=shown,
        signed_words=_signed_words(signed) if shown and shown == signed else "",
        introduction=text.introduction(shown.request.text) if shown else "",
        clauses=text.clauses(shown.request.text) if shown else (),
        file_ready=revision is not None,
        file_sealed=revision is not None and revision.step == agreement.ROLE,
    )
    return render(request, "training/agreement.html", vars(page))


def _signed_words(signed: UserAgreement | None) -> str:
    if signed is None or signed.completion is None:
        return ""
    return _("On %(when)s.") % {"when": datetime_words(signed.completion.completed_at)}


@require_POST
def prepare(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Put the current text before the person again, to renew."""
    staff = permissions.own_staff_row(request.user, staff_id)
    services.prepare_agreement(staff, by=person(request))
    return redirect("training:agreement", staff.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Before the file is shown: what electronic records mean, and a test file really opened."""
    staff = permissions.own_staff_row(request.user, staff_id)
    waiting = agreement.open_agreement(staff)
    if waiting is None:
        return _nothing(request, staff.pk)
    party = requests.party(waiting.request, agreement.ROLE)
    back = reverse("training:agreement", args=[staff.pk])
    form = consents.form(request, party, by=person(request), cancel_url=back)
    if request.method == "POST" and form.is_valid():
        agreed = consents.record(request, party, by=person(request))
        return redirect("training:agreement_sign" if agreed else "training:agreement", staff.pk)
    context = {
        "form": form,
        "staff": staff,
        "agency": staff.agency,
        "waiting": waiting,
        **consents.disclosure(agreement.disclosure_values(waiting)),
    }
    return render(request, "training/agreement_consent.html", context)


@require_safe
def test_file(request: HttpRequest, staff_id: int) -> HttpResponse:
    """The small PDF with the number that the consent asks for."""
    waiting = agreement.open_agreement(permissions.own_staff_row(request.user, staff_id))
    if waiting is None:
        return _nothing(request, staff_id)
    return consents.test_file(requests.party(waiting.request, agreement.ROLE))


def _nothing(request: HttpRequest, staff_id: int) -> HttpResponse:
    messages.info(request, _("There is nothing to sign here now."))
    return redirect("training:agreement", staff_id)


@dataclass(frozen=True)
class SignPage:
    """What the page shows; its template reads the fields by their names."""

    form: SignAgreementForm
    staff: Staff
    agency: Agency
    waiting: UserAgreement
    title: str
    how_confirmed: str
    held_back: str


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, staff_id: int) -> HttpResponse:
    staff = permissions.own_staff_row(request.user, staff_id)
    waiting = agreement.open_agreement(staff)
    if waiting is None:
        return _nothing(request, staff.pk)
    party = requests.party(waiting.request, agreement.ROLE)
    if acts.consent_of(party, person(request)) is None:
        return redirect("training:agreement_consent", staff.pk)
    revision = requests.to_read(party)
    if revision is None:
        messages.info(request, _("The file to sign is still being made. Try again in a minute."))
        return redirect("training:agreement", staff.pk)
    form = SignAgreementForm(
        request.POST or None,
        legal_name=staff.name,
        me=person(request),
        initial={"read_sha256": revision.sha256},
    )
    if request.method == "POST" and form.is_valid() and _signed(request, waiting, form):
        messages.success(request, _("Signed. The sealed file is being made; you find it here."))
        return redirect("training:agreement", staff.pk)
    page = SignPage(
        form=form,
        staff=staff,
        agency=staff.agency,
        waiting=waiting,
        title=waiting.request.snapshot["title"],
        how_confirmed=identify.hint(request, party),
        held_back=identify.held_back(request),
    )
    return render(request, "training/agreement_sign.html", vars(page))


def _signed(request: HttpRequest, waiting: UserAgreement, form: SignAgreementForm) -> bool:
    """Sign; what the person can mend (the name) comes back as the form's error."""
    party = requests.party(waiting.request, agreement.ROLE)
    signature = identify.confirm(request, party, form.signature(party))
    try:
        services.sign_agreement(waiting, by=person(request), signature=signature)
    except GuardFailed as fault:
        form.add_error("typed_name", fault.messages)
        return False
    return True


@require_safe
def file(request: HttpRequest, staff_id: int, reference: str) -> HttpResponse:
    """The file as it is now, for the person and those who follow the agency's training."""
    agreements = UserAgreement.objects.select_related("request", "staff")
    agreement = get_object_or_404(agreements, staff=staff_id, request__reference=reference)
    if not permissions.may_read_papers_of(request.user, agreement.staff.user_id or 0):
        raise Http404
    revision = requests.latest_pdf(agreement.request)
    if revision is None:
        raise GuardFailed(_("The file is still being made. Try again in a minute."))
    return documents.response(revision.document, filename=f"user-agreement-{reference}.pdf", inline=True)
