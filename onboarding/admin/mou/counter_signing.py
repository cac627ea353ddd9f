"""The Lead signatory's pages: consent, the agency's act verified, the counter-signature in the browser or on paper."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models.options import Options
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.desk.tools import DeskAdmin
from hmis_portal.signing.agreeing import (
    acts,
    before_signing,
    completion_certificate,
    consents,
    identify,
    paper,
    requests,
)
from hmis_portal.signing.models import PaperScan, Revision, SignatureAct
from onboarding import workflow
from onboarding.forms.mou.acts import CounterSignForm, PaperForm
from onboarding.models import Application, Mou
from onboarding.mou import agreement, party, terms, wording
from onboarding.mou.party import AGENCY, LEAD
from onboarding.review import checks
from onboarding.review.check import Check
from onboarding.review.outcomes import outcomes_of
from onboarding.sections.answers import Answers
from onboarding.services import against, stale_words
from onboarding.views.mou import page, papers
from onboarding.views.mou.acting import performed, recorded
from onboarding.workflow import MouVerb


@dataclass(frozen=True)
class MouFrame:
    """What each of these pages shows; a template reads the fields by their names."""

    title: str
    opts: Options[Mou]
    back: str
    agency_of: Agency
    party_name: str
    explained: list[str]
    compared: list[Check]
    mou: Mou
    refuse_url: str


def remembered(by: User) -> dict[str, str]:
    """What this person gave the last time they signed for the Lead Agency."""
    acts_before = SignatureAct.objects.filter(user=by, party__role=LEAD).order_by("-signed_at")
    last = acts_before.first()
    return {"title": by.title or (last.title if last else ""), "authority": last.authority if last else ""}


@dataclass(frozen=True)
class CounterSignPage:
    """What the page shows; its template reads the fields by their names."""

    form: CounterSignForm
    may_sign: bool
    revision: Revision | None
    act: SignatureAct
    identified: str
    how_confirmed: str
    held_back: str
    checks: list[before_signing.Check]
    whole: bool
    away: bool
    against: list[str]
    term: str
    file_url: str


def counter_sign(request: HttpRequest, pk: UUID, site: DeskAdmin) -> HttpResponse:
    """Show the agency's act as checked now, and counter-sign by POST; a paper act leads to its own page."""
    mou = _waiting(request, pk)
    if mou is None:
        return redirect("admin:onboarding_mou_change", pk)
    if paper.scan_of(mou.request, AGENCY):
        return redirect("admin:onboarding_mou_counter_sign_paper", pk)
    by = permissions.person(request)
    may_sign = permissions.is_lead_signatory(by)
    lead = requests.party(mou.request, LEAD)
    if may_sign and acts.consent_of(lead, by) is None:
        return redirect("admin:onboarding_mou_consent", pk)
    revision = requests.to_read(lead)
    initial = {**remembered(by), "read_sha256": revision.sha256 if revision else ""}
    form = CounterSignForm(request.POST if request.method == "POST" else None, name=str(by), initial=initial)
    form.cancel_url = reverse("admin:onboarding_mou_change", args=[pk])
    if request.method == "POST" and revision is not None and form.is_valid() and _signed(request, mou, form):
        return redirect("admin:onboarding_mou_executed", pk)
    act = SignatureAct.objects.select_related("user", "consent").get(
        party__request=mou.request, party__role=AGENCY
    )
    checked = before_signing.checks(lead, revision)
    shown = CounterSignPage(
        form=form,
        may_sign=may_sign,
        revision=revision,
        act=act,
        identified=completion_certificate.identified_by(act),
        how_confirmed=identify.hint(request, lead),
        held_back=identify.held_back(request),
        checks=checked,
        whole=all(check.good for check in checked),
        away=before_signing.only_away(checked),
        against=against(mou, MouVerb.COUNTER_SIGN, by),
        term=str(terms.of(mou, timezone.localdate())),
        file_url=reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, revision.step])
        if revision
        else "",
    )
    return render(
        request,
        "admin/onboarding/mou/counter_sign.html",
        {**_context(site, request, mou, _("Counter-sign the MOU")), **vars(shown)},
        status=422 if form.is_bound else 200,
    )


def consent(request: HttpRequest, pk: UUID, site: DeskAdmin) -> HttpResponse:
    """Before the Lead signatory is shown the file: the same disclosure and test file as for the agency."""
    mou = _waiting(request, pk)
    if mou is None:
        return redirect("admin:onboarding_mou_change", pk)
    by = permissions.person(request)
    lead = requests.party(mou.request, LEAD)
    back = reverse("admin:onboarding_mou_change", args=[pk])
    form = consents.form(request, lead, by=by, cancel_url=back)
    if request.method == "POST" and form.is_valid():
        agreed = consents.record(request, agreement.lead_party(mou, by), by=by)
        return redirect("admin:onboarding_mou_counter_sign" if agreed else "admin:onboarding_mou_change", pk)
    context = {
        **_context(site, request, mou, _("Electronic records")),
        "form": form,
        "test_url": reverse("admin:onboarding_mou_test_file", args=[pk]),
        **{
            f"disclosure_{key}": value
            for key, value in consents.disclosure(wording.values(mou.agency)).items()
        },
    }
    return render(request, "admin/onboarding/mou/consent.html", context, status=422 if form.is_bound else 200)


def test_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    mou = get_object_or_404(Mou.objects.select_related("request"), pk=pk)
    return consents.test_file(requests.party(mou.request, LEAD))


@dataclass(frozen=True)
class PaperPage:
    form: PaperForm
    checks: list[before_signing.Check]
    whole: bool
    away: bool
    may_sign: bool
    scan: PaperScan
    scan_url: str
    against: list[str]


def counter_sign_paper(request: HttpRequest, pk: UUID, site: DeskAdmin) -> HttpResponse:
    """The agency signed on paper: the Lead signatory signs the same page and uploads the scan of both signatures."""
    mou = _waiting(request, pk)
    if mou is None:
        return redirect("admin:onboarding_mou_change", pk)
    scan = paper.scan_of(mou.request, AGENCY)
    if scan is None:
        return redirect("admin:onboarding_mou_counter_sign", pk)
    by = permissions.person(request)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PaperForm(*posted, initial={"legal_name": str(by), **remembered(by)})
    form.submit_label = _("Record the counter-signature: the MOU is executed")
    form.cancel_url = reverse("admin:onboarding_mou_change", args=[pk])
    if (
        request.method == "POST"
        and form.is_valid()
        and recorded(request, mou, form, MouVerb.COUNTER_SIGN_ON_PAPER)
    ):
        return redirect("admin:onboarding_mou_executed", pk)
    checked = before_signing.checks(requests.party(mou.request, LEAD), None)
    shown = PaperPage(
        form=form,
        checks=checked,
        whole=all(check.good for check in checked),
        away=before_signing.only_away(checked),
        may_sign=permissions.is_lead_signatory(by),
        scan=scan,
        scan_url=reverse("onboarding:mou_scan", args=[mou.agency_id, mou.pk, AGENCY]),
        against=against(mou, MouVerb.COUNTER_SIGN_ON_PAPER, by),
    )
    return render(
        request,
        "admin/onboarding/mou/counter_sign_paper.html",
        {**_context(site, request, mou, _("Counter-sign on paper")), **vars(shown)},
        status=422 if form.is_bound else 200,
    )


def executed(request: HttpRequest, pk: UUID, site: DeskAdmin) -> HttpResponse:
    """After the counter-signature: what happened, the files, and what comes next; it can be opened again."""
    mou = get_object_or_404(Mou.objects.select_related("agency", "signatory", "request__version"), pk=pk)
    if mou.executed_at is None:
        messages.warning(request, _("This MOU is not executed yet."))
        return redirect("admin:onboarding_mou_change", pk)
    context = {
        **_context(site, request, mou, _("The MOU is executed")),
        "words": page.sentences(mou),
        "files": papers.files(mou),
        "on_paper": paper.scan_of(mou.request, LEAD) is not None,
        "renewal": mou.successor_of_id is not None,
        "executed_on": agreement.executed_on(mou),
    }
    return render(request, "admin/onboarding/mou/executed.html", context)


def _waiting(request: HttpRequest, pk: UUID) -> Mou | None:
    """The MOU, if it waits for the counter-signature; otherwise the person is told and gets None."""
    mou = get_object_or_404(Mou.objects.select_related("agency", "signatory", "request__version"), pk=pk)
    if mou.state == Mou.State.SIGNED:
        return mou
    messages.warning(request, stale_words(mou, workflow.move(Mou, MouVerb.COUNTER_SIGN)))
    return None


def _context(site: DeskAdmin, request: HttpRequest, mou: Mou, title: str) -> dict[str, object]:
    frame = MouFrame(
        title=title,
        opts=site.opts,
        back=reverse("admin:onboarding_mou_change", args=[mou.pk]),
        agency_of=mou.agency,
        party_name=party.name_of(mou),
        explained=party.explained(mou),
        compared=_compared(mou),
        mou=mou,
        refuse_url=reverse("admin:onboarding_mou_verb", args=[mou.pk, MouVerb.REFUSE]),
    )
    return {**site.admin_site.each_context(request), **vars(frame)}


def _compared(mou: Mou) -> list[Check]:
    """What was checked of the application that it belongs to, as it stands now; a renewal has its own."""
    application = Application.objects.filter(agency=mou.agency).order_by("-started_at").first()
    if application is None or mou.successor_of_id:
        return [checks.signed_party(mou), checks.signatory(mou)]
    answers = Answers(application, mou.agency)
    own = checks.of_application(
        answers,
        mou,
        area=checks.area_of(answers),
        staff=answers.staff,
        outcomes=outcomes_of(answers),
        for_hmis=True,
    )
    return checks.by_gravity([*own, *checks.elsewhere(mou.agency, answers.contacts.values())])


def _signed(request: HttpRequest, mou: Mou, form: CounterSignForm) -> bool:
    """Counter-sign; what the guard has against it becomes the form's error."""
    signature = identify.confirm(request, requests.party(mou.request, LEAD), form.signature())
    return performed(request, mou, form, MouVerb.COUNTER_SIGN, signature)
