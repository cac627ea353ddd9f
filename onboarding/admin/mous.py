"""MOUs: the list, and the acts of the HMIS Admin. Signing and counter-signing have pages of their own."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from agencies import permissions
from hmis_portal.admin_tools import ReadOnlyAdmin, guarded, status
from hmis_portal.forms import DateField
from onboarding.admin import pages
from onboarding.admin.base import MOU_KIND, ReasonForm, VerbForm, confirm, days_words
from onboarding.models import Mou


class VoidForm(ReasonForm):
    explanation = gettext_lazy(
        "The signature no longer counts. An application that was sent goes back to the agency, to be sent again once the MOU is signed anew."
    )


class EndForm(ReasonForm):
    explanation = gettext_lazy("The MOU ends, and access is suspended for everybody of the agency.")
    on = DateField(label=gettext_lazy("Last day of the MOU"), not_future=True)
    field_order = ("on", "note")

    def details(self) -> dict[str, Any]:
        return {"on": self.cleaned_data["on"]}


VERBS: dict[str, type[VerbForm]] = {"void": VoidForm, "end": EndForm}


@admin.register(Mou)
class MouAdmin(ReadOnlyAdmin):
    list_display = ("reference", "agency_name", "status_word", "since", "signatory", "term_ends_on")
    list_filter = ("state",)
    search_fields = (
        "reference",
        "agency__legal_name",
        "agency__common_name",
        "signatory__last_name",
        "signatory__email",
    )
    search_help_text = gettext_lazy("Search by reference, agency or signatory")
    list_select_related = ("agency", "signatory")
    ordering = ("-state_since",)
    fields = (
        "reference", "agency_name", "status_word", "signatory", "issued_by", "issued_at", "signed_at", "executed_at",
        "term_ends_on", "ended_on", "void_kind", "reason", "successor_of", "acts",
    )  # fmt: skip
    readonly_fields = ("agency_name", "status_word", "acts")

    @admin.display(description=gettext_lazy("agency"), ordering="agency__legal_name")
    def agency_name(self, mou: Mou) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("onboarding:mou", args=[mou.agency_id]), mou.agency.name
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, mou: Mou) -> SafeString:
        return status(MOU_KIND[Mou.State(mou.state)], mou.get_state_display())

    @admin.display(description=gettext_lazy("since"), ordering="state_since")
    def since(self, mou: Mou) -> str:
        return days_words(mou.state_since)

    @admin.display(description=gettext_lazy("what can be done"))
    def acts(self, mou: Mou) -> SafeString:
        verbs = [("void", gettext_lazy("Void the MOU"))] if mou.state == Mou.State.SIGNED else []
        verbs += [("end", gettext_lazy("End the MOU"))] if mou.state == Mou.State.EXECUTED else []
        return format_html(
            "{}",
            SafeString(" ").join(
                format_html(
                    '<a href="{}">{}</a>', reverse("admin:onboarding_mou_verb", args=[mou.pk, verb]), label
                )
                for verb, label in verbs
            ),
        )

    def get_urls(self) -> list[URLPattern]:
        view = guarded(self, self.verb_view, read=pages.may_review, write=permissions.is_hmis_admin)
        return [path("<uuid:pk>/<slug:verb>/act/", view, name="onboarding_mou_verb"), *super().get_urls()]

    def verb_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        mou = get_object_or_404(Mou.objects.select_related("agency", "signatory"), pk=pk)
        application = mou.agency.applications.order_by("-started_at").first()
        back = reverse("admin:onboarding_mou_change", args=[pk])
        if application:
            back = reverse("admin:onboarding_application_review", args=[application.pk])
        return confirm(
            request, site=self, obj=mou, verb=verb, forms_by_verb=VERBS, back=back, title="", danger=True
        )
