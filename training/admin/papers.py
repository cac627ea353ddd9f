"""Uploaded proof, and user agreements."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByBoth, FoundByPerson
from agencies.models import User
from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.text.words import date_words
from training import permissions, services
from training.admin.forms import DecideEvidenceForm
from training.models import Evidence, UserAgreement

KINDS = {Evidence.State.PENDING: "turn", Evidence.State.ACCEPTED: "done", Evidence.State.REFUSED: "problem"}


@admin.register(Evidence)
class EvidenceAdmin(FoundByPerson, ReadOnlyAdmin):
    list_display = ("person", "course", "filename", "status_word", "uploaded_at", "decided_by")
    list_filter = ("state", "course")
    search_fields = ("person__first_name", "person__last_name", "person__email", "course__title", "filename")
    search_help_text = _("Search by person, course or file")
    list_select_related = ("person", "course", "decided_by")
    ordering = ("-state", "uploaded_at")
    fields = (
        "person", "course", "file", "claimed_on", "uploaded_by", "uploaded_at", "status_word", "decided_by", "decided_at",
        "decision_note", "acts",
    )  # fmt: skip
    readonly_fields = ("file", "status_word", "acts")

    @admin.display(description=_("state"), ordering="state")
    def status_word(self, row: Evidence) -> SafeString:
        return status(KINDS[Evidence.State(row.state)], row.get_state_display())

    @admin.display(description=_("file"))
    def file(self, row: Evidence) -> SafeString:
        return link(reverse("training:evidence_file", args=[row.pk]), row.filename)

    @admin.display(description=_("acts"))
    def acts(self, row: Evidence) -> SafeString | str:
        if row.state != Evidence.State.PENDING:
            return ""
        return link(reverse("admin:training_evidence_decide", args=[row.pk]), gettext("Check this proof"))

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_check_evidence
        view = guarded(self, self.decide_view, read=may, write=may)
        return [path("<int:pk>/decide/", view, name="training_evidence_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Evidence.objects.select_related("person", "course"), pk=pk)
        back = reverse("admin:training_evidence_changelist")
        form = DecideEvidenceForm(
            request.POST or None, course=row.course, initial={"completed_on": row.claimed_on}
        )
        return act_page(
            self, request, title=gettext("Check a proof of training"), form=form, back=back,
            act=lambda: _decide(row, form.cleaned_data, by=person(request)),
            explanation=gettext("The date on the paper decides how long the course is good."),
            facts=[
                (gettext("Person"), row.person),
                (gettext("Course"), row.course),
                (gettext("File"), self.file(row)),
                (gettext("Completed, as stated"), date_words(row.claimed_on)),
            ],
        )  # fmt: skip


def _decide(row: Evidence, data: dict[str, Any], *, by: User) -> str:
    if data["decision"] == DecideEvidenceForm.REFUSE:
        services.refuse_evidence(row, by=by, reason=data["reason"])
        return gettext("The person is told that the proof was not accepted, and why.")
    services.accept_evidence(
        row, by=by, completed_on=data["completed_on"], score=data["score"], reason=data["reason"]
    )
    return gettext("The proof is accepted and the completion recorded; the person is told.")


@admin.register(UserAgreement)
class UserAgreementAdmin(FoundByBoth, ReadOnlyAdmin):
    list_display = ("request", "staff", "agency", "issued_at", "signed", "state")
    search_fields = (
        "request__reference",
        "staff__first_name",
        "staff__last_name",
        "staff__agency__legal_name",
        "staff__agency__ein",
    )
    search_help_text = _("Search by reference, person or agency")
    list_select_related = ("request", "staff__agency", "completion")
    fields = ("request", "staff", "agency", "issued_at", "signed", "state", "file")
    readonly_fields = ("agency", "signed", "state", "file")

    @admin.display(description=_("agency"))
    def agency(self, row: UserAgreement) -> str:
        return str(row.staff.agency)

    @admin.display(description=_("signed"))
    def signed(self, row: UserAgreement) -> date | None:
        return row.completion.completed_on if row.completion else None

    @admin.display(description=_("state"))
    def state(self, row: UserAgreement) -> SafeString:
        if row.completion_id:
            return status("done", gettext("Signed"))
        return (
            status("plain", gettext("Replaced"))
            if row.replaced_at
            else status("waiting", gettext("Waiting for the signature"))
        )

    @admin.display(description=_("file"))
    def file(self, row: UserAgreement) -> SafeString:
        return link(
            reverse("training:agreement_pdf", args=[row.staff_id, row.request.reference]),
            gettext("Open the PDF"),
        )
