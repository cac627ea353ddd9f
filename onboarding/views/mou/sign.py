"""The signatory’s own acts: consent, the signature, and the ways not to sign or to take it back."""

import hashlib
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies import permissions
from hmis_portal import pdf
from hmis_portal.errors import GuardFailed
from hmis_portal.signing import acts, identify, services, text
from hmis_portal.signing.models import Party, TextVersion
from hmis_portal.visits import client_ip
from onboarding import mou as mous
from onboarding.forms.mou import ConsentForm, ReasonForm, SignForm
from onboarding.models import Mou
from onboarding.services import perform
from onboarding.views.mou.own import mou_to_sign, own_mou, text_of


def consent(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Before the signatory is shown the file: what electronic records mean, and a test that it can be opened."""
    agency, found, party = mou_to_sign(request, agency_id)
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
    context = {"agency": agency, "mou": found, "form": form, "disclosure": disclosure, **text_of(filled)}
    return render(request, "onboarding/mou/consent.html", context)


@require_safe
def test_file(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """A small PDF with a number that the reader types back."""
    _agency, _found, party = mou_to_sign(request, agency_id)
    data = pdf.render_template(
        "pdf/test_file.html", {"number": test_number(party)}, identifier=party.pk.hex.encode()
    )
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="test file.pdf"'
    return answer


def sign(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The whole text, the exact file, and the signature at its end."""
    agency, found, party = mou_to_sign(request, agency_id)
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
    sent = request.method == "POST" and revision is not None and form.is_valid()
    if sent and _signed(request, found, party, form):
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
        "how_confirmed": identify.hint(request),
        **text_of(found.request.text),
    }
    return render(request, "onboarding/mou/sign.html", context)


def _signed(request: HttpRequest, found: Mou, party: Party, form: SignForm) -> bool:
    """Sign; what the person can mend comes back as the form's error."""
    data = form.cleaned_data
    given = {name: data[name] for name in ("title", "authority", "typed_name", "read_sha256")}
    identity = identify.confirm(request, party, legal_name=party.legal_name, **given)
    try:
        perform(
            found,
            "sign",
            by=permissions.person(request),
            ip=client_ip(request),
            browser=_browser(request),
            **given,
            **vars(identity),
        )
    except GuardFailed as error:
        for message in error.messages:
            form.add_error(None, message)
        return False
    return True


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


def _with_reason(
    request: HttpRequest, agency_id: UUID, verb: str, *, heading: str, explanation: str, label: str, told: str
) -> HttpResponse:
    agency, found = own_mou(request, agency_id)
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


def _browser(request: HttpRequest) -> str:
    return request.headers.get("user-agent", "")


def test_number(party: Party) -> str:
    """The number that the test file shows and the reader types back."""
    return str(1000 + int(hashlib.sha256(party.pk.bytes).hexdigest(), 16) % 9000)
