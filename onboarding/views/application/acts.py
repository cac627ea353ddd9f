"""The acts that end an application or open it again, each asked once more on a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.permissions import agency_to_manage, person
from hmis_portal.models import PortalSettings
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.visits import client_ip
from onboarding import services, workflow
from onboarding.application import opening
from onboarding.forms.application.acts import AppealForm, WithdrawForm
from onboarding.models import Application, Mou
from onboarding.services import perform
from onboarding.views.application.pages import application_of, frame
from onboarding.workflow import ApplicationVerb


def _check_open(application: Application, verb: ApplicationVerb) -> None:
    """A page that asks once more opens only while its act does; else it says what already happened."""
    row = workflow.move(Application, verb)
    if application.state not in row.sources:
        raise WrongState(
            services.stale_words(application, row),
            back=reverse("onboarding:application", args=[application.agency_id]),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    application = application_of(agency)
    _check_open(application, ApplicationVerb.WITHDRAW)
    form = WithdrawForm(request.POST or None)
    form.cancel_url = reverse("onboarding:application", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        perform(
            application,
            ApplicationVerb.WITHDRAW,
            by=person(request),
            reason=form.cleaned_data["reason"],
            ip=client_ip(request),
        )
        messages.success(request, _("The application is withdrawn. Its answers are kept."))
        return redirect("onboarding:application", agency.pk)
    mou = Mou.objects.filter(agency=agency, state__in=Mou.OPEN).first()
    context = {
        **frame(request, agency, application),
        "form": form,
        "mou": mou,
        "days": PortalSettings.load().reopen_days,
    }
    return render(request, "onboarding/application/withdraw.html", context)


@require_POST
def ask_for_time(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """One click: the reviewer gives a later day, or says why not."""
    agency = agency_to_manage(request.user, agency_id)
    back = redirect("onboarding:changes", agency.pk)
    try:
        perform(
            application_of(agency), ApplicationVerb.ASK_FOR_TIME, by=person(request), ip=client_ip(request)
        )
    except GuardFailed as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return back
    messages.success(request, _("More time is asked for. The answer comes by e-mail."))
    return back


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    application = application_of(agency)
    _check_open(application, ApplicationVerb.REOPEN)
    if request.method == "POST":
        perform(application, ApplicationVerb.REOPEN, by=person(request), ip=client_ip(request))
        messages.success(request, _("The application is open again with all its answers."))
        return redirect("onboarding:application", agency.pk)
    return render(request, "onboarding/application/reopen.html", frame(request, agency, application))


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Ask that another HMIS Admin looks at the decline."""
    agency = agency_to_manage(request.user, agency_id)
    application = application_of(agency)
    _check_open(application, ApplicationVerb.APPEAL)
    form = AppealForm(request.POST or None)
    form.cancel_url = reverse("onboarding:application", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        reason, ip = form.cleaned_data["reason"], client_ip(request)
        try:
            perform(application, ApplicationVerb.APPEAL, by=person(request), reason=reason, ip=ip)
        except GuardFailed as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("A second look is asked for. The answer comes by e-mail."))
            return redirect("onboarding:application", agency.pk)
    context = {**frame(request, agency, application), "form": form}
    return render(request, "onboarding/application/appeal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    application = application_of(agency)
    if request.method != "POST" and not opening.may_be_deleted(application):
        raise WrongState(
            _("Only a draft that was never sent can be deleted."),
            back=reverse("onboarding:application", args=[agency.pk]),
        )
    if request.method == "POST":
        opening.delete_draft(application=application, by=person(request))
        messages.success(request, _("The draft is deleted."))
        return redirect("onboarding:journey", agency.pk)
    return render(request, "onboarding/application/delete.html", frame(request, agency, application))
