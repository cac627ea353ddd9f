"""Several MOUs counter-signed in one go: one form and one check of who signs; each file with its checks, each an act of
its own, and what cannot be signed holds up no other."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from agencies.models import User
from hmis_portal.desk.tools import DeskAdmin
from hmis_portal.signing.agreeing import (
    acts,
    before_signing,
    completion_certificate,
    consents,
    identify,
    requests,
)
from hmis_portal.signing.agreeing.signature import Identity, Signature
from hmis_portal.signing.models import Party, Revision, SignatureAct
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.visits import browser_of, client_ip
from onboarding.admin.mou.counter_signing import remembered
from onboarding.forms.mou.acts import CounterSignForm
from onboarding.models import Mou
from onboarding.mou import agreement, bound, party, renamed, wording
from onboarding.mou.party import AGENCY, LEAD
from onboarding.review import checks
from onboarding.review.check import Check
from onboarding.services import against, perform
from onboarding.workflow import MouVerb

MOST = 10  # files that one page opens and checks


@dataclass(frozen=True)
class Document:
    """One MOU that waits, with all that its counter-signature would rest on."""

    mou: Mou
    lead: Party
    act: SignatureAct
    identified: str
    revision: Revision | None
    on_paper: bool
    against: list[str]
    named: list[Check]
    checks: list[before_signing.Check]
    is_chosen: bool = False

    @property
    def away(self) -> bool:
        return before_signing.only_away(self.checks)

    @property
    def whole(self) -> bool:
        return all(check.good for check in self.checks)

    @property
    def may_be_signed(self) -> bool:
        return self.revision is not None and self.whole and not self.against and not self.on_paper

    @property
    def file_url(self) -> str:
        step = self.revision.step if self.revision else ""
        return reverse("onboarding:mou_file", args=[self.mou.agency_id, self.mou.pk, step]) if step else ""


class SeveralForm(CounterSignForm):
    """The box beside each document says that it was read, and chooses it."""

    submit_label = gettext_lazy("Counter-sign the documents whose box is checked")
    required_messages = {
        **CounterSignForm.required_messages,
        "read": gettext_lazy("Check the box of each document that you have read"),
    }
    read_sha256 = None  # type: ignore[assignment]
    read = forms.ModelMultipleChoiceField(  # type: ignore[assignment]
        Mou.objects.filter(signed_at__isnull=False)
        .select_related("agency", "signatory", "request__version")
        .order_by("signed_at"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("A document is no longer there. Look at the list again"),
            "invalid_pk_value": gettext_lazy("A document is no longer there. Look at the list again"),
        },
    )

    def signature_for(self, mou: Mou) -> Signature:
        """With the file that the page showed for this document."""
        data = self.cleaned_data
        read_sha256 = str(self.data.get(f"read_sha256_{mou.pk}", ""))[:64]
        return Signature(self.name, data["title"], data["authority"], data["typed_name"], read_sha256)


def waiting() -> QuerySet[Mou]:
    rows = party.with_names(renamed.for_lead()).alias(since=bound.lead_since(bound.approved()))
    return rows.select_related("agency", "signatory", "request__version").order_by("since")


def counter_sign_several(request: HttpRequest, site: DeskAdmin) -> HttpResponse:
    """Those that wait longest, each with its checks; by POST those whose box is checked are counter-signed."""
    by = permissions.person(request)
    form = SeveralForm(
        request.POST if request.method == "POST" else None, name=str(by), initial=remembered(by)
    )
    form.fields["read"].label = _("Documents")
    if form.is_bound and form.is_valid():
        _sign_each(request, form, by)
        return redirect("admin:onboarding_mou_counter_sign_several")
    rows = list(waiting()[: MOST + 1])
    chosen = request.POST.getlist("read")
    documents = _documents(rows[:MOST], by, chosen)
    if without_consent(documents, by):
        return redirect("admin:onboarding_mou_consent_several")
    context = {
        **_context(site, request, _("Counter-sign several MOUs")),
        "form": form,
        "documents": documents,
        "may_be_signed": sum(document.may_be_signed for document in documents),
        "more": len(rows) > MOST,
        "held_back": identify.held_back(request),
        "how_confirmed": identify.hint(request, documents[0].lead) if documents else "",
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/onboarding/mou/counter_sign_several.html", context, status=status)


def consent_several(request: HttpRequest, site: DeskAdmin) -> HttpResponse:
    """The disclosure and the test file once; the consent is recorded of each document."""
    by = permissions.person(request)
    missing = without_consent(_documents(waiting()[:MOST], by), by)
    if not missing:
        return redirect("admin:onboarding_mou_counter_sign_several")
    first = requests.party(missing[0].mou.request, LEAD)
    form = consents.ConsentForm(
        request.POST if request.method == "POST" else None, expected=consents.test_number(first)
    )
    form.fields["agree"].label = _("I agree to receive and sign each of these documents electronically")
    form.submit_label = gettext_lazy("Agree and read the documents")
    form.cancel_url = reverse("admin:onboarding_mou_changelist")
    if form.is_bound and form.is_valid():
        for document in missing:
            acts.consent(
                agreement.lead_party(document.mou, by), by=by, ip=client_ip(request), browser=browser_of(request),
                test_file_opened=True,
            )  # fmt: skip
        return redirect("admin:onboarding_mou_counter_sign_several")
    told = consents.disclosure(wording.values(missing[0].mou.agency))
    context = {
        **_context(site, request, _("Electronic records")),
        "form": form,
        "documents": missing,
        "test_url": reverse("admin:onboarding_mou_test_file", args=[missing[0].mou.pk]),
        **{f"disclosure_{key}": value for key, value in told.items()},
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/onboarding/mou/consent_several.html", context, status=status)


def without_consent(documents: Sequence[Document], by: User) -> list[Document]:
    """Of which this person has not agreed yet to receive and sign them electronically."""
    ready = [document for document in documents if document.may_be_signed]
    consented = acts.consented([document.lead for document in ready], by)
    return [document for document in ready if document.lead.pk not in consented]


def _documents(mous: Iterable[Mou], by: User, chosen: Collection[str] = ()) -> list[Document]:
    """Whose sides and acts are read together; what a signature rests on is looked at of each by itself."""
    mous = list(mous)
    asked = [mou.request for mou in mous]
    leads = requests.parties(asked, LEAD)
    signed = SignatureAct.objects.select_related("user", "consent", "party")
    by_agency = signed.filter(party__request__in=asked, party__role=AGENCY)
    of_agency = {act.party.request_id: act for act in by_agency}
    return [
        _document(mou, leads[mou.request_id], of_agency[mou.request_id], by, is_chosen=str(mou.pk) in chosen)
        for mou in mous
    ]


def _document(mou: Mou, lead: Party, act: SignatureAct, by: User, *, is_chosen: bool) -> Document:
    revision = requests.to_read(lead)
    return Document(
        mou, lead, act, completion_certificate.identified_by(act), revision,
        on_paper=act.method == SignatureAct.Method.PAPER,
        against=against(mou, MouVerb.COUNTER_SIGN, by),
        named=[checks.signed_party(mou), checks.signatory(mou)],
        checks=before_signing.checks(lead, revision), is_chosen=is_chosen,
    )  # fmt: skip


def _sign_each(request: HttpRequest, form: SeveralForm, by: User) -> None:
    """What was signed and what was not is said in messages; who signs is asked once, and a passkey for each."""
    done = []
    for mou, signature in _signatures(request, form, by):
        if isinstance(signature, Signature):
            try:
                perform(mou, MouVerb.COUNTER_SIGN, by=by, payload=signature, ip=signature.ip)
            except PermissionDenied:
                _left(request, mou, _("this is not yours to do."))
                continue
            except (GuardFailed, WrongState) as error:
                _left(request, mou, " ".join(error.messages))
                continue
        done.append(mou.reference)
    if done:
        words = ngettext(
            "%(count)d MOU is counter-signed and executed: %(names)s.",
            "%(count)d MOUs are counter-signed and executed: %(names)s.",
            len(done),
        )
        messages.success(request, words % {"count": len(done), "names": ", ".join(done)})


def _signatures(request: HttpRequest, form: SeveralForm, by: User) -> Iterator[tuple[Mou, Signature | None]]:
    """Each with the signature to give; none where this person gave it already: the form was sent twice, or is sent
    once more with the passkey for the next."""
    mous = list(form.cleaned_data["read"])
    leads = requests.parties([mou.request for mou in mous], LEAD)
    mine = set(SignatureAct.objects.filter(party__in=leads.values(), user=by).values_list("party", flat=True))
    identity: Identity | None = None
    for mou in mous:
        lead = leads[mou.request_id]
        if lead.pk in mine:
            yield mou, None
            continue
        signature = form.signature_for(mou)
        if identity is None or _is_for_one(identity):
            signature = identify.confirm(request, lead, signature)
        else:
            signature = replace(
                signature, identity=identity, ip=client_ip(request), browser=browser_of(request)
            )
        identity = signature.identity
        yield mou, signature


def _is_for_one(identity: Identity) -> bool:
    """What was shown names its document: a passkey signs one statement, a code by e-mail is good for one."""
    by_code = identity.factor is not None and identity.factor.kind == SignatureAct.Factor.EMAIL
    return identity.passkey is not None or by_code


def _left(request: HttpRequest, mou: Mou, why: str) -> None:
    """Said, and left out where the form is sent once more for the next passkey."""
    words = _("%(reference)s, %(agency)s: %(why)s")
    messages.warning(request, words % {"reference": mou.reference, "agency": mou.agency.name, "why": why})
    sent = request.POST.copy()
    sent.setlist("read", [pk for pk in sent.getlist("read") if pk != str(mou.pk)])
    request.POST = sent  # type: ignore[assignment]


def _context(site: DeskAdmin, request: HttpRequest, title: str) -> dict[str, object]:
    return {**site.admin_site.each_context(request), "title": title, "opts": site.opts}
