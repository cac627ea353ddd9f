"""MOUs: the list, and the acts of the HMIS Admin. Signing and counter-signing have pages of their own."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.desk.lists import FoundByAgency
from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, status
from hmis_portal.desk.waiting import days_words, waits_filter
from hmis_portal.forms import DateField
from hmis_portal.models.users import AnyUser
from hmis_portal.signing.models import SignatureAct
from hmis_portal.text.words import full_stop
from onboarding import workflow
from onboarding.admin.base import MOU_KIND, VerbForm, VerbReasonForm, confirm
from onboarding.admin.mou import counter_signing, several
from onboarding.admin.reports.behind import FigureFilter
from onboarding.admin.review import page
from onboarding.models import Mou
from onboarding.mou import agreement, party, renamed
from onboarding.selectors import latest_application
from onboarding.services import kinds_towards
from onboarding.workflow import Ending, MouVerb, Voiding


class VoidForm(VerbReasonForm):
    explanation = gettext_lazy(
        "The signature no longer counts. An application that was sent goes back to the agency, to be sent again once the MOU is signed anew."
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Why it is voided"),
        choices=[
            (Mou.VoidKind.ERROR, gettext_lazy("Because of an error")),
            (Mou.VoidKind.REPLACED, gettext_lazy("Another signatory or another text replaces it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select why the MOU is voided")},
    )
    field_order = ("kind", "reason")

    def payload(self) -> Voiding:
        return Voiding(Mou.VoidKind(self.cleaned_data["kind"]))


class EndForm(VerbReasonForm):
    explanation = gettext_lazy(
        "The MOU ends, and access is suspended for everybody of the agency. A sanction, or leaving, ends its renewal too; after that a new MOU needs a new application."
    )
    on = DateField(label=gettext_lazy("Last day of the MOU"), not_future=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("Why it ends"), widget=forms.RadioSelect,
        choices=[choice for choice in Mou.EndKind.choices if choice[0] != Mou.EndKind.REPLACED],
        error_messages={"required": gettext_lazy("Select why the MOU ends")},
    )  # fmt: skip
    field_order = ("on", "kind", "reason")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if problem := agreement.against_last_day(self.obj, on):
            raise forms.ValidationError(problem)
        return on

    def payload(self) -> Ending:
        return Ending(self.cleaned_data["on"], Mou.EndKind(self.cleaned_data["kind"]))


class RefuseMouForm(VerbReasonForm):
    explanation = gettext_lazy(
        "The Lead Agency does not sign. The agency’s signature no longer counts; the application goes back to the agency with your reason."
    )


class OnePartyForm(VerbReasonForm):
    """The way out where the same organization only changed its name, or its signatory."""

    shows_guard = True

    @property
    def explanation(self) -> str:
        words = _(
            "If both are the same party, say how you know it. Your words become part of the MOU’s record, and the MOU stays good."
        )
        return "\n".join([*(str(change) for change in party.changes(self.obj, lead=True)), words])


VERBS: dict[str, type[VerbForm]] = {
    MouVerb.VOID: VoidForm,
    MouVerb.END: EndForm,
    MouVerb.REFUSE: RefuseMouForm,
    MouVerb.ONE_PARTY: OnePartyForm,
}


def may_act(user: AnyUser) -> bool:
    """HMIS Admins void and end, the Lead signatory signs or refuses; the transition table decides which."""
    return permissions.is_hmis_admin(user) or permissions.is_lead_signatory(user)


def act_url(mou: Mou, verb: str) -> str:
    if verb == MouVerb.COUNTER_SIGN:
        return reverse("admin:onboarding_mou_counter_sign", args=[mou.pk])
    return reverse("admin:onboarding_mou_verb", args=[mou.pk, verb])


@admin.register(Mou)
class MouAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("reference", "agency_name", "status_word", "since", "signatory", "term_ends_on")
    list_filter = (
        waits_filter(
            {
                "lead": (gettext_lazy("To counter-sign"), renamed.for_lead),
                "names": (gettext_lazy("In another name than today’s"), renamed.to_decide),
            }
        ),
        FigureFilter,
        "state",
    )
    search_fields = (
        "reference",
        "agency__legal_name",
        "agency__ein",
        "agency__common_name",
        "signatory__last_name",
        "signatory__email",
    )
    search_help_text = gettext_lazy("Search by reference, agency or signatory")
    list_select_related = ("agency", "signatory")
    ordering = ("-state_since",)
    fields = (
        "reference", "agency_name", "named_as", "status_word", "signatory", "issued_by", "issued_at", "signed_at", "executed_at", "how_signed",
        "term_ends_on", "ended_on", "end_kind", "void_kind", "reason", "successor_of", "renew_to", "renew_by", "acts",
    )  # fmt: skip
    readonly_fields = ("agency_name", "named_as", "status_word", "how_signed", "acts")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may_sign = permissions.is_lead_signatory(request.user)
        return super().changelist_view(request, {**(extra_context or {}), "may_counter_sign": may_sign})

    @admin.display(description=gettext_lazy("agency"), ordering="agency__legal_name")
    def agency_name(self, mou: Mou) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("onboarding:mou", args=[mou.agency_id]), mou.agency.name
        )

    @admin.display(description=gettext_lazy("named in the MOU"))
    def named_as(self, mou: Mou) -> str:
        words = [*party.against(mou, lead=True), *party.explained(mou)]
        return " ".join([full_stop(party.name_of(mou)), *words])

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, mou: Mou) -> SafeString:
        return status(MOU_KIND[Mou.State(mou.state)], mou.get_state_display())

    @admin.display(description=gettext_lazy("since"), ordering="state_since")
    def since(self, mou: Mou) -> str:
        return days_words(mou.state_since)

    @admin.display(description=gettext_lazy("how it was signed"))
    def how_signed(self, mou: Mou) -> str:
        rows = SignatureAct.objects.filter(party__request=mou.request_id).order_by("party__position")
        acts = rows.select_related("party", "scan")
        return "; ".join(f"{act.party.label}: {act.get_method_display()}" for act in acts) or _(
            "Not signed yet"
        )

    @admin.display(description=gettext_lazy("what can be done"))
    def acts(self, mou: Mou) -> SafeString:
        kinds = kinds_towards(mou, mou.seen_by, mou.agency)  # type: ignore[attr-defined]
        moves: dict[str, workflow.Text] = {move.verb: move.label for move in workflow.moves_from(mou, kinds)}
        if not party.changes(mou, lead=True):
            moves.pop(MouVerb.ONE_PARTY, None)
        links = [
            (act_url(mou, verb), moves[verb]) for verb in (MouVerb.COUNTER_SIGN, *VERBS) if verb in moves
        ]
        if mou.state == Mou.State.SIGNED and MouVerb.COUNTER_SIGN not in moves:
            links.append((act_url(mou, MouVerb.COUNTER_SIGN), _("See the signature of the agency checked")))
        if MouVerb.SIGN_ON_PAPER in moves:
            links.append(
                (reverse("onboarding:mou_paper", args=[mou.agency_id]), moves[MouVerb.SIGN_ON_PAPER])
            )
        if mou.may_be_renewed and kinds & set(workflow.move(Mou, MouVerb.RENEW).who):
            url = reverse("onboarding:renew_mou", args=[mou.agency_id])
            links.append((url, workflow.move(Mou, MouVerb.RENEW).label))
        if mou.executed_at:
            links.append((reverse("admin:onboarding_mou_executed", args=[mou.pk]), _("See its files")))
        return format_html_join(SafeString(" · "), '<a href="{}">{}</a>', links)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Mou | None:
        mou: Mou | None = super().get_object(request, object_id, from_field)
        if mou:
            mou.seen_by = request.user  # type: ignore[attr-defined]  # what can be done is theirs
        return mou

    def get_urls(self) -> list[URLPattern]:
        verb = guarded(self, self.verb_view, read=page.may_review, write=may_act)

        def lead(view: Any) -> Any:
            return guarded(self, view, read=page.may_review, write=permissions.is_lead_signatory)

        def lead_alone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            only = permissions.is_lead_signatory
            return guarded(self, view, read=only, write=only)

        def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return lambda request, **key: view(request, **key, site=self)

        return [
            path("counter-sign/", lead_alone(own(several.counter_sign_several)), name="onboarding_mou_counter_sign_several"),
            path("counter-sign/consent/", lead_alone(own(several.consent_several)), name="onboarding_mou_consent_several"),
            path("<uuid:pk>/<slug:verb>/act/", verb, name="onboarding_mou_verb"),
            path("<uuid:pk>/counter-sign/", lead(own(counter_signing.counter_sign)), name="onboarding_mou_counter_sign"),
            path("<uuid:pk>/counter-sign/consent/", lead_alone(own(counter_signing.consent)), name="onboarding_mou_consent"),
            path("<uuid:pk>/counter-sign/test.pdf", lead_alone(counter_signing.test_file), name="onboarding_mou_test_file"),
            path(
                "<uuid:pk>/counter-sign/paper/",
                lead(own(counter_signing.counter_sign_paper)),
                name="onboarding_mou_counter_sign_paper",
            ),
            path("<uuid:pk>/executed/", lead(own(counter_signing.executed)), name="onboarding_mou_executed"),
            *super().get_urls(),
        ]  # fmt: skip

    def verb_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        mou = get_object_or_404(Mou.objects.select_related("agency", "signatory"), pk=pk)
        application = latest_application(mou.agency)
        back = reverse("admin:onboarding_mou_change", args=[pk])
        if application:
            back = reverse("admin:onboarding_application_review", args=[application.pk])
        return confirm(
            request,
            site=self,
            obj=mou,
            verb=verb,
            forms_by_verb=VERBS,
            back=back,
            title="",
            danger=verb != MouVerb.ONE_PARTY,
        )
