"""What binds: the agency proposes a change of its legal name, EIN or legal form, and may take it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.permissions import agency_to_manage, person
from hmis_portal.models import PortalSettings
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.record import day_of, proposed_values, proposing
from onboarding.models import RecordProposal, SectionKey
from onboarding.record import pages, proposals
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, agency_id: UUID, what: str) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    if what not in proposals.What.values:
        raise Http404
    kind, application, me = proposals.What(what), pages.open_application(agency), person(request)
    names = RecordProposal.FIELDS[kind]
    kwargs = {"data": request.POST} if request.method == "POST" else {}
    section = BY_KEY[SectionKey.AGENCY]
    form = proposing(section.form(Answers(application, agency), me, **kwargs).only(names.__contains__))
    form.cancel_url = pages.home(agency)
    if request.method == "POST" and form.is_valid():
        try:
            proposals.propose(
                agency=agency, what=kind, after=proposed_values(form, names), effective_on=day_of(form),
                why=form.cleaned_data["why"], by=me,
            )  # fmt: skip
        except GuardFailed as refusal:
            form.add_error(names[0], refusal.messages)
        else:
            told = _("The change is proposed. The %(admin)s decides, and you are told by e-mail.")
            messages.success(request, told % {"admin": PortalSettings.load().admin_name})
            return redirect("onboarding:record", agency.pk)
    context = {
        "agency": agency,
        "what": kind,
        "form": form,
        "stands": proposals.words(kind, proposals.stands(agency, kind)),
    }
    return render(request, "onboarding/record/propose.html", context)


@require_POST
def take_back(request: HttpRequest, agency_id: UUID, proposal_id: int) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    proposal = get_object_or_404(RecordProposal, pk=proposal_id, agency=agency)
    proposals.take_back(proposal, by=person(request))
    messages.success(request, _("The proposal is taken back."))
    return redirect("onboarding:record", agency.pk)
