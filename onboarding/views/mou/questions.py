"""Questions on a clause, asked on the page of the MOU and answered there."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.agreeing import text
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.visits import client_ip, too_often
from onboarding import questions
from onboarding.forms.mou.acts import ClauseQuestionForm
from onboarding.models import Thread
from onboarding.mou import agreement, wording


def mou_question(request: HttpRequest, agency_id: UUID, clause: str) -> HttpResponse:
    """Ask the HMIS Admin about one clause."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    if not may_ask(request, agency):
        raise PermissionDenied(_("Questions on the MOU are asked by the agency’s own people."))
    mou = agreement.latest(agency)
    filled = mou.request.text if mou else wording.current_text(agency)[1]
    row = text.clause(filled, clause)
    if row is None:
        raise Http404
    form = ClauseQuestionForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("onboarding:mou_clause", args=[agency.pk, row.anchor])
    if request.method == "POST" and form.is_valid():
        me = permissions.person(request)
        if wait := too_often(request, "questions"):
            return too_many_requests(request, wait=wait)
        questions.ask(
            kind=Thread.Kind.CLAUSE,
            subject=_("MOU, clause %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            text=form.cleaned_data["text"],
            by=me,
            agency=agency,
            clause=row.anchor,
            ip=client_ip(request),
        )
        messages.success(
            request, _("Your question was sent. The answer appears here, and you get it by e-mail.")
        )
        return redirect(form.cancel_url)
    return render(request, "onboarding/mou/question.html", {"agency": agency, "clause": row, "form": form})


def may_ask(request: HttpRequest, agency: Agency) -> bool:
    """Whether this person may ask about a clause for the agency."""
    return permissions.is_editor(request.user, agency) or permissions.is_signatory(request.user, agency)
