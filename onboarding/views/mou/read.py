"""The MOU as a page: the published text for anyone, and an agency’s own with whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
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
from onboarding.journey.turns.turn import Turn
from onboarding.mou import agreement, party, reminding, wording
from onboarding.views.mou import clauses, page, papers


@login_not_required
@require_safe
def mou_current(request: HttpRequest) -> HttpResponse:
    """The published text for anyone: the three themes and the contents."""
    return render(request, "onboarding/mou/public.html", clauses.public().contents())


@login_not_required
@require_safe
def mou_current_clause(request: HttpRequest, clause: str) -> HttpResponse:
    return render(request, "onboarding/mou/clause.html", clauses.public().page(clause))


@login_not_required
@require_safe
def mou_current_text(request: HttpRequest) -> HttpResponse:
    """All of it on one page, to be read in one go or printed."""
    return render(request, "onboarding/mou/text.html", clauses.public().whole())


@login_not_required
@require_safe
def mou_current_pdf(request: HttpRequest) -> HttpResponse:
    version, _filled = wording.current_text()
    document = text_versions.public_pdf(version, wording.values(None))
    return documents.response(
        document, filename=_("MOU version %(number)s.pdf") % {"number": version.number}, inline=True
    )


@dataclass(frozen=True)
class MouPage:
    """What the page shows besides the contents of the text; its template reads the fields by their names."""

    is_manager: bool
    parties: list[page.Side]
    files: list[papers.MouFile]
    to_agree: bool
    turn: Turn | None
    acts: list[page.ActLink]
    reminder: reminding.LastAsked | None
    party_words: list[str]
    party_name: str


@require_safe
def mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The agency's MOU: whose turn it is, who signs, its files, and the way to its text."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = agreement.latest(agency)
    is_manager = permissions.is_manager(request.user, agency)
    turn = whose_turn.of_mou(mou, gather(agency), permissions.person(request))
    to_agree = page.is_to_agree(request, mou)
    shown = MouPage(
        is_manager=is_manager,
        parties=page.parties(mou),
        files=[] if to_agree else papers.files(mou),
        to_agree=to_agree,
        turn=turn,
        acts=page.acts(request, agency, mou),
        reminder=page.reminder(mou, turn, is_manager=is_manager),
        party_words=page.names(mou, turn),
        party_name=party.name_of(mou) if mou else "",
    )
    return render(
        request,
        "onboarding/mou/mou.html",
        {**vars(page.sentences(mou)), **clauses.own(request, agency, mou).contents(), **vars(shown)},
    )


@require_safe
def mou_clauses(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The contents of the agency's MOU."""
    return _own_text(request, agency_id, "contents", lambda pages: pages.contents())


@require_safe
def mou_clause(request: HttpRequest, agency_id: UUID, clause: str) -> HttpResponse:
    """One clause, with what was asked about it; the signatory says here that they have read it."""
    return _own_text(request, agency_id, "clause", lambda pages: pages.page(clause))


@require_safe
def mou_text(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """All of it on one page, to be read in one go or printed."""
    return _own_text(request, agency_id, "text", lambda pages: pages.whole())


def _own_text(
    request: HttpRequest, agency_id: UUID, template: str, of: Callable[[clauses.TextPages], dict[str, object]]
) -> HttpResponse:
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    pages = clauses.own(request, agency, agreement.latest(agency))
    return render(request, f"onboarding/mou/{template}.html", of(pages))
