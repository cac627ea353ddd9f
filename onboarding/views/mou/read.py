"""The MOU as a page: the published text for anyone, and an agency’s own with whose turn it is."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies import permissions
from hmis_portal import documents
from hmis_portal.signing.agreeing import text_versions
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather
from onboarding.mou import agreement, party, wording
from onboarding.views.mou import page, papers, questions
from onboarding.views.mou.own import text_of


@login_not_required
@require_safe
def mou_current(request: HttpRequest) -> HttpResponse:
    """The published text for anyone: the three themes, the contents, every clause."""
    version, filled = wording.current_text()
    return render(request, "onboarding/mou/public.html", {"version": version, **text_of(filled)})


@login_not_required
@require_safe
def mou_current_pdf(request: HttpRequest) -> HttpResponse:
    version, _filled = wording.current_text()
    document = text_versions.public_pdf(version, wording.values(None))
    return documents.response(
        document, filename=_("MOU version %(number)s.pdf") % {"number": version.number}, inline=True
    )


@require_safe
def mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The agency's MOU: whose turn it is, who signs, its files, and the text clause by clause."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = agreement.latest(agency)
    filled = mou.request.text if mou else wording.current_text()[1]
    to_agree = page.is_to_agree(request, mou)
    context = {
        "agency": agency,
        "mou": mou,
        "is_manager": permissions.is_manager(request.user, agency),
        "parties": page.parties(mou),
        "files": [] if to_agree else papers.files(mou),
        "to_agree": to_agree,
        "turn": whose_turn.of_mou(mou, gather(agency), permissions.person(request)),
        "acts": page.acts(request, agency, mou),
        **page.sentences(mou),
        "party_words": page.names(mou),
        "party_name": party.name_of(mou) if mou else "",
        "version": mou.request.version if mou else wording.current_text()[0],
        **text_of(filled),
    }
    context["clauses"] = questions.with_questions(request, agency, context["clauses"])
    return render(request, "onboarding/mou/mou.html", context)
