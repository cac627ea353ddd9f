"""The public verifier: by the file, which is answered from its hash or by a worker, or by the reference."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hmis_portal.signing.verifying import uploads
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import too_often
from onboarding.forms.mou.verification import FileForm, ReferenceForm
from onboarding.mou import verification


@login_not_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("reference")
    if request.method == "POST" and (wait := too_often(request, "verify_file")):
        return too_many_requests(request, wait=wait)
    if asked and (wait := too_often(request, "verify_reference")):
        return too_many_requests(request, wait=wait)
    file_form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    reference_form = ReferenceForm(request.GET if asked is not None else None)
    if request.method == "POST" and file_form.is_valid():
        try:
            token = uploads.receive(file_form.cleaned_data["file"].read())
            return redirect("onboarding:verify_answer", token=token)
        except GuardFailed as error:
            file_form.add_error("file", error.messages[0])
    verdict = None
    if asked is not None and reference_form.is_valid():
        verdict = verification.of_reference(reference_form.cleaned_data["reference"])
        if verdict is None:
            reference_form.add_error(
                "reference", _("There is no document with this reference. Check each letter and digit")
            )
    context = {"file_form": file_form, "reference_form": reference_form, "verdict": verdict}
    return render(request, "onboarding/mou/verification/verify.html", context)


@login_not_required
@require_safe
def verify_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What was found out about an uploaded file; for a quarter of an hour."""
    try:
        answer = uploads.answer(token)
    except KeyError:
        messages.warning(request, _("This answer is no longer kept. Select the file again to check it."))
        return redirect("onboarding:verify")
    verdict = verification.of_file(answer) if answer else None
    sha256 = answer.sha256 if answer else ""
    return render(request, "onboarding/mou/verification/answer.html", {"verdict": verdict, "sha256": sha256})
